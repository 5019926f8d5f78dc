"""The front of the cache: tiers one behind the other, each within its budget.

A value lies in the memory of the device that made it if it is small and was born there, else in host memory;
what leaves the device goes to host memory, what leaves host memory is gone unless it is on disk. The disk
takes its copy at once, in the background.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass

from engine.run import codec
from engine.run.cache.disk import DiskTier
from engine.run.cache.memory import MemoryTier
from engine.run.cache.pins import Pins
from engine.run.cache.policy import Held
from engine.run.cache.protocol import DEVICE, MISSING, RAM, TRACES, Told, Trace

DEVICE_ITEM_BYTES = 32 << 20
MOST_TRACES = 200_000


@dataclass(frozen=True, slots=True)
class Devices:
    """How the cache tells where a value lies, and brings it to host memory."""

    on_device: Callable[[object], bool] = codec.on_device
    to_host: Callable[[object], object] = codec.to_host


class ResultCache:
    """Remembers results in device memory, host memory and on disk (see `Results`). Safe from any thread.

    `ram_bytes` and `device_bytes` are budgets; the disk tier has its own. `environment` is what values that
    models made depend on (versions, device, precision): traces on disk that name another are not believed. `told` hears
    of all that enters and leaves a tier.
    """

    def __init__(
        self,
        ram_bytes: int,
        disk: DiskTier | None = None,
        *,
        device_bytes: int = 256 << 20,
        environment: str = "",
        devices: Devices | None = None,
        traces: int = MOST_TRACES,
        told: Told | None = None,
    ) -> None:
        self.environment = environment
        self._ram = MemoryTier(ram_bytes, RAM, told)
        self._device = MemoryTier(device_bytes, DEVICE, told)
        self._told = told
        self._disk = disk
        self._devices = devices or Devices()
        self._lock = threading.RLock()
        self._pins = Pins()
        self._traces: dict[str, Trace] = {}
        self._asked: set[str] = set()
        self._most_traces = traces
        if disk is not None:
            disk.spare(self._pins)
            if told is not None:
                disk.tell(told)

    def trace(self, key: str) -> Trace | None:
        """What is known of a key. Its outputs need not be here any more: `has` tells."""
        trace = self._traces.get(key)
        if trace is not None:
            self._asked.add(key)
            return trace
        if self._disk is None:
            return None
        trace = self._disk.trace(key, self.environment)
        if trace is not None:
            self._traces[key] = trace
            if self._told is not None:
                self._told(key, TRACES, True)
            if len(self._traces) > self._most_traces:
                self._forget_some()
        return trace

    def known(self, key: str) -> Trace | None:
        """What memory has of a key; asking does not keep it there."""
        return self._traces.get(key)

    def record(self, key: str, trace: Trace) -> None:
        """Remember what a key led to."""
        self._traces[key] = trace
        if self._told is not None:
            self._told(key, TRACES, True)
        if len(self._traces) > self._most_traces:
            self._forget_some()
        if self._disk is not None:
            self._disk.record(key, trace)

    def _forget_some(self) -> None:
        """The oldest go first, but for those that were asked for since the last time: a sixteenth at once.

        An ordered dictionary could drop the least used one by one, but takes twice as long to take in each.
        """
        with self._lock:
            keep = self._most_traces - self._most_traces // 16
            oldest = sorted(self._traces, key=self._asked.__contains__)
            for key in oldest[: len(oldest) - keep]:
                del self._traces[key]
                if self._told is not None:
                    self._told(key, TRACES, False)
            self._asked.clear()

    def has(self, digest: str) -> bool:
        """Whether `get` would most likely find it; loads nothing."""
        if digest in self._ram or digest in self._device:
            return True
        return self._disk is not None and self._disk.has(digest)

    def get(self, digest: str) -> object:
        """The value of that digest, never to be changed, or MISSING."""
        with self._lock:
            value = self._ram.get(digest)
            if value is MISSING:
                value = self._device.get(digest)
        if value is not MISSING or self._disk is None:
            return value
        value, seconds = self._disk.get(digest)
        if value is not MISSING:
            with self._lock:
                self._ram.put(digest, Held(value, codec.nbytes(value), seconds), self._pins)
        return value

    def put(self, digest: str, value: object, seconds: float, *, keep: bool = False) -> None:
        """Offer a value that took `seconds` to make; `keep`: an output of the run needs it, so disk takes it."""
        atom = type(value) in codec.ATOMS
        value = value if atom else codec.compact(value)
        held = Held(value, codec.nbytes(value), seconds)
        if atom or not self._devices.on_device(value):
            with self._lock:
                self._ram.put(digest, held, self._pins)
        else:
            self._put_on_device(digest, held)
        if self._disk is not None:
            self._disk.offer(digest, value, held.size, seconds, keep=keep)

    def _put_on_device(self, digest: str, held: Held) -> None:
        """Put a value into the device tier unless it is large; what finds no room there goes to host memory."""
        with self._lock:
            if digest in self._ram:
                self._ram.put(digest, held, self._pins)
                return
            leaving = {digest: held}
            if held.size < DEVICE_ITEM_BYTES:
                leaving = self._device.put(digest, held, self._pins)
            for evicted, item in leaving.items():
                host = Held(self._devices.to_host(item.value), item.size, item.seconds)
                self._ram.put(evicted, host, self._pins)

    def pin(self, digests: Iterable[str]) -> AbstractContextManager[None]:
        """While the context is open, these are not evicted."""
        return self._pins.hold(digests)

    def flush(self) -> None:
        """Wait until what was offered so far is written."""
        if self._disk is not None:
            self._disk.flush()

    def close(self) -> None:
        """Flush and stop; nothing is remembered after it."""
        if self._disk is not None:
            self._disk.close()
        with self._lock:
            self._most_traces = 0
            self._forget_some()
            self._ram.clear()
            self._device.clear()

"""What the workers' result caches hold, as far as another process can know: their reports, and the disk that all share."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from contextlib import AbstractContextManager, nullcontext
from functools import cached_property
from typing import Any

from engine.host.host import Host
from engine.packs import Registry
from engine.run.cache import MISSING, DiskTier, Results, Trace
from engine.run.models.environment import environment
from engine.store.home import Home
from engine.worker.reports import trace_from

TRACES = 200_000


class Mirror:
    """Results that are there but not here (see `Results`): `has` is answered for all, `get` for what is on the disk."""

    def __init__(self, disk: DiskTier) -> None:
        self._disk = disk
        self._traces: OrderedDict[str, Trace] = OrderedDict()
        self._held: dict[int, set[str]] = {}
        self.environment = ""

    def take(self, type: str, message: dict[str, Any]) -> None:
        """Take in what a worker reports, or that it is gone."""
        match type:
            case "keys":
                for key, *fields in message["traces"]:
                    self.record(key, trace_from(fields))
                held = self._held.setdefault(message["worker"], set())
                held.update(message["entered"])
                held.difference_update(message["left"])
            case "forget":
                self._held.pop(message["worker"], None)
            case "environment":
                self.environment = message["environment"]

    def trace(self, key: str) -> Trace | None:
        """What is known of a key."""
        return self._traces.get(key) or self._disk.trace(key, self.environment)

    def record(self, key: str, trace: Trace) -> None:
        """Remember what a key led to, here only."""
        self._traces[key] = trace
        self._traces.move_to_end(key)
        while len(self._traces) > TRACES:
            self._traces.popitem(last=False)

    def has(self, digest: str) -> bool:
        """Whether a worker has it, or the disk."""
        return any(digest in held for held in self._held.values()) or self._disk.has(digest)

    def get(self, digest: str) -> object:
        """The value, where it is on the disk; else MISSING."""
        return self._disk.get(digest)[0] if self._disk.has(digest) else MISSING

    def put(self, digest: str, value: object, seconds: float, *, keep: bool = False) -> None:
        """Does nothing: nothing is made here."""

    def pin(self, digests: Iterable[str]) -> AbstractContextManager[None]:  # noqa: ARG002
        """Does nothing."""
        return nullcontext()

    def flush(self) -> None:
        """Does nothing."""

    def close(self) -> None:
        """Let go of the disk."""
        self._disk.close()


class ClerkHost(Host):
    """A host that runs nothing: its results are the workers', and it asks no device."""

    def __init__(self, registry: Registry, home: Home, device: str) -> None:
        super().__init__(registry, home, device=device)
        kind = device.partition(":")[0]
        if kind != "auto" and self._builders:
            self.mirror.environment = environment(kind)

    @cached_property
    def mirror(self) -> Mirror:
        """What the workers hold."""
        return Mirror(self.disk_tier())

    @cached_property
    def results(self) -> Results:
        """What the workers hold."""
        return self.mirror

    @property
    def environment(self) -> str:
        """What models' results depend on, as the workers have it; "" until one has said it."""
        return self.mirror.environment

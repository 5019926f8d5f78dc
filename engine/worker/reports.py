"""The worker's host: says what its result cache comes to hold, so that others can tell what would run."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any

from engine.host.host import Host
from engine.packs import Registry
from engine.run.cache import DEVICE, RAM, TRACES, ResultCache, Trace
from engine.store.home import Home
from engine.worker.outbox import Outbox


class Reports:
    """Gathers what the cache of a worker takes in and lets go, until it is sent.

    Whoever looks from another process sees the disk for itself, so only memory is told of. `trace_of` finds the trace of a
    key that was told.
    """

    def __init__(self, trace_of: Callable[[str], Trace | None]) -> None:
        self._trace_of = trace_of
        # It is added to in the hottest paths of a run, by any thread; a deque needs no lock for that.
        self._heard: deque[tuple[str, str, bool]] = deque()
        self._held: dict[str, set[str]] = {RAM: set(), DEVICE: set()}

    def hear(self, key: str, tier: str, entered: bool) -> None:
        """Something entered a tier, or left it (see `Told`). From any thread."""
        self._heard.append((key, tier, entered))

    def take(self) -> list[dict[str, Any]]:
        """What there is to send. From one thread only."""
        keys: dict[str, None] = {}
        before: dict[str, bool] = {}
        for _ in range(len(self._heard)):
            key, tier, entered = self._heard.popleft()
            if tier == TRACES:
                keys[key] = None
            elif tier in self._held:
                before.setdefault(key, self._holds(key))
                (self._held[tier].add if entered else self._held[tier].discard)(key)
        traces = [[key, *trace_fields(trace)] for key in keys if (trace := self._trace_of(key)) is not None]
        entered_now = [digest for digest, was in before.items() if not was and self._holds(digest)]
        left = [digest for digest, was in before.items() if was and not self._holds(digest)]
        if not (traces or entered_now or left):
            return []
        return [{"type": "keys", "traces": traces, "entered": entered_now, "left": left}]

    def _holds(self, digest: str) -> bool:
        return any(digest in held for held in self._held.values())


def trace_fields(trace: Trace) -> list[Any]:
    """A trace as JSON, without `data`: nobody shows anything where only what would run is asked."""
    return [trace.outputs, trace.seconds, trace.need, trace.environment, trace.notices, trace.noticed]


def trace_from(fields: Sequence[Any]) -> Trace:
    """The trace that `trace_fields` wrote."""
    outputs, seconds, need, environment, notices, noticed = fields
    told = tuple((message, name) for message, name in notices)
    return Trace(tuple(outputs), seconds, need, environment, told, tuple(noticed))


class ReportingHost(Host):
    """A host whose results are told of."""

    def __init__(
        self, registry: Registry, home: Home, device: str, outbox: Outbox, ram_bytes: int | None = None
    ) -> None:
        super().__init__(registry, home, device=device, ram_bytes=ram_bytes)
        self.reports = Reports(self._trace_of)
        outbox.beside = self.reports.take

    def hear(self, key: str, tier: str, entered: bool) -> None:
        """What the result cache tells of its tiers."""
        self.reports.hear(key, tier, entered)

    def _trace_of(self, key: str) -> Trace | None:
        results = self.__dict__.get("results")
        return results.known(key) if isinstance(results, ResultCache) else None

    def get_ready(self) -> None:
        """Have what the first run would wait for. Raises LoomError where the device can't be used."""
        if self._builders:
            import_module("torch")
        _ = self.device, self.results

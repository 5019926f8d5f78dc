"""The worker's host: says what its result cache comes to hold, so that others can tell what would run."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from functools import cached_property
from importlib import import_module
from typing import Any

from engine.host.host import Host
from engine.packs import Registry
from engine.run.cache import Results, Trace
from engine.store.home import Home
from engine.worker.outbox import Outbox

ASKED = 16


class Reports:
    """Gathers what the cache of a worker takes in and lets go, until it is sent.

    Whoever hears of a value that leaves says so at once (`held`); what leaves unheard is found out by asking `has` for some
    of the reported values at each sending, in turn.
    """

    def __init__(self) -> None:
        self.has: Callable[[str], bool] = lambda digest: True
        self._lock = threading.Lock()
        self._traces: dict[str, Trace] = {}
        self._held: dict[str, bool] = {}
        self._sent: OrderedDict[str, None] = OrderedDict()

    def traced(self, key: str, trace: Trace) -> None:
        """A key led to something."""
        with self._lock:
            self._traces[key] = trace

    def held(self, digest: str, is_held: bool) -> None:
        """A value is in memory now, or is no more."""
        with self._lock:
            self._held[digest] = is_held

    def take(self) -> list[dict[str, Any]]:
        """What there is to send."""
        with self._lock:
            traces, self._traces = self._traces, {}
            held, self._held = self._held, {}
        held |= dict.fromkeys(self._gone(), False)
        if not traces and not held:
            return []
        for digest, is_held in held.items():
            if is_held:
                self._sent[digest] = None
            else:
                self._sent.pop(digest, None)
        told = [[key, *trace_fields(trace)] for key, trace in traces.items()]
        entered = [digest for digest, is_held in held.items() if is_held]
        left = [digest for digest, is_held in held.items() if not is_held]
        return [{"type": "keys", "traces": told, "entered": entered, "left": left}]

    def _gone(self) -> list[str]:
        """Which of the next reported values are not there any more."""
        gone = []
        for _ in range(min(ASKED, len(self._sent))):
            digest, _ = self._sent.popitem(last=False)
            if self.has(digest):
                self._sent[digest] = None
            else:
                gone.append(digest)
        return gone


def trace_fields(trace: Trace) -> list[Any]:
    """A trace as JSON."""
    return [list(trace.outputs), trace.seconds, trace.need, trace.environment]


def trace_from(fields: Sequence[Any]) -> Trace:
    """The trace that `trace_fields` wrote."""
    outputs, seconds, need, environment = fields
    return Trace(tuple(outputs), seconds, need, environment)


class ReportingResults:
    """A result cache that reports every trace and every value that it takes in (see `Results`)."""

    def __init__(self, results: Results, reports: Reports) -> None:
        self._results = results
        self._reports = reports
        # What only reads is the cache's own: these are the hottest paths of a run.
        self.trace = results.trace
        self.get = results.get
        self.has = results.has
        self.pin = results.pin
        self.flush = results.flush
        self.close = results.close

    def record(self, key: str, trace: Trace) -> None:
        """Remember what a key led to."""
        self._results.record(key, trace)
        self._reports.traced(key, trace)

    def put(self, digest: str, value: object, seconds: float, *, keep: bool = False) -> None:
        """Offer a value."""
        self._results.put(digest, value, seconds, keep=keep)
        self._reports.held(digest, True)


class ReportingHost(Host):
    """A host whose results are told of."""

    def __init__(
        self, registry: Registry, home: Home, device: str, outbox: Outbox, ram_bytes: int | None = None
    ) -> None:
        super().__init__(registry, home, device=device, ram_bytes=ram_bytes)
        self.reports = Reports()
        outbox.beside = self.reports.take

    @cached_property
    def results(self) -> Results:
        """The result cache."""
        results = super().results
        self.reports.has = results.has
        return ReportingResults(results, self.reports)

    def get_ready(self) -> None:
        """Have what the first run would wait for. Raises LoomError where the device can't be used."""
        if self._builders:
            import_module("torch")
        _ = self.device, self.results

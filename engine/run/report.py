"""What became of each node in a run, gathered from its events."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from engine.graph.faults import Fault
from engine.graph.records import JsonValue
from engine.run.events import Event, NodeFailed, NodeNotice, NodeSkipped, NodeStarted, NodeSucceeded, RunPlanned
from engine.run.executor import Run

RAN, CACHED, SKIPPED, FAILED = "ran", "cached", "skipped", "failed"


@dataclass(frozen=True, slots=True)
class NodeReport:
    """`state` is ran, cached, skipped or failed; `seconds` is what the node itself took in this run."""

    state: str
    seconds: float = 0.0
    peak_bytes: int | None = None

    def to_json(self) -> dict[str, JsonValue]:
        """As `{"state", "seconds", "peak_bytes"}`."""
        return {"state": self.state, "seconds": round(self.seconds, 6), "peak_bytes": self.peak_bytes}


class RunReport:
    """Listens to one run: hand it every event, then ask for `nodes`. `ran` counts the nodes that were called."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._seen: dict[str, NodeReport] = {}
        self._started: dict[str, float] = {}
        self.faults: list[Fault] = []
        self.notices: list[Fault] = []

    def see(self, event: Event) -> None:
        """Take in one event."""
        match event:
            case RunPlanned(cached=cached):
                for address in cached:
                    self._seen.setdefault(address, NodeReport(CACHED))
            case NodeStarted(node=node):
                self._started.setdefault(node, self._clock())
            case NodeSucceeded(node=node):
                seconds = 0.0 if event.cached else event.seconds
                self._seen[node] = NodeReport(CACHED if event.cached else RAN, seconds, event.peak_bytes)
            case NodeFailed(node=node, fault=fault):
                began = self._started.get(node)
                self._seen[node] = NodeReport(FAILED, 0.0 if began is None else self._clock() - began)
                self.faults.append(fault)
            case NodeSkipped(node=node):
                self._seen[node] = NodeReport(SKIPPED)
            case NodeNotice(node=node, message=message, input=name):
                self.notices.append(Fault("notice", message, node, name))

    @property
    def ran(self) -> int:
        """How many nodes were called."""
        return sum(report.state == RAN for report in self._seen.values())

    def nodes(self, run: Run) -> dict[str, NodeReport]:
        """Every node of the file, in its order, then those that expansions brought.

        A node is cached when its result was remembered, or when it stands behind remembered results only; skipped when
        it did not run for any other reason.
        """
        behind = self._behind_remembered(run)
        found = {}
        for address in run.graph.flat.nodes:
            unseen = NodeReport(CACHED if address in behind else SKIPPED)
            found[address] = self._seen.get(address, unseen)
        found.update({address: report for address, report in self._seen.items() if address not in found})
        return found

    def _behind_remembered(self, run: Run) -> set[str]:
        """Nodes that the targets need, but of which only remembered nodes would have taken anything."""
        needed = run.graph.upstream(source.address for source in run.targets.values())
        takers: dict[str, list[str]] = {}
        for address in needed:
            for source in run.graph.nodes[address].sources if address in run.graph.nodes else ():
                takers.setdefault(source, []).append(address)
        behind: set[str] = set()
        for address in reversed(run.graph.order):
            if address in self._seen:
                if self._seen[address].state == CACHED:
                    behind.add(address)
            elif address in needed and takers.get(address) and behind.issuperset(takers[address]):
                behind.add(address)
        return behind

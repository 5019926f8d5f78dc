"""What a workflow would do if it ran now: what is wrong, what is at hand, what runs, why, and how long that takes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from engine.graph.document import Workflow
from engine.graph.faults import Fault, InvalidWorkflow
from engine.graph.freezing import GONE as FROZEN_GONE
from engine.graph.freezing import gone, held_below, not_needed, without_effect
from engine.graph.graph import Graph
from engine.graph.overrides import set_inputs
from engine.graph.plan import plan
from engine.graph.why import why
from engine.host.host import Host
from engine.host.opening import Opened
from engine.run.machine import Machine
from engine.worker.freezing import find_tokens

CACHED, STALE, NEW = "cached", "stale", "new"
GONE = "what it made is not remembered any more"
NOT_MADE = "the run before did not make it"
FROZEN = "frozen"


def check_workflow(host: Host, opened: Opened, before: Workflow | None, given: Mapping[str, Any]) -> dict[str, Any]:
    """`{"faults", "notices", "plan"}`, and `"frozen"` where something is to be frozen.

    `given` has inputs, targets, what is `frozen` (None for what is to be), what was in the run before (`before_frozen`), and
    what nodes took (`seconds` by address, `timings` by type). `made` are the nodes that the run before gave values of: not
    those that it has yet to come to, or never came to. Raises InvalidWorkflow where the inputs can't be set.
    """
    types, inputs = host.registry.types, given.get("inputs") or {}
    workflow = set_inputs(opened.workflow, types, inputs)
    asked = given.get("frozen") or {}
    frozen = {address: token for address, token in asked.items() if token is not None}
    checker = host.checker(opened.workflow, opened.beside, frozen)
    graph = checker.graph(workflow)
    then = replace(checker, frozen=given.get("before_frozen") or {})
    old = then.graph(before) if before is not None else None
    faults = list(graph.faults)
    found = Estimate(graph, old, given.get("made") or (), given.get("seconds") or {}, given.get("timings") or {})
    try:
        wanted = graph.targets(given.get("targets"))
    except InvalidWorkflow as error:
        faults += error.faults
        wanted = {}
    addresses = [source.address for source in wanted.values() if not graph.refusals([source])]
    told = found.plan(host.machine(opened.beside), dict.fromkeys(addresses))
    notices = [*opened.notices, *host.names(workflow, opened.beside).notices(), *host.notices(graph)]
    notices += [*found.notices, *without_effect(graph, frozen)]
    answer: dict[str, Any] = {}
    if len(frozen) < len(asked):
        wished = [address for address, token in asked.items() if token is None]
        answer["frozen"], refused = find_tokens(host.machine(opened.beside), wished, graph, old)
        faults += refused
    return {
        "faults": [fault.to_json() for fault in faults],
        "notices": [notice.to_json() for notice in notices],
        "plan": told,
        **answer,
    }


class Estimate:
    """Says of each node what would become of it, given the graph that ran before; `notices` is what a run would meet."""

    def __init__(
        self,
        graph: Graph,
        before: Graph | None,
        made: Iterable[str],
        seconds: Mapping[str, float],
        timings: Mapping[str, float],
    ) -> None:
        self._graph = graph
        self._before = before
        self._made = frozenset(made)
        self._seconds = seconds
        self._timings = timings
        self.notices: list[Fault] = []

    def plan(self, machine: Machine, wanted: Iterable[str]) -> dict[str, Any]:
        """An entry a node that these need: `{"state", "why", "seconds"?, "needed"?, "frozen"?}`, in the order of the file.

        `frozen` are the held nodes that its result rests on. What only they would need has an entry too, `needed` False.
        """
        needed = list(wanted)
        found = plan(self._graph.nodes, needed, lambda node: machine.recall(node) is not None)
        runs = set(found.order)
        behind = self._graph.upstream(needed)
        below, spared = held_below(self._graph), not_needed(self._graph, needed)
        told: dict[str, Any] = {}
        for address in self._graph.flat.nodes:
            if address in behind and address in self._graph.nodes:
                told[address] = self._runs(address) if address in runs else self._stays(address)
                if address in below:
                    told[address]["frozen"] = below[address]
            elif address in spared:
                why_not = f"not needed while '{spared[address]}' is frozen"
                told[address] = {"state": CACHED, "why": why_not, "needed": False}
        return told

    def _stays(self, address: str) -> dict[str, Any]:
        return {"state": CACHED, "why": FROZEN if self._graph.nodes[address].held else ""}

    def _runs(self, address: str) -> dict[str, Any]:
        node = self._graph.nodes[address]
        if node.held:
            self.notices.append(gone(address))
            return {"state": NEW, "why": FROZEN_GONE}
        known = self._before is not None and address in self._before.nodes
        reason = why(self._graph, address, self._before)
        if not reason:  # as it was in the run before
            known = address in self._made
            reason = GONE if known else NOT_MADE
        seconds = self._seconds.get(address, self._timings.get(node.type.name))
        told = {} if seconds is None else {"seconds": round(seconds, 6)}
        return {"state": STALE if known else NEW, "why": reason, **told}

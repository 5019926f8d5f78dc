"""What a workflow would do if it ran now: what is wrong, what is at hand, what runs, why, and how long that takes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from engine.graph.document import Workflow
from engine.graph.faults import InvalidWorkflow
from engine.graph.graph import Graph
from engine.graph.overrides import set_inputs
from engine.graph.plan import plan
from engine.graph.why import why
from engine.host.host import Host
from engine.host.opening import Opened

CACHED, STALE, NEW = "cached", "stale", "new"
GONE = "what it made is not remembered any more"


def check_workflow(host: Host, opened: Opened, before: Workflow | None, given: Mapping[str, Any]) -> dict[str, Any]:
    """`{"faults", "notices", "plan"}`; `given` has inputs, targets, and what nodes took (`seconds` by address, `timings`
    by type). Raises InvalidWorkflow where the inputs can't be set.
    """
    types, inputs = host.registry.types, given.get("inputs") or {}
    workflow = set_inputs(opened.workflow, types, inputs) if inputs else opened.workflow
    checker = host.checker(opened.workflow, opened.beside)
    graph = checker.graph(workflow)
    old = checker.graph(before) if before is not None else None
    faults = list(graph.faults)
    found = Estimate(graph, old, given.get("seconds") or {}, given.get("timings") or {})
    try:
        wanted = graph.targets(given.get("targets"))
    except InvalidWorkflow as error:
        faults += error.faults
        wanted = {}
    addresses = [source.address for source in wanted.values() if not graph.refusals([source])]
    notices = [*opened.notices, *host.names(workflow, opened.beside).notices(), *host.notices(graph)]
    return {
        "faults": [fault.to_json() for fault in faults],
        "notices": [notice.to_json() for notice in notices],
        "plan": found.plan(host, dict.fromkeys(addresses), opened),
    }


class Estimate:
    """Says of each node what would become of it, given the graph that ran before."""

    def __init__(
        self, graph: Graph, before: Graph | None, seconds: Mapping[str, float], timings: Mapping[str, float]
    ) -> None:
        self._graph = graph
        self._before = before
        self._seconds = seconds
        self._timings = timings

    def plan(self, host: Host, wanted: Iterable[str], opened: Opened) -> dict[str, Any]:
        """An entry a node that these need: `{"state", "why", "seconds"?}`, in the order of the file."""
        machine, needed = host.machine(opened.beside), list(wanted)
        found = plan(self._graph.nodes, needed, lambda node: machine.recall(node) is not None)
        runs = set(found.order)
        behind = self._graph.upstream(needed)
        return {
            address: self._runs(address) if address in runs else {"state": CACHED, "why": ""}
            for address in self._graph.flat.nodes
            if address in behind and address in self._graph.nodes
        }

    def _runs(self, address: str) -> dict[str, Any]:
        node = self._graph.nodes[address]
        known = self._before is not None and address in self._before.nodes
        reason = why(self._graph, address, self._before) or GONE
        seconds = self._seconds.get(address, self._timings.get(node.type.name))
        told = {} if seconds is None else {"seconds": round(seconds, 6)}
        return {"state": STALE if known else NEW, "why": reason, **told}

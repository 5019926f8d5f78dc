"""What there is to say of a workflow that is not run: faults, notices, what may be set, what comes out."""

from __future__ import annotations

from dataclasses import dataclass

from engine.graph.catalogue import input_json
from engine.graph.faults import Fault
from engine.graph.graph import Graph
from engine.graph.links import Source
from engine.graph.overrides import Settable, addresses, workflow_inputs
from engine.graph.records import MISSING, JsonValue
from engine.graph.upgrade import Upgraded
from engine.host.host import Host
from engine.host.opening import Opened


@dataclass(frozen=True)
class Inspection:
    """`addresses` are listed where the file as a whole is sound.

    `outputs` says of each output, declared or written by a node, what it is ("Image", "list of Image").
    """

    title: str
    faults: tuple[Fault, ...]
    notices: tuple[Fault, ...]
    upgraded: tuple[Upgraded, ...]
    nodes: tuple[str, ...]
    inputs: tuple[Settable, ...]
    addresses: tuple[Settable, ...]
    outputs: dict[str, str]

    def to_json(self) -> dict[str, JsonValue]:
        """The document that `loom check --json` prints."""
        return {
            "title": self.title,
            "faults": [dict(fault.to_json()) for fault in self.faults],
            "notices": [dict(notice.to_json()) for notice in self.notices],
            "upgraded": [
                {"node": one.node, "type": one.type, "from": one.from_version, "to": one.to_version}
                for one in self.upgraded
            ],
            "inputs": {item.name: settable_json(item) for item in self.inputs},
            "addresses": {item.name: settable_json(item) for item in self.addresses},
            "outputs": dict(self.outputs),
        }


def inspect_workflow(host: Host, opened: Opened) -> Inspection:
    """Check a workflow as opened."""
    workflow, types = opened.workflow, host.registry.types
    graph = host.checker(workflow, opened.beside).graph(workflow)
    return Inspection(
        workflow.title,
        graph.faults,
        (*opened.notices, *host.names(workflow, opened.beside).notices(), *host.notices(graph)),
        opened.upgraded,
        tuple(graph.flat.nodes),
        tuple(workflow_inputs(workflow, types).values()),
        () if graph.general else tuple(addresses(workflow, types)),
        {name: _type_of(graph, source) for name, source in graph.targets().items()},
    )


def settable_json(item: Settable) -> dict[str, JsonValue]:
    """An input's entry as in the catalogue, with the default that stands in the file, and what it sets."""
    entry = input_json(item.spec)
    entry.pop("default", None)
    if item.default is not MISSING:
        entry["default"] = item.default
    return entry | {"title": item.title, "help": item.help, "to": list(item.targets)}


def _type_of(graph: Graph, source: Source) -> str:
    node = graph.nodes.get(source.address)
    if node is None or source.port >= len(node.outputs.types):
        return "?"
    name = node.outputs.types[source.port]
    return f"list of {name}" if node.outputs.lists[source.port] else name

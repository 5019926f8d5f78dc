"""A node that has a workflow run in its place: the fragment as a graph of its own, under the node's address.

The values that the node gives to the fragment enter as nodes that are done already; their types carry the digest of the
value as their code, so that the recipes inside depend on what was given and on nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping

from engine.graph.document import NodeDoc, Workflow
from engine.graph.faults import LoomError, known
from engine.graph.graph import Checks, Graph
from engine.graph.node import Expand
from engine.graph.records import JsonValue, NodeType, OutputSpec
from engine.run.codec import digest
from engine.run.outcome import Made, Outcome, Port


def expansion_graph(checker: Checks, asked: Expand, address: str) -> tuple[Graph, dict[str, Outcome]]:
    """The fragment's graph under `address`, and the outcomes of the nodes that stand for the given values."""
    fragment, prefix = asked.fragment, f"{address}/"
    unknown = [name for name in asked.given if name not in fragment.inputs]
    if unknown:
        raise LoomError(f"the expansion has no input '{unknown[0]}'; it has: {known(fragment.inputs)}")
    nodes = {name: dict(doc.inputs) for name, doc in fragment.nodes.items()}
    types: dict[str, NodeType] = {}
    outcomes: dict[str, Outcome] = {}
    stand_ins: dict[str, NodeDoc] = {}
    for name, value in asked.given.items():
        stand_in = _free_name(f"given-{name}", fragment)
        port = _port(value)
        made = port if isinstance(port, list) else [port]
        many = isinstance(port, list)
        record = NodeType(
            f"given.{name}",
            {},
            {"value": OutputSpec("value", "*", list=many)},
            code=f"{many} {[one.digest for one in made]}",
        )
        types[record.name] = record
        stand_ins[stand_in] = NodeDoc(type=record.name)
        outcomes[prefix + stand_in] = Outcome((port,), cached=True)
        for target in fragment.inputs[name].to:
            node, _, input_name = target.rpartition(".")
            nodes[node][input_name] = {"link": f"{stand_in}.value"}
    graph = checker.beside(types).graph(_with(fragment, nodes, stand_ins), prefix=prefix)
    return graph, outcomes


def _with(fragment: Workflow, inputs: Mapping[str, Mapping[str, JsonValue]], added: Mapping[str, NodeDoc]) -> Workflow:
    nodes = {name: doc.model_copy(update={"inputs": inputs[name]}) for name, doc in fragment.nodes.items()}
    return fragment.model_copy(update={"nodes": {**nodes, **added}})


def _free_name(name: str, fragment: Workflow) -> str:
    while name in fragment.nodes:
        name += "-"
    return name


def _port(value: object) -> Port:
    if isinstance(value, list):
        return [Made(digest(item), item) for item in value]
    return Made(digest(value), value)

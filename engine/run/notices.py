"""What nodes told and showed is told again when their results are remembered, and they themselves are not even looked at.

Node ids enter no key, so a record cannot name the nodes behind it. It names the inputs through which something was told;
from there the graph leads on to the record of the node that told it.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping

from engine.graph.graph import GraphNode
from engine.graph.records import MISSING
from engine.run.cache import Results
from engine.run.events import NodeData, NodeNotice


def noticed_inputs(node: GraphNode, noticed: Container[str]) -> tuple[str, ...]:
    """The inputs of a node behind which somebody told something; `noticed` has the addresses of all who know of it."""
    return tuple(
        name
        for table in (node.links, node.lists)
        for name in table
        if any(source in noticed for source in node.sources_of(name))
    )


def told_again(
    nodes: Mapping[str, GraphNode], address: str, results: Results, told: set[str]
) -> Iterator[NodeNotice | NodeData]:
    """What a remembered node and those behind it told, and what they showed of themselves last.

    Adds to `told`, and passes over what is in it already.
    """
    waiting = [address]
    while waiting:
        here = waiting.pop()
        node = nodes.get(here)
        if here in told or node is None or node.recipe is None:
            continue
        told.add(here)
        trace = results.trace(node.recipe)
        if trace is None:
            continue
        for message, input_name in trace.notices:
            yield NodeNotice(here, message, input_name)
        if trace.data and (data := results.get(trace.data)) is not MISSING:
            yield NodeData(here, data)
        for name in trace.noticed:
            waiting.extend(node.sources_of(name))

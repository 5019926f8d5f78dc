"""What nodes told the user is told again when their results are remembered, and they themselves are not even looked at.

Node ids enter no key, so a record cannot name the nodes behind it. It names the inputs through which something was told;
from there the graph leads on to the record of the node that told it.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Mapping

from engine.graph.graph import GraphNode
from engine.run.cache import Trace
from engine.run.events import NodeNotice


def noticed_inputs(node: GraphNode, noticed: Container[str]) -> tuple[str, ...]:
    """The inputs of a node behind which somebody told something; `noticed` has the addresses of all who know of it."""
    return tuple(
        name
        for table in (node.links, node.lists)
        for name in table
        if any(source in noticed for source in node.sources_of(name))
    )


def told_again(
    nodes: Mapping[str, GraphNode], address: str, trace_of: Callable[[str], Trace | None], told: set[str]
) -> Iterator[NodeNotice]:
    """What a remembered node and those behind it told. Adds to `told`, and passes over what is in it already."""
    waiting = [address]
    while waiting:
        here = waiting.pop()
        node = nodes.get(here)
        if here in told or node is None or node.recipe is None:
            continue
        told.add(here)
        trace = trace_of(node.recipe)
        if trace is None:
            continue
        for message, input_name in trace.notices:
            yield NodeNotice(here, message, input_name)
        for name in trace.noticed:
            waiting.extend(node.sources_of(name))

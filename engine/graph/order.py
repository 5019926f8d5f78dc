"""Orders over node ids: sources first, ties as they stand in the file."""

from collections import deque
from collections.abc import Mapping

import networkx


def in_order(sources: Mapping[str, tuple[str, ...]]) -> list[str]:
    """The ids in an order in which each comes after its sources; those on or behind a cycle are left out.

    As they are given, but for those that stand before one of their sources: such a one follows the last of them. Sources
    that are no ids are passed over.
    """
    order: dict[str, None] = {}
    waiting: dict[str, int] = {}
    consumers: dict[str, list[str]] = {}
    for node, needs in sources.items():
        missing = 0
        for source in needs:
            if source not in order and source in sources:
                missing += 1
                consumers.setdefault(source, []).append(node)
        if missing:
            waiting[node] = missing
        else:
            order[node] = None
            if node in consumers:
                _release(node, consumers, waiting, order)
    return list(order)


def _release(node: str, consumers: dict[str, list[str]], waiting: dict[str, int], order: dict[str, None]) -> None:
    """Put what waited for nothing but this node behind it, and what waited for that in turn."""
    ready = deque([node])
    while ready:
        for consumer in consumers.pop(ready.popleft(), ()):
            waiting[consumer] -= 1
            if not waiting[consumer]:
                order[consumer] = None
                ready.append(consumer)


def cycle_of(sources: Mapping[str, tuple[str, ...]]) -> list[str]:
    """One cycle among the ids, as a path that ends where it began."""
    graph: networkx.DiGraph[str] = networkx.DiGraph()
    graph.add_nodes_from(sorted(sources))
    graph.add_edges_from((source, node) for node in sorted(sources) for source in sources[node] if source in sources)
    edges = networkx.find_cycle(graph)
    return [edges[0][0], *(edge[1] for edge in edges)]

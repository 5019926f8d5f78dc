"""Orders over node ids: sources first, ties as they stand in the file."""

from collections import deque
from collections.abc import Mapping

import networkx


def in_order(sources: Mapping[str, tuple[str, ...]]) -> list[str]:
    """The ids in an order in which each comes after its sources; those on or behind a cycle are left out.

    Kahn's algorithm; stable: what is ready first goes first. Sources that are no ids are passed over.
    """
    waiting: dict[str, int] = {}
    consumers: dict[str, list[str]] = {}
    ready: deque[str] = deque()
    for node, needs in sources.items():
        count = 0
        for source in needs:
            if source in sources:
                count += 1
                if source in consumers:
                    consumers[source].append(node)
                else:
                    consumers[source] = [node]
        if count:
            waiting[node] = count
        else:
            ready.append(node)
    order = []
    while ready:
        node = ready.popleft()
        order.append(node)
        for consumer in consumers.get(node, ()):
            waiting[consumer] -= 1
            if not waiting[consumer]:
                ready.append(consumer)
    return order


def cycle_of(sources: Mapping[str, tuple[str, ...]]) -> list[str]:
    """One cycle among the ids, as a path that ends where it began."""
    graph: networkx.DiGraph[str] = networkx.DiGraph()
    graph.add_nodes_from(sorted(sources))
    graph.add_edges_from((source, node) for node in sorted(sources) for source in sources[node] if source in sources)
    edges = networkx.find_cycle(graph)
    return [edges[0][0], *(edge[1] for edge in edges)]

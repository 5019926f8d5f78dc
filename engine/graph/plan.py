"""What to run, in which order, for what is wanted and given what is at hand.

A plan is a pure function's answer and is frozen. Whenever a run learns something (a lazy input is needed, a remembered
value is gone, a node expands) the executor asks again with what it has by then.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from engine.graph.graph import GraphNode

Have = Callable[[GraphNode], bool]


@dataclass(frozen=True, slots=True)
class Plan:
    """`order` is what runs; `cached` what is at hand and feeds it or is wanted. Nothing behind a cached node is in either."""

    order: tuple[str, ...]
    cached: tuple[str, ...]


def plan(nodes: Mapping[str, GraphNode], wanted: Iterable[str], have: Have) -> Plan:
    """The plan for these addresses. `have` says whether a node's result is at hand; it is asked once a node.

    Depth first, so that few values live at once; nodes that use one model stand together where the graph allows it; ties
    as the file has them. Lazy inputs are left to be asked for.
    """
    order: list[str] = []
    cached: list[str] = []
    done: set[str] = set()
    opened: list[str] = []
    stack: list[str | None] = [*reversed(list(wanted))]  # None: all that the last opened one needs is in the order
    while stack:
        address = stack.pop()
        if address is None:
            order.append(opened.pop())
            continue
        if address in done:
            continue
        done.add(address)
        node = nodes[address]
        if have(node):
            cached.append(address)
            continue
        opened.append(address)
        stack.append(None)
        stack.extend((eager_sources(node) if node.lazy else node.sources)[::-1])
    return Plan(tuple(_by_model(nodes, order)), tuple(cached))


def eager_sources(node: GraphNode) -> tuple[str, ...]:
    """The sources that a node needs before it can be called."""
    if not node.lazy:
        return node.sources
    sources = [source.address for name, source in node.links.items() if name not in node.lazy]
    for name, items in node.lists.items():
        if name not in node.lazy:
            sources.extend(item.address for item in items if hasattr(item, "address"))
    return tuple(dict.fromkeys(sources))


def _by_model(nodes: Mapping[str, GraphNode], order: list[str]) -> list[str]:
    """The same nodes, those that use the model in hand first among the ready ones."""
    groups = {group for address in order if (group := nodes[address].group) is not None}
    if len(groups) < 2:
        return order
    place = {address: index for index, address in enumerate(order)}
    waiting, consumers = _counts(nodes, order, place)
    ready: dict[str | None, list[int]] = {}
    for address in order:
        if not waiting[address]:
            heapq.heappush(ready.setdefault(nodes[address].group, []), place[address])
    result: list[str] = []
    current: str | None = None
    while ready:
        current = _next_group(ready, current)
        address = order[heapq.heappop(ready[current])]
        if not ready[current]:
            del ready[current]
        result.append(address)
        for consumer in consumers.get(address, ()):
            waiting[consumer] -= 1
            if not waiting[consumer]:
                heapq.heappush(ready.setdefault(nodes[consumer].group, []), place[consumer])
    return result


def _next_group(ready: Mapping[str | None, list[int]], current: str | None) -> str | None:
    """Nodes without a model go first (they may free others), then the model in hand, then the earliest in the order."""
    if None in ready:
        return None
    if current in ready:
        return current
    return min(ready, key=lambda group: ready[group][0])


def _counts(
    nodes: Mapping[str, GraphNode], order: list[str], place: Mapping[str, int]
) -> tuple[dict[str, int], dict[str, list[str]]]:
    waiting: dict[str, int] = {}
    consumers: dict[str, list[str]] = {}
    for address in order:
        needs = [source for source in eager_sources(nodes[address]) if source in place]
        waiting[address] = len(needs)
        for source in needs:
            consumers.setdefault(source, []).append(address)
    return waiting, consumers

"""Why a node would run again: what differs from the graph that ran before, in words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from engine.graph.bind import Const
from engine.graph.graph import Graph, GraphNode
from engine.graph.links import Source
from engine.graph.shapes import shorten


def why(graph: Graph, address: str, before: Graph | None) -> str:
    """Why the node at `address` has to run, given the graph that ran before; "" when nothing of it differs.

    Its own differences come first ("steps 20 → 30"); where it has none, the nodes upstream that have ("upstream: prompt").
    A caller that knows the result to be gone from the cache nevertheless says so itself.
    """
    node = graph.nodes[address]
    if node.type.volatile and not node.held:
        return "runs every time"
    old = before.nodes.get(address) if before is not None else None
    if before is None or old is None:
        return "new"
    if node.recipe is not None and node.recipe == old.recipe:
        return ""
    own = list(_own(node, old, graph, before))
    if own:
        return ", ".join(own)
    return "upstream: " + ", ".join(_roots(graph, before, node))


def _own(node: GraphNode, old: GraphNode, graph: Graph, before: Graph) -> Iterator[str]:
    """What differs in the node itself."""
    if node.held or old.held:
        yield "frozen at another result" if node.held and old.held else "frozen" if node.held else "no longer frozen"
        return
    if node.type.name != old.type.name:
        yield f"{old.type.name} → {node.type.name}"
        return
    if node.type.version != old.type.version:
        yield f"version {old.type.version} → {node.type.version} of {node.type.name}"
    elif node.type.code != old.type.code:
        yield f"code of pack '{node.type.pack}' changed"
    for name in node.type.inputs:
        now, then = _given(node, name), _given(old, name)
        if _written(now) != _written(then):
            yield f"{name} {_words(then)} → {_words(now)}"
        elif node.binding.identities.get(name) != old.binding.identities.get(name):
            yield f"{name}: {_words(now)} is another file now"
        elif _recipes(now, graph) != _recipes(then, before) and not _changed_below(now, before):
            yield f"{name}: now {_words(now)}"


def _given(node: GraphNode, name: str) -> Any:
    if name in node.links:
        return node.links[name]
    return node.lists[name] if name in node.lists else node.values.get(name)


def _written(given: Any) -> Any:
    """What is compared: literals by value; links only as links, their sources are compared by recipe."""
    if isinstance(given, Source):
        return Source
    if isinstance(given, tuple):
        return [item.value if isinstance(item, Const) else Source for item in given]
    return given


def _sources(given: Any) -> list[Source]:
    items = given if isinstance(given, tuple) and not isinstance(given, Source) else (given,)
    return [item for item in items if isinstance(item, Source)]


def _recipes(given: Any, graph: Graph) -> list[tuple[str | None, int]]:
    return [(graph.nodes[source.address].recipe, source.port) for source in _sources(given)]


def _changed_below(given: Any, before: Graph) -> bool:
    """Whether the sources are the same nodes as before, so that the change is theirs."""
    return all(source.address in before.nodes for source in _sources(given))


def _roots(graph: Graph, before: Graph, node: GraphNode) -> list[str]:
    """The nodes upstream that differ in themselves, in the order of the file."""
    found = set()
    for address in graph.upstream(node.sources):
        above = graph.nodes[address]
        old = before.nodes.get(address)
        if (
            (above.type.volatile and not above.held)
            or old is None
            or (above.recipe != old.recipe and any(_own(above, old, graph, before)))
        ):
            found.add(address)
    return [address for address in graph.flat.nodes if address in found] or list(node.sources)


def _words(given: Any) -> str:
    if isinstance(given, Source):
        return f"a link to '{given.address}'"
    if isinstance(given, tuple):
        return f"a list of {len(given)}"
    return "nothing" if given is None else shorten(given, 40)

"""Values that somebody watches, looked up in what is remembered: nothing is run for it."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from engine.graph.faults import at
from engine.graph.graph import Graph
from engine.graph.links import MUTED, BadLink, Resolver
from engine.run.cache import MISSING, Results
from engine.run.indexes import ArtifactIndex, ListIndex
from engine.run.look import ITEMS, look

log = logging.getLogger("latentloom.worker")


def find_recipes(graph: Graph, types: Mapping[str, Any], ports: Iterable[str]) -> dict[str, dict[str, Any]]:
    """What each of these outputs is remembered by: `{"recipe", "port", "type"}`, or `{"why"}` it can't be looked at.

    An output is named as in links, by the address of a node or of a sub-workflow's use.
    """
    resolver = Resolver(graph.flat, types)
    return {port: _recipe(graph, resolver, port) for port in ports}


def _recipe(graph: Graph, resolver: Resolver, port: str) -> dict[str, Any]:
    outer, cut, inner = port.rpartition("/")
    try:
        source = resolver.resolve(outer + cut, inner)
    except BadLink as error:
        return {"why": str(error)}
    node = None if source is MUTED else graph.nodes.get(source.address)
    if source is MUTED or node is None or node.muted or source.port >= len(node.outputs.types):
        return {"why": "it is left out"}
    if node.recipe is None:
        why = "it, or something above it, runs every time" if node.sound else "the node has a fault"
        return {"why": at(node.address, f"nothing of it is remembered, for {why}")}
    name = node.outputs.types[source.port]
    many = node.outputs.lists[source.port]
    return {"recipe": node.recipe, "port": source.port, "type": f"list[{name}]" if many else name}


def look_up(results: Results, asked: Sequence[Sequence[Any]]) -> list[dict[str, Any] | None]:
    """A look at what each `(recipe, port)` led to; None where that is not here."""
    return [_look_up(results, recipe, port) for recipe, port in asked]


def _look_up(results: Results, recipe: str, port: int) -> dict[str, Any] | None:
    trace = results.trace(recipe)
    if trace is None or port >= len(trace.outputs):
        return None
    try:
        value = _value(results, trace.outputs[port])
        if value is MISSING:
            return None
        return _list(results, value) if isinstance(value, ListIndex) else look(value)
    except Exception as error:  # a value of a pack's own that can't be read costs this look
        log.exception("a value can't be looked at")
        return {"type": "", "rows": [], "why": f"it can't be looked at: {type(error).__name__}"}


def _list(results: Results, index: ListIndex) -> dict[str, Any]:
    """The first items of a list, each with the way to it."""
    rows: list[dict[str, Any]] = [{"name": "", "kind": "list", "length": len(index.items)}]
    for place, item in enumerate(index.items[:ITEMS]):
        value = _value(results, item)
        found = (
            {"rows": [{"name": "", "kind": "value", "value": "not remembered"}]} if value is MISSING else look(value)
        )
        rows += [{**row, "name": f"[{place}]{'.' if row['name'] else ''}{row['name']}"} for row in found["rows"]]
    return {"type": "list", "rows": rows}


def _value(results: Results, name: str) -> object:
    found = results.get(name)
    return results.get(found.of) if isinstance(found, ArtifactIndex) else found

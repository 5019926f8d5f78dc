"""Frozen nodes: what a node gave once stands in for what its inputs would give now.

That is asked of one run or one check, by address, and is no part of a workflow. A *token* says what the node gave: the
recipe of it, and the types of its outputs then. Where the recipe is still the node's own, the node is as it would be anyway.
Else it is *held*: it takes nothing from anywhere, so that nothing runs for it, and what lies below is keyed by what it gave.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

from engine.graph.faults import Fault, at
from engine.graph.graph import Graph, GraphNode, Outputs

_TOKEN = re.compile(r"([0-9a-f]{32}):([^,]{1,200}(?:,[^,]{1,200}){0,63})?")
GONE = "what it gave when it was frozen is not remembered any more: unfreeze it, or have it run once more"


def gone(address: str) -> Fault:
    """What is said of a held node whose result is nowhere."""
    return Fault("frozen_gone", at(address, GONE), address)


def token_of(node: GraphNode) -> str | None:
    """What says of a node what it gives; None where that is not remembered, for something below it runs every time."""
    if node.recipe is None:
        return None
    types = [
        f"list[{name}]" if many else name for name, many in zip(node.outputs.types, node.outputs.lists, strict=True)
    ]
    return f"{node.recipe}:{','.join(types)}"


def frozen_node(node: GraphNode, token: str) -> GraphNode:
    """The node with what the token says standing in for it; with a fault where that cannot be."""
    read = _TOKEN.fullmatch(token)
    if read is None:
        return _refused(node, "bad_frozen", "it is frozen at something that is no result of a node")
    recipe, told = read.groups()
    if node.muted or recipe == node.recipe:
        return replace(node, frozen=token)
    types = told.split(",") if told else []
    if len(types) != len(node.type.outputs):
        text = f"it was frozen when it gave {told or 'nothing'}, and its type gives {len(node.type.outputs)} outputs"
        return _refused(node, "bad_frozen", f"{text}: unfreeze it")
    lists = tuple([name.startswith("list[") for name in types])
    names = tuple([name.removeprefix("list[").removesuffix("]") for name in types])
    return replace(
        node,
        sources=(),
        outputs=Outputs(names, lists, ({},) * len(names), False),
        recipe=recipe,
        sound=True,
        faults=(),
        group=None,
        lazy=frozenset(),
        frozen=token,
        held=True,
    )


def _refused(node: GraphNode, code: str, text: str) -> GraphNode:
    fault = Fault(code, at(node.address, text), node.address)
    return replace(node, recipe=None, sound=False, faults=(*node.faults, fault))


def held_below(graph: Graph) -> dict[str, list[str]]:
    """By address, the held nodes that a node's result rests on, in file order; those that rest on none are not in it."""
    found: dict[str, list[str]] = {}
    if not any(node.held for node in graph.nodes.values()):
        return found
    place = {address: index for index, address in enumerate(graph.flat.nodes)}
    for address in graph.order:
        node = graph.nodes[address]
        below = {address} if node.held else {held for source in node.sources for held in found.get(source, ())}
        if below:
            found[address] = sorted(below, key=lambda one: place.get(one, 0))
    return found


def not_needed(graph: Graph, needed: Iterable[str]) -> dict[str, str]:
    """What would be needed for `needed`, were nothing held: by address, the held node that takes nothing from it now."""
    needed = list(needed)
    still = graph.upstream(needed)
    found: dict[str, str] = {}
    for held in [address for address in graph.order if address in still and graph.nodes[address].held]:
        stack = [held]
        while stack:
            node = graph.nodes.get(stack.pop())
            for source in node.binding.sources() if node is not None else ():
                if source not in still and source not in found:
                    found[source] = held
                    stack.append(source)
    return found


def given_by(graph: Graph, address: str) -> list[str]:
    """The nodes that an address stands for: its own; for the use of a sub-workflow, those that give something out of it."""
    if address in graph.nodes or address not in graph.flat.uses:
        return [address]
    inside = f"{address}/"
    taken = {source.address for source in graph.outputs.values()}
    for node in graph.nodes.values():
        if not node.address.startswith(inside):
            taken.update(node.binding.sources())
    return [one for one in graph.flat.nodes if one in taken and one.startswith(inside)]


def without_effect(graph: Graph, frozen: Mapping[str, str]) -> list[Fault]:
    """What is said of addresses that are frozen, but at which there is no node."""
    text = "'{}' is frozen, but there is no such node: that has no effect"
    nowhere = [address for address in frozen if address not in graph.flat.nodes]
    return [Fault("frozen_nothing", text.format(address), address) for address in nowhere]

"""Freezing a node: what it gave is found in what a result cache remembers, and kept on the disk from then on."""

from __future__ import annotations

from collections.abc import Iterable

from engine.graph.faults import Fault, at
from engine.graph.freezing import given_by, token_of
from engine.graph.graph import Graph
from engine.run.cache import MISSING, Results
from engine.run.indexes import ArtifactIndex, ListIndex
from engine.run.machine import Machine

NEVER = "what it gives is not remembered, for it or something above it runs every time: it can't be frozen"
NOTHING = "nothing that it gave is remembered: run it first, then freeze it"


def find_tokens(
    machine: Machine, addresses: Iterable[str], graph: Graph, before: Graph | None
) -> tuple[dict[str, str], list[Fault]]:
    """A token for each of these nodes, or for what a sub-workflow's use gives out of itself; faults where there is none.

    What the run `before` made is taken, since that is what its user sees; else what the graph as it stands would give.
    """
    tokens: dict[str, str] = {}
    faults: list[Fault] = []
    for address in addresses:
        inner = given_by(graph, address)
        found = {one: token for one in inner if (token := _token(machine, one, graph, before)) is not None}
        if len(found) == len(inner) and inner:
            tokens.update(found)
            continue
        unkept = [one for one in inner if one in graph.nodes and graph.nodes[one].sound and not graph.nodes[one].recipe]
        faults.append(Fault("not_frozen", at(address, NEVER if unkept else NOTHING), address))
    return tokens, faults


def _token(machine: Machine, address: str, graph: Graph, before: Graph | None) -> str | None:
    for one in (before, graph):
        node = one.nodes.get(address) if one is not None else None
        if node is not None and machine.recall(node) is not None:
            return token_of(node)
    return None


def keep(results: Results, recipes: Iterable[str]) -> None:
    """Have the disk keep what these recipes led to, as far as it is here."""
    for recipe in recipes:
        trace = results.trace(recipe)
        waiting = list(trace.outputs) if trace is not None else []
        while waiting:
            name = waiting.pop()
            value = results.get(name)
            if trace is None or value is MISSING:
                continue
            results.put(name, value, trace.seconds, keep=True)
            if isinstance(value, ListIndex):
                waiting.extend(value.items)
            elif isinstance(value, ArtifactIndex):
                waiting.append(value.of)

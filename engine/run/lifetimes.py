"""How long a run holds on to values: until their last consumer has had its turn, be it called or not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from engine.graph.graph import GraphNode
from engine.run.outcome import Outcome


class Lifetimes:
    """Counts who is still to take something from a node. What is in `kept` stays until the run ends."""

    def __init__(self, nodes: Mapping[str, GraphNode], outcomes: Mapping[str, Outcome], kept: Iterable[str]) -> None:
        self.kept = set(kept)
        self._nodes = nodes
        self._outcomes = outcomes
        self._takers: dict[str, int] = {}

    def expect(self, order: Iterable[str]) -> None:
        """These nodes are going to take values, lazily or not; each is to be told of by `had_turn`."""
        takers = self._takers
        for address in order:
            for source in self._nodes[address].sources:
                takers[source] = takers.get(source, 0) + 1

    def had_turn(self, node: GraphNode) -> None:
        """A node has taken what it was to take, or never will; what it made itself stays where somebody is to take it."""
        takers, kept, address = self._takers, self.kept, node.address
        for source in node.sources:
            left = takers[source] = takers[source] - 1
            if not left and source not in kept:
                self._release(source)
        if not takers.get(address) and address not in kept:
            self._release(address)

    def _release(self, address: str) -> None:
        outcome = self._outcomes.get(address)
        if outcome is not None:
            outcome.release()

"""A node that tells of itself as RewardOptimize does, with scores that were thought up, and is shown by the same view."""

import math
import time
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Literal, NamedTuple

from painting import Swatch

import nodes
from engine.graph.node import Node, Progress, Stop, Work
from engine.packs import Pack, registry_of
from nodes.optimizing.trace import trace_of
from nodes.rewarding.contract import Measure
from nodes.types import OptimizeRow

NUMBERS = 4096
MEASURES = [
    Measure("redness", lambda pixels: pixels, 1.0),
    Measure("symmetry", lambda pixels: pixels, 0.5),
    Measure("brightness", lambda pixels: pixels, 1.0, held_out=True),
]


class Climbed(NamedTuple):
    """What it gives: the best picture, those on the way, and how many there are by now."""

    image: Swatch
    frames: list[Swatch]
    state: int


class Climb(Node):
    """Make ever redder pictures of ever longer noise, each once there is a file of its number in `opens`."""

    view = "optimize.js"

    iterations: int = 6
    pictures: int | None = None
    mode: Literal["gradient", "zero_order"] = "gradient"
    neighbours: int = 4
    keep_every: int = 2
    opens: str = ""
    resume: int | None = None

    def run(self) -> Work[Climbed]:
        first = self.resume or 0
        rows = [row(number) for number in range(first)]
        yield Progress(0, self.iterations, data=told(rows))
        try:
            for number in range(first, first + self.iterations):
                last = partial(painted, len(rows) - 1) if rows else None
                for _ in self._waiting(number):
                    yield Progress(len(rows) - first, self.iterations, last)
                rows.append(row(number))
                yield Progress(len(rows) - first, self.iterations, partial(painted, number), told(rows))
        except Stop:
            if not rows:
                raise
        kept = [painted(number) for number in range(first, len(rows)) if number % self.keep_every == 0]
        return Climbed(painted(best(rows)), kept, len(rows))

    def _waiting(self, number: int) -> Iterator[None]:
        while self.opens and not (Path(self.opens) / str(number)).exists():
            time.sleep(0.01)
            yield


def row(number: int) -> OptimizeRow:
    """Redness rises, symmetry is highest at number 1, brightness falls; from number 3 on the noise is none any more."""
    scores = (0.1 * number, 0.3 if number == 1 else 0.2, 0.5 - 0.05 * number)
    norm = math.sqrt(NUMBERS) + (0.1 * number if number < 3 else 5.0 * number)
    return OptimizeRow(scores, scores[0] + 0.5 * scores[1], norm, 3.0, 0.0)


def best(rows: list[OptimizeRow]) -> int:
    """The first with the highest total."""
    return max(range(len(rows)), key=lambda number: rows[number].total)


def told(rows: list[OptimizeRow]) -> dict[str, Any]:
    """As RewardOptimize tells it."""
    state: Any = SimpleNamespace(
        method="gradient",
        noise=SimpleNamespace(numel=lambda: NUMBERS),
        rows=tuple(rows),
        best=SimpleNamespace(row=best(rows)) if rows else None,
    )
    return trace_of(state, MEASURES)


def painted(number: int) -> Swatch:
    """A picture by its number."""
    return Swatch(((min(255, 60 + 40 * number), 90, 120),), 64)


_registry = registry_of(Climb, Swatch)
_offer = Pack(views=nodes.pack.views)
REGISTRY = replace(_registry, packs=tuple(replace(pack, offer=_offer) for pack in _registry.packs))

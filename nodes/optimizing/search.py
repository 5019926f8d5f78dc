"""The search itself: try noise, see what it is worth, keep the best, go on. It can be left at any yield."""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass, replace
from typing import Protocol

from torch import Tensor

from nodes.optimizing.health import health
from nodes.optimizing.methods import Method, Move
from nodes.optimizing.objective import Evaluation
from nodes.types import OptimizeBest, OptimizeRow, OptimizeState


class Evaluate(Protocol):
    """`Objective`, or what stands for it."""

    def __call__(self, noise: Tensor, seed: int, *, slope: bool) -> Generator[None, None, Evaluation]:
        """Make the picture and score it."""
        ...


@dataclass(frozen=True, slots=True)
class Budget:
    """When to end: after so many `pictures`, before one that would begin after so many `seconds`, when the best has not
    risen by more than `tolerance` for `patience` pictures, or when it has reached `target`. Those that are None, or a
    patience of 0, never end it."""

    pictures: int
    seconds: float | None = None
    patience: int = 0
    tolerance: float = 0.0
    target: float | None = None


def search(
    evaluate: Evaluate, method: Method, state: OptimizeState, budget: Budget, clock: Callable[[], float]
) -> Generator[OptimizeState | None, None, OptimizeState]:
    """Go on from `state` as long as the budget allows; yields the new state after each picture, None in between.

    At least one picture is made. A run in two parts is the same as in one: where a slope is needed that the first part did
    not leave, it is found again, and that picture is not counted.
    """
    began, first, slope = clock(), len(state.rows), None
    last = first + max(budget.pictures, 1)
    while len(state.rows) < last and (len(state.rows) == first or not _spent(budget, state, first, clock() - began)):
        index = len(state.rows)
        if slope is None and method.needs_slope(index):
            slope = (yield from evaluate(state.noise, state.seed, slope=True)).slope
        move = method.propose(state, slope if method.needs_slope(index) else None)
        follows = index + 1 < last and method.needs_slope(index + 1)
        found = yield from evaluate(move.noise, move.seed, slope=follows)
        state, slope = told(state, move, found), found.slope
        yield state
    return state


def told(state: OptimizeState, move: Move, found: Evaluation) -> OptimizeState:
    """Where the search stands after a picture. Of equals, the first is the best."""
    row = OptimizeRow(found.scores, found.total, *health(move.noise))
    best = state.best
    if best is None or found.total > best.total:
        best = OptimizeBest(len(state.rows), found.total, move.noise, move.seed, found.pixels)
    return replace(
        state, noise=move.noise, seed=move.seed, memory=dict(move.memory), rows=(*state.rows, row), best=best
    )


def _spent(budget: Budget, state: OptimizeState, first: int, seconds: float) -> bool:
    if budget.seconds is not None and seconds >= budget.seconds:
        return True
    if budget.target is not None and state.best is not None and state.best.total >= budget.target:
        return True
    return bool(budget.patience) and _stale(state, first, budget.tolerance) >= budget.patience


def _stale(state: OptimizeState, first: int, tolerance: float) -> int:
    """For how many pictures of this run the best has not risen by more than `tolerance`."""
    best, stale = max((row.total for row in state.rows[:first]), default=float("-inf")), 0
    for row in state.rows[first:]:
        risen = row.total > best + tolerance
        best, stale = (row.total, 0) if risen else (best, stale + 1)
    return stale

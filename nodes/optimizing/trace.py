"""What a search did, as JSON: for charts while it runs, and as a result."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from nodes.rewarding.contract import Measure
from nodes.types import OptimizeRow, OptimizeState


def trace_of(state: OptimizeState, measures: Sequence[Measure]) -> dict[str, Any]:
    """The whole state of a search: `terms` with their weights, a row a picture, which is best.

    A row: {"picture", "total", "rewards": {name: score}, "held_out": {name: score}, "norm", "kurtosis", "autocorrelation"}.
    `white` is what the three last are, about, for white noise.
    """
    return {
        "method": state.method,
        "terms": [{"name": m.name, "weight": m.weight, "held_out": m.held_out} for m in measures],
        "white": {"norm": math.sqrt(state.noise.numel()), "kurtosis": 3.0, "autocorrelation": 0.0},
        "best": None if state.best is None else state.best.row,
        "rows": [_row(place, row, measures) for place, row in enumerate(state.rows)],
    }


def scores_of(state: OptimizeState, measures: Sequence[Measure]) -> dict[str, Any]:
    """The first picture's row and the best one's. Raises ValueError where there is none."""
    if state.best is None:
        raise ValueError("no picture was made yet")
    rows = {"first": 0, "best": state.best.row}
    return {name: _row(place, state.rows[place], measures) for name, place in rows.items()}


def fallen(state: OptimizeState, measures: Sequence[Measure]) -> list[str]:
    """A sentence for each reward that was held out and is lower in the best picture than in the first."""
    if state.best is None:
        return []
    told = []
    for place, measure in enumerate(measures):
        before, after = state.rows[0].scores[place], state.rows[state.best.row].scores[place]
        if measure.held_out and after < before:
            told.append(
                f"'{measure.name}', which was held out, fell from {before:.4g} to {after:.4g}: the picture may be fitted"
                " to what the other rewards do not see"
            )
    return told


def _row(place: int, row: OptimizeRow, measures: Sequence[Measure]) -> dict[str, Any]:
    scores = list(zip(measures, row.scores, strict=True))
    return {
        "picture": place,
        "total": row.total,
        "rewards": {measure.name: score for measure, score in scores if not measure.held_out},
        "held_out": {measure.name: score for measure, score in scores if measure.held_out},
        "norm": row.norm,
        "kurtosis": row.kurtosis,
        "autocorrelation": row.autocorrelation,
    }

"""Pictures scored without gradients, and what there is to say of their scores."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from nodes.rewarding.contract import Measure, total


def score(pixels: Tensor, measures: Sequence[Measure]) -> list[float]:
    """What each measure says of one picture (1, H, W, 3 or 4) in 0…1."""
    with torch.no_grad():
        return [float(measure(pixels)) for measure in measures]


def sums(measures: Sequence[Measure], scores: Sequence[float]) -> tuple[float, float]:
    """One picture's total, and the weighted sum of what is held out."""
    pairs = zip(measures, scores, strict=True)
    held_out = sum((measure.weight * score for measure, score in pairs if measure.held_out), 0.0)
    return total(measures, scores), held_out


def label(measures: Sequence[Measure], scores: Sequence[float]) -> str:
    """One picture's scores in a line: the total, then its parts where that says more."""
    words = f"{total(measures, scores):.4f}"
    if len(measures) == 1 and measures[0].weight == 1 and not measures[0].held_out:
        return words
    parts = [
        f"{measure.name}{' (held out)' if measure.held_out else ''} {score:.4f}"
        for measure, score in zip(measures, scores, strict=True)
    ]
    return f"{words}: {', '.join(parts)}"

"""What is optimised: the rewards of the picture that noise becomes, as a function of the noise.

The slope is found from the end: each reward's gradient goes to the picture by itself, and its tape is gone before the next
reward begins; their weighted sum then goes back through decoder and sampler once. So memory is that of the largest reward,
not of all, and nothing is approximate.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import torch
from torch import Tensor

from nodes.ops.stepping import stepped
from nodes.rewarding.contract import Measure, total

Draw: TypeAlias = Callable[[Tensor, int], Generator[Any, None, Tensor]]
"""Makes noise (1, C, h, w), and a seed for further noise, into a picture (1, H, W, 3), about 0…1 and not clipped. It yields
between steps, and gradients run through it."""


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What noise was worth: the picture's `pixels` (1, H, W, 3) in 0…1, each measure's score, their total, and the `slope`
    of the total in the noise, where it was asked for. Tensors are detached and on the CPU."""

    pixels: Tensor
    scores: tuple[float, ...]
    total: float
    slope: Tensor | None = None


class Objective:
    """The rewards of what `draw` makes of noise."""

    def __init__(self, draw: Draw, measures: Sequence[Measure]) -> None:
        self._draw, self._measures = draw, tuple(measures)

    def __call__(self, noise: Tensor, seed: int, *, slope: bool) -> Generator[None, None, Evaluation]:
        """Make the picture and score it, with the slope of the total if asked. Yields between steps, to be left there.

        Raises ValueError, in a sentence, where a score is no number.
        """
        pixels, scores, found = yield from self.tensors(noise, seed, slope=slope)
        numbers = tuple(float(score) for score in scores)
        for measure, number in zip(self._measures, numbers, strict=True):
            if number - number != 0:
                raise ValueError(f"reward '{measure.name}' gave {number} for a picture, which is no score")
        return Evaluation(pixels.cpu(), numbers, total(self._measures, numbers), None if found is None else found.cpu())

    def tensors(
        self, noise: Tensor, seed: int, *, slope: bool
    ) -> Generator[None, None, tuple[Tensor, list[Tensor], Tensor | None]]:
        """The picture, a score a measure, and the slope, as tensors: it looks at shapes only, never at values."""
        start = noise.detach().clone().requires_grad_(slope)
        drawn = yield from _silent(stepped(self._draw(start, seed), gradients=slope))
        shown = drawn.detach().clamp(0, 1)
        upwards, scores = torch.zeros_like(shown), []
        for measure in self._measures:
            score, slope_there = _scored(measure, shown, slope and not measure.held_out)
            scores.append(score)
            if slope_there is not None:
                upwards += slope_there
            yield
        if not slope:
            return shown, scores, None
        (found,) = torch.autograd.grad(drawn, start, _inward(drawn.detach(), upwards), allow_unused=True)
        return shown, scores, torch.zeros_like(start) if found is None else found.detach()


def _scored(measure: Measure, shown: Tensor, slope: bool) -> tuple[Tensor, Tensor | None]:
    """One measure's score (), and its weighted slope in the picture; its tape ends here."""
    with torch.set_grad_enabled(slope):
        pixels = shown.detach().requires_grad_(slope)
        score = measure(pixels).sum()
        if not (slope and score.requires_grad):
            return score.detach(), None
        (found,) = torch.autograd.grad(measure.weight * score, pixels, allow_unused=True)
        return score.detach(), found


def _inward(drawn: Tensor, upwards: Tensor) -> Tensor:
    """The slope in what was decoded: none for a pixel beyond 0…1, except where it leads back inside.

    Clipping alone would leave such a pixel where it is for good.
    """
    out_above, out_below = (drawn > 1) & (upwards > 0), (drawn < 0) & (upwards < 0)
    return torch.where(out_above | out_below, 0.0, upwards)


def _silent(work: Generator[Any, None, Tensor]) -> Generator[None, None, Tensor]:
    """The same work; what it yields is its own."""
    try:
        while True:
            try:
                next(work)
            except StopIteration as end:
                result: Tensor = end.value
                return result
            yield
    finally:
        work.close()

"""What a reward is to whoever scores, ranks or optimises pictures."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import torch
    from torch import Tensor


class Score(Protocol):
    """Pictures to one number each; higher is better. Gradients run from the numbers to the pictures.

    `pixels` is (B, H, W, 3) float32 in 0…1. `cover` (B or 1, H, W) in 0…1 says how much each pixel counts; without one
    all count alike. The pictures of a batch are scored each by itself: (B,).
    """

    def __call__(self, pixels: Tensor, cover: Tensor | None = None, /) -> Tensor:
        """Score each picture."""
        ...


@dataclass(frozen=True, slots=True)
class Measure:
    """A score by its name: its `weight` in the total, or `held_out`: then it is measured and never optimised.

    `modules` are the reward models behind it, for whoever wants to know how large they are.
    """

    name: str
    score: Callable[[Tensor], Tensor]
    weight: float = 1.0
    held_out: bool = False
    modules: tuple[torch.nn.Module, ...] = field(default=(), compare=False)

    def __call__(self, pixels: Tensor) -> Tensor:
        """Score pictures (B, H, W, 3 or 4): (B,), with gradients where the caller's grad mode allows. Alpha is left aside."""
        return self.score(pixels[..., :3])


def total(measures: Sequence[Measure], scores: Sequence[float]) -> float:
    """The weighted sum of one picture's scores, those that are held out left aside."""
    pairs = zip(measures, scores, strict=True)
    return sum((measure.weight * score for measure, score in pairs if not measure.held_out), 0.0)

"""Parts of a picture: a score that looks at no more than these."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from torch import Tensor

from nodes.ops.resize import resample
from nodes.rewarding.contract import Score
from nodes.samplers.masking import in_words, one_or
from nodes.types import Box, Mask


@dataclass(frozen=True, slots=True)
class Part:
    """Where a score looks: within `box`, at each pixel as much as `values` (B or 1, H, W) in 0…1 say, where they are."""

    box: Box
    values: Tensor | None = None


def part_of(region: Box | Mask) -> Part:
    """What a region is to a score; a mask is looked at in the box around what it covers.

    Raises ValueError, in a sentence, for a mask that covers nothing.
    """
    if isinstance(region, Box):
        return Part(region)
    values = region.values.detach()
    height, width = int(values.shape[1]), int(values.shape[2])
    rows, columns = ((values > 0).any(0).any(axis).nonzero().flatten().tolist() for axis in (1, 0))
    if not rows:
        raise ValueError("the region's mask covers nothing, so there is nothing to score")
    top, left = rows[0] / height, columns[0] / width
    return Part(Box(left, top, (columns[-1] + 1) / width - left, (rows[-1] + 1) / height - top), values)


class Within:
    """A score of what lies within all of some parts, each a part of the one before."""

    def __init__(self, score: Score, parts: Sequence[Part]) -> None:
        self._score, self._parts = score, tuple(parts)

    def __call__(self, pixels: Tensor) -> Tensor:
        """Score pictures (B, H, W, 3): (B,). Raises ValueError for masks of another number of pictures."""
        cover: Tensor | None = None
        for part in self._parts:
            if part.values is not None:
                cover = _covered(pixels, cover, part.values)
            top, bottom, left, right = edges(part.box, int(pixels.shape[1]), int(pixels.shape[2]))
            pixels = pixels[:, top:bottom, left:right]
            cover = None if cover is None else cover[:, top:bottom, left:right]
        return self._score(pixels, cover)


def edges(box: Box, height: int, width: int) -> tuple[int, int, int, int]:
    """The whole pixels that a box touches, at least one each way: top, bottom, left, right, as slices take them."""
    top, left = min(math.floor(box.top * height), height - 1), min(math.floor(box.left * width), width - 1)
    bottom = min(height, max(top + 1, _up((box.top + box.height) * height)))
    right = min(width, max(left + 1, _up((box.left + box.width) * width)))
    return top, bottom, left, right


def _up(edge: float) -> int:
    """The next whole pixel; a hair over one, as fractions of pixels leave it, is that one."""
    return math.ceil(edge - 1e-6)


def _covered(pixels: Tensor, cover: Tensor | None, values: Tensor) -> Tensor:
    if len(values) not in (1, len(pixels)):
        raise ValueError(
            f"the region has {len(values)} masks, and {in_words(len(pixels))} at a time is scored; "
            f"wanted {one_or(len(pixels))}"
        )
    height, width = int(pixels.shape[1]), int(pixels.shape[2])
    fitted = resample(values.to(pixels)[..., None], width, height, "area")[..., 0]
    return fitted if cover is None else fitted * cover

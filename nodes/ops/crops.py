"""A part of a picture, cut out to be worked on at another size and put back."""

from __future__ import annotations

import math
from dataclasses import dataclass

from torch import Tensor


@dataclass(frozen=True, slots=True)
class Region:
    """A rectangle of whole pixels within a picture."""

    left: int
    top: int
    width: int
    height: int

    def of(self, pixels: Tensor) -> Tensor:
        """This part of pictures (B, H, W, …); a view."""
        return pixels[:, self.top : self.top + self.height, self.left : self.left + self.width]


def whole(values: Tensor) -> Region:
    """All of it."""
    return Region(0, 0, int(values.shape[2]), int(values.shape[1]))


def region_around(values: Tensor, context: float, aspect: float) -> Region:
    """What surrounds all that masks (B, H, W) cover, `context` times as wide and high, in proportions `aspect`.

    `aspect` is width by height; the shorter side is lengthened to it. One region for the whole batch. It is moved to lie
    within the picture, and where the picture is too small for it, as long as the picture. Raises ValueError where nothing
    is covered.
    """
    covered = (values > 0).any(0)
    if not covered.any():
        raise ValueError("the mask covers nothing, so there is nothing to cut out")
    left, right = _ends(covered.any(0))
    top, bottom = _ends(covered.any(1))
    width, height = (right - left) * context, (bottom - top) * context
    width, height = max(width, height * aspect), max(height, width / aspect)
    left, width = _placed((left + right) / 2, width, covered.shape[1])
    top, height = _placed((top + bottom) / 2, height, covered.shape[0])
    return Region(left, top, width, height)


def working_size(region: Region, pixels: int, cell: int) -> tuple[int, int]:
    """Width and height at which a region has about so many pixels, each a whole number of cells."""
    scale = math.sqrt(pixels / (region.width * region.height))
    width, height = (max(1, round(side * scale / cell)) * cell for side in (region.width, region.height))
    return width, height


def _ends(line: Tensor) -> tuple[int, int]:
    places = line.nonzero()
    return int(places[0]), int(places[-1]) + 1


def _placed(middle: float, length: float, available: int) -> tuple[int, int]:
    """Where a stretch of whole pixels around `middle` begins, and how long it is, within what there is."""
    # Rounded first, so that 8 pixels times 1.5 by way of another side's proportions are not 13.
    whole = min(available, math.ceil(round(length, 6)))
    return min(max(0, round(middle - whole / 2)), available - whole), whole

"""A part of a picture, cut out to be worked on at another size and put back."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor

from nodes.ops.compositing import shown_through
from nodes.ops.resize import resample
from nodes.types import Crop


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


def crop_of(region: Region, pixels: Tensor) -> Crop:
    """A region of pictures (B, H, W, …) as the value that nodes pass on."""
    return Crop(region.left, region.top, region.width, region.height, int(pixels.shape[2]), int(pixels.shape[1]))


def region_of(crop: Crop) -> Region:
    """The region that a crop is."""
    return Region(crop.left, crop.top, crop.width, crop.height)


class CutOut(NamedTuple):
    """A part of pictures (B, h, w, C), the masks (B, h, w) of it, and where it lies."""

    pixels: Tensor
    values: Tensor
    crop: Crop


def cut_out(pixels: Tensor, values: Tensor, context: float, size: tuple[int, int] | None = None) -> CutOut:
    """What surrounds all that masks (B, H, W) cover of pictures (B, H, W, C), as `region_around`.

    With a `size` (width, height) it has that one's proportions, as far as the picture is large enough, and is brought to
    it. Raises ValueError where nothing is covered.
    """
    region = region_around(values, context, size and size[0] / size[1])
    width, height = size or (region.width, region.height)
    part = resample(region.of(pixels), width, height)
    mask = resample(region.of(values)[..., None], width, height, "bilinear")[..., 0]
    return CutOut(part.contiguous(), mask.contiguous(), crop_of(region, pixels))


def stitched(pixels: Tensor, part: Tensor, crop: Crop, values: Tensor | None = None) -> Tensor:
    """Pictures (B, H, W, C) with `part` (B or 1, h, w, c), brought to the crop's size, put back where it was cut out.

    `values` (B or 1, …) is where it is seen, of the pictures' size or the part's own; all, without. Where it is 0, and
    outside of the crop, not a bit changes. Raises ValueError, in a sentence, where sizes or numbers do not fit.
    """
    height, width = (int(side) for side in pixels.shape[1:3])
    if (width, height) != (crop.of_width, crop.of_height):
        came, wanted = f"{width} × {height}", f"{crop.of_width} × {crop.of_height}"
        raise ValueError(f"the part was cut out of a picture of {wanted} pixels, and this one is {came}")
    batch, region = max(len(pixels), len(part)), region_of(crop)
    for name, count in (("image", len(pixels)), ("part", len(part)), ("mask", 1 if values is None else len(values))):
        if count not in (1, batch):
            raise ValueError(f"input '{name}' has {count} pictures beside {batch}; give as many, or one")
    result = pixels.expand(batch, *pixels.shape[1:]).clone()
    below = region.of(result)
    drawn = resample(part, crop.width, crop.height).to(pixels).expand(batch, -1, -1, -1)
    if values is None:
        values = torch.ones_like(below[..., 0])
    elif values.shape[1:] == (height, width):
        values = region.of(values)
    seen = resample(values[..., None], crop.width, crop.height, "bilinear")[..., 0].to(pixels)
    region.of(result)[...] = shown_through(below, drawn, seen.expand(batch, -1, -1))
    return result


def covers_beyond(values: Tensor, crop: Crop) -> bool:
    """Whether masks (B, H, W) of the whole picture cover anything outside of the crop."""
    return int((region_of(crop).of(values) > 0).sum()) < int((values > 0).sum())


def region_around(values: Tensor, context: float, aspect: float | None = None) -> Region:
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
    # Within the picture first: what would lie above and below of it is no reason to look farther to the sides.
    width = min((right - left) * context, covered.shape[1])
    height = min((bottom - top) * context, covered.shape[0])
    if aspect is not None:
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

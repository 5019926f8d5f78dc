"""Pictures (B, H, W, C) cut, turned and mirrored."""

from __future__ import annotations

import math
from typing import Literal

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor

from nodes.ops.alpha import weighted, with_alpha
from nodes.ops.crops import Region

Turn = Literal["nearest", "bilinear", "bicubic"]
Mirror = Literal["horizontal", "vertical", "both"]
AXES: dict[str, tuple[int, ...]] = {"horizontal": (2,), "vertical": (1,), "both": (1, 2)}


def within(left: int, top: int, width: int, height: int, size: tuple[int, int]) -> Region | None:
    """What of a rectangle lies within a picture of this width and height; None where nothing does."""
    right, bottom = min(left + width, size[0]), min(top + height, size[1])
    left, top = max(left, 0), max(top, 0)
    return Region(left, top, right - left, bottom - top) if left < right and top < bottom else None


def flipped(pixels: Tensor, direction: Mirror) -> Tensor:
    """Mirrored: left and right exchanged (horizontal), top and bottom (vertical), or both."""
    return pixels.flip(AXES[direction])


def rotated(pixels: Tensor, degrees: float, *, expand: bool = True, filter: Turn = "bicubic") -> Tensor:
    """Turned about the middle, counterclockwise; what then lies in no picture is transparent.

    With `expand` the result is as large as the turned picture, else as large as the picture was and its corners are cut
    off. Quarter turns move pixels and change none, and keep C; all others give C = 4, the edges smooth.
    """
    quarters = degrees / 90
    if quarters == round(quarters):
        turned = torch.rot90(pixels, int(quarters) % 4, (1, 2))
        if expand or turned.shape == pixels.shape:
            return turned
    height, width = (int(side) for side in pixels.shape[1:3])
    size = turned_size(width, height, degrees) if expand else (width, height)
    grid = _places(width, height, size, degrees).to(pixels)

    def sampled(values: Tensor) -> Tensor:
        channels_first = values.movedim(-1, 1)
        each = grid.expand(len(values), *grid.shape)
        found = F.grid_sample(channels_first, each, mode=filter, padding_mode="zeros", align_corners=False)
        return found.movedim(1, -1)

    return weighted(with_alpha(pixels), sampled)


def turned_size(width: int, height: int, degrees: float) -> tuple[int, int]:
    """Width and height of the smallest upright box around a turned one, in whole pixels."""
    cosine, sine = abs(math.cos(math.radians(degrees))), abs(math.sin(math.radians(degrees)))
    # Rounded first, so that no pixel is added for the last bit of a sine.
    across, down = width * cosine + height * sine, width * sine + height * cosine
    return math.ceil(round(across, 6)), math.ceil(round(down, 6))


def _places(width: int, height: int, size: tuple[int, int], degrees: float) -> Tensor:
    """Where each new pixel's centre lay, (h, w, 2) in −1…1 from edge to edge of the old picture, in double precision."""
    cosine, sine = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    x = torch.arange(size[0], dtype=torch.float64) + 0.5 - size[0] / 2
    y = (torch.arange(size[1], dtype=torch.float64) + 0.5 - size[1] / 2)[:, None]
    return torch.stack([(x * cosine - y * sine) * 2 / width, (x * sine + y * cosine) * 2 / height], dim=-1)

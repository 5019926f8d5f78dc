"""Masks, (B, H, W) in 0…1 with 1 = change: grown, blurred, filled, fitted to pictures and taken from them."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor

from nodes.ops.resize import resample

INSIDE = 0.5
"""From this value on a pixel counts as covered, where a mask is taken as yes or no."""
REACH = 3.0
"""How many standard deviations a blur reaches; beyond it, a pixel is not touched at all."""


def edited(
    values: Tensor,
    *,
    threshold: float | None = None,
    fill_holes: bool = False,
    grow: int = 0,
    blur: float = 0.0,
    invert: bool = False,
) -> Tensor:
    """A mask after all that is asked for, in this order: threshold, holes, growth, blur, inversion."""
    if threshold is not None:
        values = (values >= threshold).to(values.dtype)
    if fill_holes:
        values = without_holes(values)
    values = blurred(grown(values, grow), blur)
    return 1 - values if invert else values


def grown(values: Tensor, pixels: int) -> Tensor:
    """Dilated by a square that reaches `pixels` to each side; eroded where `pixels` is negative.

    Nothing lies beyond the picture's edge: what touches it stays there when the mask shrinks.
    """
    if pixels < 0:
        return 1 - grown(1 - values, -pixels)
    for axis in (-1, -2):
        reach = min(pixels, values.shape[axis] - 1)
        kernel = [1, 1]
        kernel[axis] = 2 * reach + 1
        values = F.max_pool2d(values, tuple(kernel), stride=1, padding=tuple(size // 2 for size in kernel))
    return values


def blurred(values: Tensor, sigma: float) -> Tensor:
    """Blurred by a Gaussian of standard deviation `sigma` pixels, cut off at three of them.

    The mask goes on beyond the picture's edge as it is at the edge. Summed in double precision, so that 0 stays 0 and 1
    stays 1 to the bit wherever the blur meets nothing else.
    """
    if sigma <= 0:
        return values
    reach = math.ceil(REACH * sigma)
    weights = torch.exp(-0.5 * (torch.arange(-reach, reach + 1, dtype=torch.float64) / sigma) ** 2)
    weights = (weights / weights.sum()).to(values.device)
    found = values.double()[:, None]
    for shape, pad in (((1, 1, 1, -1), (reach, reach, 0, 0)), ((1, 1, -1, 1), (0, 0, reach, reach))):
        found = F.conv2d(F.pad(found, pad, mode="replicate"), weights.view(shape))
    return found[:, 0].clamp(0, 1).to(values.dtype)


def without_holes(values: Tensor) -> Tensor:
    """Holes become 1: places below one half from which no way up, down, left or right leads to the picture's edge.

    The open ground is flooded from the edge, a whole row or column at a time, until nothing is added.
    """
    wall = values >= INSIDE
    edge = torch.ones_like(wall)
    edge[:, 1:-1, 1:-1] = False
    reached = edge & ~wall
    while True:
        spread = _along_rows(reached, wall)
        spread = _along_rows(spread.mT, wall.mT).mT
        if torch.equal(spread, reached):
            return torch.where(reached | wall, values, torch.ones_like(values))
        reached = spread


def _along_rows(reached: Tensor, wall: Tensor) -> Tensor:
    """Whatever lies in a row between the same two walls as something that is reached."""
    runs = wall.cumsum(-1)
    seen = torch.zeros(*wall.shape[:-1], wall.shape[-1] + 1, dtype=torch.int8, device=wall.device)
    seen = seen.scatter_reduce(-1, runs, reached.to(torch.int8), "amax")
    return seen.gather(-1, runs).bool() & ~wall


def fitted(values: Tensor, width: int, height: int, batch: int) -> Tensor:
    """A mask for `batch` pictures of `width` × `height`: stretched to their size, one for all or one each.

    Raises ValueError, in a sentence, where its batch is neither 1 nor `batch`.
    """
    if len(values) not in (1, batch):
        raise ValueError(f"input 'mask' has {len(values)} masks for {batch} pictures; wanted 1 or {batch}")
    stretched = resample(values[..., None], width, height, "bilinear")[..., 0]
    return stretched.expand(batch, height, width)


def from_color(pixels: Tensor, color: tuple[float, float, float], tolerance: float, softness: float = 0.0) -> Tensor:
    """1 where pictures (B, H, W, C) have a colour, 0 where not: the largest difference of R, G and B decides.

    Up to `tolerance` it is 1, from there it falls to 0 over `softness`; both in 0…1 of sRGB. What is transparent has no
    colour: alpha scales the mask.
    """
    away = (pixels[..., :3] - pixels.new_tensor(color)).abs().amax(-1)
    # Files hold whole steps of 1/255; half of one forgives how such a step is rounded.
    beyond = away - tolerance - 0.5 / 255
    values = (1 - beyond / softness).clamp(0, 1) if softness > 0 else (beyond <= 0).to(pixels.dtype)
    return values * pixels[..., 3] if pixels.shape[-1] == 4 else values


def from_channel(pixels: Tensor, channel: str) -> Tensor:
    """One of "red", "green", "blue", "alpha" of pictures (B, H, W, C), C 3 or 4; "brightness" is the brightest colour.

    Alpha is turned over, as in `from_alpha`.
    """
    if channel == "alpha":
        return from_alpha(pixels)
    if channel == "brightness":
        return pixels[..., :3].amax(dim=-1)
    return pixels[..., ("red", "green", "blue").index(channel)]


def from_alpha(pixels: Tensor) -> Tensor:
    """1 where pictures (B, H, W, C) are transparent, 0 where they are opaque or have no alpha."""
    return 1 - pixels[..., 3] if pixels.shape[-1] == 4 else torch.zeros_like(pixels[..., 0])

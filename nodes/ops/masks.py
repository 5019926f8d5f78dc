"""Masks, (B, H, W) in 0…1 with 1 = change: grown, blurred, filled, fitted to pictures and taken from them."""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor

from nodes.ops.colours import to_lab
from nodes.ops.resize import resample
from nodes.samplers.masking import in_words, one_or

INSIDE = 0.5
"""From this value on a pixel counts as covered, where a mask is taken as yes or no."""
REACH = 3.0
"""How many standard deviations a blur reaches; beyond it, a pixel is not touched at all."""

PALE = 0.5
"""The tint of a colour that is hardly one; against paler ones tints are compared as against this."""


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


def fitted(values: Tensor, width: int, height: int, batch: int, input: str = "mask") -> Tensor:
    """A mask for `batch` pictures of `width` × `height`: stretched to their size, one for all or one each.

    Raises ValueError, in a sentence that names the `input`, where its batch is neither 1 nor `batch`.
    """
    if len(values) not in (1, batch):
        raise ValueError(f"input '{input}' has {len(values)} masks for {in_words(batch)}; wanted {one_or(batch)}")
    stretched = resample(values[..., None], width, height, "bilinear")[..., 0]
    return stretched.expand(batch, height, width)


def from_color(
    pixels: Tensor, color: tuple[float, float, float], tolerance: float, softness: float = 0.0, by: str = "hue"
) -> Tensor:
    """1 where pictures (B, H, W, C) have a colour, 0 where not, by a difference in 0…1 out of `DIFFERENCES`.

    Up to `tolerance` it is 1, from there it falls to 0 over `softness`. What is transparent has no colour: alpha scales the
    mask.
    """
    away = DIFFERENCES[by](pixels[..., :3], pixels.new_tensor(color))
    # Files hold whole steps of 1/255; half of one forgives how such a step is rounded.
    beyond = away - tolerance - 0.5 / 255
    values = (1 - beyond / softness).clamp(0, 1) if softness > 0 else (beyond <= 0).to(pixels.dtype)
    return values * pixels[..., 3] if pixels.shape[-1] == 4 else values


def _channels(pixels: Tensor, color: Tensor) -> Tensor:
    """The largest difference of red, green and blue."""
    return (pixels - color).abs().amax(-1)


def _seen(pixels: Tensor, color: Tensor) -> Tensor:
    """The distance in CIELAB, a hundredth of it, so that black and white are 1 apart."""
    return (_length(to_lab(pixels) - to_lab(color)) / 100).clamp(max=1)


def _tinted(pixels: Tensor, color: Tensor) -> Tensor:
    """How far tints are apart, as a part of the wanted colour's own: 1 is grey, or a hue far from it.

    A tint is (a, b) / (L + 16) of CIELAB. All three go with the cube root of light, so that more or less of the same light
    leaves a tint as it is.
    """
    here, wanted = _tint(pixels), _tint(color)
    return (_length(here - wanted) / _length(wanted).clamp(min=PALE)).clamp(max=1)


def _tint(colours: Tensor) -> Tensor:
    lab = to_lab(colours)
    return lab[..., 1:] / (lab[..., :1] + 16)


def _length(vectors: Tensor) -> Tensor:
    return vectors.square().sum(-1).sqrt()


DIFFERENCES: dict[str, Callable[[Tensor, Tensor], Tensor]] = {"hue": _tinted, "colour": _seen, "rgb": _channels}
"""How far colours of sRGB are apart, 0…1: pixels (B, H, W, 3) and one colour (3,) to (B, H, W)."""


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

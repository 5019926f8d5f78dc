"""Scores that need no model: they are exact, quick and differentiable, and serve tests as well as pictures.

All are means over the pixels, weighted by what covers them.
"""

from __future__ import annotations

import torch
from torch import Tensor

LUMA = (0.2126, 0.7152, 0.0722)
"""The shares of red, green and blue in luma: Recommendation ITU-R BT.709."""
NEAR = 0.02
"""How far apart two palette colours must be, in squared distance, not to be blended into one."""


def redness(pixels: Tensor, cover: Tensor | None = None) -> Tensor:
    """Red less the mean of green and blue, −1…1: Eyring et al. 2025, Noise Hypernetworks, arXiv 2508.09968."""
    red, green, blue = pixels.unbind(-1)
    return mean(red - (green + blue) / 2, cover)


def brightness(pixels: Tensor, cover: Tensor | None = None) -> Tensor:
    """The mean luma, 0…1."""
    return mean(pixels @ pixels.new_tensor(LUMA), cover)


def palette(pixels: Tensor, cover: Tensor | None = None, *, colors: Tensor) -> Tensor:
    """One less the mean squared distance to the nearest of some `colors` (N, 3): 1 where all pixels have one of them.

    Nearest is soft, −t · log(mean(exp(−d / t))), so that a pixel between two colours is drawn to both.
    """
    distances = (pixels[..., None, :] - colors.to(pixels)).square().sum(-1)
    nearest = -NEAR * (torch.logsumexp(-distances / NEAR, -1) - torch.log(distances.new_tensor(len(colors))))
    return mean(1 - nearest, cover)


def symmetry(pixels: Tensor, cover: Tensor | None = None, *, upright: bool = True) -> Tensor:
    """One less the mean squared difference to the mirror image, left to right, or top to bottom unless `upright`."""
    axis = 2 if upright else 1
    both = None if cover is None else cover * cover.flip(axis)
    return mean(1 - (pixels - pixels.flip(axis)).square().mean(-1), both)


def mean(values: Tensor, cover: Tensor | None) -> Tensor:
    """The mean of (B, H, W) over each picture, weighted by `cover` (B or 1, H, W); 0 where nothing is covered."""
    if cover is None:
        return values.mean((1, 2))
    weights = cover.expand_as(values)
    return (values * weights).sum((1, 2)) / weights.sum((1, 2)).clamp(min=torch.finfo(values.dtype).tiny)

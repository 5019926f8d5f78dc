"""The seam around what was painted into a picture: how far it is off, and colours matched across it.

A model's autoencoder shifts colours a little, so what it paints may be off even where it is meant to show the same. What
it drew just outside of the mask, where the picture is known, says how much.
"""

from __future__ import annotations

import torch
from torch import Tensor

from nodes.ops.masks import grown

BAND = 8
"""How far from the mask's edge pixels belong to its seam."""
MOST_CONTRAST = 2.0
"""By how much contrast may be stretched or squeezed where colours are matched; a flat band would tell of any."""
FLAT = 1e-3
"""A deviation in 0…1 below which a channel has no contrast to be matched by."""


def band(used: Tensor) -> Tensor:
    """Where (B, H, W) a mask's seam lies: what it does not cover at all, up to 8 pixels from what it does."""
    covered = (used > 0).float()
    return (grown(covered, BAND) > 0) & (covered == 0)


def seam_error(drawn: Tensor, before: Tensor, used: Tensor) -> Tensor:
    """The mean difference (B,) of red, green and blue along each picture's seam, 0…1; 0 where there is none.

    `drawn` and `before` are (B, H, W, 3 or more), `used` (B, H, W) is the mask between them.
    """
    share = _shares(band(used))
    away = (drawn[..., :3] - before[..., :3].to(drawn)).abs().mean(-1)
    return (share * away).sum((1, 2))


def matched(drawn: Tensor, before: Tensor, used: Tensor) -> Tensor:
    """`drawn` (B, H, W, 3) with the colours that it has along the seam brought to those of the picture `before`.

    Mean and deviation of each channel are, picture by picture: Reinhard et al. 2001, "Color transfer between images",
    section 3, in sRGB. A picture without a seam stays as it is.
    """
    share = _shares(band(used))[..., None]
    known = share.sum((1, 2), keepdim=True) > 0
    mean, deviation = _statistics(drawn, share)
    wanted, spread = _statistics(before[..., :3].to(drawn), share)
    flat = (deviation < FLAT) | (spread < FLAT)
    contrast = torch.where(flat, 1.0, spread / deviation.clamp(min=FLAT)).clamp(1 / MOST_CONTRAST, MOST_CONTRAST)
    return torch.where(known, (drawn - mean) * contrast + wanted, drawn).clamp(0, 1)


def _shares(where: Tensor) -> Tensor:
    """What each pixel counts (B, H, W): those of a picture's seam alike, 1 together."""
    count = where.sum((1, 2), keepdim=True)
    return where / count.clamp(min=1)


def _statistics(pixels: Tensor, share: Tensor) -> tuple[Tensor, Tensor]:
    """Mean and deviation of each channel, (B, 1, 1, C)."""
    mean = (share * pixels).sum((1, 2), keepdim=True)
    return mean, (share * (pixels - mean) ** 2).sum((1, 2), keepdim=True).sqrt()

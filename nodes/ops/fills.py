"""What stands in a picture's hole before something is painted there."""

from __future__ import annotations

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor

GREY = 0.5


def filled(pixels: Tensor, values: Tensor, fill: str) -> Tensor:
    """Pictures (B, H, W, 3) with what the mask (B, H, W) covers replaced: "blur" or "neutral" grey; else as they are."""
    part = values[..., None].to(pixels)
    if fill == "neutral":
        return pixels + part * (GREY - pixels)
    if fill == "blur":
        return pixels + part * (surroundings(pixels, values > 0) - pixels)
    return pixels


def surroundings(pixels: Tensor, hole: Tensor) -> Tensor:
    """Pictures (B, H, W, C) whose hole (B, H, W) is filled smoothly with the colours around it.

    Pull and push: Gortler et al. 1996, "The Lumigraph", section 3.4. Each level halves the picture by a mean of what is
    known; on the way back what is unknown is taken from the coarser level. Grey, where nothing is known at all.
    """
    known = (~hole)[:, None].to(pixels)
    return _pull_push(pixels.movedim(-1, 1) * known, known).movedim(1, -1)


def _pull_push(colour: Tensor, weight: Tensor) -> Tensor:
    """`colour` is (B, C, h, w), already scaled with `weight` (B, 1, h, w) in 0…1."""
    mean = torch.where(weight > 0, colour / weight.clamp(min=1e-12), torch.full_like(colour, GREY))
    size = colour.shape[-2:]
    if max(size) == 1 or bool((weight >= 1).all()):
        return mean
    # Padded pixels have no weight, so that a side of odd length is not darkened by them.
    even = (0, size[1] % 2, 0, size[0] % 2)
    coarse = _pull_push(*(F.avg_pool2d(F.pad(level, even), 2) for level in (colour, weight)))
    finer = F.interpolate(coarse, scale_factor=2, mode="bilinear", align_corners=False)[..., : size[0], : size[1]]
    return weight * mean + (1 - weight) * finer

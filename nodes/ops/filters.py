"""Pictures (B, H, W, C) in 0…1 blurred and sharpened."""

from __future__ import annotations

import torch
from torch import Tensor

from nodes.ops import masks
from nodes.ops.alpha import colours_changed, weighted


def blurred(pixels: Tensor, sigma: float) -> Tensor:
    """Blurred by a Gaussian of standard deviation `sigma` pixels; the picture goes on beyond its edge as it is there.

    What is transparent lends no colour. A `sigma` of 0 changes nothing.
    """
    return weighted(pixels, lambda values: _spread(values, sigma)) if sigma > 0 else pixels


def sharpened(pixels: Tensor, sigma: float, amount: float, threshold: float = 0.0) -> Tensor:
    """An unsharp mask: `amount` times what a blur of `sigma` pixels takes away is added to the colours; alpha stays.

    Differences of a channel up to `threshold` (0…1) are left alone, so that noise is not made stronger.
    """
    if sigma <= 0 or amount == 0:
        return pixels
    away = pixels[..., :3] - blurred(pixels, sigma)[..., :3]
    counted = torch.where(away.abs() > threshold, away, torch.zeros_like(away))
    return colours_changed(pixels, lambda colours: (colours + amount * counted).clamp(0, 1))


def _spread(values: Tensor, sigma: float) -> Tensor:
    batch, height, width, channels = values.shape
    planes = values.movedim(-1, 1).reshape(batch * channels, height, width)
    return masks.blurred(planes, sigma).reshape(batch, channels, height, width).movedim(1, -1)

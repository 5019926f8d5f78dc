"""Pictures with transparency, whose colours count as much as they are seen."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

VISIBLE = 1e-6
"""Alpha below this has no colour."""


def weighted(pixels: Tensor, work: Callable[[Tensor], Tensor]) -> Tensor:
    """What a linear filter makes of pictures (B, H, W, C), clipped to 0…1.

    Where C is 4 the filter sees colours scaled with their alpha, so that what is transparent does not bleed into what is
    seen (Porter & Duff 1984, "Compositing digital images"); where all around is transparent, it sees them as they are.
    """
    if pixels.shape[-1] != 4:
        return work(pixels).clamp(0, 1)
    colour, alpha = pixels[..., :3], pixels[..., 3:]
    found = work(torch.cat([colour * alpha, alpha], dim=-1))
    new_alpha = found[..., 3:]
    # Divided before it is clipped: beside an edge a sharp filter overshoots in both alike.
    unweighted = found[..., :3] / new_alpha.clamp(min=VISIBLE)
    new_colour = torch.where(new_alpha > VISIBLE, unweighted, work(colour))
    return torch.cat([new_colour, new_alpha], dim=-1).clamp(0, 1)


def with_alpha(pixels: Tensor) -> Tensor:
    """Pictures (B, H, W, 3 or 4) with alpha; opaque where they had none."""
    if pixels.shape[-1] == 4:
        return pixels
    return torch.cat([pixels, torch.ones_like(pixels[..., :1])], dim=-1)


def colours_changed(pixels: Tensor, change: Callable[[Tensor], Tensor]) -> Tensor:
    """Pictures (B, H, W, C) with their colours (B, H, W, 3) changed and their alpha as it is."""
    changed = change(pixels[..., :3])
    return changed if pixels.shape[-1] == 3 else torch.cat([changed, pixels[..., 3:]], dim=-1)

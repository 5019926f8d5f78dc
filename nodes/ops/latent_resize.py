"""Latents in other sizes."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import torch
from torch import Tensor

from nodes.ops.resize import stretched
from nodes.types import Latent

LatentFilter = Literal["nearest", "bilinear", "bicubic", "bislerp"]
PARALLEL = 1 - 1e-5
"""The cosine from which two vectors count as one direction."""


def latent_resized(latent: Latent, width: int, height: int, filter: LatentFilter = "bislerp") -> Latent:
    """The same latents for pictures of `width` × `height` pixels; an empty latent, which is only a size, stays empty.

    Where a picture is no whole number of cells its part of them is what is stretched, so that nothing drifts. A mask is
    kept, since it is stretched wherever it is used.
    """
    sized = replace(latent, width=width, height=height)
    if latent.samples is None or (width, height) == (latent.width, latent.height):
        return sized
    factor = latent.space.factor
    cells, scales = (-(-width // factor), -(-height // factor)), (latent.width / width, latent.height / height)
    values = latent.samples.movedim(1, -1)
    if filter == "bislerp":
        values = _turned(_turned(values, 2, cells[0], scales[0]), 1, cells[1], scales[1])
    else:
        values = stretched(values, *cells, filter, scales)
    return replace(sized, samples=values.movedim(-1, 1).contiguous())


def _turned(values: Tensor, axis: int, size: int, scale: float) -> Tensor:
    """Values (B, h, w, C) resampled along one axis, each new cell between the two cells about its centre."""
    old = int(values.shape[axis])
    if old == size and scale == 1:
        return values
    centres = ((torch.arange(size, dtype=torch.float64) + 0.5) * scale - 0.5).clamp(0, old - 1)
    before = centres.floor().long()
    share = (centres - before).to(values)
    after = (before + 1).clamp(max=old - 1)
    shape = [1] * values.ndim
    shape[axis] = size
    first, second = (values.index_select(axis, place.to(values.device)) for place in (before, after))
    return slerp(first, second, share.view(shape))


def slerp(first: Tensor, second: Tensor, share: Tensor) -> Tensor:
    """From the vectors `first` to `second` (…, C), `share` (…, 1) of the way along the arc between them.

    Directions by Shoemake 1985, "Animating rotation with quaternion curves", section 3.3; lengths linearly, so that what
    lies between two latents is as large as they are, where a mean would be smaller. Opposite and like directions, and
    vectors without one, are mixed as they are.
    """
    lengths = first.norm(dim=-1, keepdim=True), second.norm(dim=-1, keepdim=True)
    directions = tuple(
        vector / length.clamp(min=1e-12) for vector, length in zip((first, second), lengths, strict=True)
    )
    cosine = (directions[0] * directions[1]).sum(-1, keepdim=True)
    angle = cosine.clamp(-PARALLEL, PARALLEL).acos()
    arc = torch.sin((1 - share) * angle) * directions[0] + torch.sin(share * angle) * directions[1]
    turned = arc / torch.sin(angle) * torch.lerp(*lengths, share)
    have_arc = (cosine.abs() < PARALLEL) & (lengths[0] > 0) & (lengths[1] > 0)
    return torch.where(have_arc, turned, torch.lerp(first, second, share))

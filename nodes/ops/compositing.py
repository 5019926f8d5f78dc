"""Pictures over, around and against pictures, all (B, H, W, C) in 0…1 with straight alpha."""

from __future__ import annotations

from typing import Literal, NamedTuple

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor

from nodes.ops.alpha import VISIBLE
from nodes.ops.resize import centred
from nodes.ops.room import check_pictures

Border = Literal["edge", "mirror", "color"]
PADDED = 2.5
"""Copies of a padded picture: its rows, its columns, and the mask of what is new."""


def shown_through(below: Tensor, above: Tensor, values: Tensor) -> Tensor:
    """`above` where the mask (B, H, W) is 1, `below` where it is 0, and mixed between; a replacement, not a layer.

    Where the mask is 0 not a bit of `below` changes, and where it is 1 not a bit of `above`. The result has alpha where
    `below` has it; colours are mixed by how much is seen of each.
    """
    channels, part = int(below.shape[-1]), values[..., None].to(below)
    above = _with_channels(above, channels)
    if channels == 4:
        share_below, share_above = (1 - part) * below[..., 3:], part * above[..., 3:]
        alpha = share_below + share_above
        weighted = below[..., :3] * share_below + above[..., :3] * share_above
        mixed = torch.cat([weighted / alpha.clamp(min=VISIBLE), alpha], dim=-1)
    else:
        mixed = below + part * (above - below)
    return torch.where(part <= 0, below, torch.where(part >= 1, above, mixed))


def laid_over(below: Tensor, above: Tensor, values: Tensor | None = None, x: int = 0, y: int = 0) -> Tensor:
    """`above` as a layer on `below`, its left upper corner at (`x`, `y`) and what stands over cut off.

    Its alpha and the mask (B, h, w, of its own size) let through what is below: Porter & Duff 1984, *over*. Either batch
    may be 1. Raises ValueError, in a sentence, where the batches do not fit.
    """
    below, above = paired(below, above)
    left, top = max(x, 0), max(y, 0)
    right, bottom = min(x + above.shape[2], below.shape[2]), min(y + above.shape[1], below.shape[1])
    result = below.clone()
    if left >= right or top >= bottom:
        return result
    cut = slice(top - y, bottom - y), slice(left - x, right - x)
    layer, under = above[:, *cut], below[:, top:bottom, left:right]
    part = torch.ones_like(layer[..., 0]) if values is None else values[:, *cut].to(layer)
    if layer.shape[-1] == 4:
        part = part * layer[..., 3]
    result[:, top:bottom, left:right] = _over(under, layer[..., :3], part)
    return result


def _over(under: Tensor, colour: Tensor, part: Tensor) -> Tensor:
    """An opaque colour over `under`, `part` (B, H, W) of it."""
    opaque = torch.cat([colour, torch.ones_like(colour[..., :1])], dim=-1)
    return shown_through(under, opaque, part)


class Padded(NamedTuple):
    """Wider pictures and where they are new: a mask (B, H, W), 1 on what was added."""

    pixels: Tensor
    added: Tensor


def padded(
    pixels: Tensor,
    left: int,
    top: int,
    right: int,
    bottom: int,
    border: Border = "edge",
    color: tuple[float, float, float] = (0.5, 0.5, 0.5),
) -> Padded:
    """Pictures with so many pixels added on each side: the edge drawn out, the picture mirrored, or a colour.

    Raises ValueError, in a sentence, where that would not fit into memory.
    """
    batch, height, width, channels = (int(side) for side in pixels.shape)
    size = height + top + bottom, width + left + right
    check_pictures("padding to", (batch, *size, channels), pixels.device, PADDED)
    added = torch.ones(batch, *size, dtype=pixels.dtype, device=pixels.device)
    added[:, top : top + height, left : left + width] = 0
    if border == "color":
        canvas = centred(pixels[:, :0, :0], size[1], size[0], color)
        canvas[:, top : top + height, left : left + width] = pixels
        return Padded(canvas, added)
    rows = _places(height, top, bottom, border == "mirror")
    columns = _places(width, left, right, border == "mirror")
    return Padded(pixels[:, rows.to(pixels.device)][:, :, columns.to(pixels.device)], added)


def _places(size: int, before: int, after: int, mirror: bool) -> Tensor:
    """Which pixel of a side stands at each place of the longer one; a mirror goes to and fro as often as it must."""
    places = torch.arange(-before, size + after)
    if not mirror or size == 1:
        return places.clamp(0, size - 1)
    folded = places.remainder(2 * (size - 1))
    return torch.minimum(folded, 2 * (size - 1) - folded)


class Comparison(NamedTuple):
    """Absolute differences of two batches: where (B, H, W), the largest, the mean, and the share of pixels that differ."""

    where: Tensor
    largest: float
    mean: float
    changed: float


def compared(first: Tensor, second: Tensor) -> Comparison:
    """How far two pictures are apart; one without alpha counts as opaque. `where` is the largest of the channels.

    Raises ValueError, in a sentence, where sizes or batches do not fit.
    """
    if first.shape[1:3] != second.shape[1:3]:
        sizes = " and ".join(f"{image.shape[2]} × {image.shape[1]}" for image in (first, second))
        raise ValueError(f"the pictures are {sizes} pixels; only pictures of one size can be compared")
    first, second = paired(first, second)
    channels = max(int(first.shape[-1]), int(second.shape[-1]))
    away = (_with_channels(first, channels) - _with_channels(second, channels).to(first)).abs()
    where = away.amax(-1)
    return Comparison(where, float(away.max()), float(away.double().mean()), float((where > 0).double().mean()))


def paired(first: Tensor, second: Tensor) -> tuple[Tensor, Tensor]:
    """Both with the batch of the larger; one picture stands for all. Raises ValueError, in a sentence, else."""
    batch = max(len(first), len(second))
    if {len(first), len(second)} - {1, batch}:
        raise ValueError(f"there are {len(first)} and {len(second)} pictures; give as many of each, or one")
    return tuple(image.expand(batch, *image.shape[1:]) for image in (first, second))  # type: ignore[return-value]


def _with_channels(pixels: Tensor, channels: int) -> Tensor:
    if pixels.shape[-1] >= channels:
        return pixels[..., :channels]
    return F.pad(pixels, (0, channels - int(pixels.shape[-1])), value=1.0)

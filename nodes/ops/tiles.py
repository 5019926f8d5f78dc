"""Pictures larger than a model was made for, sampled in overlapping windows.

At each step the model looks at one window after another, and where windows overlap its answers are averaged, so that all
parts of one noise field agree: Bar-Tal et al. 2023, MultiDiffusion, arXiv 2302.08113, equation 5, and with weights that
fall from a window's middle, Jiménez 2023, Mixture of Diffusers, arXiv 2302.02412, section 3.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import product

import torch
from torch import Tensor

from nodes.ops.crops import Region
from nodes.ops.regions import cut
from nodes.samplers.contract import Denoise
from nodes.samplers.masking import latent_share
from nodes.types import Conditioning, ConditioningEntry, Latent, Mask

GAUSSIAN = 0.2
"""The deviation of gaussian weights, as a part of the window's side."""

Guide = Callable[[Conditioning, Conditioning | None, Latent], Denoise]
"""Guidance by a positive and a negative conditioning, for latents of this one's size."""


def _even(length: int) -> Tensor:
    return torch.ones(length, dtype=torch.float64)


def _gaussian(length: int) -> Tensor:
    away = (torch.arange(length, dtype=torch.float64) + 0.5) / length - 0.5
    return torch.exp(-0.5 * (away / GAUSSIAN) ** 2)


WEIGHTS: dict[str, Callable[[int], Tensor]] = {"gaussian": _gaussian, "even": _even}
"""What a window's cells weigh along a side of so many."""


@dataclass(frozen=True, slots=True)
class Tiling:
    """Windows `width` × `height` pixels large, each sharing at least `overlap` (0…1) of its side with the next.

    `weights` is a name in `WEIGHTS`.
    """

    width: int
    height: int
    overlap: float = 0.5
    weights: str = "gaussian"


def starts(length: int, window: int, overlap: float) -> list[int]:
    """Where windows of so many cells begin along a side of `length`: spread evenly, the last one at its end.

    As few as overlap by the part `overlap` of a window at the least, rounded to cells; one, where all fits in one.
    """
    if window >= length:
        return [0]
    stride = max(1, round(window * (1 - overlap)))
    count = math.ceil((length - window) / stride) + 1
    return [round(i * (length - window) / (count - 1)) for i in range(count)]


def windows(latent: Latent, tiling: Tiling) -> list[Region]:
    """The windows over a latent, in its cells, row by row."""
    factor = latent.space.factor
    rows, columns = _cells(latent)
    height, width = (max(1, round(side / factor)) for side in (tiling.height, tiling.width))
    height, width = min(height, rows), min(width, columns)
    places = product(starts(rows, height, tiling.overlap), starts(columns, width, tiling.overlap))
    return [Region(left, top, width, height) for top, left in places]


def tiled(
    guide: Guide,
    positive: Conditioning,
    negative: Conditioning | None,
    latent: Latent,
    tiling: Tiling,
    device: torch.device,
) -> Denoise:
    """A `denoise` that asks `guide`'s of each window and averages what they say.

    Each window is guided by what the conditionings hold in it. Weights add up to one in each cell, and to the very one
    where a single window lies: one window over all is plain sampling, to the bit.
    """
    places = windows(latent, tiling)
    shares = [share.to(device, torch.float32) for share in _shares(places, _cells(latent), WEIGHTS[tiling.weights])]
    sides = [side and _in_cells(side, latent) for side in (positive, negative)]
    asks = [_guided(guide, sides, place, latent) for place in places]

    def denoise(x: Tensor, sigma: float, /) -> Tensor:
        mean = torch.zeros_like(x)
        for place, share, ask in zip(places, shares, asks, strict=True):
            _part(mean, place).add_(share * ask(_part(x, place), sigma))
        return mean

    return denoise


def _cells(latent: Latent) -> tuple[int, int]:
    factor = latent.space.factor
    return -(-latent.height // factor), -(-latent.width // factor)


def _part(x: Tensor, place: Region) -> Tensor:
    """A window of latents (B, C, h, w); a view."""
    return x[..., place.top : place.top + place.height, place.left : place.left + place.width]


def _shares(places: list[Region], size: tuple[int, int], weigh: Callable[[int], Tensor]) -> list[Tensor]:
    """The share (1, 1, h, w) that each window has of its cells."""
    weights = [weigh(place.height)[:, None] * weigh(place.width)[None, :] for place in places]
    total = torch.zeros(1, 1, *size, dtype=torch.float64)
    for place, weight in zip(places, weights, strict=True):
        _part(total, place).add_(weight)
    return [weight / _part(total, place) for place, weight in zip(places, weights, strict=True)]


def _in_cells(conditioning: Conditioning, latent: Latent) -> Conditioning:
    """A conditioning whose masks have a value a cell."""
    size, picture = _cells(latent), (latent.height, latent.width)
    entries = []
    for entry in conditioning.entries:
        mask = entry.mask
        if mask is not None:
            share = latent_share(mask.values, size, latent.space.factor, picture, latent.batch)
            mask = Mask(share[:, 0])
        entries.append(replace(entry, mask=mask))
    return replace(conditioning, entries=tuple(entries))


def _guided(guide: Guide, sides: list[Conditioning | None], place: Region, latent: Latent) -> Denoise:
    rows, columns = _cells(latent)
    positive, negative = (side and _present(cut(side, place, columns, rows)) for side in sides)
    assert positive is not None
    factor = latent.space.factor
    part = Latent(latent.space, place.width * factor, place.height * factor, latent.batch)
    return guide(positive, negative, part)


def _present(conditioning: Conditioning) -> Conditioning:
    """Without the entries that hold nowhere in a window, so that they cost it nothing; all, where at some time none holds."""
    seen = tuple(entry for entry in conditioning.entries if entry.mask is None or bool((entry.mask.values > 0).any()))
    return replace(conditioning, entries=seen) if _at_all_times(seen) else conditioning


def _at_all_times(entries: Sequence[ConditioningEntry]) -> bool:
    reached = 0.0
    for entry in sorted(entries, key=lambda entry: entry.start):
        if entry.weight and entry.start <= reached:
            reached = max(reached, entry.end)
    return reached >= 1

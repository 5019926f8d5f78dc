"""The colours of one picture brought to those of another, by their statistics.

Both ways see colours in CIELAB, where distances are about as they look. *mean_std*: Reinhard et al. 2001, "Color transfer
between images", which moves and scales each channel by itself (in their lαβ). *linear*: the linear map of least movement
between two normal distributions, Pitié & Kokaram 2007, "The linear Monge-Kantorovitch colour mapping", equation 5, which
also turns colours where the channels go together.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

import torch
from torch import Tensor

from nodes.ops.alpha import colours_changed
from nodes.ops.colours import from_lab, to_lab

Method = Literal["mean_std", "linear"]
FLOOR = 1e-4
"""Variance, in squares of CIELAB's unit, that every colour counts as having: far below what an eye can tell apart."""


class Statistics(NamedTuple):
    """Of colours in CIELAB, for each picture of a batch: their mean (B, 3) and covariance (B, 3, 3), in double precision."""

    mean: Tensor
    covariance: Tensor


def statistics(pixels: Tensor, values: Tensor | None = None) -> Statistics:
    """Of pictures (B, H, W, C) in 0…1, each pixel counted by its alpha and by the mask `values` (B, H, W) where given.

    Raises ValueError, in a sentence, where nothing is left to count.
    """
    lab = to_lab(pixels[..., :3].double()).flatten(1, 2)
    part = torch.ones_like(lab[..., 0]) if values is None else values.to(lab).flatten(1)
    if pixels.shape[-1] == 4:
        part = part * pixels[..., 3].double().flatten(1)
    total = part.sum(1)
    if bool((total <= 0).any()):
        raise ValueError("there is no colour to match: the picture is transparent, or the mask covers none of it")
    share = part / total[:, None]
    mean = torch.einsum("bn,bnc->bc", share, lab)
    away = lab - mean[:, None]
    return Statistics(mean, torch.einsum("bn,bnc,bnd->bcd", share, away, away))


def colour_matched(
    pixels: Tensor, own: Statistics, wanted: Statistics, method: Method = "mean_std", strength: float = 1.0
) -> Tensor:
    """Pictures (B, H, W, C) whose colours of statistics `own` become colours of statistics `wanted`; alpha stays.

    Both have the batch of the pictures, or 1. `strength` 0 changes nothing and 1 all. What then lies outside of sRGB is
    clipped. Raises ValueError, in a sentence, where the batches do not fit.
    """
    if len(wanted.mean) not in (1, len(pixels)):
        raise ValueError(
            f"there are {len(wanted.mean)} references for {len(pixels)} pictures; give one, or one for each"
        )
    if strength <= 0:
        return pixels
    change = _linear(own.covariance, wanted.covariance) if method == "linear" else _scales(own, wanted)

    def matched(colours: Tensor) -> Tensor:
        away = to_lab(colours.double()) - own.mean[:, None, None]
        found = from_lab(
            torch.einsum("bhwc,bcd->bhwd", away, change.expand(len(away), 3, 3)) + wanted.mean[:, None, None]
        )
        return torch.lerp(colours, found.to(colours), strength)

    return colours_changed(pixels, matched)


def _scales(own: Statistics, wanted: Statistics) -> Tensor:
    """The ratio of the deviations, on a diagonal."""
    ratio = [(each.covariance.diagonal(dim1=1, dim2=2) + FLOOR) for each in (wanted, own)]
    return torch.diag_embed((ratio[0] / ratio[1]).sqrt())


def _linear(own: Tensor, wanted: Tensor) -> Tensor:
    """A^(−1/2) (A^(1/2) B A^(1/2))^(1/2) A^(−1/2), of covariance A to covariance B."""
    floor = FLOOR * torch.eye(3, dtype=own.dtype, device=own.device)
    root = _power(own + floor, 0.5)
    back = _power(own + floor, -0.5)
    return back @ _power(root @ (wanted + floor) @ root, 0.5) @ back


def _power(matrix: Tensor, exponent: float) -> Tensor:
    """Of symmetric positive matrices (B, 3, 3)."""
    values, vectors = torch.linalg.eigh(matrix)
    powers: Tensor = vectors @ torch.diag_embed(values.clamp(min=FLOOR * 1e-6) ** exponent) @ vectors.mT
    return powers

"""How a token's weight becomes a change of the row that it was encoded to. A weight of 1 changes nothing,
in all modes."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor


def from_empty(z: Tensor, empty: Tensor, weights: Tensor) -> Tensor:
    """empty + w · (z − empty): away from what the empty prompt has in this row, as ComfyUI.

    To the bit, 0 is the empty prompt's row and 1 the row itself.
    """
    return torch.lerp(empty, z, weights)


def scaled(z: Tensor, empty: Tensor, weights: Tensor) -> Tensor:  # noqa: ARG001
    """w · z, as AUTOMATIC1111's "No norm"."""
    return weights * z


def scaled_to_mean(z: Tensor, empty: Tensor, weights: Tensor) -> Tensor:  # noqa: ARG001
    """w · z, then scaled so that each window's mean is what it was, as AUTOMATIC1111's "Original"."""
    weighted = weights * z
    return weighted * (z.mean((1, 2), keepdim=True) / weighted.mean((1, 2), keepdim=True))


EMPHASIS: dict[str, Callable[[Tensor, Tensor, Tensor], Tensor]] = {
    "comfy": from_empty,
    "a1111": scaled_to_mean,
    "nonorm": scaled,
}
"""By name: encoded rows (n, window, width), those of the empty prompt (1, window, width), weights (n,
window, 1)."""

"""What distinguishes noise from what is none. It moves before a picture breaks."""

from __future__ import annotations

from typing import NamedTuple

from torch import Tensor


class Health(NamedTuple):
    """`norm` is the length of the noise, √d for white noise of d numbers; `kurtosis` its fourth moment by its squared
    second, 3 for a Gaussian; `autocorrelation` the correlation of neighbouring cells, 0 where there is none."""

    norm: float
    kurtosis: float
    autocorrelation: float


def health(noise: Tensor) -> Health:
    """How one noise (1, C, h, w) is."""
    values = noise.detach().double().cpu()
    centred = values - values.mean()
    variance = float(centred.square().mean())
    if variance == 0:
        return Health(float(values.norm()), 0.0, 0.0)
    kurtosis = float(centred.pow(4).mean()) / variance**2
    neighbours = [
        (centred[..., 1:, :] * centred[..., :-1, :]).flatten(),
        (centred[..., 1:] * centred[..., :-1]).flatten(),
    ]
    count = sum(len(products) for products in neighbours)
    together = sum(float(products.sum()) for products in neighbours) / count if count else 0.0
    return Health(float(values.norm()), kurtosis, together / variance)

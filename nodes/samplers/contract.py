"""What a sampler asks for, and what it gives.

A noisy latent is x = alpha(sigma) · x0 + sigma · n with n of unit variance. For models trained on a
variance-preserving process (Stable Diffusion) the latents are kept *unscaled*, alpha = 1, as Karras et
al. 2022 (arXiv 2206.00364) have it: a model's adapter scales its input by 1 / sqrt(1 + sigma²). For flow
models alpha = 1 − sigma.

Everything that is not a latent is a Python float, so that a step costs no transfer from the device, and
every rule is written as a weighted sum of tensors, so that gradients run through it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from torch import Tensor


class Denoise(Protocol):
    """A model as a sampler sees it: a noisy latent (B, C, h, w) at noise level `sigma` to the clean one
    expected in it."""

    def __call__(self, x: Tensor, sigma: float, /) -> Tensor:
        """Return x0, shaped like `x`."""
        ...


class NoiseSource(Protocol):
    """A stream of noise: each call draws anew."""

    def __call__(self, like: Tensor, /) -> Tensor:
        """Return unit-variance noise with the shape, device and dtype of `like`."""
        ...


@dataclass(frozen=True, slots=True)
class State:
    """Where a sampler stands after a step.

    `step` of `of` steps are done; `x` is the latent at noise level `sigma` (0 after the last step), `x0`
    what the model took for the clean latent in this step. All latents are (B, C, h, w).
    """

    step: int
    of: int
    x: Tensor
    x0: Tensor
    sigma: float


class NoiseProcess(Protocol):
    """How noise and latent are mixed at a noise level."""

    def alpha(self, sigma: float) -> float:
        """The factor of the clean latent at `sigma`."""
        ...

    def start_scale(self, sigma: float) -> float:
        """The factor of unit noise that, alone, is the latent to start from at the highest `sigma`."""
        ...


@dataclass(frozen=True, slots=True)
class Unscaled:
    """x = x0 + sigma · n: the variance-preserving process of DDPM and Stable Diffusion, divided by its
    alpha.

    A model is trained on inputs of unit variance, so pure noise starts at sqrt(1 + sigma²) and not at
    sigma (1e-3 apart for Stable Diffusion, as the first latent that the model sees). `unit_start=False`
    starts at sigma, as diffusers' Euler schedulers do.
    """

    unit_start: bool = True

    def alpha(self, sigma: float) -> float:  # noqa: ARG002
        """One, at each level."""
        return 1.0

    def start_scale(self, sigma: float) -> float:
        """The standard deviation of a unit-variance latent with `sigma` of noise added; see the class."""
        return math.hypot(1.0, sigma) if self.unit_start else sigma


@dataclass(frozen=True, slots=True)
class Flow:
    """x = (1 − sigma) · x0 + sigma · n, with sigma from 1 to 0: rectified flow, Liu et al. 2022, arXiv
    2209.03003."""

    def alpha(self, sigma: float) -> float:
        """One minus `sigma`."""
        return 1.0 - sigma

    def start_scale(self, sigma: float) -> float:
        """`sigma` itself: at 1 there is nothing but noise."""
        return sigma


class Sampler(Protocol):
    """A step rule, run over a table of falling noise levels; it yields its state after every step.

    `sigmas` has one entry more than there are steps. Where the last is 0 the last state's `x` is its
    `x0`. Nothing passed in is changed; the caller's grad mode at each `next()` is the one that a step
    runs under.
    """

    def __call__(
        self,
        denoise: Denoise,
        x: Tensor,
        sigmas: Sequence[float],
        process: NoiseProcess,
        noise: NoiseSource,
        /,
    ) -> Iterator[State]:
        """Run over `sigmas`, starting from the latent `x` at `sigmas[0]`."""
        ...

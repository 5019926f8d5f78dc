"""A model's noise schedule: which noise level belongs to which timestep of its training."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from nodes.samplers.contract import NoiseProcess, Unscaled

LEAST_SIGNAL = 2.0**-48
"""The least alphas_cumprod that is taken for true: it bounds the noise level at 2²⁴."""


class NoiseSchedule(Protocol):
    """Noise levels over timesteps 0 … `timesteps` − 1; a real timestep lies between its neighbours'
    levels."""

    @property
    def timesteps(self) -> int:
        """How many timesteps the model was trained with."""
        ...

    @property
    def process(self) -> NoiseProcess:
        """How latent and noise are mixed."""
        ...

    def sigma(self, timestep: float) -> float:
        """The noise level of a timestep."""
        ...

    def timestep(self, sigma: float) -> float:
        """The timestep of a noise level; levels beyond the table's ends give its ends."""
        ...


@dataclass(frozen=True, slots=True)
class DiscreteSchedule:
    """A table of noise levels, read between its entries by log sigma, as k-diffusion does.

    A zero-terminal-SNR model (Lin et al. 2023, arXiv 2305.08891) was trained with pure noise at the last
    timestep, where sigma = sqrt(1 / alphas_cumprod − 1) is infinite. `from_alphas_cumprod` puts 2²⁴
    there: finite, so that one set of step rules serves all models, and infinite for every purpose, since
    beside noise of unit variance the latent's share, 2⁻²⁴, is lost in float32. Results are those of exact
    rules for that step (as of diffusers' DDIM). diffusers' Euler and DPM-Solver have 2¹² there, which
    shows in the fourth digit.
    """

    log_sigmas: NDArray[np.float64]
    process: NoiseProcess

    @classmethod
    def from_alphas_cumprod(
        cls, alphas_cumprod: Sequence[float] | NDArray[np.floating], process: NoiseProcess | None = None
    ) -> DiscreteSchedule:
        """Make a table from the products of (1 − beta), one per timestep, falling from nearly 1 towards 0."""
        signal = np.clip(np.asarray(alphas_cumprod, dtype=np.float64), LEAST_SIGNAL, None)
        return cls(0.5 * np.log((1 - signal) / signal), process or Unscaled())

    @property
    def timesteps(self) -> int:
        """How many timesteps the model was trained with."""
        return len(self.log_sigmas)

    def sigma(self, timestep: float) -> float:
        """The noise level of a timestep."""
        return float(np.exp(np.interp(timestep, np.arange(self.timesteps), self.log_sigmas)))

    def timestep(self, sigma: float) -> float:
        """The timestep of a noise level; levels beyond the table's ends give its ends."""
        return float(np.interp(np.log(sigma), self.log_sigmas, np.arange(self.timesteps)))

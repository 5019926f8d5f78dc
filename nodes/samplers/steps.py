"""Step rules. Each is a loop over the noise levels whose middle line is the formula of its paper.

All are written as weighted sums of the latent and the model's x0 with factors computed in double
precision. In this form a very high noise level costs no accuracy: the latent is large there, but what it
passes on is scaled by the ratio of the levels, and only relative error remains.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING

from nodes.samplers.contract import Denoise, NoiseProcess, NoiseSource, Sampler, State

if TYPE_CHECKING:
    from torch import Tensor


def ddim(
    denoise: Denoise,
    x: Tensor,
    sigmas: Sequence[float],
    process: NoiseProcess,
    noise: NoiseSource,
    *,
    eta: float = 0.0,
) -> Iterator[State]:
    """DDIM: Song et al. 2021, arXiv 2010.02502, equation 12, for any mix of latent and noise.

    `eta` from 0 (no noise is added) to 1 (as DDPM's posterior has it). With 0 it is Euler's method on the
    probability-flow equation; with 1, on unscaled latents, it is k-diffusion's ancestral Euler.
    """
    steps = len(sigmas) - 1
    for step, (sigma, following) in enumerate(pairwise(sigmas), start=1):
        x0 = denoise(x, sigma)
        x = _ddim_step(x, x0, sigma, following, process, noise, eta)
        yield State(step, steps, x, x0, following)


def _ddim_step(
    x: Tensor,
    x0: Tensor,
    sigma: float,
    following: float,
    process: NoiseProcess,
    noise: NoiseSource,
    eta: float,
) -> Tensor:
    if following == 0:
        return x0
    alpha, alpha_next = process.alpha(sigma), process.alpha(following)
    part = (alpha * following / (alpha_next * sigma)) ** 2
    fresh = eta * following * math.sqrt(max(0.0, 1 - part))
    kept = following * math.sqrt(1 - eta**2 * (1 - part)) / sigma
    x = kept * x + (alpha_next - kept * alpha) * x0
    return x + fresh * noise(x) if fresh else x


euler: Sampler = partial(ddim, eta=0.0)
"""Euler's method on the probability-flow equation: Karras et al. 2022, arXiv 2206.00364, algorithm 1
without its second half. It is DDIM without noise, for unscaled latents and for flows alike."""

euler_ancestral: Sampler = partial(ddim, eta=1.0)
"""Euler steps down to below the next level, and fresh noise back up to it: the ancestral sampling of DDPM
(Ho et al. 2020, arXiv 2006.11239), as k-diffusion's `sample_euler_ancestral`."""


def dpmpp_2m(
    denoise: Denoise,
    x: Tensor,
    sigmas: Sequence[float],
    process: NoiseProcess,
    noise: NoiseSource,  # noqa: ARG001
) -> Iterator[State]:
    """DPM-Solver++(2M): Lu et al. 2022, arXiv 2211.01095, algorithm 2, in the half log-SNR lambda =
    log(alpha / sigma).

    The first step and the one to noise level 0 are of first order.
    """
    steps, before, h_before = len(sigmas) - 1, None, 0.0
    for step, (sigma, following) in enumerate(pairwise(sigmas), start=1):
        x0 = denoise(x, sigma)
        h = _half_log_snr(process, following) - _half_log_snr(process, sigma)
        if following == 0:
            x = x0
        else:
            ahead = 0.0 if before is None else h / (2 * h_before)
            guess = x0 if before is None else (1 + ahead) * x0 - ahead * before
            x = (following / sigma) * x + process.alpha(following) * -math.expm1(-h) * guess
        before, h_before = x0, h
        yield State(step, steps, x, x0, following)


def _half_log_snr(process: NoiseProcess, sigma: float) -> float:
    alpha = process.alpha(sigma)
    if alpha == 0:
        return -math.inf
    return math.inf if sigma == 0 else math.log(alpha / sigma)


SAMPLERS: dict[str, Sampler] = {
    "euler": euler,
    "euler_ancestral": euler_ancestral,
    "dpmpp_2m": dpmpp_2m,
    "ddim": ddim,
}

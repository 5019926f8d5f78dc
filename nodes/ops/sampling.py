"""A whole sampling run: noise, noise levels, guidance, mask and step rule put together."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from nodes.families.protocol import Denoiser
from nodes.ops.guidance import classifier_free
from nodes.ops.room import check_room
from nodes.ops.tiles import Tiling, tiled
from nodes.samplers.contract import Denoise, NoiseSource, State
from nodes.samplers.masking import MASKINGS, latent_mask, masked
from nodes.samplers.noise import GivenNoise, SeededNoise
from nodes.samplers.noise_schedule import NoiseSchedule
from nodes.samplers.sigmas import sigma_table
from nodes.samplers.steps import SAMPLERS
from nodes.types import Conditioning, Latent, Noise

HELD_AT_ONCE = 8
"""Tensors of the latent's size at the least: the latent, its noise, x, x0 with and without guidance, a step's own."""


@dataclass(frozen=True, slots=True)
class Sampled:
    """What a run gives: the latent at its last noise level, and the last clean latent that the model saw
    in it. `stopped` says that someone ended it before its time."""

    latent: Latent
    x0: Latent
    stopped: bool = False


def sample(
    denoiser: Denoiser,
    positive: Conditioning,
    negative: Conditioning | None,
    latent: Latent,
    *,
    seed: int = 0,
    steps: int = 20,
    cfg: float = 7.0,
    sampler: str = "euler",
    schedule: str = "normal",
    denoise: float = 1.0,
    start: int = 0,
    end: int | None = None,
    noise: NoiseSource | None = None,
    masking: str | None = "blend",
    fresh: bool = False,
    tiling: Tiling | None = None,
) -> Generator[State, None, Sampled]:
    """Sample from `latent`, yielding the state after every step and returning where it ended.

    Of the `steps` of the run, those from `start` up to `end` are taken. With `start` above 0 the latent
    is one that an earlier run with the same settings left at that step, noise and all; else noise is
    added to it, from `seed` (image i: seed + i) or from `noise`. An `end` before the last step leaves
    noise in. `denoise` below 1 keeps that much less of the way: see `sigma_table`. A mask in `latent`
    keeps what it does not cover, over time as `masking` (a name in `MASKINGS`) says; with None it keeps nothing, as a
    network for inpainting wants it, which is shown the mask. A whole way starts from noise alone where the latent is
    empty, and with `fresh` even where it is not. With `tiling` the model is asked window by window (`nodes.ops.tiles`).
    Gradients run from the result to what `noise`, the latent and the conditionings hold, as far as the caller's grad mode
    at each step allows. Raises ValueError, in a sentence, for settings that do not fit together.
    """
    _check(denoiser, latent, sampler, start)
    _check_room(latent, denoiser.device)
    sigmas = sigma_table(denoiser.schedule, schedule, steps, denoise)
    source = samples_of(latent).to(denoiser.device)
    draw = noise or SeededNoise(seed, latent.batch, skip=start + 1 if start else 0)
    taken = sigmas[start : None if end is None else max(end, 0) + 1]
    if len(taken) < 2:
        return Sampled(with_samples(latent, source), with_samples(latent, source))
    x, first = source, None
    if start == 0:
        first = draw(source)
        x = _begin(denoiser.schedule, fresh or latent.samples is None, source, first, taken[0])
    ask = _guided(denoiser, positive, negative, cfg, _Progress(denoiser.schedule, sigmas), latent, tiling)
    process = denoiser.schedule.process
    if latent.mask is not None and masking is not None and first is not None:
        ask = masked(ask, source, first, MASKINGS[masking](_mask(latent, source), taken), process)
    state = None
    for state in SAMPLERS[sampler](ask, x, taken, process, draw):
        yield state
    assert state is not None
    return Sampled(with_samples(latent, state.x), with_samples(latent, state.x0))


def _guided(
    denoiser: Denoiser,
    positive: Conditioning,
    negative: Conditioning | None,
    cfg: float,
    progress: _Progress,
    latent: Latent,
    tiling: Tiling | None,
) -> Denoise:
    def guide(positive: Conditioning, negative: Conditioning | None, latent: Latent) -> Denoise:
        return classifier_free(denoiser, positive, negative, cfg, progress, latent)

    if tiling is None:
        return guide(positive, negative, latent)
    return tiled(guide, positive, negative, latent, tiling, denoiser.device)


def source_of(noise: Noise, latent: Latent, start: int = 0) -> NoiseSource:
    """What a run over `latent` draws from instead of a seed's noise; from `start` on it only draws further noise.

    Raises ValueError, in a sentence, for noise of another space or batch.
    """
    if noise.space != latent.space:
        raise ValueError(
            f"the noise is for latent space {noise.space.name!r}, the latent is in {latent.space.name!r}; "
            "noise means something in its own space only"
        )
    if len(noise.samples) != latent.batch:
        raise ValueError(f"there is noise for {len(noise.samples)} pictures, and the latent is of {latent.batch}")
    if start:
        return SeededNoise(noise.seed, latent.batch, skip=start + 1)
    return GivenNoise(noise.samples, noise.seed)


def samples_of(latent: Latent) -> Tensor:
    """The latent's samples (B, C, h, w); zeros for an empty one."""
    if latent.samples is not None:
        return latent.samples
    factor = latent.space.factor
    return torch.zeros(latent.batch, latent.space.channels, -(-latent.height // factor), -(-latent.width // factor))


def with_samples(latent: Latent, samples: Tensor) -> Latent:
    """The same latent with other samples of the same shape."""
    return replace(latent, samples=samples)


def _check(denoiser: Denoiser, latent: Latent, sampler: str, start: int) -> None:
    if sampler not in SAMPLERS:
        raise ValueError(f"there is no sampler {sampler!r}; there are: {', '.join(SAMPLERS)}")
    if latent.space != denoiser.space:
        raise ValueError(
            f"the latent is of space {latent.space.name!r}, the model works in {denoiser.space.name!r}; "
            "encode with the model's own VAE"
        )
    if start < 0:
        raise ValueError(f"start is a step from 0 on, got {start}")
    if start and latent.samples is None:
        raise ValueError(f"start {start} goes on from what another run left at that step, but this latent is empty")
    if start and latent.mask is not None:
        raise ValueError(
            f"start {start} goes on from a noisy latent, and a mask needs the clean one; use denoise instead"
        )


def _check_room(latent: Latent, device: torch.device) -> None:
    factor = latent.space.factor
    cells = latent.batch * -(-latent.height // factor) * -(-latent.width // factor)
    what = f"sampling {latent.batch} × {latent.width} × {latent.height} pixels"
    check_room(cells * latent.space.channels * 4 * HELD_AT_ONCE, device, what)


def _begin(schedule: NoiseSchedule, fresh: bool, source: Tensor, noise: Tensor, sigma: float) -> Tensor:
    """The latent to start from: pure noise where no picture is to shine through and the way is whole, else
    the noised picture."""
    process = schedule.process
    if fresh and sigma >= schedule.sigma(schedule.timesteps - 1) * (1 - 1e-6):
        return process.start_scale(sigma) * noise
    return process.alpha(sigma) * source + sigma * noise


def _mask(latent: Latent, source: Tensor) -> Tensor:
    assert latent.mask is not None
    size = (int(source.shape[-2]), int(source.shape[-1]))
    picture = (latent.height, latent.width)
    return latent_mask(latent.mask.values, size, latent.space.factor, picture, latent.batch).to(source)


class _Progress:
    """How far a noise level is from a run's first (0) to its last above zero (1), in the schedule's
    timesteps."""

    def __init__(self, schedule: NoiseSchedule, sigmas: tuple[float, ...]) -> None:
        self._schedule = schedule
        self._first = schedule.timestep(sigmas[0])
        self._span = self._first - schedule.timestep(sigmas[-2])

    def __call__(self, sigma: float) -> float:
        return (self._first - self._schedule.timestep(sigma)) / self._span if self._span else 0.0

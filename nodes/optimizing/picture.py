"""Noise to a picture, with gradients: sampler and decoder as one differentiable function."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from functools import partial
from typing import Literal

import torch
from torch import Tensor, nn

from nodes.families.protocol import Autoencoder, Denoiser, Tensors
from nodes.ops.sampling import sample, source_of
from nodes.optimizing.recompute import block_by_block, recomputed
from nodes.samplers.contract import State
from nodes.types import Conditioning, Latent, Noise

Checkpointing = Literal["plain", "steps", "blocks"]
CHECKPOINTINGS: tuple[Checkpointing, ...] = ("plain", "steps", "blocks")
"""What is kept for gradients, from much memory to little: everything; what goes into each step and into the decoder; and of
those, while they are computed again, what goes into each of their blocks."""


@dataclass(frozen=True, slots=True)
class Painter:
    """What makes pictures of noise, and how. The latent says how large; its batch is 1."""

    denoiser: Denoiser
    vae: Autoencoder
    positive: Conditioning
    negative: Conditioning | None
    latent: Latent
    steps: int = 1
    cfg: float = 1.0
    sampler: str = "euler"
    schedule: str = "trailing"
    checkpointing: Checkpointing = "plain"

    def __call__(self, noise: Tensor, seed: int) -> Generator[State, None, Tensor]:
        """Sample from `noise` (1, C, h, w) and decode: (1, H, W, 3), about 0…1. Yields the sampler's states.

        Raises ValueError, in a sentence, for settings that do not fit together.
        """
        keeps = self.checkpointing == "plain"
        done = yield from sample(
            self.denoiser if keeps else _Forgetful(self.denoiser),
            self.positive,
            self.negative,
            self.latent,
            steps=self.steps,
            cfg=self.cfg,
            sampler=self.sampler,
            schedule=self.schedule,
            noise=source_of(Noise(self.latent.space, noise, seed), self.latent),
        )
        assert done.latent.samples is not None
        decode = self.vae.decode if keeps else partial(recomputed, self.vae.decode)
        pixels: Tensor = decode(done.latent.samples)
        return pixels[..., : self.latent.height, : self.latent.width].movedim(1, -1)

    def with_steps(self, steps: int) -> Painter:
        """The same with another number of steps."""
        return replace(self, steps=steps)

    @contextmanager
    def ready(self, judges: Sequence[nn.Module] = ()) -> Iterator[None]:
        """While this holds, blocks of the networks and of the reward models are checkpointed, where they are to be."""
        networks = [module for module in (self.denoiser, self.vae, *judges) if isinstance(module, nn.Module)]
        with block_by_block(*networks) if self.checkpointing == "blocks" else nullcontext():
            yield


class _Forgetful:
    """A denoiser that keeps nothing of a call but what went in."""

    def __init__(self, denoiser: Denoiser) -> None:
        self._denoiser = denoiser
        self.family, self.space, self.preview = denoiser.family, denoiser.space, denoiser.preview
        self.schedule, self.check, self.align = denoiser.schedule, denoiser.check, denoiser.align

    @property
    def device(self) -> torch.device:
        return self._denoiser.device

    def __call__(self, x: Tensor, sigma: float, tensors: Tensors) -> Tensor:
        return recomputed(self._denoiser, x, sigma, tensors)

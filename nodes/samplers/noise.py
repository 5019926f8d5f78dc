"""Noise from seeds."""

from __future__ import annotations

import torch
from torch import Tensor

SEEDS = 2**64


class SeededNoise:
    """Noise for a batch in which image i has its own stream, seeded with `seed` + i (modulo 2⁶⁴).

    So a batch equals its single images, and image i of seed s is the first image of seed s + i. Noise is
    drawn on the CPU in float32 and moved: its stream is the same on every machine, which a GPU's is not.
    torch's CPU generator uses the low 32 bits of a seed.

    `skip` draws are passed over, for a run that takes up where another with the same seed stopped.
    """

    def __init__(self, seed: int, batch: int, *, skip: int = 0) -> None:
        self._streams = [torch.Generator().manual_seed((seed + i) % SEEDS) for i in range(batch)]
        self._skip = skip

    def __call__(self, like: Tensor, /) -> Tensor:
        """Draw (B, …) unit-variance noise for `like`, whose batch must be this source's."""
        if len(like) != len(self._streams):
            raise ValueError(f"noise for {len(self._streams)} images was asked for {len(like)}")
        for _ in range(self._skip):
            self._draw(like)
        self._skip = 0
        return self._draw(like).to(like.device, like.dtype)

    def _draw(self, like: Tensor) -> Tensor:
        shape = like.shape[1:]
        return torch.stack([torch.randn(shape, generator=stream) for stream in self._streams])


class GivenNoise:
    """Noise for a batch that begins with `samples` (B, C, h, w), and goes on as `SeededNoise` does after its first draw.

    Gradients run to `samples`.
    """

    def __init__(self, samples: Tensor, seed: int) -> None:
        self._first: Tensor | None = samples
        self._further = SeededNoise(seed, len(samples), skip=1)

    def __call__(self, like: Tensor, /) -> Tensor:
        """Unit-variance noise for `like`, which must be shaped like the samples."""
        if self._first is None:
            return self._further(like)
        given, self._first = self._first, None
        if given.shape != like.shape:
            shapes = (" × ".join(map(str, shape)) for shape in (given.shape, like.shape))
            raise ValueError("the noise is {}, the latent {}; it is for a latent of its own size".format(*shapes))
        return given.to(like.device, like.dtype)

"""Small pictures of a latent while it is being sampled, without its VAE: colour as a linear function of
the latent.

Show x0, what the model takes for the clean latent, never the noisy one.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor

from nodes.types import LatentSpace


@dataclass(frozen=True, slots=True)
class Preview:
    """A linear fit of colour to latents: `matrix` (C, 3) and `bias` (3,)."""

    matrix: Tensor
    bias: Tensor

    def __call__(self, samples: Tensor) -> Tensor:
        """The first of some latents (B, C, h, w) as uint8 RGB (h, w, 3) on the CPU."""
        cells = samples[0].detach().float().cpu().movedim(0, -1)
        return ((cells @ self.matrix + self.bias).clamp(0, 1) * 255).round().to(torch.uint8)


def fit(samples: Tensor, pixels: Tensor) -> Preview:
    """Fit colours to latents (B, C, h, w) and what they decode to, (B, 3, H, W) in 0…1, by least squares
    over all cells."""
    small = F.interpolate(pixels.detach().float().cpu(), samples.shape[-2:], mode="area")
    cells = samples.detach().float().cpu().movedim(1, -1).flatten(0, 2)
    known = torch.cat([cells, torch.ones(len(cells), 1)], dim=1)
    found = torch.linalg.lstsq(known, small.movedim(1, -1).flatten(0, 2), driver="gelsd").solution
    return Preview(found[:-1], found[-1])


def unfitted(space: LatentSpace) -> Preview:
    """A preview for a space that nothing was decoded in yet: its first channels as red, green and blue,
    one deviation wide."""
    matrix = torch.zeros(space.channels, 3)
    for channel in range(min(space.channels, 3)):
        matrix[channel, channel] = 0.25
    return Preview(matrix, torch.full((3,), 0.5))

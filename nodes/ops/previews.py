"""Small pictures of a latent while it is being sampled, without its VAE: colour as a linear function of the latent.

Show x0, what the model takes for the clean latent, never the noisy one.

The function belongs to the latent space. A model's VAE folder may hold it as `preview.json`, found when the VAE was
trained: {"space": "…", "matrix": [[r, g, b], …], "bias": [r, g, b]}, a row a channel; `space` says for which latents, so
that a file left behind by another VAE is not believed. Else it is learned from what is decoded while this program runs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor

from nodes.types import Image, Latent, LatentSpace

FILE = "preview.json"
PRIOR_CELLS = 16.0
"""How many cells of evidence the guess weighs that a space begins with."""
ENOUGH_CELLS = 1 << 17


@dataclass(frozen=True, slots=True)
class Preview:
    """A linear fit of colour to latents: `matrix` (C, 3) and `bias` (3,)."""

    matrix: Tensor
    bias: Tensor

    def __call__(self, samples: Tensor) -> Tensor:
        """The first of some latents (B, C, h, w) as uint8 RGB (h, w, 3) on the CPU."""
        cells = samples[0].detach().float().cpu().movedim(0, -1)
        return ((cells @ self.matrix + self.bias).clamp(0, 1) * 255).round().to(torch.uint8)

    def error(self, samples: Tensor, pixels: Tensor) -> float:
        """How far it is from what latents (B, C, h, w) decode to, (B, 3, H, W): root mean square of colours in 0…1."""
        known, colours = _cells(samples, pixels)
        weights = torch.cat([self.matrix, self.bias[None]]).double()
        return float(((known @ weights).clamp(0, 1) - colours).square().mean().sqrt())

    def to_json(self, space: LatentSpace) -> dict[str, Any]:
        """The document of `preview.json`."""
        matrix = [[round(float(value), 5) for value in row] for row in self.matrix]
        return {"space": space.name, "matrix": matrix, "bias": [round(float(value), 5) for value in self.bias]}


def preview_from(document: object, space: LatentSpace) -> Preview | None:
    """The preview that a JSON document is; None where it is none, or one for another space."""
    if not isinstance(document, Mapping) or document.get("space") != space.name:
        return None
    try:
        matrix = torch.tensor(document.get("matrix"), dtype=torch.float32)
        bias = torch.tensor(document.get("bias"), dtype=torch.float32)
    except (TypeError, ValueError, RuntimeError, OverflowError):
        return None
    fits = matrix.shape == (space.channels, 3) and bias.shape == (3,)
    return Preview(matrix, bias) if fits and bool(torch.isfinite(matrix).all() and torch.isfinite(bias).all()) else None


def fit(samples: Tensor, pixels: Tensor) -> Preview:
    """Fit colours to latents (B, C, h, w) and what they decode to, (B, 3, H, W) in 0…1, by least squares over all cells."""
    known, colours = _cells(samples, pixels)
    found = torch.linalg.lstsq(known, colours, driver="gelsd").solution.float()
    return Preview(found[:-1], found[-1])


def unfitted(space: LatentSpace) -> Preview:
    """A guess for a space that nothing is known of: its first channels as red, green and blue, one deviation wide."""
    matrix = torch.zeros(space.channels, 3)
    for channel in range(min(space.channels, 3)):
        matrix[channel, channel] = 0.25
    return Preview(matrix, torch.full((3,), 0.5))


class Learner:
    """Previews by space name, learned by ridge regression from what was decoded; at first they are the guess."""

    def __init__(self) -> None:
        self._sums: dict[str, tuple[Tensor, Tensor]] = {}

    def see(self, space: LatentSpace, samples: Tensor, pixels: Tensor) -> None:
        """Learn from latents (B, C, h, w) and what they decode to, (B, 3, H, W) in 0…1."""
        gram, moment = self._sums.get(space.name) or _prior(space)
        if float(gram[-1, -1]) < ENOUGH_CELLS:
            known, colours = _cells(samples, pixels)
            self._sums[space.name] = (gram + known.T @ known, moment + known.T @ colours)

    def preview(self, space: LatentSpace) -> Preview:
        """The best that is known by now."""
        gram, moment = self._sums.get(space.name) or _prior(space)
        found = torch.linalg.solve(gram, moment).float()
        return Preview(found[:-1], found[-1])


LEARNER = Learner()
"""What this program has learned. It only ever colours previews, so no result depends on it."""


def learn(latent: Latent, image: Image) -> None:
    """Learn from a latent and the picture that it decoded to, unless the picture was cut and lies askew to the cells."""
    factor = latent.space.factor
    if latent.samples is not None and latent.width % factor == 0 == latent.height % factor:
        LEARNER.see(latent.space, latent.samples, image.pixels[..., :3].movedim(-1, 1))


def small_picture(x0: Tensor, space: LatentSpace, known: Preview | None = None) -> Tensor:
    """The first latent of a batch as pixels (1, h, w, 3) in 0…1, a pixel a cell, by `known` or what was learned."""
    return (known or LEARNER.preview(space))(x0)[None].float() / 255


def _cells(samples: Tensor, pixels: Tensor) -> tuple[Tensor, Tensor]:
    """All cells as rows (cells, C + 1), the last column 1, and their mean colours (cells, 3)."""
    small = F.interpolate(pixels.detach().float(), samples.shape[-2:], mode="area").cpu().double()
    cells = samples.detach().cpu().double().movedim(1, -1).flatten(0, 2)
    return torch.cat([cells, torch.ones(len(cells), 1)], dim=1), small.movedim(1, -1).flatten(0, 2)


def _prior(space: LatentSpace) -> tuple[Tensor, Tensor]:
    """The sums that a few cells of the guess's own would have left."""
    guess = unfitted(space)
    weights = torch.cat([guess.matrix, guess.bias[None]]).double()
    return PRIOR_CELLS * torch.eye(len(weights), dtype=torch.float64), PRIOR_CELLS * weights

"""What Inpaint is tried with: an autoencoder of block means, and a context that lends it and a denoiser."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from generators import returned
from torch import Tensor

import nodes
from nodes.types import VAE, Image, LatentSpace, Mask, Model


class Blocks:
    """The mean colour of each cell, and a fourth channel that is not used."""

    device = torch.device("cpu")

    def __init__(self, space: LatentSpace) -> None:
        self.space = space

    def encode(self, pixels: Tensor) -> Tensor:
        means = torch.nn.functional.avg_pool2d(pixels, self.space.factor)
        return torch.cat([means, torch.zeros_like(means[:, :1])], 1)[:, : self.space.channels]

    def decode(self, samples: Tensor) -> Tensor:
        return samples[:, :3].repeat_interleave(self.space.factor, 2).repeat_interleave(self.space.factor, 3)


class Bench:
    """What a node sees of the engine: it lends the modules and hears the notices."""

    def __init__(self, denoiser: Any) -> None:
        self.denoiser, self.vae = denoiser, Blocks(denoiser.space)
        self.notices: list[tuple[str, str | None]] = []

    @contextmanager
    def lease(self, *references: object) -> Iterator[tuple[Any, ...]]:
        yield tuple(self.denoiser if isinstance(one, Model) else self.vae for one in references)

    def notice(self, message: str, input: str | None = None) -> None:
        self.notices.append((message, input))


def inputs(bench: Bench, image: Tensor, mask: Tensor, **changes: Any) -> dict[str, Any]:
    """The inputs of Inpaint, with these changes."""
    space = bench.denoiser.space
    given = {
        "model": Model("digest", "denoiser", "gaussian", space, width=32, height=32),
        "vae": VAE("digest", "vae", "gaussian", space),
        "positive": changes.get("positive") or bench.denoiser.about(0.5),
        "image": Image(image),
        "mask": Mask(mask),
        "steps": 2,
    }
    return given | changes


def paint(bench: Bench, image: Tensor, mask: Tensor, **changes: Any) -> Any:
    """What Inpaint makes of them."""
    return returned(nodes.Inpaint(**inputs(bench, image, mask, **changes)).run(bench))  # type: ignore[arg-type]


def noise(*shape: int, seed: int = 0) -> Tensor:
    """Numbers in 0…1, evenly spread."""
    return torch.rand(*shape, generator=torch.Generator().manual_seed(seed))


def box(height: int, width: int, top: int, left: int, size: int = 6) -> Tensor:
    """A mask (1, height, width) that covers a square."""
    values = torch.zeros(1, height, width)
    values[:, top : top + size, left : left + size] = 1
    return values

"""A one-step generator and two rewards so small that a trace of optimising its noise can be kept as numbers.

It needs torch only, so that programs of others can be run on it. Its weights are cosines: the same everywhere.
"""

import torch
from torch import Tensor

SHAPE = (1, 4, 4, 4)
START_SEED = 3


def start() -> Tensor:
    """The noise to begin with."""
    return torch.randn(SHAPE, generator=torch.Generator().manual_seed(START_SEED))


def generate(latents: Tensor) -> Tensor:
    """Noise (1, 4, 4, 4) to a picture (1, 3, 8, 8) in 0…1: two layers with a curved function between them."""
    inner = torch.tanh(latents.flatten(1) @ _waves(64, 96, 0.7) * 0.35)
    return torch.sigmoid(inner @ _waves(96, 192, 1.3) * 0.6).view(-1, 3, 8, 8)


def redness(image: Tensor) -> Tensor:
    """Red less the mean of green and blue, of a picture (1, 3, H, W): one number."""
    return (image[:, 0] - (image[:, 1] + image[:, 2]) / 2).mean()


def likeness(image: Tensor) -> Tensor:
    """Less the mean squared distance to a picture of slow waves: one number."""
    rows = torch.linspace(0, 3, image.shape[-1])
    target = 0.5 + 0.4 * torch.cos(rows[:, None] + rows + torch.arange(3)[:, None, None])
    return -(image - target).square().mean()


REWARDS = {"redness": (redness, 5.0), "likeness": (likeness, 20.0)}
"""The rewards with their weights: large enough that some gradients are clipped."""


def _waves(rows: int, columns: int, rate: float) -> Tensor:
    across, down = torch.arange(columns, dtype=torch.float64), torch.arange(rows, dtype=torch.float64)
    return torch.as_tensor(torch.cos(rate * (down[:, None] + 1.0) * (across + 2.0) ** 1.1).float() / rows**0.5 * 2)

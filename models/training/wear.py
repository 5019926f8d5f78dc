"""What befalls a picture before a network judges it: shifts, light, softness, noise; never enough to change a fact."""

from typing import Final

import torch
from torch import Tensor, nn

SHIFT: Final = 4
"""Pixels, at most, in x and in y."""


def wear(pictures: Tensor, draw: torch.Generator) -> Tensor:
    """Pictures (B, 3, H, W) in 0–1 => the same, each shifted, most lit otherwise, some blurred, some noisy."""
    out = _lit(_shifted(pictures, draw), draw)
    soft, rough = torch.rand(len(out), generator=draw) < 0.35, torch.rand(len(out), generator=draw) < 0.5
    if soft.any():
        out[soft] = _blurred(out[soft], float(torch.empty(()).uniform_(0.4, 1.5, generator=draw)))
    if rough.any():
        noise = torch.randn(out[rough].shape, generator=draw)
        out[rough] += 0.06 * torch.rand(len(noise), 1, 1, 1, generator=draw) * noise
    return out.clamp_(0, 1)


def _shifted(pictures: Tensor, draw: torch.Generator) -> Tensor:
    high, wide = pictures.shape[2:]
    padded = nn.functional.pad(pictures, (SHIFT,) * 4, mode="replicate")
    moves = torch.randint(0, 2 * SHIFT + 1, (len(pictures), 2), generator=draw).tolist()
    return torch.stack([one[:, y : y + high, x : x + wide] for one, (x, y) in zip(padded, moves, strict=True)])


def _lit(pictures: Tensor, draw: torch.Generator) -> Tensor:
    """Another brightness, contrast and warmth."""
    gain = 1 + 0.12 * (2 * torch.rand(len(pictures), 1, 1, 1, generator=draw) - 1)
    warmth = 1 + 0.04 * (2 * torch.rand(len(pictures), 3, 1, 1, generator=draw) - 1)
    offset = 0.06 * (2 * torch.rand(len(pictures), 1, 1, 1, generator=draw) - 1)
    return (pictures - 0.5) * gain * warmth + 0.5 + offset


def _blurred(pictures: Tensor, sigma: float) -> Tensor:
    """A Gaussian of `sigma` pixels."""
    reach = int(3 * sigma) + 1
    line = torch.exp(-(torch.arange(-reach, reach + 1).float() ** 2) / (2 * sigma * sigma))
    line = (line / line.sum()).expand(3, 1, 1, -1)
    padded = nn.functional.pad(pictures, (reach,) * 4, mode="replicate")
    return nn.functional.conv2d(nn.functional.conv2d(padded, line, groups=3), line.transpose(2, 3), groups=3)

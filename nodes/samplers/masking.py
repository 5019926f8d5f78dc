"""Sampling only where a mask says so.

Before each model call the kept part of the latent is put back, noised to the level at hand, and what the
model takes for clean is replaced there by the clean source. The second half matters for rules with
memory: their history then agrees with the source too. Under Euler's method this equals blending after
each step at the next level.
"""

from __future__ import annotations

import torch.nn.functional as F  # noqa: N812
from torch import Tensor

from nodes.samplers.contract import Denoise, NoiseProcess


def masked(denoise: Denoise, source: Tensor, noise: Tensor, mask: Tensor, process: NoiseProcess) -> Denoise:
    """Let `denoise` change only where `mask` (B or 1, 1, h, w; 1 = change) is above 0.

    `source` is the clean latent (B, C, h, w) to keep, `noise` the unit noise of the run's start.
    """

    def blended(x: Tensor, sigma: float, /) -> Tensor:
        kept = process.alpha(sigma) * source + sigma * noise
        x0 = denoise(mask * x + (1 - mask) * kept, sigma)
        return mask * x0 + (1 - mask) * source

    return blended


def latent_mask(values: Tensor, size: tuple[int, int], factor: int, picture: tuple[int, int], batch: int) -> Tensor:
    """A mask of pictures (B, H, W) to one of latents (B or 1, 1, h, w), by the largest value in each cell.

    The largest, so that a stroke of one pixel still counts. `size` is (h, w) and `factor` the pixels
    along a cell. A mask as large as the `picture` (height, width) is first extended, like the picture, to
    whole cells; any other size is stretched. Raises ValueError where the mask's batch is neither 1 nor
    `batch`.
    """
    if len(values) not in (1, batch):
        raise ValueError(f"a mask of {len(values)} images does not fit a latent of {batch}; wanted 1 or {batch}")
    pixels = values[:, None]
    height, width = picture
    if pixels.shape[-2:] == (height, width):
        beyond = (0, size[1] * factor - width, 0, size[0] * factor - height)
        pixels = F.pad(pixels, beyond, mode="replicate")
    return F.adaptive_max_pool2d(pixels, size)

"""Sampling only where a mask says so.

Before each model call the kept part of the latent is put back, noised to the level at hand, and what the
model takes for clean is replaced there by the clean source. The second half matters for rules with
memory: their history then agrees with the source too. Under Euler's method this equals blending after
each step at the next level.

A mask may stand still (*blend*: Avrahami et al. 2023, Blended Latent Diffusion, arXiv 2206.02779) or grow
as the run goes on (*differential*: Levin & Fried 2023, arXiv 2306.00950): there a value c in 0…1 says how
much of the run a cell takes part in.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence

import torch.nn.functional as F  # noqa: N812
from torch import Tensor

from nodes.samplers.contract import Denoise, NoiseProcess

MaskAt = Callable[[float], Tensor]
"""The mask (B or 1, 1, h, w; 1 = change) that holds at a noise level."""


def masked(denoise: Denoise, source: Tensor, noise: Tensor, mask: MaskAt, process: NoiseProcess) -> Denoise:
    """Let `denoise` change only where `mask`, at the noise level at hand, is above 0.

    `source` is the clean latent (B, C, h, w) to keep, `noise` the unit noise of the run's start.
    """

    def blended(x: Tensor, sigma: float, /) -> Tensor:
        kept, part = process.alpha(sigma) * source + sigma * noise, mask(sigma)
        x0 = denoise(part * x + (1 - part) * kept, sigma)
        return part * x0 + (1 - part) * source

    return blended


def blend(values: Tensor, sigmas: Sequence[float]) -> MaskAt:  # noqa: ARG001
    """The same mask at all levels; greys mix what is sampled with what is kept."""
    return lambda sigma: values


def differential(values: Tensor, sigmas: Sequence[float]) -> MaskAt:
    """A change map (B or 1, 1, h, w): a cell of value c joins once the share 1 − c of the run is done.

    `sigmas` is the run's table of falling levels. A cell of 1 is sampled from the start, one of 0 never.
    The map itself is never mixed: at each step a cell is either sampled or kept.
    """
    falling, steps = [-sigma for sigma in sigmas], len(sigmas) - 1

    def at(sigma: float) -> Tensor:
        done = bisect_left(falling, -sigma) / steps
        return ((values > 0) & (values >= 1 - done)).to(values.dtype)

    return at


MASKINGS: dict[str, Callable[[Tensor, Sequence[float]], MaskAt]] = {"blend": blend, "differential": differential}


def latent_mask(values: Tensor, size: tuple[int, int], factor: int, picture: tuple[int, int], batch: int) -> Tensor:
    """A mask of pictures (B, H, W) to one of latents (B or 1, 1, h, w), by the largest value in each cell.

    The largest, so that a stroke of one pixel still counts. `size` is (h, w) and `factor` the pixels
    along a cell. A mask as large as the `picture` (height, width) is first extended, like the picture, to
    whole cells; any other size is stretched. Raises ValueError where the mask's batch is neither 1 nor
    `batch`.
    """
    return F.adaptive_max_pool2d(_in_whole_cells(values, size, factor, picture, batch), size)


def latent_share(values: Tensor, size: tuple[int, int], factor: int, picture: tuple[int, int], batch: int) -> Tensor:
    """A mask of pictures (B, H, W) to one of latents (B or 1, 1, h, w), by the mean value in each cell; else as
    `latent_mask`.

    The mean, where several share a cell: what one mask and its inverse have of it is 1 together.
    """
    return F.adaptive_avg_pool2d(_in_whole_cells(values, size, factor, picture, batch), size)


def one_or(batch: int) -> str:
    """How many masks may be given for so many pictures, in words."""
    return "1" if batch == 1 else f"1 or {batch}"


def in_words(pictures: int) -> str:
    """So many pictures."""
    return f"{pictures} picture{'s' * (pictures != 1)}"


def _in_whole_cells(values: Tensor, size: tuple[int, int], factor: int, picture: tuple[int, int], batch: int) -> Tensor:
    if len(values) not in (1, batch):
        raise ValueError(f"{len(values)} masks do not fit a latent of {in_words(batch)}; wanted {one_or(batch)}")
    pixels = values[:, None]
    height, width = picture
    if pixels.shape[-2:] == (height, width):
        beyond = (0, size[1] * factor - width, 0, size[0] * factor - height)
        pixels = F.pad(pixels, beyond, mode="replicate")
    return pixels

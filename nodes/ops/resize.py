"""Pictures in other sizes.

Resampling is separable: each output pixel is a weighted mean of input pixels, weighted by a kernel around its place, and
the kernel is as much wider as the picture gets smaller, so that nothing aliases. Weights sum to one, so a constant
picture stays constant. Gradients run through.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Literal, NamedTuple

import torch
from torch import Tensor

from nodes.ops.alpha import colours_changed, weighted
from nodes.ops.colours import from_linear, to_linear
from nodes.ops.room import check_pictures

Filter = Literal["nearest", "area", "bilinear", "bicubic", "lanczos"]
Fit = Literal["contain", "cover", "stretch", "pad"]


COPIES = 4
"""Of a resampled picture: the sum of a kernel's taps, one of these, the same weighted, and what both become."""


class Kernel(NamedTuple):
    """A function of the distance in pixels that is zero from `reach` on."""

    reach: float
    weight: Callable[[Tensor], Tensor]


def _box(x: Tensor) -> Tensor:
    return ((x > -0.5) & (x <= 0.5)).to(x.dtype)


def _triangle(x: Tensor) -> Tensor:
    return (1 - x.abs()).clamp(min=0)


def _cubic(x: Tensor, a: float = -0.5) -> Tensor:
    """Keys 1981, "Cubic convolution interpolation", equation 4 with a = −1/2."""
    x = x.abs()
    near = ((a + 2) * x - (a + 3)) * x * x + 1
    far = a * (((x - 5) * x + 8) * x - 4)
    return torch.where(x < 1, near, torch.where(x < 2, far, torch.zeros_like(x)))


def _lanczos(x: Tensor) -> Tensor:
    """sinc(x) sinc(x / 3) for |x| < 3: Duchon 1979, "Lanczos filtering in one and two dimensions"."""
    return torch.where(x.abs() < 3, torch.sinc(x) * torch.sinc(x / 3), torch.zeros_like(x))


KERNELS: dict[str, Kernel] = {
    "area": Kernel(0.5, _box),
    "bilinear": Kernel(1.0, _triangle),
    "bicubic": Kernel(2.0, _cubic),
    "lanczos": Kernel(3.0, _lanczos),
}


def resample(pixels: Tensor, width: int, height: int, filter: Filter = "lanczos", *, linear: bool = False) -> Tensor:
    """Pictures (B, H, W, C) in 0…1 stretched to `width` × `height`; the same size gives the same tensor.

    Where C is 4 colours are weighted with their alpha, so that what is transparent does not bleed into what is seen. With
    `linear` light is mixed and not sRGB values (C is then 3 or 4): fine bright detail keeps its brightness as it shrinks.
    Raises ValueError, in a sentence, where larger pictures would not fit into memory.
    """
    if pixels.shape[1:3] == (height, width):
        return pixels
    batch, old_height, old_width, channels = (int(side) for side in pixels.shape)
    if height * width > old_height * old_width:
        check_pictures("resizing to", (batch, height, width, channels), pixels.device, COPIES)
    if linear:
        light = resample(colours_changed(pixels, to_linear), width, height, filter)
        return colours_changed(light, from_linear)
    return weighted(pixels, lambda values: stretched(values, width, height, filter))


def resize(
    pixels: Tensor,
    width: int,
    height: int,
    fit: Fit = "contain",
    filter: Filter = "lanczos",
    color: tuple[float, float, float] = (0.0, 0.0, 0.0),
) -> Tensor:
    """Pictures (B, H, W, C) brought to `width` × `height`.

    `contain` keeps the proportions and gives the largest size within it; `cover` keeps them too and cuts off evenly
    what stands over; `stretch` does not keep them; `pad` is `contain`, filled up to the exact size with `color`.
    """
    if fit == "stretch":
        return resample(pixels, width, height, filter)
    inner_width, inner_height = fitted(int(pixels.shape[2]), int(pixels.shape[1]), width, height, fit)
    inner = resample(pixels, inner_width, inner_height, filter)
    if fit == "contain":
        return inner
    if fit == "cover":
        left, top = (inner_width - width) // 2, (inner_height - height) // 2
        return inner[:, top : top + height, left : left + width]
    return centred(inner, width, height, color)


def fitted(width: int, height: int, wanted_width: int, wanted_height: int, fit: Fit) -> tuple[int, int]:
    """The size, in pixels, of a picture scaled in proportion: within what is wanted, or (`cover`) around it."""
    scales = wanted_width / width, wanted_height / height
    scale = max(scales) if fit == "cover" else min(scales)
    found = max(1, round(width * scale)), max(1, round(height * scale))
    if fit == "cover":
        return max(found[0], wanted_width), max(found[1], wanted_height)
    return min(found[0], wanted_width), min(found[1], wanted_height)


def centred(pixels: Tensor, width: int, height: int, color: tuple[float, float, float]) -> Tensor:
    """Pictures (B, H, W, C) in the middle of larger ones of one opaque colour."""
    batch, own_height, own_width, channels = pixels.shape
    if (own_height, own_width) == (height, width):
        return pixels
    ground = torch.tensor([*color, 1.0][:channels], dtype=pixels.dtype, device=pixels.device)
    canvas = ground.expand(batch, height, width, channels).clone()
    top, left = (height - own_height) // 2, (width - own_width) // 2
    canvas[:, top : top + own_height, left : left + own_width] = pixels
    return canvas


def stretched(
    values: Tensor, width: int, height: int, filter: Filter, scales: tuple[float, float] | None = None
) -> Tensor:
    """Any values (B, H, W, C) stretched to `width` × `height`, neither clipped nor weighted.

    `scales` are old cells by new ones, along width and height; by default all of the old fills all of the new. Where they
    lead beyond the old, its edge goes on.
    """
    across, down = scales or (values.shape[2] / width, values.shape[1] / height)
    return _one_way(_one_way(values, 2, width, filter, across), 1, height, filter, down)


def _one_way(values: Tensor, axis: int, size: int, filter: Filter, scale: float) -> Tensor:
    """Resample along one axis; each tap of the kernel is one gather, so no large matrix is made."""
    old = int(values.shape[axis])
    if old == size and scale == 1:
        return values
    if filter == "nearest":
        return values.index_select(axis, _nearest(old, size, scale).to(values.device))
    places, weights = taps(old, size, KERNELS[filter], scale)
    shape = [1] * values.ndim
    shape[axis] = size
    result = torch.zeros(
        *values.shape[:axis], size, *values.shape[axis + 1 :], dtype=values.dtype, device=values.device
    )
    for place, weight in zip(places.to(values.device), weights.to(values), strict=True):
        result = result + values.index_select(axis, place) * weight.view(shape)
    return result


def _nearest(old: int, new: int, scale: float) -> Tensor:
    """The pixel of `old` under the centre of each of `new`."""
    if scale == old / new:
        return (2 * torch.arange(new) + 1) * old // (2 * new)  # exact, where a centre lies between two pixels
    return ((torch.arange(new, dtype=torch.float64) + 0.5) * scale).floor().clamp(0, old - 1).long()


def taps(old: int, new: int, kernel: Kernel, scale: float | None = None) -> tuple[Tensor, Tensor]:
    """Which pixels of `old` each of `new` is made of: places and weights, both (taps, new); weights sum to 1.

    `scale` is how many of the old go into one of the new, by default old / new.
    """
    scale = old / new if scale is None else scale
    widened = max(scale, 1.0)
    centres = ((torch.arange(new, dtype=torch.float64) + 0.5) * scale).clamp(max=old)
    count = math.ceil(2 * kernel.reach * widened) + 1
    first = (centres - kernel.reach * widened).floor()
    places = first + torch.arange(count, dtype=torch.float64)[:, None]
    weights = kernel.weight((places + 0.5 - centres) / widened)
    weights = torch.where((places >= 0) & (places < old), weights, 0.0)
    total = weights.sum(0)
    # A centre on the far edge, beyond a kernel's reach, is what lies before it.
    weights = torch.where((total == 0) & (places == old - 1), 1.0, weights)
    return places.clamp(0, old - 1).long(), weights / weights.sum(0)

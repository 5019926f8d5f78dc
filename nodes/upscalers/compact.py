"""SRVGGNetCompact: Wang et al. 2021, "Real-ESRGAN", arXiv 2107.10833, in its published layout (`body.N.weight`)."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from nodes.upscalers.facts import Size


class Compact(nn.Module):
    """Convolutions at the small size and a pixel shuffle at the end, added to the picture's nearest enlargement.

    (B, 3, H, W) in 0…1 => (B, 3, scale · H, scale · W). `layers` are those between the first and the last.
    """

    whole = False

    def __init__(self, width: int, layers: int, scale: int) -> None:
        super().__init__()
        self.scale = scale
        self.reach = layers + 2
        inner = [part for _ in range(layers) for part in (nn.Conv2d(width, width, 3, padding=1), nn.PReLU(width))]
        first = [nn.Conv2d(3, width, 3, padding=1), nn.PReLU(width)]
        self.body = nn.ModuleList([*first, *inner, nn.Conv2d(width, 3 * scale**2, 3, padding=1)])

    @classmethod
    def of(cls, size: Size) -> Compact:
        """The network of this size, without weights yet."""
        with torch.device("meta"):
            return cls(*size)

    @property
    def device(self) -> torch.device:
        """Where the weights are."""
        return next(self.parameters()).device

    def forward(self, picture: Tensor) -> Tensor:
        """Enlarge, in the precision of the weights; the result has the picture's own."""
        inside = picture.to(next(self.parameters()).dtype)
        for part in self.body:
            inside = part(inside)
        added = nn.functional.pixel_shuffle(inside, self.scale).to(picture.dtype)
        return added + nn.functional.interpolate(picture, scale_factor=self.scale)

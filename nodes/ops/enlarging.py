"""Pictures made larger by a network, in tiles.

A network sees only so far to each side. Tiles overlap, and what a tile says within that distance of where it was cut off
has no weight; in the rest of the overlap one tile fades into the next. So tiles that share as much as the network sees to
both sides give what the whole picture gives, and where that is not known there is no hard seam.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Generator
from dataclasses import dataclass
from itertools import product

import torch
from torch import Tensor

from engine.run.models.torch_device import pick_device
from nodes.ops.alpha import VISIBLE
from nodes.ops.fills import surroundings
from nodes.ops.resize import resample
from nodes.ops.room import check_room
from nodes.ops.tiles import starts
from nodes.upscalers.protocol import Enlarger

SMALLEST = 16
"""Pixels of a side below which a tile is not halved any more."""
UNKNOWN = 0.25
"""The part of an overlap, at each of its ends, that has no weight where nobody knows how far a network sees."""
COPIES = 4
"""Of the enlarged pictures: the sum of the tiles, their weight and what is made of both, joined."""
PREVIEW = 512


@dataclass(frozen=True, slots=True)
class Tile:
    """A tile is done: `step` of `of`. `so_far` gives the whole result, (B, H, W, C), what is not done yet filled in."""

    step: int
    of: int
    so_far: Callable[[], Tensor]


def enlarged(network: Enlarger, pixels: Tensor, *, tile: int = 512, overlap: int = 32) -> Generator[Tile, None, Tensor]:
    """Pictures (B, H, W, C) in 0…1 as many times larger as the network makes them, yielding after each tile.

    `tile` and `overlap` are pixels of the small picture. A network that should see it whole begins so. Where memory does not
    suffice the tile is halved, as often as it takes. Alpha is enlarged by a filter, and the network sees the colours of what
    is visible only, drawn out over what is not. Raises ValueError, in a sentence, where even the smallest tile is too large.
    """
    batch, height, width = (int(side) for side in pixels.shape[:3])
    sides = width * network.scale, height * network.scale
    what = f"enlarging {batch} pictures to {sides[0]} × {sides[1]} pixels"
    check_room(batch * sides[0] * sides[1] * 3 * 4 * COPIES, torch.device("cpu"), what)
    made: list[Tensor] = []
    tile = max(height, width) if network.whole else tile
    for colours in _colours(pixels).split(1):
        tile = yield from _one(network, colours, pixels, made, tile, overlap)
    return _with_alpha(torch.cat(made), pixels)


def shared(tile: int, overlap: int) -> int:
    """How many pixels neighbouring tiles share where so many are wanted: half a tile at the most."""
    return min(overlap, tile // 2)


def small(pixels: Tensor) -> Tensor:
    """The first of pictures (B, H, W, C) for a preview: no side longer than `PREVIEW`."""
    height, width = (int(side) for side in pixels.shape[1:3])
    share = min(1.0, PREVIEW / max(height, width))
    return resample(pixels[:1], max(1, round(width * share)), max(1, round(height * share)), "area")


def _one(
    network: Enlarger, colours: Tensor, pixels: Tensor, made: list[Tensor], tile: int, overlap: int
) -> Generator[Tile, None, int]:
    """Enlarge one picture (1, 3, H, W) and add it, (1, H, W, 3), to those that are `made`; the tile that memory allowed."""
    device = pick_device(str(network.device) if network.device.type == "cuda" else network.device.type)
    longest = max(int(side) for side in colours.shape[-2:])
    while True:
        tile = min(tile, longest)
        try:
            made.append((yield from _in_tiles(network, colours, pixels, made, tile, shared(tile, overlap))))
            return tile
        except Exception as error:
            if not device.ran_out(error):
                raise
        # Past the except clause, whose traceback holds what the network had computed.
        gc.collect()
        device.trim()
        if tile // 2 < SMALLEST:
            raise ValueError(
                f"there is not enough memory on {device.name} even for a tile of {tile} × {tile} pixels; unload other models"
            )
        tile //= 2


def _in_tiles(
    network: Enlarger, colours: Tensor, pixels: Tensor, made: list[Tensor], tile: int, overlap: int
) -> Generator[Tile, None, Tensor]:
    height, width = (int(side) for side in colours.shape[-2:])
    canvas = _Canvas(network, height, width)
    places = [
        Place(top, left, min(tile, height), min(tile, width))
        for top, left in product(starts(height, tile, overlap / tile), starts(width, tile, overlap / tile))
    ]
    of = len(pixels) * len(places)

    def so_far() -> Tensor:
        rest = resample(pixels[len(made) :, ..., :3], width * network.scale, height * network.scale)
        return _with_alpha(torch.cat([*made, canvas.over(rest[:1]), rest[1:]]), pixels)

    for number, place in enumerate(places, 1):
        canvas.add(place, network(place.of(colours).to(network.device)).cpu(), overlap)
        yield Tile(len(made) * len(places) + number, of, so_far)
    return canvas.over(None)


@dataclass(frozen=True, slots=True)
class Place:
    """A tile's place in a picture, in its pixels."""

    top: int
    left: int
    height: int
    width: int

    def of(self, colours: Tensor, scale: int = 1) -> Tensor:
        """This part of (B, C, scale · H, scale · W); a view."""
        rows = slice(scale * self.top, scale * (self.top + self.height))
        return colours[..., rows, scale * self.left : scale * (self.left + self.width)]


class _Canvas:
    """The weighted sum of tiles, and of their weights."""

    def __init__(self, network: Enlarger, height: int, width: int) -> None:
        self._scale, self._reach = network.scale, network.reach
        self._size = height, width
        self._sum = torch.zeros(1, 3, height * self._scale, width * self._scale)
        self._weight = torch.zeros(1, 1, *self._sum.shape[-2:])

    def add(self, place: Place, made: Tensor, overlap: int) -> None:
        """Lay a tile on; where it is the whole picture, to the bit."""
        down = fading(place.top, place.height, self._size[0], overlap, self._reach, self._scale)
        across = fading(place.left, place.width, self._size[1], overlap, self._reach, self._scale)
        weight = down[:, None] * across
        place.of(self._sum, self._scale).add_(made * weight)
        place.of(self._weight, self._scale).add_(weight)

    def over(self, ground: Tensor | None) -> Tensor:
        """What there is, (1, H, W, 3) in 0…1, and `ground` of the same shape where no tile lies yet."""
        mean = (self._sum / self._weight.clamp(min=1e-9)).movedim(1, -1).clamp(0, 1)
        return mean if ground is None else torch.where(self._weight.movedim(1, -1) > 0, mean, ground)


def fading(start: int, length: int, whole: int, overlap: int, reach: int | None, scale: int) -> Tensor:
    """What the pixels of a tile weigh along one side: (length · scale) values in 0…1.

    The tile begins at `start` of a side of `whole` and shares `overlap` with its neighbours at the least. Where it was cut
    off it weighs nothing as far as the cut can be felt (`reach`), and 1 from where the neighbour's cut begins to be.
    """
    blind = overlap * UNKNOWN if reach is None else min(reach, max(overlap - 1, 0) / 2)
    ramp = max(overlap - 2 * blind, 1e-6)
    weights = torch.ones(length * scale)
    away = (torch.arange(length * scale) + 0.5) / scale
    if start > 0:
        weights = torch.minimum(weights, ((away - blind) / ramp).clamp(0, 1))
    if start + length < whole:
        weights = torch.minimum(weights, ((away.flip(0) - blind) / ramp).clamp(0, 1))
    return weights


def _colours(pixels: Tensor) -> Tensor:
    """(B, 3, H, W): where a picture is wholly transparent, the colours around."""
    colours = pixels[..., :3]
    if pixels.shape[-1] == 4:
        colours = surroundings(colours, pixels[..., 3] <= VISIBLE)
    return colours.movedim(-1, 1)


def _with_alpha(colours: Tensor, pixels: Tensor) -> Tensor:
    """Enlarged colours (B, H, W, 3) with the alpha of the small pictures, where they have it."""
    if pixels.shape[-1] == 3:
        return colours
    alpha = resample(pixels[..., 3:], int(colours.shape[2]), int(colours.shape[1]), "bicubic")
    return torch.cat([colours, alpha], dim=-1)

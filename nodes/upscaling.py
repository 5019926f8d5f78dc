"""Nodes that make pictures larger, with filters and with networks."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, Literal, NamedTuple

from pydantic import Field

from engine.graph.faults import LoomError
from engine.graph.node import Context, Facts, Mismatch, ModelName, Node, Progress, Step, Stop, Work
from nodes.checks import in_sentences, of, picked
from nodes.models import UPSCALERS, Precision, named_model
from nodes.sizes import PixelSide, Scale, size_fact, wanted_size
from nodes.types import Image, Upscaler

if TYPE_CHECKING:
    from torch import Tensor

    from nodes.ops.enlarging import Tile
    from nodes.upscalers.protocol import Enlarger

WITHOUT = 2.0
"""How many times larger a picture becomes where neither a size nor a network says it."""
Filter = Annotated[
    Literal["nearest", "area", "bilinear", "bicubic", "lanczos"],
    Field(description="How pixels are mixed without a network, and from its size to the wanted one"),
]


class LoadUpscaler(Node):
    """Choose a network that enlarges pictures: a .safetensors file in the models folder.

    Nothing is loaded here. `solids-upscale`, which comes with the program, makes pictures of its solids four times larger.
    Other networks (ESRGAN, SwinIR, HAT, DAT, SPAN and more) are read by spandrel, an optional package.
    """

    title = "Load upscaler"
    category = "model"
    peers = ("UpscaleModelLoader",)

    model: Annotated[ModelName, Field(description="The network's name, as `loom models` lists it")]
    dtype: Precision = "auto"

    @classmethod
    def infer(cls, inputs: Mapping[str, Any]) -> Mapping[str, Facts]:
        """What the file says of it. Refuses other models."""
        facts = of(inputs, "model")
        if facts.get("family") not in (None, UPSCALERS):
            raise Mismatch("model", _no_upscaler(facts))
        known = picked(facts, "name", "scale")
        return {"upscaler": known | ({"lease": facts["digest"]} if "digest" in facts else {})}

    def run(self, context: Context) -> Upscaler:
        """A reference to the network: plain data."""
        identity = named_model(context)
        if identity.facts.get("family") != UPSCALERS:
            raise LoomError(_no_upscaler(identity.facts))
        return Upscaler(identity.digest, self.dtype)


class Upscale(Node):
    """Make pictures larger, with a filter or with a network.

    With an upscaler linked, the network enlarges as often as it was made for, and a filter brings that to the wanted size.
    It works in tiles, which overlap so that no seam is seen, and in smaller ones where memory does not suffice. Sizes are
    exact. The colour of transparent pixels never bleeds into what is seen. Stopping leaves the rest to the filter.
    """

    title = "Upscale"
    category = "image"
    peers = ("ImageUpscaleWithModel", "ImageScaleBy", "ImageScale", "UltimateSDUpscale")

    image: Annotated[Image, Field(description="The pictures")]
    upscaler: Annotated[Upscaler | None, Field(description="The network; without one a filter does it")] = None
    scale: Annotated[
        Scale | None, Field(description="How many times larger; empty is what the network does, or 2 without one")
    ] = None
    width: Annotated[PixelSide, Field(description="The exact width instead; alone, the height follows")] = None
    height: Annotated[PixelSide, Field(description="The exact height instead; alone, the width follows")] = None
    filter: Filter = "lanczos"
    linear: Annotated[
        bool, Field(description="Filter light instead of sRGB values: fine bright detail keeps its brightness")
    ] = False
    tile: Annotated[int, Field(ge=32, le=4096, description="How large a network's tiles are, in pixels"), Step(64)] = (
        512
    )
    overlap: Annotated[
        int, Field(ge=0, le=512, description="How much tiles share; as far as the network sees leaves no seam"), Step(8)
    ] = 32

    @classmethod
    def infer(cls, inputs: Mapping[str, Any]) -> Mapping[str, Facts]:
        """The size, where all that it follows from is known."""
        image = of(inputs, "image")
        network = inputs.get("upscaler", {"value": None})
        own = WITHOUT if network.get("value", network) is None else network.get("scale")
        return {"image": picked(image, "batch") | size_fact(image, inputs, own)}

    def run(self, context: Context) -> Work[Image]:
        """Enlarge. Raises LoomError, in a sentence, for a size beyond all bounds, and where memory does not suffice."""
        from nodes.ops.resize import resample

        made, scale = self.image.pixels, self.scale or WITHOUT
        height, width = (int(side) for side in made.shape[1:3])
        with in_sentences():
            if self.upscaler is not None:
                from nodes.ops.enlarging import enlarged

                with context.lease(self.upscaler) as (network,):
                    scale = self.scale or network.scale
                    wanted_size(width, height, scale, self.width, self.height)
                    if remark := _seam(network, self.tile, self.overlap, max(width, height)):
                        context.notice(remark, "overlap")
                    done = yield from tile_by_tile(enlarged(network, made, tile=self.tile, overlap=self.overlap))
                    made = done.pixels
            size = wanted_size(width, height, scale, self.width, self.height)
            return Image(resample(made, *size, self.filter, linear=self.linear))


class Enlarged(NamedTuple):
    """Pictures (B, H, W, C) that a network enlarged; `stopped` says that a filter did the rest."""

    pixels: Tensor
    stopped: bool = False


def tile_by_tile(work: Generator[Tile, None, Tensor], standing: tuple[int, int] | None = None) -> Work[Enlarged]:
    """Run a network over pictures without gradients, telling each tile; a stop ends it with what there is.

    Where it is a part of longer work, `standing` is how many steps of that are done, and of how many.
    """
    from nodes.ops.stepping import without_gradients

    working = without_gradients(work)
    while True:
        try:
            tile = next(working)
        except StopIteration as end:
            return Enlarged(end.value)
        try:
            yield Progress(*(standing or (tile.step, tile.of)), partial(_preview, tile))
        except Stop:
            working.close()
            return Enlarged(tile.so_far(), stopped=True)


def _seam(network: Enlarger, tile: int, overlap: int, longest: int) -> str | None:
    """What is to be said where tiles share less than a network sees to both sides."""
    if network.whole or network.reach is None or longest <= tile:
        return None
    from nodes.ops.enlarging import shared

    seen, common = 2 * network.reach + 1, shared(tile, overlap)
    if common >= seen:
        return None
    return (
        f"tiles of {tile} pixels share {common}, and the network sees {seen} at once: seams may be seen; none are with an "
        f"overlap of {seen} and tiles of {2 * seen} or more"
    )


def _preview(tile: Tile) -> Image:
    from nodes.ops.enlarging import small

    return Image(small(tile.so_far()))


def _no_upscaler(facts: Mapping[str, Any]) -> str:
    name, family = facts.get("name", "this model"), facts.get("family", "unknown")
    return f"'{name}' is a model of family {family}; wanted a network that enlarges pictures"

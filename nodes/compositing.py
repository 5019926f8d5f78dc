"""Nodes that lay pictures over one another, widen them and hold them against each other."""

from __future__ import annotations

from typing import Annotated, Literal, NamedTuple

from pydantic import Field

from engine.graph.node import Node, Step, Widget
from nodes.checks import in_sentences, rgb
from nodes.types import Image, Mask

Added = Annotated[int, Field(ge=0, le=8192), Step(8)]
Place = Annotated[int, Field(ge=-16384, le=16384)]


class ImageComposite(Node):
    """Lay a picture over another, whole or where a mask is white.

    The picture above keeps its size and its transparency; what stands over the edge is cut off. Outside of it, and where
    the mask is black, not a bit of the picture below changes.
    """

    title = "Composite images"
    category = "image"
    peers = ("ImageCompositeMasked", "ImageBlend")

    below: Annotated[Image, Field(description="The pictures to lay it on")]
    above: Annotated[Image, Field(description="The pictures to lay on them; one stands for all")]
    mask: Annotated[Mask | None, Field(description="White where the picture above is seen; stretched to its size")] = (
        None
    )
    x: Annotated[Place, Field(description="Where its left edge comes to lie, in pixels")] = 0
    y: Annotated[Place, Field(description="Where its upper edge comes to lie, in pixels")] = 0

    def run(self) -> Image:
        """Lay over. Raises LoomError, in a sentence, where the numbers of pictures or masks do not fit."""
        from nodes.ops.compositing import laid_over
        from nodes.ops.masks import fitted

        below, above = self.below.pixels, self.above.pixels
        batch, (height, width) = max(len(below), len(above)), above.shape[1:3]
        with in_sentences():
            values = None if self.mask is None else fitted(self.mask.values, width, height, batch)
            return Image(laid_over(below, above, values, self.x, self.y))


class Padded(NamedTuple):
    """What ImagePad gives."""

    image: Annotated[Image, Field(description="The larger pictures")]
    mask: Annotated[Mask, Field(description="White where something was added, for Inpaint to paint")]


class ImagePad(Node):
    """Add room around a picture, and tell where: what Inpaint then fills widens the scene.

    Edge draws the outermost pixels out, mirror reflects the picture, color fills with one.
    """

    title = "Pad image"
    category = "image"
    peers = ("ImagePadForOutpaint",)

    image: Annotated[Image, Field(description="The pictures")]
    left: Annotated[Added, Field(description="Pixels to add on the left")] = 0
    top: Annotated[Added, Field(description="Pixels to add above")] = 0
    right: Annotated[Added, Field(description="Pixels to add on the right")] = 0
    bottom: Annotated[Added, Field(description="Pixels to add below")] = 0
    border: Annotated[Literal["edge", "mirror", "color"], Field(description="What the new room begins with")] = "edge"
    color: Annotated[str, Widget("color"), Field(description="What color fills with, as #rrggbb")] = "#808080"

    def run(self) -> Padded:
        """Pad. Raises LoomError, in a sentence, for a colour that is none, and where memory does not suffice."""
        from nodes.ops.compositing import padded

        sides = self.left, self.top, self.right, self.bottom
        with in_sentences():
            found = padded(self.image.pixels, *sides, self.border, rgb(self.color))
        return Padded(Image(found.pixels), Mask(found.added))


class Compared(NamedTuple):
    """What CompareImages gives."""

    image: Annotated[Image, Field(description="The differences as greys, black where nothing differs")]
    largest: Annotated[float, Field(description="The largest difference of a channel, 0 to 1; 0 means identical")]
    mean: Annotated[float, Field(description="The mean difference of all channels, 0 to 1")]
    changed: Annotated[float, Field(description="The share of pixels that differ at all, 0 to 1")]


class CompareImages(Node):
    """Tell how far two pictures are apart, and show where."""

    title = "Compare images"
    category = "image"
    peers = ("ImageCompare", "ImageDifference")

    first: Annotated[Image, Field(description="The pictures")]
    second: Annotated[Image, Field(description="What to hold against them, of the same size")]
    gain: Annotated[float, Field(ge=1, le=255, description="How many times brighter the differences are shown")] = 1.0

    def run(self) -> Compared:
        """Compare. Raises LoomError, in a sentence, where sizes or numbers do not fit."""
        from nodes.ops.compositing import compared

        with in_sentences():
            found = compared(self.first.pixels, self.second.pixels)
        shown = (found.where * self.gain).clamp(0, 1)[..., None].expand(*found.where.shape, 3)
        return Compared(Image(shown.contiguous()), found.largest, found.mean, found.changed)

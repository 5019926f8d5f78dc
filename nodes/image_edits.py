"""Nodes that make pictures out of pictures."""

from __future__ import annotations

from typing import Annotated, Literal, NamedTuple

from pydantic import Field

from engine.graph.faults import LoomError
from engine.graph.node import Node, Widget
from nodes.checks import in_sentences, rgb
from nodes.sizes import PixelSide, wanted_size
from nodes.types import Image


class ImageResize(Node):
    """Bring pictures to another size.

    Fit says what happens to their proportions: contain makes them as large as fits within the size, cover fills the size
    and cuts off evenly what stands over, stretch distorts, pad is contain filled up to the exact size with a colour. With
    only a width or only a height, the other follows from the proportions. The colour of transparent pixels never bleeds
    into what is seen.
    """

    title = "Resize image"
    category = "image"
    peers = ("ImageScale",)

    image: Annotated[Image, Field(description="The pictures to resize")]
    width: Annotated[PixelSide, Field(description="The wanted width in pixels; empty follows the height")] = None
    height: Annotated[PixelSide, Field(description="The wanted height in pixels; empty follows the width")] = None
    fit: Annotated[
        Literal["contain", "cover", "stretch", "pad"], Field(description="What happens to the proportions")
    ] = "contain"
    filter: Annotated[
        Literal["nearest", "area", "bilinear", "bicubic", "lanczos"],
        Field(description="How new pixels are mixed: lanczos is sharpest, area a plain mean, nearest keeps hard edges"),
    ] = "lanczos"
    color: Annotated[str, Widget("color"), Field(description="The colour that pad fills with, as #rrggbb")] = "#000000"

    def run(self) -> Image:
        """Resize. Raises LoomError, in a sentence, without a size, for a colour that is none, and where memory is short."""
        from nodes.ops.resize import resize

        height, width = (int(side) for side in self.image.pixels.shape[1:3])
        if self.width is None and self.height is None:
            raise LoomError("inputs 'width' and 'height' are both empty; give at least one of them, in pixels")
        with in_sentences():
            size = wanted_size(width, height, 1, self.width, self.height)
            return Image(resize(self.image.pixels, *size, self.fit, self.filter, rgb(self.color)))


class ImageGrid(Node):
    """Lay pictures out side by side on white, with a label under each.

    Cells are as large as the largest picture, and smaller ones stand in their middle. Every image of a batch has a cell
    of its own. Meant for comparing: link a list of pictures and a list of texts.
    """

    title = "Image grid"
    category = "image"
    peers = ("ImageGrid",)

    images: Annotated[list[Image], Field(description="The pictures, in reading order")]
    columns: Annotated[
        int | None, Field(ge=1, le=1000, description="How many stand in a row; empty makes the grid about square")
    ] = None
    labels: Annotated[list[str], Field(description="A text for each picture, or none at all")]
    gap: Annotated[int, Field(ge=0, le=256, description="The space around each picture, in pixels")] = 8

    def run(self) -> Image:
        """Lay out. Raises LoomError, in a sentence, where labels and pictures differ in number."""
        from nodes.ops.grid import grid

        return Image(grid([image.pixels for image in self.images], self.columns, self.labels, self.gap))


class ImageBatch(Node):
    """Join pictures into one batch, which travels and is worked on as one value.

    All must have one size; or choose how those that differ from the first are brought to its size.
    """

    title = "Batch images"
    category = "image"
    peers = ("ImageBatch",)

    images: Annotated[list[Image], Field(description="The pictures, in order; batches are joined image by image")]
    fit: Annotated[
        Literal["same", "cover", "stretch", "pad"],
        Field(description="same refuses differing sizes; the others bring all to the first picture's size"),
    ] = "same"

    def run(self) -> Image:
        """Join. Raises LoomError, in a sentence, for an empty list and for several sizes."""
        from nodes.ops.batches import batched

        with in_sentences():
            return Image(batched([image.pixels for image in self.images], None if self.fit == "same" else self.fit))


class ImagesFromBatch(Node):
    """Take a batch apart into a list, so that the nodes behind it are called once a picture."""

    title = "Images from batch"
    category = "image"
    peers = ("ImageFromBatch",)

    image: Annotated[Image, Field(description="The batch")]

    def run(self) -> list[Image]:
        """One image each."""
        return list(self.image.split())


class Size(NamedTuple):
    """What ImageSize gives."""

    width: Annotated[int, Field(description="In pixels")]
    height: Annotated[int, Field(description="In pixels")]
    batch: Annotated[int, Field(description="How many images there are")]


class ImageSize(Node):
    """Tell how large pictures are, and how many a batch has."""

    title = "Image size"
    category = "image"
    peers = ("GetImageSize",)

    image: Annotated[Image, Field(description="The pictures")]

    def run(self) -> Size:
        """Read the shape."""
        batch, height, width = (int(side) for side in self.image.pixels.shape[:3])
        return Size(width, height, batch)

"""Nodes that cut the part around a mask out of a picture, to be worked on by itself, and put it back."""

from __future__ import annotations

from typing import Annotated, NamedTuple

from pydantic import Field

from engine.graph.faults import LoomError
from engine.graph.node import Context, Node, Step
from nodes.checks import in_sentences
from nodes.types import Crop, Image, Mask

Side = Annotated[int | None, Field(ge=1, le=16384), Step(8)]


class CutOut(NamedTuple):
    """What CropToMask gives."""

    image: Annotated[Image, Field(description="The part of the pictures around the mask")]
    mask: Annotated[Mask, Field(description="The mask of that part")]
    crop: Annotated[Crop, Field(description="Where it was cut out, for Stitch crop")]


class CropToMask(Node):
    """Cut out what surrounds a mask, to work on it at a size that suits the work.

    One part for the whole batch, around all masks of it. With a width and a height the part gets those proportions, so
    that nothing is distorted, and is brought to that size; else its pixels stay as they are. Stitch crop puts it back.
    """

    title = "Crop to mask"
    category = "mask"
    peers = ("InpaintCrop", "CropByMask", "ImageCropByMask")

    image: Annotated[Image, Field(description="The pictures")]
    mask: Annotated[Mask, Field(description="White around what to cut out; stretched to the picture")]
    context: Annotated[
        float, Field(ge=1, le=8, description="How much larger than the mask the part is, along each side"), Step(0.25)
    ] = 1.5
    width: Annotated[
        Side, Field(description="The part's width in pixels; empty, with the height, keeps its pixels")
    ] = None
    height: Annotated[
        Side, Field(description="The part's height in pixels; empty, with the width, keeps its pixels")
    ] = None

    def run(self) -> CutOut:
        """Cut out. Raises LoomError, in a sentence, for an empty mask, one side without the other, too many masks."""
        from nodes.ops.crops import cut_out
        from nodes.ops.masks import fitted

        if (self.width is None) != (self.height is None):
            raise LoomError("of inputs 'width' and 'height' one is empty; give both, or neither")
        size = None if self.width is None or self.height is None else (self.width, self.height)
        batch, height, width = (int(side) for side in self.image.pixels.shape[:3])
        with in_sentences():
            values = fitted(self.mask.values, width, height, batch)
            part = cut_out(self.image.pixels, values, self.context, size)
        return CutOut(Image(part.pixels), Mask(part.values), part.crop)


class StitchCrop(Node):
    """Put a part back where Crop to mask, or Inpaint, cut it out of a picture.

    It is brought to the size that it had there. Outside of it, and where the mask is black, not a bit of the picture
    changes. Edit the mask first to soften its edge.
    """

    title = "Stitch crop"
    category = "mask"
    peers = ("InpaintStitch", "ImageUncropByMask", "PasteByMask")

    image: Annotated[Image, Field(description="The pictures that it was cut out of, or others of their size")]
    part: Annotated[Image, Field(description="The part as it was changed; one stands for all")]
    crop: Annotated[Crop, Field(description="Where it was cut out")]
    mask: Annotated[
        Mask | None,
        Field(description="White where the part is seen: of the picture's size, or of the part; empty shows all of it"),
    ] = None

    def run(self, context: Context) -> Image:
        """Put it back. Raises LoomError, in a sentence, where sizes or numbers do not fit."""
        from nodes.ops.crops import covers_beyond, stitched

        values = None if self.mask is None else self.mask.values
        sizes = {tuple(image.pixels.shape[1:3]) for image in (self.image, self.part)}
        if values is not None and sizes == {tuple(values.shape[1:])} and covers_beyond(values, self.crop):
            context.notice(_WHOSE.format(values.shape[2], values.shape[1]), "mask")
        with in_sentences():
            return Image(stitched(self.image.pixels, self.part.pixels, self.crop, values))


_WHOSE = (
    "picture, part and mask are all {} × {} pixels, so the mask is taken for the picture's, and it covers what lies outside "
    "of the part; if it is the part's own, link the mask that Crop to mask was given"
)

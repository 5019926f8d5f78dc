"""Nodes that make masks: 1 (white) is what may change, 0 (black) is kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Any, Literal

from pydantic import Field

from engine.graph.faults import LoomError
from engine.graph.node import Context, Facts, Multiline, Node, Step, Widget
from engine.graph.values import File
from nodes.checks import in_sentences, of, picked, rgb
from nodes.picture_files import check_picture
from nodes.types import Image, Latent, Mask

Side = Annotated[int, Field(ge=1, le=16384), Step(8)]


class SetNoiseMask(Node):
    """Let samplers change a latent only where a mask is white.

    The mask may have any size and is stretched to the picture's. A cell of the latent may change as soon as one pixel of
    it is covered, so that thin strokes count. Without a mask, one that was set is taken off again.
    """

    title = "Set noise mask"
    category = "mask"
    peers = ("SetLatentNoiseMask",)

    latent: Annotated[Latent, Field(description="An encoded picture")]
    mask: Annotated[Mask | None, Field(description="White where it may change; empty takes a mask off")] = None

    @classmethod
    def infer(cls, inputs: Mapping[str, Any]) -> Mapping[str, Facts]:
        """The latent's facts."""
        return {"latent": picked(of(inputs, "latent"), "width", "height", "batch", "name", "space")}

    def run(self) -> Latent:
        """Attach it. Raises LoomError, in a sentence, where the numbers of masks and pictures do not fit."""
        from nodes.samplers.masking import in_words, one_or

        batch = self.latent.batch
        if self.mask is not None and (count := len(self.mask.values)) not in (1, batch):
            raise LoomError(f"input 'mask' has {count} masks for {in_words(batch)}; wanted {one_or(batch)}")
        return replace(self.latent, mask=self.mask)


class LoadMask(Node):
    """Read a mask from a PNG, JPEG or WebP file, such as the editor's brush paints.

    Of a grey picture, brightness is the mask itself. A file in colour gives the brightest of its three colours, or the one
    that is asked for; `alpha` covers what is transparent in it, as LoadImage's mask does. The file is turned as its EXIF
    orientation says.
    """

    title = "Load mask"
    category = "mask"
    peers = ("LoadImageMask",)

    file: Annotated[File, Widget("mask"), Field(description="The mask's file: white may change, black is kept")]
    channel: Annotated[
        Literal["brightness", "red", "green", "blue", "alpha"], Field(description="What of the file is the mask")
    ] = "brightness"

    @classmethod
    def infer(cls, inputs: Mapping[str, Any]) -> Mapping[str, Facts]:
        """Nothing; what is known to be no picture is refused."""
        check_picture(inputs, "file")
        return {}

    def run(self, context: Context) -> Mask:
        """Read the file. Raises PictureError, in a sentence."""
        from nodes.ops.files import read_picture
        from nodes.ops.masks import from_channel

        picture = read_picture(context.path(self.file), self.file.name)
        for notice in picture.notices:
            context.notice(notice, "file")
        return Mask(from_channel(picture.pixels, self.channel))


class MaskEdit(Node):
    """Grow, blur, sharpen, fill or turn a mask over.

    What is asked for is done in this order: threshold, holes, grow, blur, invert. A blur reaches three times as far as it
    says and no further, so that what lies beyond is not touched at all.
    """

    title = "Edit mask"
    category = "mask"
    peers = ("GrowMask", "InvertMask", "ThresholdMask", "FeatherMask")

    mask: Annotated[Mask, Field(description="The masks")]
    threshold: Annotated[
        float | None,
        Field(ge=0, le=1, description="From this grey on it is white, else black; empty leaves greys"),
        Step(0.05),
    ] = None
    fill_holes: Annotated[bool, Field(description="Cover what the mask encloses on all sides")] = False
    grow: Annotated[
        int, Field(ge=-1024, le=1024, description="Pixels by which it grows to every side; below 0 it shrinks")
    ] = 0
    blur: Annotated[
        float, Field(ge=0, le=256, description="How soft its edge becomes: the standard deviation in pixels"), Step(1)
    ] = 0.0
    invert: Annotated[bool, Field(description="Swap black and white, after all else")] = False

    def run(self) -> Mask:
        """Edit."""
        from nodes.ops.masks import edited

        return Mask(
            edited(
                self.mask.values,
                threshold=self.threshold,
                fill_holes=self.fill_holes,
                grow=self.grow,
                blur=self.blur,
                invert=self.invert,
            )
        )


class MaskFromShapes(Node):
    """Draw a mask from words: one shape a line, in pixels or per cent of the picture.

    A line is one of: box LEFT TOP RIGHT BOTTOM, ellipse LEFT TOP RIGHT BOTTOM, circle X Y RADIUS, polygon X Y X Y X Y and
    so on. Places are counted from the left upper corner: box 0 0 50% 100% is the left half. All shapes together are the
    mask.
    """

    title = "Mask from shapes"
    category = "mask"
    peers = ("CreateShapeMask", "SolidMask")

    shapes: Annotated[Multiline, Field(description="One shape a line; empty covers nothing")] = "circle 50% 50% 25%"
    image: Annotated[Image | None, Field(description="A picture whose size the mask is to have")] = None
    width: Annotated[Side, Field(description="The mask's width in pixels, where no picture is linked")] = 512
    height: Annotated[Side, Field(description="The mask's height in pixels, where no picture is linked")] = 512

    def run(self) -> Mask:
        """Draw. Raises LoomError, in a sentence that names the line, for what is no shape."""
        from nodes.ops.shapes import drawn

        width, height = self.width, self.height
        if self.image is not None:
            height, width = (int(side) for side in self.image.pixels.shape[1:3])
        with in_sentences():
            return Mask(drawn(self.shapes, width, height))


class MaskFromColor(Node):
    """Cover what has a colour in a picture, to change just that.

    By hue, light and shade do not matter: a thing is found with its dark side, but pale and grey things are not told apart
    well. By colour, what looks alike is found, black, white and grey too. By rgb, numbers are compared.
    """

    title = "Mask from colour"
    category = "mask"
    version = 2
    peers = ("ImageColorToMask", "MaskFromRGBCMYBW")

    image: Annotated[Image, Field(description="The pictures")]
    color: Annotated[str, Widget("color"), Field(description="The colour to find, as #rrggbb")] = "#ff0000"
    by: Annotated[
        Literal["hue", "colour", "rgb"],
        Field(description="What is compared: the hue alone, the colour as it is seen, or red, green and blue"),
    ] = "hue"
    tolerance: Annotated[
        float,
        Field(
            ge=0, le=1, description="How far it may be off: 0 the very same; 1 any; 0.2 is right for one thing's hue"
        ),
        Step(0.01),
    ] = 0.2
    softness: Annotated[float, Field(ge=0, le=1, description="How gradually the mask ends beyond that"), Step(0.01)] = (
        0.0
    )

    @classmethod
    def migrate(cls, version: int, inputs: dict[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
        """Version 1 knew only rgb, and 0.1 as its tolerance."""
        return ({"by": "rgb", "tolerance": 0.1} | inputs if version == 1 else inputs), {}

    def run(self) -> Mask:
        """Compare. Raises LoomError, in a sentence, for a colour that is none."""
        from nodes.ops.masks import from_color

        return Mask(from_color(self.image.pixels, rgb(self.color), self.tolerance, self.softness, self.by))


class MaskFromAlpha(Node):
    """Cover what is transparent in a picture; nothing, where it has no transparency."""

    title = "Mask from alpha"
    category = "mask"
    peers = ("SplitImageWithAlpha", "ImageToMask")

    image: Annotated[Image, Field(description="The pictures")]

    def run(self) -> Mask:
        """Read the fourth channel."""
        from nodes.ops.masks import from_alpha

        return Mask(from_alpha(self.image.pixels))

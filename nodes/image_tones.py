"""Nodes that change the colours and the sharpness of pictures, and blend two."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field

from engine.graph.node import Facts, Node, Step
from nodes.checks import in_sentences, of, picked
from nodes.types import Image, Mask


class KeepsSize(Node):
    """What nodes have in common that give their pictures back in the size and number in which they came."""

    @classmethod
    def infer(cls, inputs: Mapping[str, Any]) -> Mapping[str, Facts]:
        """The pictures' own size."""
        return {"image": picked(of(inputs, "image"), "width", "height", "batch")}


class ImageBlend(Node):
    """Lay a picture over another of the same size so that their colours mix.

    The modes are those of the W3C's standard for compositing, which painting programs share, and add and subtract. Where
    the mask is black, or the picture above transparent, not a bit of the picture below changes.
    """

    title = "Blend images"
    category = "image"
    peers = ("ImageBlend", "Image Blending Mode")

    below: Annotated[Image, Field(description="The pictures to blend with")]
    above: Annotated[Image, Field(description="The pictures that lie on them; one stands for all")]
    mode: Annotated[
        Literal[
            "normal", "multiply", "screen", "overlay", "hard_light", "soft_light", "darken", "lighten", "color_dodge",
            "color_burn", "add", "subtract", "difference", "exclusion", "hue", "saturation", "color", "luminosity",
        ],
        Field(description="How the colours mix: multiply darkens, screen lightens, overlay makes contrasts stronger"),
    ] = "normal"  # fmt: skip
    opacity: Annotated[float, Field(ge=0, le=1, description="How much of the result is seen"), Step(0.05)] = 1.0
    mask: Annotated[Mask | None, Field(description="White where to blend; stretched to the pictures' size")] = None

    def run(self) -> Image:
        """Blend. Raises LoomError, in a sentence, where sizes or numbers do not fit."""
        from nodes.ops.blending import blended
        from nodes.ops.masks import fitted

        below, above = self.below.pixels, self.above.pixels
        batch, (height, width) = max(len(below), len(above)), below.shape[1:3]
        with in_sentences():
            values = None if self.mask is None else fitted(self.mask.values, width, height, batch)
            return Image(blended(below, above, self.mode, self.opacity, values))


class ImageAdjust(KeepsSize):
    """Change the colours of pictures: hue, saturation, brightness, contrast and gamma, in this order.

    What is left at its neutral value changes nothing at all. Transparency stays as it is.
    """

    title = "Adjust colours"
    category = "image"
    peers = ("ImageColorAdjust", "Image Filter Adjustments", "ColorCorrect")

    image: Annotated[Image, Field(description="The pictures")]
    hue: Annotated[
        float, Field(ge=-180, le=180, description="Degrees to turn hues by: 120 makes red green; 0 is neutral"), Step(5)
    ] = 0.0
    saturation: Annotated[
        float, Field(ge=0, le=8, description="How strong colours are: 0 leaves greys, 1 is neutral"), Step(0.05)
    ] = 1.0
    brightness: Annotated[
        float, Field(ge=0, le=8, description="What all values are multiplied by; 1 is neutral"), Step(0.05)
    ] = 1.0
    contrast: Annotated[
        float, Field(ge=0, le=8, description="How far values are from middle grey; 1 is neutral"), Step(0.05)
    ] = 1.0
    gamma: Annotated[
        float, Field(ge=0.1, le=10, description="Above 1 lifts the dark, below 1 deepens it; 1 is neutral"), Step(0.05)
    ] = 1.0

    def run(self) -> Image:
        """Adjust."""
        from nodes.ops.tones import adjusted

        return Image(
            adjusted(
                self.image.pixels,
                hue=self.hue,
                saturation=self.saturation,
                brightness=self.brightness,
                contrast=self.contrast,
                gamma=self.gamma,
            )
        )


class ColorMatch(KeepsSize):
    """Give pictures the colours of another picture.

    mean_std moves and stretches lightness and colour to the other's mean and spread; linear also turns colours, so that
    they go together as there. Where both pictures have much the same content in other proportions, masks say what to go by.
    """

    title = "Match colours"
    category = "image"
    peers = ("ColorMatch", "ImageColorMatch")

    image: Annotated[Image, Field(description="The pictures to change")]
    reference: Annotated[Image, Field(description="The picture with the colours to have; one for all, or one each")]
    method: Annotated[
        Literal["mean_std", "linear"],
        Field(description="What is matched: each channel's spread, or all three together"),
    ] = "mean_std"
    strength: Annotated[float, Field(ge=0, le=1, description="How far: 0 not at all, 1 fully"), Step(0.05)] = 1.0
    mask: Annotated[
        Mask | None, Field(description="White where the pictures' own colours are measured; all of them are changed")
    ] = None
    reference_mask: Annotated[Mask | None, Field(description="White where the reference's colours are measured")] = None

    def run(self) -> Image:
        """Match. Raises LoomError, in a sentence, where numbers do not fit or nothing is left to measure."""
        from nodes.ops.colour_match import colour_matched, statistics
        from nodes.ops.masks import fitted

        measured = []
        with in_sentences():
            pairs = ("mask", self.image, self.mask), ("reference_mask", self.reference, self.reference_mask)
            for name, image, mask in pairs:
                batch, height, width = (int(side) for side in image.pixels.shape[:3])
                values = None if mask is None else fitted(mask.values, width, height, batch, name)
                measured.append(statistics(image.pixels, values))
            own, wanted = measured
            return Image(colour_matched(self.image.pixels, own, wanted, self.method, self.strength))


class ImageBlur(KeepsSize):
    """Blur pictures with a Gaussian. What is transparent lends no colour to what is seen."""

    title = "Blur image"
    category = "image"
    peers = ("ImageBlur",)

    image: Annotated[Image, Field(description="The pictures")]
    radius: Annotated[
        float,
        Field(ge=0, le=256, description="The Gaussian's standard deviation in pixels; 0 changes nothing"),
        Step(1),
    ] = 2.0

    def run(self) -> Image:
        """Blur."""
        from nodes.ops.filters import blurred

        return Image(blurred(self.image.pixels, self.radius))


class ImageSharpen(KeepsSize):
    """Sharpen pictures with an unsharp mask: what a blur would take away is added once more."""

    title = "Sharpen image"
    category = "image"
    peers = ("ImageSharpen",)

    image: Annotated[Image, Field(description="The pictures")]
    radius: Annotated[
        float, Field(ge=0, le=64, description="How wide the details are: the blur's deviation in pixels"), Step(0.5)
    ] = 1.0
    amount: Annotated[
        float, Field(ge=0, le=10, description="How strongly they are lifted; 0 changes nothing"), Step(0.1)
    ] = 0.5
    threshold: Annotated[
        float, Field(ge=0, le=1, description="Differences up to this are left alone, as noise is"), Step(0.01)
    ] = 0.0

    def run(self) -> Image:
        """Sharpen."""
        from nodes.ops.filters import sharpened

        return Image(sharpened(self.image.pixels, self.radius, self.amount, self.threshold))

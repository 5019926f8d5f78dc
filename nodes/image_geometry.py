"""Nodes that cut, turn and mirror pictures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field

from engine.graph.faults import LoomError
from engine.graph.node import Context, Facts, Node, Step, Widget
from nodes.checks import of, picked, rgb
from nodes.types import Image

Place = Annotated[int, Field(ge=-16384, le=16384), Step(8)]
CropSide = Annotated[int | None, Field(ge=1, le=16384), Step(8)]


class ImageCrop(Node):
    """Cut a rectangle out of pictures.

    What of the rectangle lies beyond the picture is left out. To put it back, give the same place to Composite
    images.
    """

    title = "Crop image"
    category = "image"
    peers = ("ImageCrop",)

    image: Annotated[Image, Field(description="The pictures")]
    x: Annotated[Place, Field(description="Its left edge, in pixels from the picture's")] = 0
    y: Annotated[Place, Field(description="Its upper edge, in pixels from the picture's")] = 0
    width: Annotated[CropSide, Field(description="How wide it is; empty goes to the right edge")] = None
    height: Annotated[CropSide, Field(description="How high it is; empty goes to the lower edge")] = None

    def run(self, context: Context) -> Image:
        """Cut. Raises LoomError, in a sentence, for a rectangle beside the picture."""
        from nodes.ops.geometry import within

        height, width = (int(side) for side in self.image.pixels.shape[1:3])
        wanted = self.width or max(width - self.x, 0), self.height or max(height - self.y, 0)
        region = within(self.x, self.y, *wanted, (width, height))
        if region is None:
            raise LoomError(
                f"the rectangle begins at x {self.x}, y {self.y} and lies beside the picture of {width} × {height} pixels"
            )
        if (region.width, region.height) != wanted:
            context.notice(
                f"{wanted[0]} × {wanted[1]} pixels were asked for; {region.width} × {region.height} lie in the picture"
            )
        return Image(region.of(self.image.pixels).contiguous())


class ImageRotate(Node):
    """Turn pictures about their middle, by any angle, counterclockwise.

    Quarter turns change no pixel. With other angles corners open, which are transparent or show one colour.
    """

    title = "Rotate image"
    category = "image"
    peers = ("ImageRotate", "Image Rotate")

    image: Annotated[Image, Field(description="The pictures")]
    angle: Annotated[
        float, Field(ge=-360, le=360, description="Degrees, counterclockwise; below 0 clockwise"), Step(15)
    ] = 90.0
    expand: Annotated[
        bool, Field(description="Make room for the whole picture; off keeps its size and cuts the corners off")
    ] = True
    corners: Annotated[
        Literal["transparent", "color"],
        Field(description="What shows where the corners open, and through what is transparent"),
    ] = "transparent"
    color: Annotated[str, Widget("color"), Field(description="The colour of the corners, as #rrggbb")] = "#000000"
    filter: Annotated[
        Literal["nearest", "bilinear", "bicubic"], Field(description="How pixels are mixed; nearest mixes none")
    ] = "bicubic"

    def run(self) -> Image:
        """Turn. Raises LoomError, in a sentence, for a colour that is none."""
        from nodes.ops.compositing import laid_over
        from nodes.ops.geometry import rotated

        found = rotated(self.image.pixels, self.angle, expand=self.expand, filter=self.filter)
        if self.corners == "transparent" or found.shape[-1] == self.image.pixels.shape[-1] == 3:
            return Image(found)
        ground = found.new_tensor(rgb(self.color)).expand(*found.shape[:3], 3)
        return Image(laid_over(ground, found))


class ImageFlip(Node):
    """Mirror pictures."""

    title = "Flip image"
    category = "image"
    peers = ("ImageFlip", "Image Flip")

    image: Annotated[Image, Field(description="The pictures")]
    direction: Annotated[
        Literal["horizontal", "vertical", "both"],
        Field(description="What changes sides: left and right (horizontal), top and bottom, or both"),
    ] = "horizontal"

    @classmethod
    def infer(cls, inputs: Mapping[str, Any]) -> Mapping[str, Facts]:
        """The pictures' own size."""
        return {"image": picked(of(inputs, "image"), "width", "height", "batch")}

    def run(self) -> Image:
        """Mirror."""
        from nodes.ops.geometry import flipped

        return Image(flipped(self.image.pixels, self.direction))

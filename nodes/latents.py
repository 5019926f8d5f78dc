"""Nodes that make latents, and pictures of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field

from engine.graph.node import Context, Facts, Node, Step
from nodes.checks import in_sentences, of, picked, same_space
from nodes.sizes import PixelSide, Scale, size_fact, wanted_size
from nodes.types import VAE, Image, Latent, Model

Side = Annotated[int | None, Field(ge=8, le=16384), Step(8)]


class EmptyLatent(Node):
    """A blank canvas of some size, to be sampled from noise."""

    title = "Empty latent"
    category = "latent"
    peers = ("EmptyLatentImage",)

    model: Annotated[Model, Field(description="The model that will sample it")]
    width: Annotated[Side, Field(description="The picture's width in pixels; empty is the model's own size")] = None
    height: Annotated[Side, Field(description="The picture's height in pixels; empty is the model's own size")] = None
    batch: Annotated[int, Field(ge=1, le=256, description="How many pictures to make at once")] = 1

    @classmethod
    def infer(cls, inputs: Mapping[str, Any]) -> Mapping[str, Facts]:
        """The latent's space and size."""
        model = of(inputs, "model")
        known = picked(model, "name", "space")
        for side in ("width", "height"):
            given = of(inputs, side)
            size = model.get(side) if "value" in given and given["value"] is None else given.get("value")
            known |= picked({side: size}, side)
        return {"latent": known | picked({"batch": of(inputs, "batch").get("value")}, "batch")}

    def run(self, context: Context) -> Latent:
        """The size; the sampler makes the zeros."""
        width, height = self.width or self.model.width, self.height or self.model.height
        factor = self.model.space.factor
        for name, side in (("width", width), ("height", height)):
            if side % factor:
                whole = -(-side // factor) * factor
                context.notice(
                    f"{side} pixels is no multiple of {factor}, the model's cell; it works at {whole} and cuts off",
                    name,
                )
        return Latent(self.model.space, width, height, self.batch)


class LatentResize(Node):
    """Bring latents to another size.

    What comes out is soft, or has false edges: sample it again, with denoise from about 0.5 on. Bislerp turns from cell to
    cell along arcs and so keeps the latents' strength; bilinear and bicubic weaken it. An empty latent only gets its size.
    """

    title = "Resize latent"
    category = "latent"
    peers = ("LatentUpscale", "LatentUpscaleBy")

    latent: Annotated[Latent, Field(description="The latents")]
    scale: Annotated[Scale, Field(description="How many times larger, where no size is given")] = 2.0
    width: Annotated[PixelSide, Field(description="The picture's width in pixels; alone, the height follows")] = None
    height: Annotated[PixelSide, Field(description="The picture's height in pixels; alone, the width follows")] = None
    filter: Annotated[
        Literal["nearest", "bilinear", "bicubic", "bislerp"],
        Field(description="How cells are mixed; nearest mixes none"),
    ] = "bislerp"

    @classmethod
    def infer(cls, inputs: Mapping[str, Any]) -> Mapping[str, Facts]:
        """The latent's facts, of the new size."""
        latent = of(inputs, "latent")
        return {"latent": picked(latent, "space", "name", "batch") | size_fact(latent, inputs)}

    def run(self) -> Latent:
        """Resize. Raises LoomError, in a sentence, for a size beyond all bounds."""
        from nodes.ops.latent_resize import latent_resized

        with in_sentences():
            size = wanted_size(self.latent.width, self.latent.height, self.scale, self.width, self.height)
        return latent_resized(self.latent, *size, self.filter)


class VAEEncode(Node):
    """Encode pictures into the latent space of a model, to go on from them.

    Where a side is no whole number of latent cells the picture is continued by its mirror image, and VAEDecode cuts that
    off again. Transparency is left aside.
    """

    title = "VAE encode"
    category = "latent"
    peers = ("VAEEncode",)

    vae: Annotated[VAE, Field(description="The VAE of the model that will work on the latent")]
    image: Annotated[Image, Field(description="The pictures")]

    @classmethod
    def infer(cls, inputs: Mapping[str, Any]) -> Mapping[str, Facts]:
        """The latent's space, and its size where the picture's is known."""
        size = picked(of(inputs, "image"), "width", "height", "batch")
        return {"latent": picked(of(inputs, "vae"), "name", "space") | size}

    def run(self, context: Context) -> Latent:
        """Encode to the mean of the latents, so that the same picture is the same latent."""
        import torch

        from nodes.ops.latents import encode

        with context.lease(self.vae) as (vae,), torch.no_grad(), in_sentences():
            return encode(vae, self.image)


class VAEDecode(Node):
    """Decode latents to pictures."""

    title = "VAE decode"
    category = "latent"
    peers = ("VAEDecode",)

    vae: Annotated[VAE, Field(description="The VAE of the model that made the latent")]
    latent: Annotated[Latent, Field(description="The latents, sampled or encoded")]

    @classmethod
    def infer(cls, inputs: Mapping[str, Any]) -> Mapping[str, Facts]:
        """Refuse a latent of another space."""
        latent = of(inputs, "latent")
        same_space("latent", latent, of(inputs, "vae"), "the VAE")
        return {"image": picked(latent, "width", "height", "batch")}

    def run(self, context: Context) -> Image:
        """Decode. Raises LoomError, in a sentence, for an empty latent and one of another space."""
        import torch

        from nodes.ops.latents import decode
        from nodes.ops.previews import learn

        with context.lease(self.vae) as (vae,), torch.no_grad(), in_sentences():
            image = decode(vae, self.latent)
        learn(self.latent, image)  # for the previews of later runs; no result depends on it
        return image

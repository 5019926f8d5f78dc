"""The node that makes a picture larger than a model draws well at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any, Literal, NamedTuple

from pydantic import Field

from engine.graph.faults import LoomError
from engine.graph.node import Context, Facts, Mismatch, Node, Seed, Step, Work
from nodes.checks import for_whole_pictures, in_sentences, of, picked, same_families, same_space
from nodes.sampling import Cfg, Negative, Positive, SamplerName, ScheduleName, told
from nodes.sizes import wanted_size
from nodes.types import VAE, Image, Latent, Model, Upscaler
from nodes.upscaling import tile_by_tile

if TYPE_CHECKING:
    from nodes.ops.sampling import Sampled

LEAST = 0.5
"""The denoise from which a latent that was enlarged as it is becomes sharp again."""


class Fixed(NamedTuple):
    """What HiresFix gives."""

    image: Annotated[Image, Field(description="The large pictures")]
    latent: Annotated[Latent, Field(description="What they were decoded from")]
    first: Annotated[Latent, Field(description="What was sampled at the small size, before it was enlarged")]


class HiresFix(Node):
    """Sample small, enlarge, and sample again: a picture larger than the model was made for, in one piece.

    A model that draws beyond its own size repeats things. Here the first pass draws the picture where the model is at home,
    and the second only adds detail. Via latent enlarges the latent as it is, which blurs and needs denoise from about 0.5
    on; pixel decodes, enlarges with a Lanczos filter and encodes again; model does that with a network. Stopping before
    the second pass enlarges what there is and leaves that pass out.
    """

    title = "Hires fix"
    category = "sampling"
    peers = ("HighRes-Fix Script", "HiresFix", "Hires. fix")

    model: Annotated[Model, Field(description="The denoiser")]
    positive: Positive
    negative: Negative = None
    vae: Annotated[VAE, Field(description="The model's VAE")]
    latent: Annotated[Latent, Field(description="Where to begin, at the small size: an empty latent, as a rule")]
    upscaler: Annotated[Upscaler | None, Field(description="The network that enlarges, for via model")] = None
    scale: Annotated[float, Field(ge=1, le=8, description="How many times larger the picture becomes"), Step(0.25)] = (
        2.0
    )
    via: Annotated[
        Literal["latent", "pixel", "model"], Field(description="What is enlarged, and how, between the two passes")
    ] = "latent"
    denoise: Annotated[
        float, Field(ge=0, le=1, description="How much the second pass replaces: 0.3 details, 0.7 shapes"), Step(0.05)
    ] = 0.6
    seed: Annotated[Seed, Field(description="What the noise of both passes is drawn from")] = 0
    steps: Annotated[int, Field(ge=1, le=1000, description="How many steps the first pass has")] = 20
    second_steps: Annotated[
        int | None, Field(ge=1, le=1000, description="How many steps the second pass has; empty is as many")
    ] = None
    cfg: Cfg = 7.0
    sampler: SamplerName = "dpmpp_2m"
    schedule: ScheduleName = "karras"

    @classmethod
    def infer(cls, inputs: Mapping[str, Any]) -> Mapping[str, Facts]:
        """Refuse models for inpainting, conditionings of another family, latents and VAEs of another space, and via model
        without a network."""
        model, latent = of(inputs, "model"), of(inputs, "latent")
        for_whole_pictures(model)
        same_families(inputs, model)
        same_space("latent", latent, model)
        same_space("vae", of(inputs, "vae"), model)
        network = inputs.get("upscaler", {"value": None})
        if of(inputs, "via").get("value") == "model" and network.get("value", network) is None:
            raise Mismatch("upscaler", _NO_NETWORK)
        known = picked(latent, "batch") | picked(model, "name", "space")
        size, scale = picked(latent, "width", "height"), of(inputs, "scale").get("value")
        large = {side: round(pixels * scale) for side, pixels in size.items()} if scale else {}
        return {"image": picked(latent, "batch") | large, "latent": known | large, "first": known | size}

    @classmethod
    def notices(cls, inputs: Mapping[str, Any]) -> Mapping[str, str]:
        """A second pass that leaves the picture soft."""
        remark = _soft(of(inputs, "via").get("value"), of(inputs, "denoise").get("value"))
        return {"denoise": remark} if remark else {}

    def run(self, context: Context) -> Work[Fixed]:
        """Sample twice. Raises LoomError, in a sentence, for settings that do not fit together."""
        if self.via == "model" and self.upscaler is None:
            raise LoomError(_NO_NETWORK)
        if remark := _soft(self.via, self.denoise):
            context.notice(remark, "denoise")
        with in_sentences():
            size = wanted_size(self.latent.width, self.latent.height, self.scale)
            second = self.second_steps or self.steps
            first = yield from self._sampled(context, self.latent, self.steps, 1.0, 0, second)
            if self.via == "latent" and not first.stopped:
                large = _resized(first.latent, size)
            else:
                image, stopped = yield from self._picture(context, first, size)
                if stopped:
                    return Fixed(image, first.latent, first.latent)
                large = self._encoded(context, image, first.latent)
            done = yield from self._sampled(context, large, second, self.denoise, self.steps, 0)
            return Fixed(self._decoded(context, done.latent), done.latent, first.latent)

    def _sampled(
        self, context: Context, latent: Latent, steps: int, denoise: float, before: int, after: int
    ) -> Work[Sampled]:
        from nodes.ops.sampling import sample

        with context.lease(self.model) as (denoiser,):
            work = sample(
                denoiser,
                self.positive,
                self.negative,
                latent,
                seed=self.seed,
                steps=steps,
                cfg=self.cfg,
                sampler=self.sampler,
                schedule=self.schedule,
                denoise=denoise,
            )
            return (yield from told(work, latent, denoiser.preview, before, after))

    def _picture(self, context: Context, first: Sampled, size: tuple[int, int]) -> Work[tuple[Image, bool]]:
        """The picture at the large size, and whether that is to be the end."""
        if self.via != "model" or self.upscaler is None or first.stopped:
            return self._enlarged_by_filter(context, first.latent, size), first.stopped
        return (yield from self._enlarged_by_network(context, self.upscaler, first.latent, size))

    def _enlarged_by_filter(self, context: Context, latent: Latent, size: tuple[int, int]) -> Image:
        from nodes.ops.resize import resample

        return Image(resample(self._decoded(context, latent).pixels, *size))

    def _enlarged_by_network(
        self, context: Context, upscaler: Upscaler, latent: Latent, size: tuple[int, int]
    ) -> Work[tuple[Image, bool]]:
        from nodes.ops.enlarging import enlarged
        from nodes.ops.resize import resample

        pixels, second = self._decoded(context, latent).pixels, self.second_steps or self.steps
        with context.lease(upscaler) as (network,):
            made = yield from tile_by_tile(enlarged(network, pixels), (self.steps, self.steps + second))
        return Image(resample(made.pixels, *size)), made.stopped

    def _decoded(self, context: Context, latent: Latent) -> Image:
        import torch

        from nodes.ops.latents import decode

        with context.lease(self.vae) as (vae,), torch.no_grad():
            return decode(vae, latent)

    def _encoded(self, context: Context, image: Image, like: Latent) -> Latent:
        import torch

        from nodes.ops.latents import encode

        with context.lease(self.vae) as (vae,), torch.no_grad():
            return replace(encode(vae, image), mask=like.mask)


_NO_NETWORK = "input 'via' is 'model', which wants a network at input 'upscaler'; link LoadUpscaler, or choose pixel"


def _resized(latent: Latent, size: tuple[int, int]) -> Latent:
    from nodes.ops.latent_resize import latent_resized

    return latent_resized(latent, *size)


def _soft(via: object, denoise: object) -> str | None:
    if via != "latent" or not isinstance(denoise, int | float) or denoise >= LEAST:
        return None
    return f"denoise {denoise:g} leaves a latent that was enlarged soft; use {LEAST:g} or more, or via pixel or model"

"""The node that paints regions one after another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field

from engine.graph.faults import LoomError
from engine.graph.node import Context, Facts, Mismatch, Node, Seed, Step, Work
from nodes.checks import in_sentences, of, picked, same_family
from nodes.painting import Brush, check_brush
from nodes.sampling import Cfg, Negative, SamplerName, ScheduleName
from nodes.types import VAE, Conditioning, Image, Model

if TYPE_CHECKING:
    from torch import Tensor

    Layer = tuple[Conditioning, Tensor]
    """A prompt, and where it is painted: (B or 1, H, W), 0 or 1."""

INSIDE = 0.5
"""A region's mask counts from here on: where its softened edge had been drawn."""
_NOTHING_FIRST = "there is nothing to paint into; link a picture at input 'image', or a prompt for all of it at 'base'"


class PaintRegions(Node):
    """Paint things into a picture one after another, each where its region says.

    Only one prompt is painted at a time, into its own hole, so colours and shapes cannot get mixed up: what several
    prompts in one sampling share, this keeps apart, for as many samplings as there are regions. The first region is
    painted first; what comes later may cover it, so begin with what stands farthest away. A region is a hard place here,
    whatever its strength and softness. A model that was made for inpainting sees what is there already and fits each thing
    in; another paints without seeing it. Without a picture the base prompt is painted first, over everything: let it tell
    of the ground, not of the things. Stopping keeps what was painted so far.
    """

    title = "Paint regions"
    category = "sampling"
    peers = ("Regional Prompter", "DetailerForEach", "ConditioningSetArea", "InvokeAI Regional Guidance")

    model: Annotated[Model, Field(description="The denoiser: best one made for inpainting")]
    vae: Annotated[VAE, Field(description="The model's VAE")]
    regions: Annotated[
        list[Conditioning],
        Field(description="What to paint and where, from Prompt for a region; the first comes first"),
    ]
    base: Annotated[
        Conditioning | None, Field(description="What the picture is before them, where none is linked: the ground")
    ] = None
    negative: Negative = None
    image: Annotated[Image | None, Field(description="The pictures to paint into; empty begins with the base")] = None
    width: Annotated[
        int | None, Field(ge=8, le=16384, description="Without a picture, its width; empty is the model's own"), Step(8)
    ] = None
    height: Annotated[
        int | None,
        Field(ge=8, le=16384, description="Without a picture, its height; empty is the model's own"),
        Step(8),
    ] = None
    grow: Annotated[int, Field(ge=0, le=256, description="Pixels by which regions grow to every side first")] = 0
    feather: Annotated[
        float,
        Field(
            ge=0, le=64, description="How soft their edges become: a deviation in pixels; it reaches three times that"
        ),
        Step(1),
    ] = 1.0
    crop: Annotated[
        Literal["off", "mask"], Field(description="Work on the whole picture, or on what surrounds a region")
    ] = "off"
    context: Annotated[
        float, Field(ge=1, le=8, description="How much larger than a region the crop is, along each side"), Step(0.25)
    ] = 2.0
    seed: Annotated[Seed, Field(description="What the noise is drawn from; each region has its own")] = 0
    steps: Annotated[int, Field(ge=1, le=1000, description="How many steps each region takes, and the base")] = 20
    cfg: Cfg = 7.0
    sampler: SamplerName = "dpmpp_2m"
    schedule: ScheduleName = "karras"

    @classmethod
    def infer(cls, inputs: Mapping[str, Any]) -> Mapping[str, Facts]:
        """Refuse prompts of another family, a VAE of another space, and neither a picture nor a base."""
        model, image = of(inputs, "model"), inputs.get("image")
        check_brush(inputs)
        regions = inputs.get("regions")
        for facts in regions if isinstance(regions, list) else []:
            same_family("regions", facts if isinstance(facts, Mapping) else {}, model)
        same_family("base", of(inputs, "base"), model)
        if _empty(image):
            if _empty(inputs.get("base")):
                raise Mismatch("image", _NOTHING_FIRST)
            sides = {side: of(inputs, side).get("value") or model.get(side) for side in ("width", "height")}
            return {"image": picked(sides, "width", "height") | {"batch": 1}}
        return {"image": picked(of(inputs, "image"), "width", "height", "batch")}

    def run(self, context: Context) -> Work[Image]:
        """Paint. Raises LoomError, in a sentence, for prompts without a place and settings that do not fit together."""
        with in_sentences():
            pixels, layers = self._begun(context), list(self._layers(context))
            brush = Brush(self.model, self.vae, self.negative, self.steps, self.cfg, self.sampler, self.schedule)
            for place, layer in enumerate(layers):
                before, after = place * self.steps, (len(layers) - 1 - place) * self.steps
                pixels, stopped = yield from self._painted(context, brush, pixels, layer, place, (before, after))
                if stopped:
                    break
            return Image(pixels)

    def _begun(self, context: Context) -> Tensor:
        """The pictures before anything is painted."""
        import torch

        if self.image is None:
            if self.base is None:
                raise LoomError(_NOTHING_FIRST)
            return torch.full((1, self.height or self.model.height, self.width or self.model.width, 3), 0.5)
        if self.base is not None:
            context.notice("there is a picture to paint into, so the base is not painted", "base")
        return self.image.pixels

    def _layers(self, context: Context) -> Iterator[Layer]:
        """What is painted, from the first on."""
        import torch

        if self.image is None and self.base is not None:
            yield self.base, torch.ones(1, 1, 1)
        for number, region in enumerate(self.regions, 1):
            for entry in region.entries:
                if entry.mask is None:
                    raise LoomError(f"prompt {number} of input 'regions' has no place; link it through RegionPrompt")
                place = (entry.mask.values >= INSIDE).float()
                if place.any():
                    yield replace(region, entries=(replace(entry, mask=None),)), place
                else:
                    context.notice(f"prompt {number} holds nowhere by half or more, so it is not painted", "regions")

    def _painted(
        self, context: Context, brush: Brush, pixels: Tensor, layer: Layer, place: int, progress: tuple[int, int]
    ) -> Work[tuple[Tensor, bool]]:
        """The pictures with one layer more, and whether that is to be the end."""
        from nodes.ops.inpaint import used_mask

        prompt, mask = layer
        used = used_mask(pixels, mask.to(pixels), self.grow, self.feather)
        job = brush.prepared(pixels, used, "auto", self.context if self.crop == "mask" else None)
        latent, (before, after) = brush.begun(context, job, "original"), progress
        # Image i of a batch takes seed + i: the next layer's seeds begin after those.
        seed = (self.seed + place * len(pixels)) % 2**64
        done = yield from brush.sampled(context, job, latent, prompt, seed, before=before, after=after)
        return brush.finished(context, job, done.latent, composite=True, match_seam=False).pixels, done.stopped


def _empty(given: object) -> bool:
    return given is None or (isinstance(given, Mapping) and "value" in given and given["value"] is None)

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
from nodes.types import VAE, Conditioning, ConditioningEntry, Image, Model

if TYPE_CHECKING:
    from torch import Tensor

    Layer = tuple[int, Conditioning, Tensor]
    """Its number from 0 on, a prompt, and where it is painted: (B or 1, H, W), 0 or 1."""

INSIDE = 0.5
"""A region's mask counts from here on: where its softened edge had been drawn."""
SIDES = ("width", "height")
_NOTHING_FIRST = "there is nothing to paint into; link a picture at input 'image', or a prompt for all of it at 'base'"


class PaintRegions(Node):
    """Paint things into a picture one after another, each where its region says.

    Only one prompt is painted at a time, into its own hole, so prompts do not mix as they may in one sampling; it takes about
    as long as one sampling for each. The first region is painted first; what comes later may cover it, so begin with what
    stands farthest away. A region is a hard place here, whatever its strength, softness and times; at strength 0 it is left
    out. A model that was made for inpainting sees what is there already and fits each thing in; another sees it only through
    the noise, and fits less well. Without a picture the base prompt is painted first, over everything: let it tell of the
    ground, not of the things. Stopping keeps what was painted so far.
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
        Conditioning | None, Field(description="What is drawn first where no picture is linked: the ground")
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
    seed: Annotated[
        Seed, Field(description="What the noise is drawn from: seed + i for image i, and others for each region")
    ] = 0
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
            sides = {
                side: model.get(side) if _empty(inputs.get(side)) else of(inputs, side).get("value") for side in SIDES
            }
            return {"image": picked(sides, *SIDES) | {"batch": 1}}
        return {"image": picked(of(inputs, "image"), *SIDES, "batch")}

    @classmethod
    def notices(cls, inputs: Mapping[str, Any]) -> Mapping[str, str]:
        """What is not painted."""
        regions, both = inputs.get("regions"), not any(_empty(inputs.get(name)) for name in ("image", "base"))
        return dict(_unpainted(both, isinstance(regions, list) and not regions))

    def run(self, context: Context) -> Work[Image]:
        """Paint. Raises LoomError, in a sentence, for prompts without a place and settings that do not fit together."""
        for input, remark in _unpainted(None not in (self.image, self.base), not self.regions):
            context.notice(remark, input)
        with in_sentences():
            pixels = self._begun()
            layers = list(self._layers(context, pixels))
            brush = Brush(self.model, self.vae, self.negative, self.steps, self.cfg, self.sampler, self.schedule)
            for place, layer in enumerate(layers):
                before, after = place * self.steps, (len(layers) - 1 - place) * self.steps
                pixels, stopped = yield from self._painted(context, brush, pixels, layer, (before, after))
                if stopped:
                    break
            return Image(pixels)

    def _begun(self) -> Tensor:
        """The pictures before anything is painted."""
        import torch

        if self.image is not None:
            return self.image.pixels
        if self.base is None:
            raise LoomError(_NOTHING_FIRST)
        return torch.full((1, self.height or self.model.height, self.width or self.model.width, 3), 0.5)

    def _layers(self, context: Context, pixels: Tensor) -> Iterator[Layer]:
        """What is painted, from the first on."""
        import torch

        number = 0
        if self.image is None and self.base is not None:
            yield number, self.base, torch.ones(1, 1, 1)
            number += 1
        for place, region in enumerate(self.regions, 1):
            for entry in region.entries:
                mask = _place(f"prompt {place} of input 'regions'", entry, pixels)
                if entry.weight <= 0 or not mask.any():
                    why = "holds nowhere by half or more" if entry.weight > 0 else "has strength 0"
                    context.notice(f"prompt {place} {why}, so it is not painted", "regions")
                else:
                    alone = replace(entry, mask=None, weight=1.0, start=0.0, end=1.0)
                    yield number, replace(region, entries=(alone,)), mask
                number += 1

    def _painted(
        self, context: Context, brush: Brush, pixels: Tensor, layer: Layer, progress: tuple[int, int]
    ) -> Work[tuple[Tensor, bool]]:
        """The pictures with one layer more, and whether that is to be the end."""
        from nodes.ops.inpaint import used_mask

        number, prompt, mask = layer
        used = used_mask(pixels, mask.to(pixels), self.grow, self.feather)
        job = brush.prepared(pixels, used, "auto", self.context if self.crop == "mask" else None)
        latent, (before, after) = brush.begun(context, job, "original"), progress
        # Image i of a batch takes seed + i: the next layer's seeds begin after those.
        seed = (self.seed + number * len(pixels)) % 2**64
        done = yield from brush.sampled(context, job, latent, prompt, seed, before=before, after=after)
        return brush.finished(context, job, done.latent, composite=True, match_seam=False).pixels, done.stopped


def _place(name: str, entry: ConditioningEntry, pixels: Tensor) -> Tensor:
    """Where a prompt is painted, of the pictures' size: (B, H, W), 0 or 1. Raises LoomError for none, and too many."""
    from nodes.ops.masks import fitted
    from nodes.samplers.masking import in_words

    if entry.mask is None:
        raise LoomError(f"{name} has no place; link it through RegionPrompt")
    batch, height, width = (int(side) for side in pixels.shape[:3])
    if (masks := len(entry.mask.values)) not in (1, batch):
        raise LoomError(f"{name} has {masks} masks for {in_words(batch)}; give one for all, or one each")
    return (fitted(entry.mask.values, width, height, batch) >= INSIDE).float()


def _unpainted(both: bool, nothing: bool) -> Iterator[tuple[str, str]]:
    """Inputs that go unused, and why: a base beside a picture, and no regions."""
    if both:
        yield "base", "there is a picture to paint into, so the base is not painted"
    if nothing:
        yield "regions", "there are no regions, so nothing is painted into the picture"


def _empty(given: object) -> bool:
    return given is None or (isinstance(given, Mapping) and "value" in given and given["value"] is None)

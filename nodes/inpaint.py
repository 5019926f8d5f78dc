"""The node that paints over a part of a picture."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, Literal, NamedTuple

from pydantic import Field

from engine.graph.node import Context, Facts, Node, Seed, Step, Work
from nodes.checks import in_sentences, of, picked
from nodes.painting import Brush, Mode, check_brush, check_mode
from nodes.sampling import Cfg, Negative, Positive, SamplerName, ScheduleName
from nodes.types import VAE, Crop, Image, Latent, Mask, Model

if TYPE_CHECKING:
    from nodes.ops.inpaint import Job


class Inpainted(NamedTuple):
    """What Inpaint gives."""

    image: Annotated[Image, Field(description="The pictures, changed where the mask is, and nowhere else")]
    latent: Annotated[Latent, Field(description="What was sampled, of the part that was worked on")]
    used_mask: Annotated[Mask, Field(description="The mask as it was used: fitted to the picture, grown and softened")]
    crop: Annotated[Crop, Field(description="Which part of the picture was worked on, for Stitch crop")]
    seam: Annotated[
        float,
        Field(description="How far colours are off in the 8 pixels around the mask, 0 to 1: a mean over the pictures"),
    ]


class Inpaint(Node):
    """Paint what a mask covers anew, as a prompt says, and leave the rest of the picture alone.

    Where the mask is black, after growing and softening, not a bit of the picture changes. In mode blend, which auto takes
    for ordinary models, all that the mask touches is sampled, and its greys fade the result in; in mode differential a grey
    is how much may change there. A model that was made for inpainting sees the mask and what is around the hole, and paints
    what fits there: that is mode inpaint_model, which auto takes for it, and all that the mask touches is hole. At denoise 1
    the hole begins as noise alone and a mask over everything is text to image; below, fill says what shines through.
    Cropping works on what surrounds the mask, at the model's own size: small things get detail, but a seed then gives
    another picture than without it. To widen a scene, pad it first. Prompts in regions hold in their places of the whole
    picture. Stopping keeps what was painted so far; cancelling keeps nothing.
    """

    title = "Inpaint"
    category = "sampling"
    version = 2
    peers = ("InpaintModelConditioning", "VAEEncodeForInpaint", "DifferentialDiffusion", "InpaintCropAndStitch")

    model: Annotated[Model, Field(description="The denoiser: any, or one made for inpainting")]
    positive: Positive
    negative: Negative = None
    vae: Annotated[VAE, Field(description="The model's VAE")]
    image: Annotated[Image, Field(description="The pictures to repair")]
    mask: Annotated[Mask, Field(description="White where to paint; one for all pictures, or one each")]
    mode: Annotated[
        Mode,
        Field(
            description="What the mask means while sampling; models made for inpainting take inpaint_model, others the rest"
        ),
    ] = "auto"
    denoise: Annotated[
        float,
        Field(ge=0, le=1, description="How much of what is there is replaced: 1 all, 0 nothing but what the VAE loses"),
        Step(0.05),
    ] = 1.0
    fill: Annotated[
        Literal["original", "blur", "neutral", "noise"],
        Field(description="What the hole begins with below denoise 1: the picture, colours around it, grey, nothing"),
    ] = "original"
    grow: Annotated[int, Field(ge=0, le=256, description="Pixels by which the mask grows to every side first")] = 4
    feather: Annotated[
        float,
        Field(ge=0, le=64, description="How soft its edge becomes: a deviation in pixels; it reaches three times that"),
        Step(1),
    ] = 2.0
    crop: Annotated[
        Literal["off", "mask"], Field(description="Work on the whole picture, or on what surrounds the mask")
    ] = "off"
    context: Annotated[
        float, Field(ge=1, le=8, description="How much larger than the mask the crop is, along each side"), Step(0.25)
    ] = 1.5
    seed: Annotated[Seed, Field(description="What the noise is drawn from; image i of a batch takes seed + i")] = 0
    steps: Annotated[int, Field(ge=1, le=1000, description="How many steps to take")] = 20
    cfg: Cfg = 7.0
    sampler: SamplerName = "dpmpp_2m"
    schedule: ScheduleName = "karras"
    composite: Annotated[
        bool, Field(description="Keep the picture outside of the mask; off shows all that was decoded")
    ] = True
    match_seam: Annotated[
        bool, Field(description="Bring what was painted to the picture's colours in the 8 pixels around the mask")
    ] = False

    @classmethod
    def infer(cls, inputs: Mapping[str, Any]) -> Mapping[str, Facts]:
        """Refuse conditionings of another family, a VAE of another space, and a mode that the model was not made for."""
        check_brush(inputs)
        check_mode(inputs)
        image = picked(of(inputs, "image"), "width", "height", "batch")
        return {"image": image, "latent": picked(of(inputs, "model"), "name", "space"), "used_mask": image}

    @classmethod
    def notices(cls, inputs: Mapping[str, Any]) -> Mapping[str, str]:
        """A fill that will be seen."""
        remark = _seen(of(inputs, "fill").get("value"), of(inputs, "denoise").get("value"))
        return {"fill": remark} if remark else {}

    def run(self, context: Context) -> Work[Inpainted]:
        """Paint. Raises LoomError, in a sentence, for settings that do not fit together."""
        brush = Brush(
            self.model, self.vae, self.negative, self.steps, self.cfg, self.sampler, self.schedule, self.denoise
        )
        with in_sentences():
            job = self._prepared(context, brush)
            latent = brush.begun(context, job, self.fill)
            if not (job.used > 0).any():
                context.notice("the mask covers nothing, so the picture stays as it is", "mask")
                return Inpainted(self.image, latent, Mask(job.used), job.crop, 0.0)
            sampled = yield from brush.sampled(context, job, latent, self.positive, self.seed)
            done = brush.finished(context, job, sampled.latent, self.composite, self.match_seam)
            return Inpainted(Image(done.pixels), sampled.latent, Mask(job.used), job.crop, float(done.seam.mean()))

    def _prepared(self, context: Context, brush: Brush) -> Job:
        from nodes.ops.inpaint import used_mask

        image, values = self.image.pixels, self.mask.values
        if remark := _seen(self.fill, self.denoise):
            context.notice(remark, "fill")
        if values.shape[1:] != image.shape[1:3]:
            sizes = (f"{size[1]} × {size[0]}" for size in (values.shape[1:], image.shape[1:3]))
            context.notice("the mask is {} pixels and is stretched to the picture's {}".format(*sizes), "mask")
        used = used_mask(image, values.to(image), self.grow, self.feather)
        return brush.prepared(image, used, self.mode, self.context if self.crop == "mask" else None)


def _seen(fill: object, denoise: object) -> str | None:
    if fill not in ("neutral", "noise") or not isinstance(denoise, int | float) or denoise >= 1:
        return None
    return f"fill {fill} at denoise {denoise:g} shines through; use denoise 1, or fill original or blur"

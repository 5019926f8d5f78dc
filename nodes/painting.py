"""What the nodes that paint over parts of pictures share: a model with its VAE, how it samples, and what it can do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from engine.graph.faults import LoomError
from engine.graph.node import Context, Mismatch, Work
from nodes.checks import of, same_families
from nodes.sampling import told
from nodes.types import VAE, Conditioning, Latent, Model

if TYPE_CHECKING:
    from torch import Tensor

    from nodes.ops.inpaint import Finished, Job
    from nodes.ops.sampling import Sampled

Mode = Literal["auto", "blend", "differential", "inpaint_model"]
MODES = {"blend": "blend", "differential": "differential", "inpaint_model": None}
"""How a mode limits a sampler: a name in `nodes.samplers.masking.MASKINGS`, or None, where the network itself is shown the
mask."""


@dataclass(frozen=True, slots=True)
class Brush:
    """A model and its VAE, what to lead away from, and how to sample."""

    model: Model
    vae: VAE
    negative: Conditioning | None
    steps: int
    cfg: float
    sampler: str
    schedule: str
    denoise: float = 1.0

    def masking(self, mode: Mode) -> str | None:
        """How the sampler is limited. Raises LoomError, in a sentence, for a mode that the model was not made for."""
        if refusal := _unfit(mode, self.model.inpaint, self.model.space.channels, "this model"):
            raise LoomError(refusal)
        return MODES["inpaint_model" if self.model.inpaint else "blend"] if mode == "auto" else MODES[mode]

    def prepared(self, image: Tensor, used: Tensor, mode: Mode, around: float | None) -> Job:
        """What is to be painted: all, or with `around` what surrounds the mask, at the model's size."""
        from nodes.ops.inpaint import prepare

        size, cell = (self.model.width, self.model.height), self.model.space.factor
        return prepare(image, used, self.masking(mode), context=around, size=size, cell=cell)

    def begun(self, context: Context, job: Job, fill: str) -> Latent:
        """The latent to sample from, as `nodes.ops.inpaint.begin`."""
        import torch

        from nodes.ops.inpaint import begin

        with context.lease(self.vae) as (vae,), torch.no_grad():
            return begin(vae, job, fill)

    def sampled(
        self,
        context: Context,
        job: Job,
        latent: Latent,
        positive: Conditioning,
        seed: int,
        *,
        before: int = 0,
        after: int = 0,
    ) -> Work[Sampled]:
        """Sample what the job says. `before` and `after` count the node's steps that are done, and that are to come."""
        from nodes.ops.sampling import sample

        painted = self._painted(context, job)
        with context.lease(self.model) as (denoiser,):
            steps = sample(
                denoiser,
                job.within(positive, painted),
                self.negative and job.within(self.negative, painted),
                latent,
                seed=seed,
                steps=self.steps,
                cfg=self.cfg,
                sampler=self.sampler,
                schedule=self.schedule,
                denoise=self.denoise,
                masking=job.masking,
                fresh=True,
            )
            return (yield from told(steps, latent, denoiser.preview, before, after))

    def finished(self, context: Context, job: Job, latent: Latent, composite: bool, match_seam: bool) -> Finished:
        """The pictures with what was painted in its place, as `nodes.ops.inpaint.finish`."""
        import torch

        from nodes.ops.inpaint import finish

        with context.lease(self.vae) as (vae,), torch.no_grad():
            return finish(vae, job, latent, composite, match_seam)

    def _painted(self, context: Context, job: Job) -> Tensor | None:
        """What a network for inpainting is shown; None for another."""
        import torch

        from nodes.ops.inpaint import painted

        if not self.model.inpaint:
            return None
        with context.lease(self.vae) as (vae,), torch.no_grad():
            return painted(vae, job)


def check_brush(inputs: Mapping[str, Any]) -> None:
    """Raise Mismatch for conditionings of another family and a VAE of another space than the model's."""
    model, vae = of(inputs, "model"), of(inputs, "vae")
    same_families(inputs, model)
    if None not in (model.get("space"), vae.get("space")) and model["space"] != vae["space"]:
        names = (f"'{facts['space']['name']}'" for facts in (vae, model))
        raise Mismatch(
            "vae", "input 'vae' is of latent space {}, the model works in {}; link its own VAE".format(*names)
        )


def check_mode(inputs: Mapping[str, Any]) -> None:
    """Raise Mismatch for a mode that the model was not made for."""
    model = of(inputs, "model")
    if not model.get("space"):
        return
    channels, name = int(model["space"]["channels"]), str(model.get("name", "this model"))
    if refusal := _unfit(of(inputs, "mode").get("value"), bool(model.get("inpaint")), channels, name):
        raise Mismatch("mode", refusal)


def _unfit(mode: object, inpaint: bool, channels: int, name: str) -> str | None:
    """Why a model whose latents have so many channels, made for inpainting or not, cannot be used in a mode."""
    from nodes.families.records import in_channels

    if mode not in MODES or (mode == "inpaint_model") == inpaint:
        return None
    wide = in_channels(channels, True)
    parts = f"{channels} of the latent, 1 of the mask, {channels} of the masked picture"
    if inpaint:
        wanted, came = f"{channels} input channels (in_channels), the latent's", f"{wide}: {parts}"
    else:
        wanted, came = f"{wide} input channels (in_channels): {parts}", str(channels)
    fitting = "auto or inpaint_model" if inpaint else "auto, blend or differential"
    return f"input 'mode' is '{mode}', which wants a denoiser with {wanted}; {name} has {came}; choose {fitting}"

"""The node that samples pictures larger than its model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field

from engine.graph.node import Context, Facts, Node, Seed, Step, Work
from nodes.checks import in_sentences
from nodes.sampling import Cfg, Denoise, Negative, Positive, Sampled, SamplerName, ScheduleName, sampled_facts, told
from nodes.types import Latent, Model


class TiledSampler(Node):
    """Sample a picture larger than the model was made for, in windows that overlap.

    In each step the model looks at one window after another, all on the same noise, and where they overlap their answers
    are averaged: there are no seams, and no part is larger than the model knows. Every window shows what the prompt says,
    so give things their places with Prompt for a region. A picture no larger than the window is what KSampler makes of
    it. The time grows with the number of windows. Stopping keeps the picture as far as it got.
    """

    title = "Tiled sampler"
    category = "sampling"
    peers = ("KSampler", "TiledDiffusion", "MultiDiffusion", "TiledKSampler")

    model: Annotated[Model, Field(description="The denoiser")]
    positive: Positive
    negative: Negative = None
    latent: Annotated[Latent, Field(description="Where to begin: an empty latent, or an encoded picture")]
    seed: Annotated[Seed, Field(description="What the noise is drawn from; the same seed gives the same picture")] = 0
    steps: Annotated[int, Field(ge=1, le=1000, description="How many steps to take")] = 20
    cfg: Cfg = 7.0
    sampler: SamplerName = "dpmpp_2m"
    schedule: ScheduleName = "karras"
    denoise: Denoise = 1.0
    window: Annotated[
        int | None,
        Field(ge=8, le=16384, description="A window's width and height in pixels; empty is the model's own size"),
        Step(8),
    ] = None
    overlap: Annotated[
        float, Field(ge=0, le=0.9, description="The part of its side that a window shares with the next"), Step(0.05)
    ] = 0.5
    weights: Annotated[
        Literal["gaussian", "even"],
        Field(description="Whether a window counts most in its middle (gaussian), or everywhere alike (even)"),
    ] = "gaussian"

    @classmethod
    def infer(cls, inputs: Mapping[str, Any]) -> Mapping[str, Facts]:
        """Refuse conditionings of another family, latents of another space, and models for inpainting."""
        return sampled_facts(inputs)

    def run(self, context: Context) -> Work[Sampled]:
        """Sample. Raises LoomError, in a sentence, for settings that do not fit together."""
        from nodes.ops.sampling import sample
        from nodes.ops.tiles import Tiling

        sides = self.window or self.model.width, self.window or self.model.height
        with context.lease(self.model) as (denoiser,), in_sentences():
            steps = sample(
                denoiser,
                self.positive,
                self.negative,
                self.latent,
                seed=self.seed,
                steps=self.steps,
                cfg=self.cfg,
                sampler=self.sampler,
                schedule=self.schedule,
                denoise=self.denoise,
                tiling=Tiling(*sides, self.overlap, self.weights),
            )
            done = yield from told(steps, self.latent, denoiser.preview)
            return Sampled(done.latent, done.x0)

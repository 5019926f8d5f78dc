"""The node that samples."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, Literal, NamedTuple

from pydantic import Field

from engine.graph.node import Context, Facts, Node, Progress, Seed, Step, Stop, Work
from nodes.checks import for_whole_pictures, in_sentences, of, picked, same_families, same_space
from nodes.types import Conditioning, Image, Latent, LatentSpace, Model, Noise

if TYPE_CHECKING:
    from torch import Tensor

    from nodes.ops.previews import Preview
    from nodes.ops.sampling import Sampled as Done
    from nodes.samplers.contract import State

Positive = Annotated[Conditioning, Field(description="What the picture is to show")]
Negative = Annotated[
    Conditioning | None, Field(description="What it is to be led away from; without one there is no guidance")
]
Cfg = Annotated[
    float,
    Field(ge=0, le=100, description="How strongly the prompt is followed; 1 leaves the negative prompt out"),
    Step(0.5),
]
SamplerName = Annotated[
    Literal["euler", "euler_ancestral", "dpmpp_2m", "ddim"],
    Field(description="The step rule; euler_ancestral adds fresh noise in each step"),
]
ScheduleName = Annotated[
    Literal["normal", "karras", "trailing"],
    Field(description="How noise levels are spaced; trailing is for models trained to pure noise"),
]

Denoise = Annotated[
    float,
    Field(ge=0, le=1, description="How much of the incoming latent is replaced: 1 all, 0 nothing"),
    Step(0.05),
]


class Sampled(NamedTuple):
    """What KSampler gives."""

    latent: Annotated[Latent, Field(description="The latent after the last step that was taken")]
    x0: Annotated[Latent, Field(description="What the model took for the clean latent in that step")]


class KSampler(Node):
    """Turn noise into what the prompt says, step by step.

    Image i of a batch is sampled from seed + i, so it is the picture that this seed gives alone. Denoise below 1 keeps
    that much of the latent that comes in: 0.3 changes details, 0.8 the composition. To share a run between two samplers,
    give both the same settings, the first an end and the second that step as its start. Noise that was optimised, or that
    another run began with, takes the seed's place. Stopping keeps the picture as far as it got.
    """

    title = "KSampler"
    category = "sampling"
    version = 2
    peers = ("KSampler", "KSamplerAdvanced")

    model: Annotated[Model, Field(description="The denoiser")]
    positive: Positive
    negative: Negative = None
    latent: Annotated[Latent, Field(description="Where to begin: an empty latent, or an encoded picture")]
    seed: Annotated[Seed, Field(description="What the noise is drawn from; the same seed gives the same picture")] = 0
    steps: Annotated[int, Field(ge=1, le=1000, description="How many steps a whole run has")] = 20
    cfg: Cfg = 7.0
    sampler: SamplerName = "dpmpp_2m"
    schedule: ScheduleName = "karras"
    denoise: Denoise = 1.0
    start: Annotated[
        int, Field(ge=0, le=1000, description="The first step to take; above 0 the latent is one left noisy there")
    ] = 0
    end: Annotated[
        int | None,
        Field(ge=0, le=1000, description="The step before which to end, noise left in; empty goes to the last"),
    ] = None
    noise: Annotated[
        Noise | None, Field(description="What to start from instead of the seed's noise, as RewardOptimize gives it")
    ] = None

    @classmethod
    def infer(cls, inputs: Mapping[str, Any]) -> Mapping[str, Facts]:
        """Refuse conditionings of another family, latents and noise of another space, and models for inpainting."""
        known = sampled_facts(inputs)
        same_space("noise", of(inputs, "noise"), of(inputs, "model"), noise=True)
        return known

    def run(self, context: Context) -> Work[Sampled]:
        """Sample. Raises LoomError, in a sentence, for settings that do not fit together."""
        from nodes.ops.sampling import sample, source_of

        with context.lease(self.model) as (denoiser,), in_sentences():
            noise = None if self.noise is None else source_of(self.noise, self.latent, self.start)
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
                start=self.start,
                end=self.end,
                noise=noise,
            )
            done = yield from told(steps, self.latent, denoiser.preview)
            return Sampled(done.latent, done.x0)

    @classmethod
    def migrate(cls, version: int, inputs: dict[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
        """Version 2 takes noise too; without it all is as it was."""
        return inputs, {}


def sampled_facts(inputs: Mapping[str, Any]) -> Mapping[str, Facts]:
    """What is known of a sampling of the input `latent`. Raises Mismatch for prompts of another family, another space, and
    a model for inpainting."""
    model, latent = of(inputs, "model"), of(inputs, "latent")
    for_whole_pictures(model)
    same_families(inputs, model)
    same_space("latent", latent, model)
    known = picked(latent, "width", "height", "batch") | picked(model, "name", "space")
    return {"latent": known, "x0": known}


def told(
    steps: Generator[State, None, Done], latent: Latent, known: Preview | None, before: int = 0, after: int = 0
) -> Work[Done]:
    """Run a sampling of `latent` without gradients, telling each step with a small picture of it.

    A stop ends it with the clean latent as far as it got: what is noisy is no picture yet, and what the model sees in it
    is the best so far. `before` and `after` count steps of the same node that are done, and that are still to come.
    """
    from nodes.ops.sampling import Sampled as Done
    from nodes.ops.sampling import with_samples
    from nodes.ops.stepping import without_gradients

    working = without_gradients(steps)
    while True:
        try:
            state = next(working)
        except StopIteration as end:
            done: Done = end.value
            return done
        try:
            seen = partial(_preview, state.x0, latent.space, known)
            yield Progress(before + state.step, before + state.of + after, seen)
        except Stop:
            working.close()
            best = with_samples(latent, state.x0)
            return Done(best, best, stopped=True)


def _preview(x0: Tensor, space: LatentSpace, known: Preview | None) -> Image:
    from nodes.ops.previews import small_picture

    return Image(small_picture(x0, space, known))

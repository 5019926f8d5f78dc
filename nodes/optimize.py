"""The node that makes pictures better by optimising the noise they come from."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, Literal, NamedTuple

from pydantic import Field

from engine.graph.node import Context, Facts, Mismatch, Node, Progress, Seed, Step, Stop, Work
from nodes.checks import for_whole_pictures, in_sentences, of, picked, same_families, same_space
from nodes.sampling import Cfg, Negative, Positive, SamplerName, ScheduleName
from nodes.types import VAE, Image, Latent, Model, Noise, OptimizeState, Reward

if TYPE_CHECKING:
    from torch import Tensor

    from nodes.optimizing.methods import Method
    from nodes.optimizing.run import Run


class Optimized(NamedTuple):
    """What RewardOptimize gives."""

    image: Annotated[Image, Field(description="The best picture by the rewards")]
    noise: Annotated[Noise, Field(description="The noise that it is of, for any KSampler")]
    frames: Annotated[list[Image], Field(description="The pictures on the way, as many as are to be kept")]
    scores: Annotated[
        dict[str, Any], Field(description="What the first and the best picture scored, with what was held out")
    ]
    trace: Annotated[dict[str, Any], Field(description="All pictures' scores, and how noise-like their noise was")]
    state: Annotated[OptimizeState, Field(description="Where it ended, to go on from there")]


class RewardOptimize(Node):
    """Make a better picture of the same prompt: change the noise that it begins with until the rewards like it.

    best_of tries seeds and keeps the best; begin with it, it costs least. zero_order tries neighbours of the best noise.
    gradient climbs the rewards' slope through decoder and sampler, as ReNO does, made for models of one or few steps; safe
    does so with noise that is kept white, against pictures that please the rewards and nobody else; hybrid tries seeds and
    then climbs from the best. The model itself is never changed. Going on from a state gives what a longer run would have.
    Stopping keeps the best so far.

    Reward models have bias: they were taught by pictures and clicks of the web, and prefer some looks, people and styles
    to others. Optimising by them makes that stronger, and finds their blind spots. Hold out another reward (RewardCombine)
    and look whether it rises too, and look at the pictures.
    """

    title = "Optimise by reward"
    category = "rewards"
    peers = ("ReNO", "NoiseOptimization")
    view = "optimize.js"

    model: Annotated[Model, Field(description="The denoiser; one that needs few steps is best")]
    positive: Positive
    negative: Negative = None
    vae: Annotated[VAE, Field(description="The model's VAE")]
    latent: Annotated[Latent, Field(description="The picture's size: an empty latent of one picture")]
    reward: Annotated[Reward, Field(description="What makes a picture good")]
    mode: Annotated[
        Literal["best_of", "zero_order", "gradient", "safe", "hybrid"],
        Field(description="How better noise is found; see above"),
    ] = "gradient"
    iterations: Annotated[
        int, Field(ge=1, le=10_000, description="How many pictures to make; of zero_order, how many rounds")
    ] = 50
    seconds: Annotated[
        float | None,
        Field(ge=0, le=10**6, description="Begin no further picture after so long; the result then varies"),
    ] = None
    pictures: Annotated[
        int | None,
        Field(ge=1, le=10**6, description="Make no more pictures than this, in any mode; empty: as iterations say"),
    ] = None
    patience: Annotated[
        int, Field(ge=0, le=10_000, description="End when so many pictures brought nothing better; 0 never does")
    ] = 0
    tolerance: Annotated[
        float, Field(ge=0, le=10**6, description="How much better is better, in units of the total reward"), Step(0.001)
    ] = 0.0
    target: Annotated[
        float | None, Field(ge=-(10**6), le=10**6, description="End when the total reward is as high as this")
    ] = None
    seed: Annotated[
        Seed, Field(description="What the first noise is drawn from; best_of tries this one and those after")
    ] = 0
    steps: Annotated[int, Field(ge=1, le=1000, description="How many steps the sampler takes for each picture")] = 1
    cfg: Cfg = 1.0
    sampler: SamplerName = "euler"
    schedule: ScheduleName = "trailing"
    lr: Annotated[
        float, Field(ge=0, le=1000, description="How far a step of gradient, safe and hybrid goes"), Step(0.5)
    ] = 5.0
    momentum: Annotated[
        float, Field(ge=0, le=0.999, description="How much of the last step is in the next (Nesterov)"), Step(0.05)
    ] = 0.9
    grad_clip: Annotated[
        float,
        Field(ge=0.000001, le=1000, description="How long the gradient may be; it is shortened to this"),
        Step(0.05),
    ] = 0.1
    regularize: Annotated[
        float,
        Field(ge=0, le=1000, description="How strongly the noise is held at the length of noise; safe needs none"),
        Step(0.01),
    ] = 0.01
    candidates: Annotated[int, Field(ge=1, le=1000, description="How many seeds hybrid tries first")] = 8
    neighbours: Annotated[int, Field(ge=1, le=1000, description="How many neighbours zero_order tries in a round")] = 4
    nearness: Annotated[
        float,
        Field(ge=0, le=0.9999, description="How near they are, as a cosine: 0.95 changes details, 0.7 the composition"),
        Step(0.05),
    ] = 0.9
    checkpointing: Annotated[
        Literal["auto", "plain", "steps", "blocks"],
        Field(
            description="What is kept for gradients: all (plain), the steps' beginnings, or their blocks', which saves "
            "memory and computes twice; auto is the fastest that fits"
        ),
    ] = "auto"
    keep_every: Annotated[
        int, Field(ge=0, le=10_000, description="Keep each so many-th picture as a frame; 0 keeps none")
    ] = 10
    noise: Annotated[Noise | None, Field(description="What to begin with instead of the seed's noise")] = None
    resume: Annotated[
        OptimizeState | None, Field(description="A state to go on from; iterations then count from there")
    ] = None

    @classmethod
    def infer(cls, inputs: Mapping[str, Any]) -> Mapping[str, Facts]:
        """Refuse models for inpainting, what was made for another model, and more than one picture at a time."""
        model, latent, vae = of(inputs, "model"), of(inputs, "latent"), of(inputs, "vae")
        for_whole_pictures(model)
        same_families(inputs, model)
        same_space("latent", latent, model)
        same_space("latent", latent, vae, "the VAE")
        same_space("noise", of(inputs, "noise"), model, noise=True)
        same_space("resume", of(inputs, "resume"), model, noise=True)
        if latent.get("batch", 1) != 1:
            raise Mismatch("latent", _one_by_one(latent["batch"]))
        size = picked(latent, "width", "height")
        known = size | picked(model, "name", "space")
        return {"image": size | {"batch": 1}, "noise": known, "state": known}

    def run(self, context: Context) -> Work[Optimized]:
        """Search. Raises LoomError, in a sentence, for settings that do not fit together, or into memory."""
        from nodes.rewarding.build import models_of

        with context.lease(self.model, self.vae, *models_of(self.reward)) as (denoiser, vae, *judges), in_sentences():
            run = self._prepared(denoiser, vae, judges)
            for remark in run.remarks:
                context.notice(remark, "resume")
            yield Progress(0, run.pictures, data=run.data())
            with run.painter.ready(judges):
                frames = yield from self._searched(run)
            for remark in run.fallen():
                context.notice(remark, "reward")
            best = run.best
            noise = Noise(self.model.space, best.noise, best.seed)
            return Optimized(Image(best.pixels), noise, frames, run.scores(), run.trace(), run.state)

    def _searched(self, run: Run) -> Work[list[Image]]:
        """Go through the pictures, telling each; a stop ends it once there is one."""
        frames: list[Image] = []
        steps = run.steps()
        try:
            for done in steps:
                kept = done is not None and self.keep_every and (len(done.rows) - 1) % self.keep_every == 0
                if kept and run.pixels is not None:
                    frames.append(Image(run.pixels))
                preview = None if run.pixels is None else partial(_small, run.pixels)
                data = None if done is None else run.data()
                try:
                    yield Progress(run.made, run.pictures, preview, data)
                except Stop:
                    if run.state.best is None:
                        raise
                    break
        finally:
            steps.close()
        return frames

    def _prepared(self, denoiser: Any, vae: Any, judges: list[Any]) -> Run:
        from nodes.optimizing.picture import Painter
        from nodes.optimizing.run import Run
        from nodes.optimizing.search import Budget
        from nodes.rewarding.build import measures

        if self.latent.batch != 1:
            raise ValueError(_one_by_one(self.latent.batch))
        painter = Painter(
            denoiser,
            vae,
            self.positive,
            self.negative,
            self.latent,
            self.steps,
            self.cfg,
            self.sampler,
            self.schedule,
        )
        most = self._method().pictures(self.iterations, self.resume is not None)
        budget = Budget(
            most if self.pictures is None else min(most, self.pictures),
            self.seconds,
            self.patience,
            self.tolerance,
            self.target,
        )
        return Run.begin(
            painter, measures(self.reward, judges), self._method(), self.mode, budget, self.checkpointing,
            reward=self.reward, drawn=self._drawn(), seed=self.seed, noise=self.noise, resume=self.resume,
        )  # fmt: skip

    def _drawn(self) -> str:
        """What tells pictures of one noise apart: all that is drawn by."""
        from engine.run.codec import digest

        made_by = (self.model, self.vae, self.positive, self.negative, self.latent)
        return digest((*made_by, self.steps, self.cfg, self.sampler, self.schedule))

    def _method(self) -> Method:
        from nodes.optimizing.methods import BestOf, Hybrid, Slope, ZeroOrder

        ascent = Slope(self.lr, self.momentum, self.grad_clip, self.regularize, safe=self.mode == "safe")
        match self.mode:
            case "best_of":
                return BestOf(self.seed)
            case "zero_order":
                return ZeroOrder(self.seed, self.neighbours, self.nearness)
            case "hybrid":
                return Hybrid(BestOf(self.seed), self.candidates, ascent)
            case _:
                return ascent


def _small(pixels: Tensor) -> Image:
    from nodes.ops.resize import resize

    height, width = pixels.shape[1:3]
    return Image(resize(pixels, min(width, 256), min(height, 256), "contain", "area"))


def _one_by_one(batch: int) -> str:
    return (
        f"input 'latent' is of {batch} pictures, and noise is optimised for one at a time; "
        "give a latent of batch 1, and a list of seeds for several"
    )

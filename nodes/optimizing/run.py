"""One optimisation from its beginning to its end: what was predicted, where it stands, what it gives."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from torch import Tensor

from nodes.ops.sampling import samples_of, source_of
from nodes.optimizing.forecast import chosen
from nodes.optimizing.methods import Method
from nodes.optimizing.objective import Evaluation, Objective
from nodes.optimizing.pace import Pace, known
from nodes.optimizing.picture import Checkpointing, Painter
from nodes.optimizing.recipe import cost_of, terms_of
from nodes.optimizing.search import Budget, search
from nodes.optimizing.trace import fallen, scores_of, trace_of
from nodes.rewarding.contract import Measure
from nodes.samplers.noise import SeededNoise
from nodes.types import Latent, Noise, OptimizeBest, OptimizeState, Reward


@dataclass
class Run:
    """An optimisation under way. `state` is where it stands, `pixels` the last picture (1, H, W, 3), if there is one."""

    painter: Painter
    measures: tuple[Measure, ...]
    method: Method
    budget: Budget
    state: OptimizeState
    predicted: dict[str, Any]
    pace: Pace
    remarks: tuple[str, ...] = ()
    clock: Callable[[], float] = time.monotonic
    pixels: Tensor | None = field(default=None, init=False)
    _first: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        self._first = len(self.state.rows)

    @classmethod
    def begin(
        cls,
        painter: Painter,
        measures: Sequence[Measure],
        method: Method,
        mode: str,
        budget: Budget,
        checkpointing: Literal["auto"] | Checkpointing = "auto",
        *,
        reward: Reward,
        drawn: str = "",
        seed: int = 0,
        noise: Noise | None = None,
        resume: OptimizeState | None = None,
    ) -> Run:
        """Predict what it takes, and stand where it begins; `drawn` tells prompts, models and ways of sampling apart.

        Raises ValueError, in a sentence, where it does not fit into memory, or noise or state is not for this model.
        """
        state, remarks = beginning(painter.latent, mode, terms_of(reward), drawn, seed, noise, resume)
        first = len(state.rows)
        slopes = any(method.needs_slope(index) for index in range(first, first + budget.pictures))
        cost = known(painter.denoiser, painter.vae, cost_of(painter, reward))
        forecast: dict[str, Any] = {"pictures": budget.pictures, "steps": budget.pictures * painter.steps}
        if slopes:
            found = chosen(painter, measures, checkpointing, cost.predictions)
            painter = replace(painter, checkpointing=found.checkpointing)
            forecast |= found.to_json()
        pace = Pace(cost, painter.checkpointing)
        return cls(painter, tuple(measures), method, budget, state, forecast, pace, remarks)

    @property
    def made(self) -> int:
        """How many pictures this run has made."""
        return len(self.state.rows) - self._first

    @property
    def pictures(self) -> int:
        """How many it makes at most."""
        return self.budget.pictures

    @property
    def best(self) -> OptimizeBest:
        """The best so far. Raises ValueError where there is none yet."""
        if self.state.best is None:
            raise ValueError("no picture was made yet")
        return self.state.best

    def steps(self) -> Generator[OptimizeState | None, None, None]:
        """Make the pictures: yields the state after each, None in between; may be left at any yield."""
        work = search(self._evaluated, self.method, self.state, self.budget, self.clock)
        try:
            for state in work:
                self.state = state or self.state
                yield state
        finally:
            work.close()

    @property
    def seconds(self) -> float | None:
        """About how long all of this run takes, as soon as a picture of each sort was made, by it or by one like it."""
        last = self._first + self.pictures
        left = Counter(
            index + 1 < last and self.method.needs_slope(index + 1) for index in range(len(self.state.rows), last)
        )
        whole, most = self.pace.whole(left), self.budget.seconds
        return whole if whole is None or most is None else min(whole, most)

    def data(self) -> dict[str, Any]:
        """All of it as JSON, with what was predicted: that is of this machine and moment, and no part of a result."""
        seconds = self.seconds
        return self.trace() | {"forecast": self.predicted | ({} if seconds is None else {"seconds": round(seconds, 1)})}

    def trace(self) -> dict[str, Any]:
        """What was done, as JSON."""
        return trace_of(self.state, self.measures)

    def scores(self) -> dict[str, Any]:
        """The first and the best picture's."""
        return scores_of(self.state, self.measures)

    def fallen(self) -> list[str]:
        """What is to be said of rewards that were held out."""
        return fallen(self.state, self.measures)

    def _evaluated(self, noise: Tensor, seed: int, *, slope: bool) -> Generator[None, None, Evaluation]:
        began = self.clock()
        found = yield from Objective(self.painter, self.measures)(noise, seed, slope=slope)
        self.pace.add(slope, self.clock() - began)
        self.pixels = found.pixels
        return found


def beginning(
    latent: Latent,
    mode: str,
    terms: tuple[str, ...],
    drawn: str,
    seed: int,
    noise: Noise | None = None,
    resume: OptimizeState | None = None,
) -> tuple[OptimizeState, tuple[str, ...]]:
    """Where a search begins, and what is to be said of that: at the seed's noise, at other noise, or where one ended.

    A state of another method, of other rewards or of pictures that were drawn otherwise gives its best noise only. Raises
    ValueError, in a sentence, for one of another space or size.
    """
    remarks: tuple[str, ...] = ()
    if resume is not None:
        _check_size(resume, latent)
        other = _other(resume, mode, terms, drawn)
        if other is None:
            return resume, ()
        remarks = (f"the state is of {other}, so this begins anew, at its best noise",)
        if resume.best is not None:
            noise = Noise(latent.space, resume.best.noise, resume.best.seed)
    shape = samples_of(latent)
    start = SeededNoise(seed, 1)(shape) if noise is None else source_of(noise, latent)(shape)
    seed = seed if noise is None else noise.seed
    begun = OptimizeState(latent.space, latent.width, latent.height, mode, terms, start.cpu(), seed, {}, drawn=drawn)
    return begun, remarks


def _check_size(resume: OptimizeState, latent: Latent) -> None:
    if (resume.space, resume.width, resume.height) != (latent.space, latent.width, latent.height):
        raise ValueError(
            f"the state is of pictures of {resume.width} × {resume.height} pixels in latent space"
            f" {resume.space.name!r}, the latent of {latent.width} × {latent.height} in {latent.space.name!r}"
        )


def _other(resume: OptimizeState, mode: str, terms: tuple[str, ...], drawn: str) -> str | None:
    """What a state is of that this search is not; None where it goes on."""
    if resume.terms != terms:
        return "another reward"
    if resume.drawn != drawn:
        return "another prompt, model or way of sampling"
    return None if resume.method == mode else "another mode"

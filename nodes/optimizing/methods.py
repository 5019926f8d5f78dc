"""Which noise to try next. A method is a function of where the search stands: it keeps nothing itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

import torch
from torch import Tensor

from nodes.optimizing.spectrum import whitened
from nodes.samplers.noise import SEEDS, SeededNoise
from nodes.types import OptimizeState


class Move(NamedTuple):
    """Noise to try, the seed for further noise, and what the method keeps beside it."""

    noise: Tensor
    seed: int
    memory: Mapping[str, Tensor]


class Method(Protocol):
    """How a search goes on. Picture 0 is of the noise that it starts with."""

    def needs_slope(self, index: int) -> bool:
        """Whether picture `index` follows from the slope at the one before."""
        ...

    def propose(self, state: OptimizeState, slope: Tensor | None) -> Move:
        """The next noise, from where the search stands and the slope of the reward there, if it is needed."""
        ...

    def pictures(self, iterations: int, begun: bool) -> int:
        """How many pictures so many iterations are, at the beginning or where one goes on."""
        ...


@dataclass(frozen=True, slots=True)
class Slope:
    """Gradient ascent on the noise: Eyring et al. 2024, ReNO, arXiv 2406.04312, algorithm 1.

    What is lowered is −reward + `regularize` · (‖ε‖²/2 − (d − 1) log ‖ε‖), whose second part is, but for a constant, how
    unlikely a noise of that length is. Its gradient is clipped to the length `clip` and followed by stochastic gradient
    descent with Nesterov's momentum, as torch.optim.SGD has it. `safe` keeps the noise white instead of only as long as
    noise is: the reward's gradient is brought to the spectrum of white noise and to the length `clip`, and after each step
    so is the noise (Hwang & Sung 2026, arXiv 2602.08646).
    """

    lr: float = 5.0
    momentum: float = 0.9
    clip: float = 0.1
    regularize: float = 0.01
    safe: bool = False

    def needs_slope(self, index: int) -> bool:
        """Each but the first."""
        return index > 0

    def propose(self, state: OptimizeState, slope: Tensor | None) -> Move:
        """One step from the state's noise."""
        if slope is None:
            return Move(state.noise, state.seed, {})
        noise, downwards = state.noise, self._downwards(state.noise, slope)
        velocity = state.memory.get("velocity")
        velocity = downwards if velocity is None else self.momentum * velocity + downwards
        moved = noise - self.lr * (downwards + self.momentum * velocity)
        if self.safe and not torch.equal(moved, noise):
            moved = whitened(moved)
        return Move(moved, state.seed, {"velocity": velocity})

    def pictures(self, iterations: int, begun: bool) -> int:  # noqa: ARG002
        """One an iteration."""
        return iterations

    def _downwards(self, noise: Tensor, slope: Tensor) -> Tensor:
        if self.safe:
            white = whitened(slope)
            longer: Tensor = white.norm().clamp(min=torch.finfo(white.dtype).tiny)
            return -white * (self.clip / longer)
        norm = noise.norm()
        pull = self.regularize * (1 - (noise.numel() - 1) / norm.square()) * noise
        return clipped(pull - slope, self.clip)


def clipped(gradient: Tensor, length: float) -> Tensor:
    """A gradient no longer than `length`, as torch.nn.utils.clip_grad_norm_ does it."""
    share: Tensor = (length / (gradient.norm() + 1e-6)).clamp(max=1.0)
    return gradient * share


@dataclass(frozen=True, slots=True)
class BestOf:
    """Random search: picture i is of the noise of seed + i, so it is the picture that this seed gives anywhere."""

    seed: int

    def needs_slope(self, index: int) -> bool:  # noqa: ARG002
        """Never."""
        return False

    def propose(self, state: OptimizeState, slope: Tensor | None) -> Move:  # noqa: ARG002
        """The next seed's noise."""
        index = len(state.rows)
        if index == 0:
            return Move(state.noise, state.seed, {})
        seed = (self.seed + index) % SEEDS
        return Move(SeededNoise(seed, 1)(state.noise), seed, {})

    def pictures(self, iterations: int, begun: bool) -> int:  # noqa: ARG002
        """One an iteration."""
        return iterations


@dataclass(frozen=True, slots=True)
class ZeroOrder:
    """Zero-order search: Ma et al. 2025, Inference-Time Scaling for Diffusion Models beyond Scaling Denoising Steps, arXiv
    2501.09732. Each round tries `neighbours` noises around a pivot, at the cosine `nearness` to it; the best so far is the
    pivot of the next round.
    """

    seed: int
    neighbours: int = 4
    nearness: float = 0.9

    def needs_slope(self, index: int) -> bool:  # noqa: ARG002
        """Never."""
        return False

    def propose(self, state: OptimizeState, slope: Tensor | None) -> Move:  # noqa: ARG002
        """A neighbour of the pivot; the first of a round moves the pivot."""
        index = len(state.rows)
        if index == 0 or state.best is None:
            return Move(state.noise, state.seed, {})
        first = (index - 1) % self.neighbours == 0
        pivot = state.best.noise if first else state.memory["pivot"]
        fresh = SeededNoise((self.seed + index) % SEEDS, 1)(pivot)
        near = self.nearness * pivot + (1 - self.nearness**2) ** 0.5 * fresh
        return Move(near, state.seed, {"pivot": pivot})

    def pictures(self, iterations: int, begun: bool) -> int:
        """A round an iteration; the first is the start alone."""
        return self.neighbours * iterations if begun else 1 + self.neighbours * (iterations - 1)


@dataclass(frozen=True, slots=True)
class Hybrid:
    """Random search over `candidates` seeds, then gradient ascent from the best of them."""

    search: BestOf
    candidates: int = 8
    ascent: Slope = field(default_factory=Slope)

    def needs_slope(self, index: int) -> bool:
        """From the second picture of the ascent on; its first is the best of the search once more."""
        return index > self.candidates

    def propose(self, state: OptimizeState, slope: Tensor | None) -> Move:
        """A candidate, then the best, then a step."""
        index = len(state.rows)
        if index < self.candidates:
            return self.search.propose(state, None)
        if index == self.candidates and state.best is not None:
            return Move(state.best.noise, state.best.seed, {})
        return self.ascent.propose(state, slope)

    def pictures(self, iterations: int, begun: bool) -> int:  # noqa: ARG002
        """One an iteration, those of the search among them."""
        return iterations

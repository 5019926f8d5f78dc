"""One loop for a network with one loss: the clock sets the rate, the average of the weights is measured and the best kept.

Every few minutes all of it goes to one file, from which the next run goes on; where there is none, a folder that
ships can be gone on from, with a fresh optimiser and a short warm-up.
"""

import copy
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from torch import Tensor, nn

from models.training import checkpoint
from models.training.common import Decay, log

WARM_UP: Final = 100
"""Steps over which the rate rises after each start."""
MINUTES: Final = 4.0
"""How often the average is measured and everything saved."""


@dataclass
class Training:
    """A network under training, its average and the best average so far; `loss` and `measure` say what it learns.

    `loss(model)` is one batch's; `measure(model)` is the development figure, the larger the better.
    """

    path: Path
    model: nn.Module
    loss: Callable[[nn.Module], Tensor]
    measure: Callable[[nn.Module], float]
    peak: float
    batch: int
    seed: int
    new_optimizer: Callable[[nn.Module], torch.optim.Optimizer]
    longest: float = 0.998
    """How much of the average a step keeps at most."""
    state: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.mean = copy.deepcopy(self.model).requires_grad_(False).eval()
        self.best = copy.deepcopy(self.mean)
        self.optimizer = self.new_optimizer(self.model)
        numbers = {"step": 0, "samples": 0, "seconds": 0.0, "cpu_seconds": 0.0, "best": None, "best_step": 0}
        self.state = numbers | {"seed": self.seed, "begin": time.time(), "curve": [], "measured": []}

    def parts(self) -> dict[str, nn.Module]:
        """What is saved."""
        return {"model": self.model, "mean": self.mean, "best": self.best}

    def resume(self, shipped: Callable[[nn.Module], dict[str, Any]] | None = None) -> None:
        """Fill everything from the last checkpoint; where there is none, from what ships: `shipped` fills a module and
        gives back the numbers of its run."""
        if self.path.exists():
            self.state |= checkpoint.load(self.path, self.parts(), self.optimizer)
        elif shipped is not None:
            self.state |= shipped(self.model) | {"begin": time.time()}
            self.mean.load_state_dict(self.model.state_dict())
            self.best.load_state_dict(self.model.state_dict())
            self.state["best"] = self.measure(self.best)  # what is measured may have changed since

    def run(self, end: float, share: float = 0.5, most_steps: int | None = None) -> None:
        """Train until `end` (seconds since the epoch), or for so many steps; the rate falls over the last `share` of
        the time."""
        schedule = Decay(self.peak, self.state["begin"], end, share)
        first, last = self.state["step"], self.state["step"] + (most_steps or 10**9)
        clock = _Clock()
        recent: list[float] = []
        while time.time() < end and self.state["step"] < last:
            recent.append(self._step(schedule.rate(time.time()) * min(1.0, (self.state["step"] - first + 1) / WARM_UP)))
            if len(recent) == 100:
                self._note(recent, clock)
            if clock.since_saved() > 60 * MINUTES:
                self._save(clock)
        self._save(clock)

    def consider(self, candidate: nn.Module) -> None:
        """Keep a network that was made from the average where it measures better than the best, and save."""
        figure = self.measure(candidate)
        log(f"candidate {figure:.4f}, best {self.state['best']}")
        if self.state["best"] is None or figure > self.state["best"]:
            self.state |= {"best": figure, "best_step": self.state["step"]}
            self.best.load_state_dict(candidate.state_dict())
            checkpoint.save(self.path, self.parts(), self.optimizer, self.state)

    def _step(self, rate: float) -> float:
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        self.state["rate"] = rate
        self.optimizer.zero_grad(set_to_none=True)
        loss = self.loss(self.model)
        loss.backward()
        nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        self.optimizer.step()
        self.state["step"] += 1
        self.state["samples"] += self.batch
        average(self.mean, self.model, min(self.longest, self.state["step"] / (10 + self.state["step"])))
        return float(loss.detach())

    def _note(self, recent: list[float], clock: "_Clock") -> None:
        mean, rate = float(np.mean(recent)), self.batch * len(recent) / clock.since_noted()
        log(f"step {self.state['step']} loss {mean:.4f} {rate:.0f}/s rate {self.state['rate']:.1e}")
        self.state["curve"].append([self.state["samples"], round(mean, 5)])
        recent.clear()

    def _save(self, clock: "_Clock") -> None:
        figure = self.measure(self.mean)
        self.state["measured"].append([self.state["samples"], round(figure, 4)])
        if self.state["best"] is None or figure >= self.state["best"]:
            self.state |= {"best": figure, "best_step": self.state["step"]}
            self.best.load_state_dict(self.mean.state_dict())
        seconds, cpu = clock.saved()
        self.state["seconds"] = round(self.state["seconds"] + seconds, 1)
        self.state["cpu_seconds"] = round(self.state["cpu_seconds"] + cpu, 1)
        checkpoint.save(self.path, self.parts(), self.optimizer, self.state)
        log(f"saved at step {self.state['step']}: {figure:.4f}, best {self.state['best']:.4f}")


@torch.no_grad()
def average(mean: nn.Module, model: nn.Module, keep: float) -> None:
    """Move the averaged weights towards the model's: mean = keep × mean + (1 − keep) × model."""
    torch._foreach_lerp_(list(mean.parameters()), list(model.parameters()), 1 - keep)


class _Clock:
    """Seconds since this or that was last done, by the wall and by the processor."""

    def __init__(self) -> None:
        self._saved, self._cpu, self._noted = time.time(), time.process_time(), time.time()

    def since_saved(self) -> float:
        return time.time() - self._saved

    def since_noted(self) -> float:
        passed, self._noted = time.time() - self._noted, time.time()
        return passed

    def saved(self) -> tuple[float, float]:
        passed = time.time() - self._saved, time.process_time() - self._cpu
        self._saved, self._cpu = time.time(), time.process_time()
        return passed

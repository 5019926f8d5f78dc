"""The loop in which a team trains one network together: the clock sets the rate, the leader averages and saves."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from torch import Tensor, nn

from models.training import checkpoint
from models.training.common import Decay, log
from models.training.loop import average
from models.training.team import Team
from models.training.vae import descend

WARM_UP: Final = 100
"""Steps over which the rate rises after each start."""
SAVED_EVERY: Final = 150
"""Seconds."""
NOTED_EVERY: Final = 100
"""Steps."""


def new_numbers(seed: int) -> dict[str, Any]:
    """The numbers of a run that has not begun."""
    return {"step": 0, "samples": 0, "seconds": 0.0, "begin": time.time(), "seed": seed, "curve": []}


def keep_at(step: int) -> float:
    """How much of the averaged weights a step keeps: the average is short at first (Karras et al. 2024, in spirit)."""
    return min(0.998, (1 + step) / (30 + step))


@dataclass
class Course:
    """A network, its average, its optimizer and the numbers of its run, in each member of a team.

    `batch` is one member's; the rate falls over the last `share` of the time. Other networks that the loss trains are
    saved `beside`.
    """

    team: Team
    path: Path
    model: nn.Module
    mean: nn.Module
    optimizer: torch.optim.Optimizer
    state: dict[str, Any]
    peak: float
    batch: int
    share: float
    beside: Mapping[str, nn.Module] = field(default_factory=dict)

    def run(self, loss: Callable[[float], Tensor], end: float) -> None:
        """Train until `end` (seconds since the epoch); `loss(rate)` is that of one batch."""
        team, state = self.team, self.state
        meet = partial(team.average, [p for p in self.model.parameters() if p.requires_grad])
        decay = Decay(self.peak, team.agree(state["begin"]), end, self.share)
        first, saved, mark = state["step"], time.time(), time.time()
        recent: list[float] = []
        while (now := team.agree(time.time())) < end:
            state["rate"] = min(1.0, (state["step"] - first + 1) / WARM_UP) * decay.rate(now)
            recent.append(descend(self.optimizer, loss(state["rate"]), state["rate"], meet))
            if team.leads:
                average(self.mean, self.model, keep_at(state["step"]))
            state["step"] += 1
            state["samples"] += self.batch * team.size
            if len(recent) == NOTED_EVERY:
                self._note(recent, time.time() - mark)
                recent, mark = [], time.time()
            if time.time() - saved > SAVED_EVERY:
                self.save()
                saved = time.time()
        self.save()

    def save(self) -> None:
        """Write the leader's checkpoint."""
        if self.team.leads:
            modules = {"model": self.model, "mean": self.mean, **self.beside}
            checkpoint.save(self.path, modules, self.optimizer, self.state)

    def _note(self, losses: list[float], seconds: float) -> None:
        mean, pace = float(np.mean(losses)), len(losses) * self.batch * self.team.size / seconds
        if self.team.leads:
            log(f"step {self.state['step']} loss {mean:.4f} {pace:.0f}/s")
        self.state["curve"].append([self.state["samples"], round(mean, 5)])
        self.state["seconds"] += seconds

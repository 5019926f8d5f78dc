"""Gradient ascent on noise is that of the authors of ReNO, iterate by iterate.

`tests/files/reno/make_trace.py` ran their own trainer on the toy; what it was asked to draw is kept as numbers.
"""

import json
from pathlib import Path

import pytest
import torch
import toy_generator as toy

from nodes.optimizing.methods import Slope
from nodes.optimizing.objective import Objective
from nodes.optimizing.search import Budget, search
from nodes.rewarding.contract import Measure
from nodes.types import LatentSpace, OptimizeState

KEPT = json.loads((Path(__file__).parents[2] / "files" / "reno" / "trace.json").read_text())


def draw(noise, seed):
    yield
    return toy.generate(noise).movedim(1, -1)


@pytest.mark.parametrize("kept", KEPT["traces"], ids=lambda kept: f"lr {kept['settings']['lr']}")
def test_the_first_iterates_are_those_of_the_authors_trainer(kept):
    measures = [
        Measure(name, lambda pixels, score=score: score(pixels.movedim(-1, 1))[None], weight)
        for name, (score, weight) in toy.REWARDS.items()
    ]
    settings = kept["settings"]
    method = Slope(settings["lr"], settings["momentum"], settings["grad_clip"], settings["regularize"])
    state = OptimizeState(LatentSpace("toy", 4, 2), 8, 8, "gradient", (), toy.start(), 0, {})
    found = [
        state for state in search(Objective(draw, measures), method, state, Budget(20), float) if state is not None
    ]
    wanted = torch.tensor(kept["iterates"])
    ours = torch.stack([state.noise.flatten() for state in found])
    assert wanted.shape == ours.shape == (20, 64)
    assert (wanted[1:] - wanted[:-1]).norm(dim=1).min() > 0.01
    assert (ours - wanted).abs().max() <= 1e-5
    # Their total is a loss: each reward is taken from 1.
    assert found[-1].best.total == pytest.approx(sum(m.weight for m in measures) - kept["best_total"], abs=1e-4)


def test_the_trace_says_where_it_is_from():
    assert KEPT["commit"] == "bd6f6acfe369ee9c90e2c97c536113bdc1b6dcdb"

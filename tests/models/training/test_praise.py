import numpy as np
import pytest
import torch
from torch import Tensor

from models.training import praise
from models.training.common import withheld_pairs
from models.training.latents import encode
from models.training.prompts import held_out_pairs, pairs_of
from models.training.teaching import scene_of, teacher
from nodes.solids.render import render


@pytest.fixture(scope="module")
def asking():
    return praise.Praise(7, teacher().vae)


def shown(asking, asked) -> Tensor:
    """Latents of pictures that show exactly what was asked."""
    scenes = [scene_of(seed) for seed in asked.seeds]
    return encode(asking.vae, np.stack([render(scene) for scene in scenes])) * float(asking.vae.config.scaling_factor)


def test_a_picture_of_what_was_asked_costs_less_than_one_of_something_else(asking):
    asked = asking.ask(6)
    right = shown(asking, asked)
    assert float(asking.loss(right, asked)) < 0.5 * float(asking.loss(right.roll(1, 0), asked))


def test_no_picture_pulls_harder_than_a_pair_may(asking):
    asked = asking.ask(4)
    latents = shown(asking, asked).roll(1, 0).requires_grad_()
    (100 * asking.loss(latents, asked)).backward()
    norms = latents.grad.flatten(1).norm(dim=1)
    assert torch.all(norms <= praise.PULL * 1.001)
    assert torch.any(norms > 0.5 * praise.PULL)


def test_a_gradient_below_the_limit_is_left_as_it_is():
    small = torch.full((2, 3), 1e-5)
    assert torch.equal(praise.tamed(small), small)
    assert torch.equal(praise.tamed(torch.zeros(2, 3)), torch.zeros(2, 3))


def test_the_noises_and_captions_are_fresh_each_time_and_name_nothing_that_is_held_out(asking):
    seen = set()
    for _ in range(10):
        asked = asking.ask(4)
        for seed in asked.seeds:
            pairs = pairs_of(scene_of(seed))
            assert pairs not in held_out_pairs()
            assert not set(pairs) & withheld_pairs()
        seen |= set(asked.seeds)
    assert len(seen) == 40

import random

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from models.training import broken
from models.training.broken import KINDS, WHOLE, altered, bent, broken_scene, mixed, versions
from models.training.clip import against_broken
from models.training.common import withheld_pairs
from models.training.prompts import pairs_of
from models.training.twins import shows
from nodes.solids.prompts import caption, parse

SEEDS = st.integers(0, 2**32)


@given(SEEDS, st.sampled_from(list(KINDS)))
def test_an_altered_scene_differs_in_one_solid_and_shows_nothing_withheld(seed, kind):
    scene, draw = broken_scene(seed), random.Random(seed)
    other = altered(scene, kind, draw, withheld_pairs())
    assert other.ground == scene.ground
    assert not set(pairs_of(other)) & withheld_pairs()
    assert len(set(scene.solids) - set(other.solids)) == (kind not in ("bent", "rising", "more"))
    assert len(set(other.solids) - set(scene.solids)) == (kind not in ("bent", "fading", "fewer"))


@given(SEEDS, st.sampled_from(WHOLE))
def test_no_caption_of_a_scene_is_true_of_one_with_a_solid_more_or_less(seed, kind):
    scene, draw = broken_scene(seed), random.Random(seed)
    assert not shows(altered(scene, kind, draw), parse(caption(scene, draw)))


def test_a_mixture_lies_between_both_and_leaves_what_is_alike():
    draw = torch.Generator().manual_seed(1)
    one = torch.randn(6, 4, 16, 16, generator=draw)
    other = one.clone()
    other[:, :, 4:12, 4:12] += torch.randn(6, 4, 8, 8, generator=draw)
    made = mixed(one, other, draw)
    assert ((made >= torch.minimum(one, other) - 1e-5) & (made <= torch.maximum(one, other) + 1e-5)).all()
    assert torch.allclose(made[:, :, :4], one[:, :, :4], atol=1e-6)
    share = (made - one).flatten(1).norm(dim=1) / (other - one).flatten(1).norm(dim=1)
    assert ((share > 0.25) & (share < 0.85)).all(), share


def test_two_latents_that_are_alike_mix_to_themselves():
    one = torch.randn(2, 4, 16, 16)
    assert torch.allclose(mixed(one, one, torch.Generator().manual_seed(1)), one)


def test_bending_moves_pixels_farther_the_farther_it_is_told_and_not_at_all_by_nothing():
    picture = torch.linspace(0, 1, 128).expand(1, 3, 128, 128)
    changes = [(bent(picture, far, torch.Generator().manual_seed(1)) - picture).abs().mean() for far in (0.0, 1.0, 4.0)]
    assert changes[0] < 1e-5
    assert changes[0] < changes[1] < changes[2]
    assert changes[1] < 2.5 / 128


def test_versions_are_seeded_sound_first_and_each_broken_one_differs(monkeypatch):
    monkeypatch.setattr(broken, "EACH", 2)
    scenes = [broken_scene(seed) for seed in range(4)]
    made = versions(scenes, 7)
    assert made.shape == (4, 3, 128, 128, 3)
    assert np.array_equal(made, versions(scenes, 7))
    assert (np.abs(made[:, :1].astype(int) - made[:, 1:]).mean((2, 3, 4)) > 0.2).all()


def test_a_caption_s_picture_is_held_against_the_broken_ones_of_its_scene():
    alike, worse = torch.tensor([9.0, 1.0]), torch.tensor([[1.0, 1.0], [9.0, 9.0]])
    assert against_broken(alike[:1], worse[:1]) < 0.001
    assert against_broken(alike, worse) == pytest.approx((8.0 + 0.6931) / 2, abs=0.01)
    assert against_broken(torch.zeros(0), torch.zeros(0, 3)) == 0

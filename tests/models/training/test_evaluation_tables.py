from collections.abc import Sequence
from itertools import islice

import numpy as np
import pytest

from models.training.prompts import FIRST_SEED as PROMPT_SEEDS
from models.training.render import HELD_OUT_SEED
from models.training.score_table import FIRST_SEED, blends, blurred_away, exact, true_pictures
from models.training.vae_table import decibels, line, squared_error
from nodes.solids.render import render
from nodes.solids.scene import Scene, Solid, sample_scene


def solid(words: str, x: float = 0.0) -> Solid:
    size, colour, shape = words.split()
    return Solid(colour, shape, size, x, 0.0, 0.5)


SCENE = Scene((solid("large red cube", -0.5), solid("small blue sphere", 0.5)), "sand")


@pytest.mark.parametrize(
    ("read", "right"),
    [
        ((("large red cube", -0.45), ("small blue sphere", 0.6)), True),
        ((("small blue sphere", 0.6), ("large red cube", -0.45)), True),
        ((("large red cube", 0.5), ("small blue sphere", -0.5)), False),
        ((("large red cube", -0.5), ("large blue sphere", 0.5)), False),
        ((("large red cube", -0.5),), False),
        ((("large red cube", -0.5), ("small blue sphere", 0.5), ("small blue sphere", 1.0)), False),
        ((), False),
    ],
)
def test_a_scene_is_read_exactly_when_nothing_of_it_is_missed(read: Sequence[tuple[str, float]], right: bool):
    assert exact(SCENE, [solid(words, x) for words, x in read]) is right


def test_the_ratio_of_a_mean_error_is_told_with_its_interval():
    black, grey = np.zeros((2, 2, 3), np.uint8), np.full((2, 2, 3), 51, np.uint8)
    assert squared_error(black, grey) == pytest.approx(0.04)
    assert decibels(0.0001) == pytest.approx(40)
    assert line([0.0001, 0.0001]) == "| 2 held-out scenes | 40.00 dB (40.00–40.00) |"
    assert line([0.0001, 0.0003, 0.0002]).startswith("| 3 held-out scenes | 36.99 dB (35.0")


def test_the_scorers_scenes_are_of_their_kind_and_of_seeds_that_nothing_else_uses():
    (first, pair, picture), (second, _, _) = islice(true_pictures("pair", np.asarray), 2)
    assert pair is not None
    assert len(pair.solids) == 2
    assert np.array_equal(picture, render(pair))
    others = [HELD_OUT_SEED, *(number + 9_000_000 for number in PROMPT_SEEDS.values())]
    assert max(others) < FIRST_SEED <= int(first) < int(second)


def test_pictures_of_nothing_are_made_of_scenes_that_are_no_longer_there():
    ((name, nothing, blend),) = islice(blends(), 1)
    one, other = (render(sample_scene(int(seed))).astype(int) for seed in name.split("+"))
    assert nothing is None
    assert np.array_equal(blend, (one + other) // 2)
    ((_, scene, soft),) = islice(blurred_away(8), 1)
    assert scene is None
    assert soft.std() < one.std()

from collections.abc import Sequence
from itertools import islice

import numpy as np
import pytest

from models.training.evaluate import SAID, Shown, rows
from models.training.prompts import FIRST_SEED as PROMPT_SEEDS
from models.training.render import HELD_OUT_SEED
from models.training.score_table import FIRST_SEED, blends, blurred_away, exact, true_pictures
from models.training.tables import interval, row
from models.training.vae_table import decibels, line, squared_error
from nodes.solids.comparing import MISTAKES
from nodes.solids.prompts import parse
from nodes.solids.render import render
from nodes.solids.scene import Scene, Solid, sample_scene


def test_an_interval_holds_its_rate_and_narrows_with_counting():
    low, high = interval(90, 100)
    assert low == pytest.approx(0.8256, abs=1e-3)
    assert high == pytest.approx(0.9448, abs=1e-3)
    assert interval(0, 0) == (0.0, 1.0)
    wide, narrow = interval(9, 10), interval(900, 1000)
    assert narrow[1] - narrow[0] < wide[1] - wide[0]


def test_a_row_counts_what_is_known():
    assert row("places", [True, None, False, True]).startswith("| places | 2 of 3 | 66.7 % (")


def solid(words: str, x: float = 0.0) -> Solid:
    size, colour, shape = words.split()
    return Solid(colour, shape, size, x, 0.0, 0.5)


def shown(prompt: str, *read: str) -> Shown:
    return Shown(parse(prompt), tuple(solid(words, float(index)) for index, words in enumerate(read)))


def test_every_wrong_picture_is_in_one_row_and_every_part_in_its_own():
    prompt = "a red cube left of a small blue sphere"
    several = [
        shown(prompt, "large red cube", "small blue sphere"),
        shown(prompt, "small blue sphere", "large red cube"),
        shown(prompt, "large red cube", "large blue sphere"),
        shown(prompt, "large blue cube", "small red sphere"),
        shown(prompt, "large red cube"),
        shown(prompt, "large red cube", "small red sphere"),
        shown(prompt, "large red cube", "small blue cone"),
        shown("a red cube and a blue sphere"),
    ]
    table = [line.strip("| ").split(" | ") for line in rows("pair", several)]
    counted = {name: found for name, found, _ in table}
    assert counted == {
        "pair: right": "3 of 8",
        "pair: sizes": "2 of 7",
        "pair: sizes of the right ones": "2 of 3",
        "pair: places": "2 of 7",
        "pair: places of the right ones": "2 of 3",
        f"pair, wrong: {SAID['swap']}": "1 of 8",
        f"pair, wrong: {SAID['neglect']}": "1 of 8",
        f"pair, wrong: {SAID['leak']}": "1 of 8",
        f"pair, wrong: {SAID['shape']}": "1 of 8",
        f"pair, wrong: {SAID['unread']}": "1 of 8",
    }
    assert set(SAID) == set(MISTAKES)


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

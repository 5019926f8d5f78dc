import pytest

from nodes.solids.comparing import MISTAKES
from nodes.solids.counting import SAID, Shown, rows
from nodes.solids.prompts import parse
from nodes.solids.rates import interval, row
from nodes.solids.scene import Solid


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
        "pair: right with sizes and places": "1 of 8",
        f"pair, wrong: {SAID['swap']}": "1 of 8",
        f"pair, wrong: {SAID['neglect']}": "1 of 8",
        f"pair, wrong: {SAID['leak']}": "1 of 8",
        f"pair, wrong: {SAID['shape']}": "1 of 8",
        f"pair, wrong: {SAID['unread']}": "1 of 8",
    }
    assert set(SAID) == set(MISTAKES)

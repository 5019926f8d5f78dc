"""What became of the errors: laws of the paired comparison, and the exact distribution where it can be listed."""

from itertools import product

import numpy as np
import pytest

from engine.graph.faults import LoomError
from nodes.adherence.pairs import change_lines, changes, changes_json, difference, removed
from nodes.adherence.results import Row
from nodes.solids.scene import Solid

RIGHT, WRONG = (Solid("red", "cube", "large", 0.0, 0.0, 0.0),), (Solid("blue", "cube", "large", 0.0, 0.0, 0.0),)


def rows(*right: bool, kind: str = "single", prompt: str = "a red cube", pictures: int = 1, **further) -> list[Row]:
    """A row a prompt and picture; the prompts differ by their seeds."""
    return [
        Row(
            "it", kind, prompt, number // pictures, number % pictures, pictures, RIGHT if one else WRONG, 0.5, **further
        )
        for number, one in enumerate(right)
    ]


def test_the_share_of_errors_removed_is_one_minus_after_over_before():
    (_, change), *_ = changes(rows(False, False, False, False, True), rows(True, True, True, False, True))
    assert (change.what, change.of, change.before, change.after) == ("errors", 5, 0.8, pytest.approx(0.2))
    assert change.change == pytest.approx(0.75)
    assert change.low < 0.75 < change.high <= 1


def test_what_is_the_same_removes_nothing_and_what_is_all_right_removes_all():
    some = rows(False, True, False, True)
    (_, same), *_ = changes(some, some)
    assert (same.change, same.low, same.high) == (0, 0, 0)
    (_, gone), *_ = changes(some, rows(*[True] * 4))
    assert (gone.change, gone.low, gone.high) == (1, 1, 1)
    (_, nothing), *_ = changes(rows(True, True), some)
    assert nothing.change is None
    assert any("no error to remove" in line for line in change_lines(changes(rows(True, True), some)))


def test_an_interval_is_the_one_of_all_ways_to_draw_the_prompts():
    before, after = np.array([1.0, 1.0, 1.0, 0.0, 1.0]), np.array([0.3, 1.0, 0.0, 0.2, 0.7])
    drawn = [list(one) for one in product(range(5), repeat=5)]
    ratios = [1 - after[one].sum() / before[one].sum() for one in drawn if before[one].any()]
    means = [(after - before)[one].mean() for one in drawn]
    for (_, low, high), exact in ((removed(before, after), ratios), (difference(before, after), means)):
        assert (low, high) == pytest.approx(np.quantile(exact, (0.025, 0.975)), abs=0.02)


def test_errors_that_both_share_take_no_part_in_what_a_pairing_tells():
    before = np.array([1.0] * 20 + [0.0] * 80)
    after = before.copy()
    after[:10] = 0
    share, low, high = removed(before, after)
    assert share == 0.5
    unpaired = removed(before, np.roll(after, 50))
    assert high - low < unpaired[2] - unpaired[1]


def test_only_prompts_that_both_have_are_compared_each_by_the_mean_of_its_pictures():
    before, after = rows(False, False, False), rows(True, False, True, True, pictures=2)
    (_, change), *_ = changes(before, after)
    assert (change.of, change.before, change.after, change.change) == (2, 1, 0.25, 0.75)
    with pytest.raises(LoomError, match="no prompt with its seed in common"):
        list(changes(before, rows(True, prompt="a blue cube")))


def test_kinds_are_told_apart_and_together_with_their_numbers():
    before = rows(False, kind="single", numbers={"held": 0.2}) + rows(True, kind="odd", numbers={"held": 0.4, "b": 1.0})
    after = rows(True, kind="single", numbers={"held": 0.3}) + rows(True, kind="odd", numbers={"held": 0.4, "b": 1.0})
    told = changes_json(changes(before, after))
    assert list(told) == ["single", "odd", "all"]
    assert told["single"]["held"]["change"] == pytest.approx(0.1)
    assert told["all"]["held"]["change"] == pytest.approx(0.05)
    assert "b" in told["odd"]
    assert "b" not in told["all"]
    assert told["all"]["errors"]["change"] == 1


def test_sizes_and_places_are_errors_of_their_own():
    large = rows(True, prompt="a small red cube")
    kinds = changes_json(changes(large, large))["single"]
    assert kinds["errors"]["before"] == 0
    assert kinds["errors, sizes and places counted"]["before"] == 1

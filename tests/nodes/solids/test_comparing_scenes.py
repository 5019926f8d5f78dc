from collections.abc import Sequence

import pytest

from nodes.solids.comparing import assign, compare, mistake
from nodes.solids.prompts import parse
from nodes.solids.scene import Solid


def seen(*words: str) -> tuple[Solid, ...]:
    """Solids from words ("small red cube"), large where no size is said, in a row from the left."""
    return tuple(_solid(text.split(), index) for index, text in enumerate(words))


def _solid(words: Sequence[str], index: int) -> Solid:
    size = words[0] if len(words) == 3 else "large"
    return Solid(words[-2], words[-1], size, float(index), 0.0, 0.5)


PAIR = "a red cube and a blue sphere"


@pytest.mark.parametrize(
    ("prompt", "read", "wrong"),
    [
        (PAIR, ("blue sphere", "red cube"), None),
        (PAIR, (), "unread"),
        (PAIR, ("blue cube", "red sphere"), "swap"),
        ("a red cube, a blue sphere, a pink cone", ("blue cube", "pink sphere", "red cone"), "swap"),
        (PAIR, ("red cube",), "neglect"),
        (PAIR, ("red sphere",), "neglect"),
        (PAIR, ("red cube", "red sphere"), "leak"),
        (PAIR, ("red cube", "blue sphere", "red sphere"), "leak"),
        (PAIR, ("red cube", "blue sphere", "blue cone"), "leak"),
        (PAIR, ("red cube", "blue sphere", "red cube"), "extra"),
        (PAIR, ("red cube", "blue sphere", "green cone"), "extra"),
        (PAIR, ("red cube", "green sphere"), "colour"),
        (PAIR, ("red cone", "blue sphere"), "shape"),
        (PAIR, ("green cone", "blue sphere"), "both"),
        ("a red cube", ("blue cube",), "colour"),
        ("a red cube and a red cube", ("red cube",), "neglect"),
        ("a red cube and a red cube", ("red cube", "red cube"), None),
    ],
)
def test_a_wrong_picture_is_named_by_how_it_is_wrong(prompt, read, wrong):
    assert mistake(parse(prompt), seen(*read)) == wrong


@pytest.mark.parametrize(
    ("prompt", "read", "of", "failures"),
    [
        ("a red cube", ("red cube",), 1, ()),
        ("a small red cube left of a blue sphere", ("small red cube", "blue sphere"), 4, ()),
        (
            "a small red cube right of a blue sphere",
            ("red cube", "blue sphere"),
            4,
            (
                "the red cube is large, not small",
                "the red cube does not stand right of the blue sphere",
            ),
        ),
        (
            "a red cube left of a large blue sphere",
            ("red cube", "small orange cone"),
            4,
            (
                "no large blue sphere",
                "a small orange cone that is not asked for",
                "the red cube does not stand left of the blue sphere",
            ),
        ),
        ("a red cube", (), 1, ("no red cube",)),
        ("a red cube", ("red cube", "red cube"), 2, ("a large red cube that is not asked for",)),
    ],
)
def test_every_fact_that_fails_is_said(prompt, read, of, failures):
    found = compare(parse(prompt), seen(*read))
    assert (found.of, found.failures) == (of, failures)
    assert found.met == of - len(failures)


def test_twins_are_told_apart_by_size_and_place_in_whatever_order_they_were_read():
    facts = parse("a small red cube left of a red cube")
    left, right = seen("small red cube", "large red cube")
    assert assign(facts, (left, right)) == assign(facts, (right, left)) == (left, right)
    facts = parse("a red cube right of a red cube")
    assert assign(facts, (left, right)) == assign(facts, (right, left)) == (right, left)


def test_a_thing_that_is_not_there_has_no_solid():
    assert assign(parse("a red cube and a red cube"), seen("red cube", "blue cone")) in [
        (seen("red cube")[0], None),
        (None, seen("red cube")[0]),
    ]

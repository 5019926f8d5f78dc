import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.training.render import training_scene
from models.training.twins import EXCHANGED, KINDS, REPLACED, shows, twin, twins
from nodes.solids.prompts import caption, parse, unknown_words
from nodes.solids.scene import Scene, Solid

SEEDS = st.integers(0, 2**32)
PAIR = Scene((Solid("red", "cube", "small", -0.6, 0.0, 0.5), Solid("blue", "sphere", "large", 0.6, 0.1, 0.0)), "sand")


def _captioned(seed):
    scene = training_scene(seed)
    return scene, caption(scene, random.Random(seed))


@given(SEEDS)
def test_a_scene_shows_what_its_caption_asks_for_and_none_of_its_twins(seed):
    scene, text = _captioned(seed)
    assert shows(scene, parse(text))
    for kind, other in twins(text, scene, random.Random(seed)).items():
        assert not shows(scene, parse(other)), (kind, text, other)


@given(SEEDS)
def test_a_twin_has_other_facts_in_the_world_s_own_words(seed):
    scene, text = _captioned(seed)
    for other in twins(text, scene, random.Random(seed)).values():
        assert parse(other) != parse(text)
        assert not unknown_words(other)
        assert len(parse(other).things) == len(parse(text).things)


@given(SEEDS)
def test_every_caption_has_a_twin_of_another_colour_and_one_of_another_shape(seed):
    scene, text = _captioned(seed)
    assert {"colour", "shape"} <= set(twins(text, scene, random.Random(seed)))


def _multiset(facts, attribute):
    return sorted(str(getattr(thing, attribute)) for thing in facts.things)


@given(SEEDS)
def test_exchanging_keeps_what_there_is_and_replacing_changes_one(seed):
    scene, text = _captioned(seed)
    said = parse(text)
    for kind, other in twins(text, scene, random.Random(seed)).items():
        changed = parse(other)
        kept = [_multiset(said, one) == _multiset(changed, one) for one in ("colour", "shape", "size")]
        if kind in EXCHANGED:
            assert all(kept)
            assert changed.ground == said.ground
        else:
            assert kept.count(False) == (kind != "ground")
            assert changed.places == said.places


@pytest.mark.parametrize(
    ("kind", "wanted"),
    [
        ("colours", "a small blue cube to the left of the large red ball on sand"),
        ("shapes", "a small red ball to the left of the large blue cube on sand"),
        ("sizes", "a large red cube to the left of the small blue ball on sand"),
        ("places", "a small red cube to the right of the large blue ball on sand"),
    ],
)
def test_a_twin_exchanges_exactly_what_its_kind_says(kind, wanted):
    text = "a small red cube to the left of the large blue ball on sand"
    assert twin(text, PAIR, kind, random.Random(1)) == wanted


def test_articles_follow_the_next_word():
    text = "an orange cube and a red ball"
    scene = Scene((Solid("orange", "cube", "small", -0.6, 0, 0.5), Solid("red", "sphere", "small", 0.6, 0, 0)), "ice")
    assert twin(text, scene, "colours", random.Random(1)) == "a red cube and an orange ball"


def test_there_is_no_twin_where_nothing_can_change():
    single = Scene((Solid("red", "cube", "small", 0, 0, 0.5),), "sand")
    found = twins("a red cube", single, random.Random(1))
    assert set(found) == {"colour", "shape"}
    assert set(REPLACED) | set(EXCHANGED) == set(KINDS)


def test_a_twin_that_the_scene_shows_all_the_same_is_none():
    alike = Scene((Solid("red", "cube", "small", -0.6, 0, 0.5), Solid("red", "cube", "large", 0.6, 0, 0.5)), "sand")
    assert twin("a red cube left of a red cube", alike, "places", random.Random(1)) is None
    assert twin("a small red cube left of a red cube", alike, "places", random.Random(1)) is not None


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a blue sphere and a red cube", True),
        ("a blue sphere right of a red cube on sand", True),
        ("a large blue sphere and a red cube", True),
        ("a small blue sphere and a red cube", False),
        ("a blue sphere and a red cube on ice", False),
        ("a blue sphere left of a red cube", False),
        ("a blue sphere", False),
        ("a blue sphere, a red cube and a red cube", False),
    ],
)
def test_a_scene_shows_these_solids_and_no_others(text, shown):
    assert shows(PAIR, parse(text)) is shown

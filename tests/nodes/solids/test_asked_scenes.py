import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nodes.solids.asked import scene_for
from nodes.solids.prompts import caption, parse
from nodes.solids.scene import relation, sample_scene, well_apart


@settings(max_examples=60)
@given(st.integers(0, 2**32), st.integers(0, 2**64 - 1))
def test_a_scene_shows_every_fact_of_its_prompt(world, seed):
    facts = parse(caption(sample_scene(world), random.Random(world)))
    scene = scene_for(facts, seed)
    assert [(s.colour, s.shape) for s in scene.solids] == [(t.colour, t.shape) for t in facts.things]
    assert all(t.size in (None, s.size) for t, s in zip(facts.things, scene.solids, strict=True))
    assert all(relation(scene.solids[a], scene.solids[b]) == where for a, where, b in facts.places)
    assert facts.ground in (None, scene.ground)
    assert well_apart(scene.solids)


def test_a_seed_is_a_scene_and_another_seed_another():
    facts = parse("a red cube left of a blue ball")
    assert scene_for(facts, 3) == scene_for(facts, 3)
    assert scene_for(facts, 3) != scene_for(facts, 4)


def test_another_colour_stands_in_the_same_place():
    first, second = (scene_for(parse(f"a {colour} cube and a white cone"), 7) for colour in ("red", "green"))
    assert [(s.x, s.z, s.size, s.yaw) for s in first.solids] == [(s.x, s.z, s.size, s.yaw) for s in second.solids]
    assert first.ground == second.ground


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("the sky", "asks for no solid; one is a colour and a shape, as in 'a red cube"),
        ("a cube", "asks for no solid"),
        ("red cube, blue cube, green cube, pink cube", "asks for 4 solids; a scene has one to 3"),
        ("a large red cube behind a large red cube behind a large red cube", "no room"),
    ],
)
def test_what_cannot_be_shown_is_refused_in_a_sentence(text, said):
    with pytest.raises(ValueError, match=said):
        scene_for(parse(text), 0)

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nodes.solids.prompts import Facts, Thing, caption, notice, parse, unknown_words
from nodes.solids.scene import relation, sample_scene


@given(st.integers(0, 2**32), st.integers(0, 2**32))
def test_what_a_caption_says_is_true_of_its_scene(seed, wording):
    scene = sample_scene(seed)
    facts = parse(caption(scene, random.Random(wording)))
    solids = list(scene.solids)
    assert len(facts.things) == len(solids)
    assert facts.ground in (None, scene.ground)
    assert sorted((t.colour, t.shape) for t in facts.things) == sorted((s.colour, s.shape) for s in solids)
    named = [(t.colour, t.shape, t.size) for t in facts.things if t.size]
    assert all(fact in [(s.colour, s.shape, s.size) for s in solids] for fact in named)
    if len({(s.colour, s.shape) for s in solids}) == len(solids):
        which = {(s.colour, s.shape): s for s in solids}
        order = [which[t.colour, t.shape] for t in facts.things]
        assert all(relation(order[a], order[b]) == where for a, where, b in facts.places)


@given(st.integers(0, 2**32))
def test_the_world_knows_every_word_of_its_captions(seed):
    text = caption(sample_scene(seed), random.Random(seed))
    assert unknown_words(text) == ()
    assert notice(text) is None


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        ("a red cube", Facts((Thing("red", "cube"),))),
        ("Red CUBE, blue ball", Facts((Thing("red", "cube"), Thing("blue", "sphere")))),
        (
            "a small black cone left of a large white sphere on sand",
            Facts((Thing("black", "cone", "small"), Thing("white", "sphere", "large")), ((0, "left", 1),), "sand"),
        ),
        (
            "a tiny turquoise donut to the right of a gem",
            Facts((Thing("cyan", "ring", "small"),)),
        ),
        ("the sky", Facts(())),
    ],
)
def test_prompts_are_read_as_people_mean_them(text, facts):
    assert parse(text) == facts


def test_unknown_words_are_named_with_what_is_known():
    assert unknown_words("A dog on the red Moon, a dog!") == ("dog", "moon")
    said = notice("a red dog")
    assert said is not None
    assert "'dog'" in said
    assert "sphere" in said
    assert "in front of" in said

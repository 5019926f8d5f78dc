"""The nodes of the world of solids, as the engine calls them."""

import pytest
import torch

import nodes
from engine.graph.faults import LoomError
from engine.run.context import CallContext
from engine.run.machine import Machine
from nodes.solids.prompts import parse, unknown_words
from nodes.types import Image


@pytest.fixture
def given() -> CallContext:
    return CallContext("it", Machine({}), {})


def render(given, text="", seed=0):
    return nodes.RenderScene(text=text, seed=seed).run(given)


def score(given, image, prompt):
    return nodes.ScoreScene(image=image, prompt=prompt).run(given)


@pytest.mark.parametrize("text", ["a small red cube left of a large blue ball on sand", "yellow torus, white gem", ""])
def test_a_rendered_scene_shows_its_text_and_its_caption(given, text):
    made = render(given, text, seed=5)
    assert made.image.pixels.shape == (1, 128, 128, 3)
    assert made.image.pixels.dtype == torch.float32
    assert unknown_words(made.caption) == ()
    for words in filter(None, (text, made.caption)):
        found = score(given, made.image, words)
        assert (found.right, found.met) == (1, 1), found.report
        assert found.report.endswith("; all as asked")
    assert given.notices == []


def test_a_seed_alone_is_a_scene(given):
    first, again, other = render(given, seed=1), render(given, seed=1), render(given, seed=2)
    assert torch.equal(first.image.pixels, again.image.pixels)
    assert first.caption == again.caption
    assert not torch.equal(first.image.pixels, other.image.pixels)


def test_a_wrong_picture_is_scored_by_what_it_shows(given):
    image = render(given, "a large red cube left of a small blue ball", seed=3).image
    swapped = score(given, image, "a blue cube and a red ball")
    assert (swapped.right, swapped.met) == (0, 0)
    assert "no blue cube, no red sphere" in swapped.report
    half = score(given, image, "a small red cube right of a blue ball")
    assert (half.right, half.met) == (1, 0.5)
    assert "the red cube is large, not small" in half.report
    assert "the red cube does not stand right of the blue sphere" in half.report


def test_a_batch_is_scored_by_its_means_with_a_line_for_each(given):
    cube, ball = render(given, "a red cube", 1).image.pixels, render(given, "a blue ball", 1).image.pixels
    found = score(given, Image(torch.cat([cube, ball, torch.zeros_like(ball)])), "a red cube")
    assert found.right == pytest.approx(1 / 3)
    assert found.report.splitlines()[0].startswith("1: a ")
    assert "2: " in found.report
    assert "3: nothing that could be made out; wrong: no red cube" in found.report


def test_larger_and_transparent_pictures_are_read_too(given):
    pixels = render(given, "a large green cone", 2).image.pixels
    larger = pixels.repeat_interleave(4, 1).repeat_interleave(4, 2)
    with_alpha = torch.cat([larger, torch.ones_like(larger[..., :1])], -1)
    assert score(given, Image(with_alpha), "a large green cone").met == 1


def test_what_asks_for_nothing_is_refused_or_told(given):
    image = render(given, seed=0).image
    with pytest.raises(LoomError, match="asks for no solid"):
        score(given, image, "a dog")
    with pytest.raises(LoomError, match="128 × 64 pixels"):
        score(given, Image(image.pixels[:, :64]), "a red cube")
    with pytest.raises(LoomError, match="asks for 4 solids"):
        render(given, "red cube, blue cube, pink cube, white cube")
    given.notices.clear()
    render(given, "a red cube, a ball and a dog")
    (unknown, name), (bare, _) = given.notices
    assert "does not know 'dog'" in unknown
    assert "shapes: cube, sphere" in unknown
    assert name == "text"
    assert bare.startswith("sphere: a shape without a colour")
    assert parse("a red cube, a ball").things == parse("a red cube").things

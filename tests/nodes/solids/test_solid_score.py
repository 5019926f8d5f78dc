from collections import Counter

import numpy as np
import pytest
from PIL import Image, ImageFilter

from nodes.solids.fitting import Guess, Patch, covers, grown
from nodes.solids.guessing import TRUE_INSIDE
from nodes.solids.prompts import parse
from nodes.solids.reading import linear_light
from nodes.solids.render import render, silhouettes
from nodes.solids.scene import Scene, Solid, sample_scene
from nodes.solids.score import judge, read


def facts(solids):
    return Counter((s.colour, s.shape, s.size) for s in solids)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("count", [1, 2, 3])
def test_a_rendered_scene_is_read_as_it_is(seed, count):
    scene = sample_scene(90_000 + seed, count)
    assert facts(read(render(scene))) == facts(scene.solids)


def test_where_solids_stand_is_read_within_a_tenth():
    scene = sample_scene(90_001, 2)
    found = {(s.colour, s.shape): s for s in read(render(scene))}
    for solid in scene.solids:
        seen = found[solid.colour, solid.shape]
        assert (seen.x, seen.z) == pytest.approx((solid.x, solid.z), abs=0.12)


def test_noise_is_read_as_none():
    noise = np.random.default_rng(1).integers(0, 256, (128, 128, 3), np.uint8)
    assert read(noise) == ()


@pytest.mark.parametrize("level", [0, 128, 255])
def test_a_plain_picture_is_read_as_none(level):
    assert read(np.full((128, 128, 3), level, np.uint8)) == ()


def test_a_blend_of_two_scenes_is_read_as_none():
    first, second = (render(sample_scene(90_010 + i, 1)).astype(int) for i in range(2))
    assert read(((first + second) // 2).astype(np.uint8)) == ()


def test_a_blurred_picture_is_read_as_none():
    picture = Image.fromarray(render(sample_scene(90_003, 2)))
    assert read(np.asarray(picture.filter(ImageFilter.GaussianBlur(8)))) == ()


CUBE, BALL = Solid("red", "cube", "large", -0.6, 0, 0.7), Solid("blue", "sphere", "small", 0.6, 0, 0)


@pytest.mark.parametrize(
    ("prompt", "verdict"),
    [
        ("a red cube and a blue ball", (True, None, None)),
        ("a red cube left of a blue ball", (True, None, True)),
        ("a red cube right of a blue ball", (True, None, False)),
        ("a large red cube and a large blue ball", (True, False, None)),
        ("a blue cube and a red ball", (False, None, None)),
        ("a red cube", (False, None, None)),
    ],
)
def test_a_verdict_counts_things_sizes_and_places_apart(prompt, verdict):
    got = judge(parse(prompt), (BALL, CUBE))
    assert (got.right, got.sizes, got.places) == verdict


def test_an_extra_solid_is_wrong():
    assert not judge(parse("a red cube"), (CUBE, CUBE)).right


@pytest.mark.parametrize("seed", [53_000_016, 53_000_038, 52_000_084, 52_000_004])
def test_white_that_the_ice_takes_in_and_solids_behind_others_are_read(seed):
    scene = sample_scene(seed, (seed - 50_000_000) // 1_000_000)
    assert facts(read(render(scene))) == facts(scene.solids)


def test_a_patch_too_small_for_any_solid_is_none():
    picture = render(sample_scene(90_003, 1)).copy()
    picture[4:9, 4:12] = (200, 30, 30)
    assert len(read(picture)) == 1


@pytest.mark.parametrize("seed", [50_000_045, 50_000_065, 50_000_035])
def test_what_has_no_edges_is_no_solid_however_well_one_would_fit(seed):
    picture = Image.fromarray(render(sample_scene(seed)))
    assert read(np.asarray(picture.filter(ImageFilter.GaussianBlur(8)))) == ()
    assert facts(read(np.asarray(picture.filter(ImageFilter.GaussianBlur(1))))) == facts(sample_scene(seed).solids)


def test_a_solid_whose_shade_has_a_kindred_colour_is_one_solid():
    scene = Scene((Solid("orange", "cylinder", "large", 0.0, 0.0, 0.0),), "stone")
    picture = render(scene)
    reddish = picture.copy()
    orange = np.abs(picture.astype(int) - [236, 128, 30]).sum(-1) < 200
    reddish[70:][orange[70:]] = (picture[70:][orange[70:]] * [0.95, 0.5, 0.9]).astype(np.uint8)
    assert not np.array_equal(reddish, picture)
    assert facts(read(reddish)) == facts(scene.solids)


def test_ground_of_another_tint_than_the_worlds_is_ground():
    scene = sample_scene(90_004, 2)
    picture, ground = render(scene).copy(), silhouettes(scene) < 0
    picture[ground] = np.clip(picture[ground] * [1.1, 1.0, 0.8], 0, 255).astype(np.uint8)
    assert facts(read(picture)) == facts(scene.solids)


def test_what_sticks_out_at_a_solids_side_is_no_solid_behind_it():
    scene = Scene((Solid("purple", "diamond", "large", 0.0, 0.0, 0.4),), "moss")
    picture, ground = render(scene).copy(), silhouettes(scene) < 0
    foot = ground & grown(~ground, 4)
    foot[: np.nonzero(~ground)[0].max() - 24] = False
    picture[foot] = (12, 12, 14)
    assert facts(read(picture)) == facts(scene.solids)


def test_a_solid_in_front_of_one_of_a_kindred_colour_is_read():
    solids = Solid("red", "cube", "large", 0.0, 1.0, 0.62), Solid("orange", "diamond", "small", 0.0, 0.0, 0.42)
    assert facts(read(render(Scene(solids, "stone")))) == facts(solids)


def inside(picture, guess, ground):
    """How far a picture is from a guess well inside it."""
    empty, plain = np.zeros((128, 128), bool), np.zeros((128, 128), np.float32)
    return Patch(np.sqrt(linear_light(picture)), covers(guess), empty, plain, guess.colour, ground).inner(guess)


def test_an_outline_that_wobbles_leaves_the_inside_true_and_what_shines_through_does_not():
    guess = Guess("cyan", "cylinder", "large", 0.0, 0.0, 0.0)
    picture = render(Scene((guess,), "moss"))
    wobbly = np.stack([np.roll(row, round(3 * np.sin(y / 3)), 0) for y, row in enumerate(picture)])
    bare = render(Scene((Solid("white", "sphere", "small", 1.2, 1.0, 0.0),), "moss"))
    blended = ((picture.astype(int) + bare) // 2).astype(np.uint8)
    assert inside(wobbly, guess, "moss") < TRUE_INSIDE < inside(blended, guess, "moss")

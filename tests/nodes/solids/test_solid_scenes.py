import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nodes.solids.camera import ground_at, project
from nodes.solids.render import render, silhouettes
from nodes.solids.scene import Scene, Solid, relation, sample_scene
from nodes.solids.vocabulary import COLOURS, GROUNDS, OPPOSITES, SHAPES

SEEDS = st.integers(0, 2**40)


@given(SEEDS)
def test_a_seed_is_a_scene(seed):
    assert sample_scene(seed) == sample_scene(seed)


@given(SEEDS, st.integers(1, 3))
def test_a_scene_has_as_many_solids_as_asked_for(seed, count):
    assert len(sample_scene(seed, count).solids) == count


@given(SEEDS)
def test_a_withheld_combination_never_occurs(seed):
    withheld = frozenset((colour, shape) for colour in list(COLOURS)[::2] for shape in SHAPES)
    assert not {(s.colour, s.shape) for s in sample_scene(seed, 3, withheld).solids} & withheld


@given(SEEDS)
def test_where_one_stands_is_the_opposite_of_where_the_other_stands(seed):
    first, second = sample_scene(seed, 2).solids
    there, back = relation(first, second), relation(second, first)
    assert (there is None and back is None) or OPPOSITES[str(there)] == back


@given(st.floats(-1, 1), st.floats(-1, 1))
def test_a_pixel_of_the_ground_leads_back_to_its_place(x, z):
    pixel = project(np.array([x, 0, z], np.float32))
    assert ground_at(float(pixel[0]), float(pixel[1])) == pytest.approx((x, z), abs=1e-3)


@pytest.mark.parametrize("count", [1, 2, 3])
def test_every_solid_is_seen_whole_or_at_least_mostly(count):
    for seed in range(12):
        scene = sample_scene(seed, count)
        together = silhouettes(scene)
        for index, solid in enumerate(scene.solids):
            alone = silhouettes(Scene((solid,), scene.ground)) == 0
            assert not any(edge.any() for edge in (alone[0], alone[-1], alone[:, 0], alone[:, -1]))
            assert (together == index).sum() > 0.55 * alone.sum()


def test_solids_of_one_colour_never_touch_in_the_picture():
    found = 0
    for seed in range(150):
        scene = sample_scene(seed, 3)
        shown = silhouettes(scene)
        for first, second in itertools.combinations(range(3), 2):
            if scene.solids[first].colour == scene.solids[second].colour:
                found += 1
                assert not (dilated(shown == first) & (shown == second)).any()
    assert found > 10


def dilated(mask):
    out = mask.copy()
    for shift in itertools.product((-1, 0, 1), repeat=2):
        out |= np.roll(mask, shift, (0, 1))
    return out


def test_the_same_scene_is_the_same_picture():
    scene = sample_scene(3, 2)
    picture = render(scene)
    assert picture.shape == (128, 128, 3)
    assert picture.dtype == np.uint8
    assert np.array_equal(picture, render(scene))


@pytest.mark.parametrize("seed", [3, 5])
def test_an_enlarged_picture_shows_the_same_view(seed):
    def linear(picture):
        value = picture / 255
        return np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)

    small, large = render(sample_scene(seed)), render(sample_scene(seed), 2)
    assert large.shape == (256, 256, 3)
    off = np.abs(linear(large).reshape(128, 2, 128, 2, 3).mean((1, 3)) - linear(small)).mean(-1)
    assert off.mean() < 0.001
    # Only where an edge cuts a pixel may the two differ at all clearly; a view moved by a pixel would everywhere.
    assert (off > 0.05).mean() < 0.004


def test_a_nearer_solid_hides_the_one_behind_whatever_their_order():
    near, far = Solid("red", "cube", "large", 0, -0.6, 0.7), Solid("blue", "sphere", "small", 0, 0.6, 0)
    assert np.array_equal(render(Scene((near, far), "sand")), render(Scene((far, near), "sand")))
    hidden = (silhouettes(Scene((far,), "sand")) == 0) & (silhouettes(Scene((near,), "sand")) == 0)
    assert hidden.any()
    assert (silhouettes(Scene((far, near), "sand"))[hidden] == 1).all()


@pytest.mark.parametrize("ground", GROUNDS)
def test_a_solid_darkens_the_ground_on_the_side_away_from_the_light(ground):
    empty = render(Scene((), ground)).astype(int)
    change = render(Scene((Solid("white", "cube", "large", 0, 0, 0.7),), ground)).astype(int) - empty
    right = change[60:100, 92:120].sum()
    assert right < 0
    assert right < change[60:100, 8:36].sum()

"""Scores that need no model, held against what they are on pictures that can be thought through."""

from functools import partial

import pytest
import torch

from nodes.rewarding import plain
from nodes.rewarding.build import measures, models_of
from nodes.rewarding.contract import Measure, total
from nodes.types import Box, Mask, Reward, RewardTerm

RED, GREY, BLUE = (1.0, 0.0, 0.0), (0.5, 0.5, 0.5), (0.0, 0.0, 1.0)
PALETTE = torch.tensor([RED, BLUE])


def flat(*colors: tuple[float, float, float]) -> torch.Tensor:
    """Pictures of one colour each, 6 × 8 pixels."""
    return torch.tensor(colors)[:, None, None].expand(-1, 6, 8, -1).clone()


def term(kind: str = "redness", **changes) -> RewardTerm:
    return RewardTerm(kind, changes.pop("name", kind), changes.pop("settings", {}), **changes)


def scores(pixels: torch.Tensor, *terms: RewardTerm) -> list[list[float]]:
    return [measure(pixels).tolist() for measure in measures(Reward(terms), [])]


def test_redness_is_red_less_the_other_two():
    assert plain.redness(flat(RED, GREY, BLUE)).tolist() == [1.0, 0.0, -0.5]


def test_brightness_weighs_colours_as_eyes_do():
    assert plain.brightness(flat((1.0, 1.0, 1.0), BLUE)).tolist() == pytest.approx([1.0, 0.0722])


def test_a_palette_is_met_by_its_colours_and_by_nothing_else():
    met = plain.palette(flat(RED, BLUE, GREY), colors=PALETTE)
    assert met[:2].tolist() == pytest.approx([1 - plain.NEAR * 0.6931] * 2, abs=1e-4)
    assert met[2] < 0.5


def test_symmetry_is_full_for_a_mirror_image_and_not_for_another():
    picture = torch.rand(1, 6, 8, 3, generator=torch.Generator().manual_seed(1))
    mirrored = torch.cat([picture, picture.flip(2)], 2)
    assert plain.symmetry(mirrored).item() == 1.0
    assert plain.symmetry(mirrored, upright=False).item() < 0.99
    assert plain.symmetry(mirrored.movedim(1, 2), upright=False).item() == 1.0


@pytest.mark.parametrize(
    "score",
    [plain.redness, plain.brightness, partial(plain.palette, colors=PALETTE), plain.symmetry],
    ids=["redness", "brightness", "palette", "symmetry"],
)
def test_gradients_are_the_finite_differences(score):
    generator = torch.Generator().manual_seed(2)
    pixels = torch.rand(2, 3, 4, 3, dtype=torch.float64, generator=generator).requires_grad_()
    cover = torch.rand(2, 3, 4, dtype=torch.float64, generator=generator)
    assert torch.autograd.gradcheck(score, (pixels,))
    assert torch.autograd.gradcheck(lambda x: score(x, cover), (pixels,))


def test_pictures_of_a_batch_are_scored_each_by_itself():
    batch = torch.rand(3, 6, 8, 3, generator=torch.Generator().manual_seed(3))
    for kind, settings in (("palette", {"colors": PALETTE.tolist()}), ("symmetry", {"upright": True})):
        (together,) = scores(batch, term(kind, settings=settings))
        alone = [scores(one, term(kind, settings=settings))[0][0] for one in batch.split(1)]
        assert together == pytest.approx(alone)


def test_alpha_is_left_aside():
    pixels = torch.cat([flat(RED), torch.zeros(1, 6, 8, 1)], -1)
    assert scores(pixels, term()) == [[1.0]]


def test_a_region_looks_at_no_more_than_its_box():
    pixels = flat(GREY)
    pixels[:, :3, 4:] = torch.tensor(RED)
    assert scores(pixels, term(within=(Box(0.5, 0.0, 0.5, 0.5),))) == [[1.0]]
    assert scores(pixels, term(within=(Box(0.5, 0.0, 0.5, 1.0), Box(0.0, 0.0, 1.0, 0.5)))) == [[1.0]]
    assert scores(pixels, term(within=(Box(0.0, 0.0, 0.5, 1.0),))) == [[0.0]]


@pytest.mark.parametrize("scale", [1, 2])
def test_a_region_looks_as_much_as_its_mask_says(scale):
    pixels = flat(GREY)
    pixels[:, 2:4, 2:4] = torch.tensor(RED)
    mask = torch.zeros(1, 6 * scale, 8 * scale)
    mask[:, 2 * scale : 4 * scale, 2 * scale : 6 * scale] = 0.5
    assert scores(pixels, term(within=(Mask(mask),))) == [[0.5]]


def test_no_gradient_leaves_a_region():
    pixels = torch.rand(1, 6, 8, 3, generator=torch.Generator().manual_seed(4)).requires_grad_()
    mask = torch.zeros(1, 6, 8)
    mask[:, 1:3, 5:] = 1
    (measure,) = measures(Reward((term("brightness", within=(Mask(mask),)),)), [])
    measure(pixels).sum().backward()
    assert torch.equal((pixels.grad.abs().sum(-1) > 0), mask > 0)


def test_a_box_thinner_than_a_pixel_is_a_pixel():
    pixels = flat(GREY)
    pixels[:, 5, 7] = torch.tensor(RED)
    assert scores(pixels, term(within=(Box(0.999, 0.999, 0.001, 0.001),))) == [[1.0]]


def test_a_mask_that_covers_nothing_is_refused():
    with pytest.raises(ValueError, match="covers nothing"):
        measures(Reward((term(within=(Mask(torch.zeros(1, 6, 8)),)),)), [])


def test_several_masks_do_not_fit_a_picture_that_is_scored_by_itself():
    with pytest.raises(ValueError, match=r"the region has 2 masks, and 1 picture at a time is scored; wanted 1$"):
        scores(flat(GREY), term(within=(Mask(torch.ones(2, 6, 8)),)))


def test_an_unknown_kind_and_an_empty_reward_are_refused_in_a_sentence():
    with pytest.raises(ValueError, match="no reward of the kind 'beauty'; there are: redness"):
        measures(Reward((term("beauty"),)), [])
    with pytest.raises(ValueError, match="no terms"):
        measures(Reward(()), [])
    assert models_of(Reward((term(),))) == ()


def test_what_is_held_out_has_no_share_in_the_total():
    made = [Measure("a", plain.redness, 2.0), Measure("b", plain.redness, 5.0, held_out=True)]
    assert total(made, [0.25, 1.0]) == 0.5

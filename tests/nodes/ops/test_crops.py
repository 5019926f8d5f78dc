from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from nodes.ops.crops import Region, cut_out, region_around, stitched, working_size
from nodes.types import Crop

places = st.integers(0, 60)


def covered(width: int, height: int, *pixels: tuple[int, int]) -> torch.Tensor:
    values = torch.zeros(1, height, width)
    for x, y in pixels:
        values[0, y % height, x % width] = 0.1
    return values


@given(st.integers(1, 60), st.integers(1, 60), places, places, places, places, st.floats(1, 8), st.floats(0.2, 5))
def test_a_region_lies_in_the_picture_and_around_all_that_is_covered(
    width: int, height: int, x1: int, y1: int, x2: int, y2: int, context: float, aspect: float
) -> None:
    values = covered(width, height, (x1, y1), (x2, y2))
    region = region_around(values, context, aspect)
    assert region.left >= 0 <= region.top
    assert region.left + region.width <= width
    assert region.top + region.height <= height
    assert region.of(values).sum() == values.sum()


def test_a_region_is_so_many_times_as_large_and_has_the_asked_proportions() -> None:
    values = torch.zeros(2, 100, 100)
    values[0, 40:50, 40:44] = 1
    values[1, 40:48, 40:48] = 1
    assert region_around(values, 1.0, 1.0) == Region(39, 40, 10, 10)
    assert region_around(values, 2.0, 1.0) == Region(34, 35, 20, 20)
    assert region_around(values, 1.0, 2.0) == Region(34, 40, 20, 10)


def test_a_region_at_the_edge_is_moved_inside() -> None:
    assert region_around(covered(50, 50, (0, 49)), 8.0, 1.0) == Region(0, 42, 8, 8)
    assert region_around(covered(50, 6, (20, 3)), 8.0, 1.0) == Region(16, 0, 8, 6)


def test_a_region_as_high_as_the_picture_is_no_wider_for_its_proportions_than_that_asks() -> None:
    values = torch.zeros(1, 100, 160)
    values[..., 100:] = 1
    assert region_around(values, 1.5, 1.0) == Region(60, 0, 100, 100)


def test_a_region_is_worked_on_at_about_the_models_size_in_whole_cells() -> None:
    assert working_size(Region(0, 0, 20, 20), 128 * 128, 8) == (128, 128)
    assert working_size(Region(0, 0, 40, 10), 128 * 128, 8) == (256, 64)
    assert working_size(Region(0, 0, 900, 1), 64, 8) == (240, 8)


def test_nothing_covered_is_nothing_to_cut_out() -> None:
    with pytest.raises(ValueError, match="covers nothing"):
        region_around(torch.zeros(1, 4, 4), 1.0, 1.0)


def test_a_region_keeps_the_masks_own_proportions_where_none_are_asked_for() -> None:
    values = torch.zeros(1, 100, 100)
    values[0, 40:50, 40:44] = 1
    assert region_around(values, 2.0) == Region(38, 35, 8, 20)


@given(st.integers(8, 40), st.integers(8, 40), places, places, st.floats(1, 4), st.sampled_from([3, 4]))
def test_what_is_cut_out_and_stitched_unchanged_changes_nothing(
    width: int, height: int, x: int, y: int, context: float, channels: int
) -> None:
    pixels = torch.rand(2, height, width, channels, generator=torch.Generator().manual_seed(width * height))
    values = covered(width, height, (x % width, y), (3, 2))
    part = cut_out(pixels, values, context)
    assert part.pixels.shape[1:3] == part.values.shape[1:]
    assert torch.equal(stitched(pixels, part.pixels, part.crop), pixels)
    changed = stitched(pixels, 1 - part.pixels, part.crop, values)
    assert torch.equal(changed[:, values[0] == 0], pixels[:, values[0] == 0])


def test_a_part_is_brought_to_a_size_in_its_proportions_and_back() -> None:
    pixels = torch.zeros(1, 60, 60, 3)
    pixels[:, 20:40, 25:35] = 1
    part = cut_out(pixels, pixels[..., 0], 1.5, (64, 32))
    assert part.crop == Crop(0, 15, 60, 30, 60, 60)
    assert part.pixels.shape == (1, 32, 64, 3)
    back = stitched(pixels, part.pixels, part.crop)
    assert float((back - pixels).abs().mean()) < 0.02


@pytest.mark.parametrize("each", [1, 3])
def test_a_mask_for_a_part_is_of_the_pictures_size_or_of_the_parts(each: int) -> None:
    pixels, crop = torch.zeros(3, 8, 12, 3), Crop(4, 2, 6, 4, 12, 8)
    values = torch.zeros(each, 8, 12)
    values[:, 3, 5:7] = 1
    found = stitched(pixels, torch.ones(1, 4, 6, 3), crop, values)
    assert torch.equal(found[..., 0], values.expand(3, 8, 12))
    small = values[:, 2:6, 4:10]
    assert torch.equal(stitched(pixels, torch.ones(1, 4, 6, 3), crop, small), found)


@pytest.mark.parametrize(
    ("pixels", "part", "values", "told"),
    [
        ((1, 9, 9, 3), (1, 4, 6, 3), None, "cut out of a picture of 12 × 8 pixels, and this one is 9 × 9"),
        ((2, 8, 12, 3), (3, 4, 6, 3), None, "input 'image' has 2 pictures beside 3"),
        ((2, 8, 12, 3), (1, 4, 6, 3), (3, 8, 12), "input 'mask' has 3 pictures beside 2"),
    ],
)
def test_a_part_that_fits_no_picture_is_refused(pixels: Any, part: Any, values: Any, told: str) -> None:
    mask = None if values is None else torch.ones(values)
    with pytest.raises(ValueError, match=told):
        stitched(torch.zeros(pixels), torch.zeros(part), Crop(4, 2, 6, 4, 12, 8), mask)

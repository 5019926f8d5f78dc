import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from nodes.ops.crops import Region, region_around, working_size

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


def test_a_region_is_worked_on_at_about_the_models_size_in_whole_cells() -> None:
    assert working_size(Region(0, 0, 20, 20), 128 * 128, 8) == (128, 128)
    assert working_size(Region(0, 0, 40, 10), 128 * 128, 8) == (256, 64)
    assert working_size(Region(0, 0, 900, 1), 64, 8) == (240, 8)


def test_nothing_covered_is_nothing_to_cut_out() -> None:
    with pytest.raises(ValueError, match="covers nothing"):
        region_around(torch.zeros(1, 4, 4), 1.0, 1.0)

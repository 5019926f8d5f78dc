import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from nodes.ops.fills import filled, surroundings


@given(st.integers(1, 19), st.integers(1, 19), st.integers(0, 999), st.floats(0, 1))
def test_one_colour_fills_its_holes_with_itself(height: int, width: int, seed: int, level: float) -> None:
    hole = torch.rand(2, height, width, generator=torch.Generator().manual_seed(seed)) > 0.4
    hole[:, 0, 0] = False
    pixels = torch.full((2, height, width, 3), level)
    broken = torch.where(hole[..., None], torch.ones_like(pixels), pixels)
    torch.testing.assert_close(surroundings(broken, hole), pixels, rtol=0, atol=1e-5)


def test_a_hole_takes_the_colours_beside_it() -> None:
    pixels = torch.zeros(1, 16, 32, 3)
    pixels[:, :, 16:] = 1
    hole = torch.zeros(1, 16, 32, dtype=torch.bool)
    hole[:, 4:12, 8:24] = True
    found = surroundings(torch.where(hole[..., None], 0.5, pixels), hole)[0, 8, :, 0]
    assert found[8] < 0.2
    assert found[23] > 0.8
    assert (found.diff() > -0.05).all()


def test_where_nothing_is_known_it_is_grey() -> None:
    assert (surroundings(torch.rand(1, 5, 7, 3), torch.ones(1, 5, 7, dtype=torch.bool)) == 0.5).all()


@pytest.mark.parametrize("fill", ["original", "blur", "neutral", "noise"])
def test_a_fill_changes_nothing_outside_of_the_mask(fill: str) -> None:
    pixels, values = torch.rand(1, 9, 9, 3), torch.zeros(1, 9, 9)
    values[:, 3:6, 3:6] = 1
    found = filled(pixels, values, fill)
    assert torch.equal(found[values == 0], pixels[values == 0])
    assert torch.equal(found, pixels) == (fill in ("original", "noise"))
    if fill == "neutral":
        assert (found[values == 1] == 0.5).all()

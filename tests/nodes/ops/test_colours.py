import colorsys

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from nodes.ops.colours import from_lab, from_linear, hue_turned, luma, to_lab, to_linear

bytes_ = st.integers(0, 255)
# Bruce Lindbloom's calculator, sRGB, D65, to two decimals.
LAB = {
    (1.0, 1.0, 1.0): (100.0, 0.0, 0.0),
    (0.0, 0.0, 0.0): (0.0, 0.0, 0.0),
    (1.0, 0.0, 0.0): (53.24, 80.09, 67.20),
    (0.0, 1.0, 0.0): (87.73, -86.18, 83.18),
    (0.0, 0.0, 1.0): (32.30, 79.19, -107.86),
}


@pytest.mark.parametrize("value", [0.0, 0.02, 0.04045, 0.2, 0.5, 1.0])
def test_light_is_that_of_the_standard(value: float) -> None:
    wanted = value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
    assert to_linear(torch.tensor([value])).item() == pytest.approx(wanted, abs=1e-6)


@given(bytes_, bytes_, bytes_)
def test_every_colour_comes_back_from_light_and_from_lab(red: int, green: int, blue: int) -> None:
    colour = torch.tensor([red, green, blue], dtype=torch.float64) / 255
    torch.testing.assert_close(from_linear(to_linear(colour)), colour, atol=1e-7, rtol=0)
    torch.testing.assert_close(from_lab(to_lab(colour)), colour, atol=1e-7, rtol=0)


@pytest.mark.parametrize(("colour", "lab"), LAB.items())
def test_lab_has_the_known_values(colour: tuple[float, ...], lab: tuple[float, ...]) -> None:
    assert to_lab(torch.tensor(colour, dtype=torch.float64)).tolist() == pytest.approx(lab, abs=0.02)


@given(bytes_)
def test_greys_have_no_colour_in_lab(grey: int) -> None:
    assert to_lab(torch.full((3,), grey / 255, dtype=torch.float64))[1:].abs().max() < 1e-9


@given(bytes_, bytes_, bytes_, st.integers(-180, 180))
def test_hues_turn_as_in_the_standard_library(red: int, green: int, blue: int, degrees: int) -> None:
    colour = (red / 255, green / 255, blue / 255)
    hue, saturation, value = colorsys.rgb_to_hsv(*colour)
    wanted = colorsys.hsv_to_rgb((hue + degrees / 360) % 1, saturation, value)
    found = hue_turned(torch.tensor(colour, dtype=torch.float64), degrees)
    assert found.tolist() == pytest.approx(wanted, abs=1e-9)


def test_white_is_as_bright_as_its_three_parts() -> None:
    assert luma(torch.eye(3)).sum() == pytest.approx(1)
    assert luma(torch.ones(1, 3)).item() == pytest.approx(1)

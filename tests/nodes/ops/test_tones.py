import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from nodes.ops.colours import luma
from nodes.ops.tones import adjusted


def noise(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.rand(*shape, generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize("channels", [3, 4])
def test_neutral_values_change_not_a_bit(channels: int) -> None:
    pixels = noise(2, 5, 4, channels)
    assert torch.equal(adjusted(pixels), pixels)
    assert torch.equal(adjusted(pixels, hue=360.0), pixels)


@settings(max_examples=60, deadline=None)
@given(
    hue=st.floats(-180, 180),
    saturation=st.floats(0, 8),
    brightness=st.floats(0, 8),
    contrast=st.floats(0, 8),
    gamma=st.floats(0.1, 10),
)
def test_any_values_give_a_picture_and_leave_alpha_alone(**values: float) -> None:
    pixels = noise(1, 4, 3, 4)
    pixels[0, 0, 0] = 0
    found = adjusted(pixels, **values)
    assert torch.isfinite(found).all()
    assert 0 <= found.min() <= found.max() <= 1
    assert torch.equal(found[..., 3], pixels[..., 3])


def test_each_change_is_its_formula() -> None:
    pixels = noise(1, 6, 6, 3)
    grey = luma(pixels)
    for found, wanted in (
        (adjusted(pixels, brightness=1.5), pixels * 1.5),
        (adjusted(pixels, contrast=0.4), 0.5 + 0.4 * (pixels - 0.5)),
        (adjusted(pixels, saturation=1.7), grey + 1.7 * (pixels - grey)),
        (adjusted(pixels, gamma=2.2), pixels ** (1 / 2.2)),
    ):
        torch.testing.assert_close(found, wanted.clamp(0, 1))


def test_without_saturation_nothing_but_greys_of_the_same_luma_are_left() -> None:
    pixels = noise(1, 6, 6, 3)
    found = adjusted(pixels, saturation=0.0)
    torch.testing.assert_close(found, luma(pixels).expand_as(pixels))


def test_red_turned_by_a_third_is_green() -> None:
    red = torch.tensor([[[[1.0, 0.0, 0.0]]]])
    torch.testing.assert_close(adjusted(red, hue=120.0)[0, 0, 0], torch.tensor([0.0, 1.0, 0.0]))
    torch.testing.assert_close(adjusted(red, hue=-120.0)[0, 0, 0], torch.tensor([0.0, 0.0, 1.0]))


def test_gradients_run_through_an_adjustment() -> None:
    pixels = (noise(1, 3, 3, 3) * 0.5 + 0.2).requires_grad_()
    adjusted(pixels, hue=20.0, saturation=1.1, contrast=1.1, gamma=1.2).sum().backward()
    assert pixels.grad is not None
    assert torch.isfinite(pixels.grad).all()
    assert pixels.grad.abs().sum() > 0

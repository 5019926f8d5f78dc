from typing import get_args

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from torch import Tensor

from nodes.ops.resize import KERNELS, Filter, Fit, resample, resize, taps

FILTERS: tuple[Filter, ...] = get_args(Filter)
FITS: tuple[Fit, ...] = get_args(Fit)
PILLOW = {
    "area": Image.Resampling.BOX,
    "bilinear": Image.Resampling.BILINEAR,
    "bicubic": Image.Resampling.BICUBIC,
    "lanczos": Image.Resampling.LANCZOS,
}
sides = st.integers(1, 40)


def noise(width: int, height: int, channels: int = 3, batch: int = 1) -> Tensor:
    return torch.rand(batch, height, width, channels, generator=torch.Generator().manual_seed(width * 100 + height))


@pytest.mark.parametrize("filter", FILTERS)
@pytest.mark.parametrize("channels", [1, 3, 4])
def test_the_same_size_is_the_same_picture(filter: Filter, channels: int) -> None:
    pixels = noise(13, 9, channels)
    for fit in FITS:
        assert torch.equal(resize(pixels, 13, 9, fit, filter), pixels)


@settings(max_examples=60, deadline=None)
@given(sides, sides, sides, sides, st.sampled_from(FILTERS), st.sampled_from([0.0, 0.2, 1.0]))
def test_a_constant_picture_stays_constant(w: int, h: int, to_w: int, to_h: int, filter: Filter, alpha: float) -> None:
    colour = torch.tensor([0.25, 0.5, 0.75, alpha])
    result = resize(colour.expand(1, h, w, 4), to_w, to_h, "stretch", filter)
    assert result.shape == (1, to_h, to_w, 4)
    torch.testing.assert_close(result, colour.expand(1, to_h, to_w, 4), atol=1e-5, rtol=0)


@pytest.mark.parametrize("filter", sorted(PILLOW))
@pytest.mark.parametrize("size", [(7, 5), (64, 40), (33, 90), (16, 12)])
def test_resampling_agrees_with_pillow(filter: Filter, size: tuple[int, int]) -> None:
    pixels = noise(32, 24) * 0.5 + 0.25
    ours = resample(pixels, *size, filter)
    theirs = [np.asarray(Image.fromarray(pixels[0, :, :, c].numpy()).resize(size, PILLOW[filter])) for c in range(3)]
    np.testing.assert_allclose(ours[0].numpy(), np.stack(theirs, -1).clip(0, 1), atol=2e-6)


@settings(max_examples=60, deadline=None)
@given(sides, sides)
def test_nearest_takes_the_pixel_under_each_centre(old: int, new: int) -> None:
    ramp = torch.arange(float(old))[None, None, :, None].expand(1, 1, old, 3)
    taken = resample(ramp / 64, new, 1, "nearest")[0, 0, :, 0] * 64
    assert taken.round().int().tolist() == [(2 * i + 1) * old // (2 * new) for i in range(new)]


@settings(max_examples=60, deadline=None)
@given(sides, sides, sides, sides)
def test_sizes_are_what_each_fit_promises(w: int, h: int, to_w: int, to_h: int) -> None:
    pixels = torch.zeros(1, h, w, 3)
    for fit in ("cover", "stretch", "pad"):
        assert resize(pixels, to_w, to_h, fit, "nearest").shape[1:3] == (to_h, to_w)
    height, width = resize(pixels, to_w, to_h, "contain", "nearest").shape[1:3]
    assert width <= to_w
    assert height <= to_h
    assert width == to_w or height == to_h


def test_contain_keeps_the_proportions() -> None:
    assert resize(noise(200, 100), 60, 60, "contain").shape == (1, 30, 60, 3)


def test_cover_cuts_evenly_from_both_sides() -> None:
    ramp = torch.arange(8.0).div(8)[None, None, :, None].expand(1, 4, 8, 3)
    torch.testing.assert_close(resize(ramp, 4, 4, "cover"), ramp[:, :, 2:6])


def test_pad_stands_the_picture_in_the_middle_of_the_colour() -> None:
    result = resize(torch.ones(1, 2, 4, 3), 4, 4, "pad", color=(0.0, 0.5, 0.0))
    assert torch.equal(result[0, 1:3], torch.ones(2, 4, 3))
    assert torch.equal(result[0, 0], torch.tensor([0.0, 0.5, 0.0]).expand(4, 3))


@pytest.mark.parametrize("filter", ["area", "bilinear", "bicubic", "lanczos"])
def test_what_is_transparent_does_not_bleed_into_what_is_seen(filter: Filter) -> None:
    red, invisible_green = torch.tensor([1.0, 0, 0, 1]), torch.tensor([0.0, 1, 0, 0])
    pixels = torch.stack([red, invisible_green] * 8).expand(1, 16, 16, 4)
    result = resample(pixels, 8, 8, filter)
    seen = result[result[..., 3] > 0.1]
    assert len(seen)
    assert seen[:, 1].max() < 1e-4


def test_gradients_run_through_a_resize() -> None:
    pixels = noise(12, 12).requires_grad_()
    resize(pixels, 6, 6, "stretch", "area").sum().backward()
    assert pixels.grad is not None
    torch.testing.assert_close(pixels.grad, torch.full_like(pixels, 0.25))


@settings(max_examples=100, deadline=None)
@given(st.integers(1, 300), st.integers(1, 300), st.sampled_from(sorted(KERNELS)))
def test_the_weights_of_every_pixel_sum_to_one(old: int, new: int, filter: str) -> None:
    places, weights = taps(old, new, KERNELS[filter])
    assert places.min() >= 0
    assert places.max() < old
    torch.testing.assert_close(weights.sum(0), torch.ones(new, dtype=torch.float64))

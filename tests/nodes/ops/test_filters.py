import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageFilter

from nodes.ops.filters import blurred, sharpened


def noise(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.rand(*shape, generator=torch.Generator().manual_seed(seed))


def by_formula(plane: np.ndarray, sigma: float) -> np.ndarray:
    reach = int(np.ceil(3 * sigma))
    weights = np.exp(-0.5 * (np.arange(-reach, reach + 1) / sigma) ** 2)
    weights /= weights.sum()
    for axis in (0, 1):
        plane = np.apply_along_axis(
            lambda line: np.convolve(np.pad(line, reach, mode="edge"), weights, mode="valid"), axis, plane
        )
    return plane


@pytest.mark.parametrize("sigma", [0.5, 1.0, 2.5, 9.0])
def test_a_blur_is_the_gaussian_of_the_formula(sigma: float) -> None:
    pixels = noise(2, 14, 11, 3)
    found = blurred(pixels, sigma)
    for image in range(2):
        for channel in range(3):
            wanted = by_formula(pixels[image, :, :, channel].double().numpy(), sigma)
            np.testing.assert_allclose(found[image, :, :, channel].numpy(), wanted, atol=1e-6)


def test_a_blur_is_about_that_of_pillow() -> None:
    smooth = torch.nn.functional.interpolate(noise(1, 3, 6, 6), scale_factor=8, mode="bilinear")[0].movedim(0, -1)
    picture = Image.fromarray((smooth * 255).round().byte().numpy())
    theirs = np.asarray(picture.filter(ImageFilter.GaussianBlur(3)), float) / 255
    ours = blurred(torch.from_numpy(np.array(picture)).float()[None] / 255, 3.0)[0].numpy()
    assert np.abs(ours - theirs).mean() < 0.5 / 255
    assert np.abs(ours - theirs).max() < 3 / 255


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 20), st.integers(1, 20), st.sampled_from([3, 4]), st.floats(0, 12), st.integers(1, 2))
def test_a_plain_picture_stays_plain_at_any_size(h: int, w: int, channels: int, sigma: float, batch: int) -> None:
    pixels = torch.tensor([0.25, 0.5, 0.75, 0.4])[:channels].expand(batch, h, w, channels)
    torch.testing.assert_close(blurred(pixels, sigma), pixels, atol=1e-6, rtol=0)
    torch.testing.assert_close(sharpened(pixels, sigma, 2.0), pixels, atol=1e-5, rtol=0)


def test_what_is_transparent_lends_no_colour() -> None:
    pixels = torch.zeros(1, 8, 8, 4)
    pixels[..., 1] = 1
    pixels[:, :, 4:] = torch.tensor([1.0, 0, 0, 1])
    for found in (blurred(pixels, 1.5), sharpened(pixels, 1.5, 1.0)):
        seen = found[found[..., 3] > 0.05]
        assert len(seen)
        assert seen[:, 1].max() < 1e-4


def test_nothing_asked_for_changes_not_a_bit() -> None:
    pixels = noise(1, 5, 5, 4)
    assert blurred(pixels, 0.0) is pixels
    for found in (sharpened(pixels, 0.0, 1.0), sharpened(pixels, 2.0, 0.0), sharpened(pixels, 2.0, 3.0, threshold=1.0)):
        assert torch.equal(found, pixels)


def test_sharpening_adds_what_the_blur_takes_and_leaves_alpha() -> None:
    pixels = noise(1, 9, 9, 3) * 0.4 + 0.3
    wanted = pixels + 0.8 * (pixels - blurred(pixels, 1.2))
    torch.testing.assert_close(sharpened(pixels, 1.2, 0.8), wanted.clamp(0, 1))
    clear = torch.cat([pixels, noise(1, 9, 9, 1, seed=1)], -1)
    assert torch.equal(sharpened(clear, 1.2, 0.8)[..., 3], clear[..., 3])


def test_a_small_difference_below_the_threshold_is_left_alone() -> None:
    pixels = torch.full((1, 9, 9, 3), 0.5)
    pixels[:, 4, 2] += 0.02
    pixels[:, 4, 6] += 0.4
    found = sharpened(pixels, 1.0, 1.0, threshold=0.05)
    assert torch.equal(found[:, 4, 2], pixels[:, 4, 2])
    assert (found[:, 4, 6] > pixels[:, 4, 6]).all()

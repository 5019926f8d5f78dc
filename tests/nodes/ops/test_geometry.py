import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from nodes.ops.geometry import flipped, rotated, turned_size, within

sides = st.integers(1, 24)


def noise(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.rand(*shape, generator=torch.Generator().manual_seed(seed))


@given(st.integers(-30, 30), st.integers(-30, 30), sides, sides, sides, sides)
def test_a_rectangle_is_what_of_it_lies_in_the_picture(x: int, y: int, w: int, h: int, width: int, height: int) -> None:
    inside = {(i, j) for i in range(x, x + w) for j in range(y, y + h) if 0 <= i < width and 0 <= j < height}
    region = within(x, y, w, h, (width, height))
    found = (
        set()
        if region is None
        else {
            (i, j)
            for i in range(region.left, region.left + region.width)
            for j in range(region.top, region.top + region.height)
        }
    )
    assert found == inside


@given(st.sampled_from(["horizontal", "vertical", "both"]), sides, sides, st.sampled_from([3, 4]))
def test_flipping_twice_is_not_flipping(direction: str, w: int, h: int, channels: int) -> None:
    pixels = noise(2, h, w, channels)
    assert torch.equal(flipped(flipped(pixels, direction), direction), pixels)  # type: ignore[arg-type]


def test_flips_are_those_of_pillow() -> None:
    pixels = (noise(1, 5, 7, 3) * 255).round()
    picture = Image.fromarray(pixels[0].byte().numpy())
    for direction, method in (
        ("horizontal", Image.Transpose.FLIP_LEFT_RIGHT),
        ("vertical", Image.Transpose.FLIP_TOP_BOTTOM),
    ):
        theirs = np.asarray(picture.transpose(method))
        assert np.array_equal(flipped(pixels, direction)[0].byte().numpy(), theirs)  # type: ignore[arg-type]


@pytest.mark.parametrize("quarters", [-5, -4, -1, 0, 1, 2, 3, 4])
@pytest.mark.parametrize("channels", [3, 4])
def test_quarter_turns_are_exact_and_those_of_pillow(quarters: int, channels: int) -> None:
    pixels = (noise(1, 5, 8, channels) * 255).round()
    found = rotated(pixels, 90.0 * quarters)
    theirs = Image.fromarray(pixels[0].byte().numpy()).rotate(90 * quarters, expand=True)
    assert np.array_equal(found[0].byte().numpy(), np.asarray(theirs))


@settings(max_examples=40, deadline=None)
@given(sides, sides, st.floats(-360, 360), st.sampled_from(["nearest", "bilinear", "bicubic"]), st.sampled_from([3, 4]))
def test_any_angle_keeps_the_size_or_makes_room_for_all(
    w: int, h: int, angle: float, filter: str, channels: int
) -> None:
    pixels = noise(2, h, w, channels)
    same = rotated(pixels, angle, expand=False, filter=filter)  # type: ignore[arg-type]
    assert same.shape[:3] == pixels.shape[:3]
    larger = rotated(pixels, angle, filter=filter)  # type: ignore[arg-type]
    radians = math.radians(angle)
    corners = [(x * math.cos(radians) + y * math.sin(radians), y * math.cos(radians) - x * math.sin(radians))
               for x in (-w / 2, w / 2) for y in (-h / 2, h / 2)]  # fmt: skip
    assert larger.shape[2] >= max(x for x, _ in corners) * 2 - 1e-5
    assert larger.shape[1] >= max(y for _, y in corners) * 2 - 1e-5
    assert larger.shape[2] < max(x for x, _ in corners) * 2 + 1 + 1e-5
    for found in (same, larger):
        assert 0 <= found.min() <= found.max() <= 1


def test_a_turned_picture_is_about_that_of_pillow_away_from_its_edges() -> None:
    smooth = torch.nn.functional.interpolate(noise(1, 3, 6, 8), size=(48, 64), mode="bicubic").clamp(0, 1)
    pixels = smooth.movedim(1, -1)
    found = rotated(pixels, 30.0, expand=False, filter="bilinear")[0, :, :, :3]
    picture = [Image.fromarray(pixels[0, :, :, channel].numpy()) for channel in range(3)]
    theirs = np.stack([np.asarray(one.rotate(30, Image.Resampling.BILINEAR)) for one in picture], -1)
    inside = np.zeros((48, 64), bool)
    inside[16:32, 20:44] = True
    np.testing.assert_allclose(found.numpy()[inside], theirs[inside], atol=1e-4)


@pytest.mark.parametrize("filter", ["bilinear", "bicubic"])
def test_corners_that_open_are_transparent_and_edges_keep_their_colour(filter: str) -> None:
    red = torch.tensor([1.0, 0.25, 0.0]).expand(1, 20, 20, 3)
    found = rotated(red, 45.0, filter=filter)  # type: ignore[arg-type]
    assert found.shape[-1] == 4
    assert found[0, 0, 0, 3] == 0
    assert found[0, found.shape[1] // 2, found.shape[2] // 2, 3] == pytest.approx(1)
    seen = found[found[..., 3] > 0.01]
    torch.testing.assert_close(seen[:, :3], torch.tensor([1.0, 0.25, 0.0]).expand(len(seen), 3), atol=1e-3, rtol=0)
    assert found[..., 3].sum() == pytest.approx(400, rel=0.02)


def test_turning_there_and_back_is_about_the_picture_and_moves_nothing() -> None:
    wide = torch.nn.functional.interpolate(noise(1, 3, 5, 5), size=(42, 33), mode="bicubic").clamp(0, 1)
    pixels = wide.movedim(1, -1)
    back = rotated(rotated(pixels, 25.0, expand=False), -25.0, expand=False)
    middle = slice(15, 27), slice(11, 22)
    assert (back[:, *middle, :3] - pixels[:, *middle]).abs().max() < 0.02


def test_turned_sizes_hold_no_pixel_too_many() -> None:
    assert turned_size(30, 20, 180) == (30, 20)
    assert turned_size(30, 20, 90) == (20, 30)
    assert turned_size(10, 10, 45) == (15, 15)

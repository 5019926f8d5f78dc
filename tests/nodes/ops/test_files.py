import io
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray
from PIL import Image as Pillow
from PIL import ImageCms

from engine.graph.faults import LoomError
from engine.store.errors import PictureError
from engine.store.pictures import read_workflow
from nodes.ops.files import read_picture, to_bytes
from nodes.types import Image, Mask

Bytes = NDArray[np.uint8]
TWO_BY_THREE: Bytes = np.arange(2 * 3 * 3, dtype=np.uint8).reshape(3, 2, 3) * 13
"""Three rows of two pixels, all different."""


def saved(path: Path, array: NDArray[Any], mode: str | None = None, **options: Any) -> Path:
    image = Pillow.fromarray(array)
    (image.convert(mode) if mode else image).save(path, **options)
    return path


@settings(max_examples=40, deadline=None)
@given(arrays(np.uint8, st.tuples(st.integers(1, 9), st.integers(1, 9), st.sampled_from([3, 4]))))
def test_a_png_read_and_written_is_the_same_bytes_of_pixels(array: Bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        picture = read_picture(saved(Path(folder) / "round.png", array))
    (encoded,) = Image(picture.pixels).encode("png")
    assert np.array_equal(np.asarray(Pillow.open(io.BytesIO(encoded.data))), array)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_picture_is_turned_as_its_exif_says(tmp_path: Path, orientation: int) -> None:
    ways: dict[
        int, Callable[[Bytes], Bytes]
    ] = {  # how an upright picture is stored under each orientation (Exif 2.32, table 6)
        1: lambda a: a,
        2: lambda a: a[:, ::-1],
        3: lambda a: a[::-1, ::-1],
        4: lambda a: a[::-1],
        5: lambda a: a.swapaxes(0, 1),
        6: lambda a: np.rot90(a, 1),
        7: lambda a: a[::-1, ::-1].swapaxes(0, 1),
        8: lambda a: np.rot90(a, -1),
    }
    stored = ways[orientation](TWO_BY_THREE)
    exif = Pillow.Exif()
    exif[0x0112] = orientation
    path = saved(tmp_path / "turned.png", np.ascontiguousarray(stored), exif=exif)
    assert np.array_equal(to_bytes(read_picture(path).pixels)[0].numpy(), TWO_BY_THREE)


def test_what_is_transparent_is_what_the_mask_changes(tmp_path: Path) -> None:
    rgba = np.full((2, 2, 4), 200, np.uint8)
    rgba[..., 3] = [[0, 255], [51, 255]]
    picture = read_picture(saved(tmp_path / "alpha.png", rgba))
    torch.testing.assert_close(picture.mask, torch.tensor([[[1.0, 0.0], [0.8, 0.0]]]))
    torch.testing.assert_close(picture.pixels[..., 3], 1 - picture.mask)


def test_without_alpha_the_mask_changes_nothing(tmp_path: Path) -> None:
    picture = read_picture(saved(tmp_path / "opaque.png", TWO_BY_THREE))
    assert picture.pixels.shape == (1, 3, 2, 3)
    assert torch.equal(picture.mask, torch.zeros(1, 3, 2))


def test_a_palette_with_a_transparent_colour_has_alpha(tmp_path: Path) -> None:
    indexed = Pillow.new("P", (2, 1))
    indexed.putpalette([255, 0, 0, 0, 255, 0])
    indexed.putdata([0, 1])
    indexed.save(tmp_path / "palette.png", transparency=1)
    picture = read_picture(tmp_path / "palette.png")
    assert picture.pixels[0, 0, 0].tolist() == [1, 0, 0, 1]
    assert picture.mask[0, 0].tolist() == [0, 1]


def test_sixteen_bits_of_grey_are_kept(tmp_path: Path) -> None:
    grey = np.array([[0, 1000, 65535]], np.uint16)
    picture = read_picture(saved(tmp_path / "grey.png", grey))
    np.testing.assert_allclose(picture.pixels[0, 0, :, 1].numpy(), grey[0] / 65535, atol=1e-7)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "CMYK"])
def test_other_modes_become_rgb(tmp_path: Path, mode: str) -> None:
    white = np.full((4, 4, 3), 255, np.uint8)
    suffix = "jpg" if mode == "CMYK" else "png"
    picture = read_picture(saved(tmp_path / f"white.{suffix}", white, mode))
    torch.testing.assert_close(picture.pixels[..., :3], torch.ones(1, 4, 4, 3), atol=0.01, rtol=0)


def test_colours_of_another_profile_come_as_srgb(tmp_path: Path) -> None:
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
    assert read_picture(saved(tmp_path / "same.png", TWO_BY_THREE, icc_profile=lab.tobytes())).notices == ()
    broken = read_picture(saved(tmp_path / "broken.png", TWO_BY_THREE, icc_profile=b"no profile"))
    assert "profile" in broken.notices[0]
    assert np.array_equal(to_bytes(broken.pixels)[0].numpy(), TWO_BY_THREE)


def test_of_an_animation_the_first_frame_is_used_and_that_is_said(tmp_path: Path) -> None:
    frames = [Pillow.new("RGB", (2, 2), colour) for colour in ("red", "blue")]
    frames[0].save(tmp_path / "two.webp", save_all=True, append_images=frames[1:], lossless=True)
    picture = read_picture(tmp_path / "two.webp")
    assert picture.pixels[0, 0, 0].tolist() == [1, 0, 0]
    assert "2 frames" in picture.notices[0]


@pytest.mark.parametrize("content", [b"", b"GIF89a....", b"\x89PNG\r\n\x1a\n" + b"\0" * 20, b"hello"])
def test_what_is_no_picture_is_said_in_a_sentence(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "odd.png").write_bytes(content)
    with pytest.raises(PictureError, match=r"odd\.png is (not a PNG|damaged)"):
        read_picture(tmp_path / "odd.png")


def test_a_picture_is_called_by_the_name_that_its_user_knows(tmp_path: Path) -> None:
    (tmp_path / "0123abcd.png").write_bytes(b"hello")
    with pytest.raises(PictureError, match=r"^cat\.png is not a PNG"):
        read_picture(tmp_path / "0123abcd.png", "cat.png")


def test_a_picture_cut_short_is_said_to_be_damaged(tmp_path: Path) -> None:
    path = saved(tmp_path / "cut.png", np.random.default_rng(0).integers(0, 255, (50, 50, 3), np.uint8))
    path.write_bytes(path.read_bytes()[:3000])
    with pytest.raises(PictureError, match="damaged"):
        read_picture(path)


def test_a_bomb_is_refused_before_it_is_decoded(tmp_path: Path) -> None:
    path = tmp_path / "bomb.png"
    Pillow.new("1", (9000, 9000)).save(path)
    with pytest.raises(PictureError, match="64,000,000"):
        read_picture(path)


def test_values_become_the_nearest_byte_with_halves_to_even() -> None:
    halves = torch.tensor([0.5, 1.5, 2.5, 254.5]) / 255
    assert to_bytes(halves).tolist() == [0, 2, 2, 254]
    assert to_bytes(torch.tensor([-1.0, 2.0, float("nan")])).tolist() == [0, 255, 0]
    everything = torch.arange(256, dtype=torch.float32) / 255
    assert to_bytes(everything).tolist() == list(range(256))


@pytest.mark.parametrize("format", ["png", "webp", "jpeg"])
def test_every_image_of_a_batch_is_a_file_with_the_workflow_inside(format: str) -> None:
    files = Image(torch.rand(2, 5, 7, 3)).encode(format, '{"format": "latentloom"}')
    assert len(files) == 2
    for file in files:
        assert (file.width, file.height) == (7, 5)
        assert read_workflow(file.data) == '{"format": "latentloom"}'
        assert Pillow.open(io.BytesIO(file.data)).size == (7, 5)


def test_a_jpeg_lays_transparency_over_white_and_says_so() -> None:
    clear = torch.tensor([0.0, 0.0, 0.0, 0.0]).expand(1, 8, 8, 4)
    (file,) = Image(clear).encode("jpeg")
    assert "transparency" in file.notices[0]
    assert np.asarray(Pillow.open(io.BytesIO(file.data))).min() == 255


def test_a_mask_is_written_as_a_grey_picture() -> None:
    (file,) = Mask(torch.tensor([[[0.0, 1.0]]])).encode()
    assert file.extension == "png"
    assert np.asarray(Pillow.open(io.BytesIO(file.data))).tolist() == [[0, 255]]


def test_a_picture_of_no_numbers_is_written_and_said() -> None:
    (file,) = Image(torch.full((1, 2, 2, 3), float("nan"))).encode()
    assert "no numbers" in file.notices[0]


def test_an_unknown_format_is_named_with_those_that_there_are() -> None:
    with pytest.raises(LoomError, match="'gif'; there is: jpeg, png, webp"):
        Image(torch.zeros(1, 1, 1, 3)).encode("gif")

"""Thumbnails: their size, that they are made once, and room on the disk, of which they are given up first."""

import pytest
from PIL import Image

from engine.store.errors import DiskFullError, PictureError
from engine.store.space import make_room
from engine.store.thumbnails import SIZES, Thumbnails

SHA = "ab" * 32


@pytest.fixture
def thumbnails(tmp_path):
    return Thumbnails(tmp_path / "cache" / "thumbnails")


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L", "P", "1", "I;16"])
def test_a_thumbnail_keeps_the_shape_and_its_longer_side_is_the_size(thumbnails, tmp_path, mode):
    Image.new("RGB" if mode == "P" else mode, (400, 100)).convert(mode).save(tmp_path / "picture.png")
    path = thumbnails.make(tmp_path / "picture.png", SHA, 128)
    with Image.open(path) as image:
        assert (image.format, image.size) == ("WEBP", (128, 32))


def test_a_small_picture_is_not_enlarged(thumbnails, tmp_path):
    Image.new("RGB", (10, 20)).save(tmp_path / "picture.png")
    with Image.open(thumbnails.make(tmp_path / "picture.png", SHA, 64)) as image:
        assert image.size == (10, 20)


def test_a_picture_that_is_to_be_shown_turned_is_turned(thumbnails, tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (100, 40)).save(tmp_path / "picture.jpg", exif=exif)
    with Image.open(thumbnails.make(tmp_path / "picture.jpg", SHA, 64)) as image:
        assert image.height > image.width


def test_it_is_made_once_and_forgotten_whole(thumbnails, tmp_path):
    Image.new("RGB", (10, 20)).save(tmp_path / "picture.png")
    for size in SIZES:
        thumbnails.make(tmp_path / "picture.png", SHA, size)
    (tmp_path / "picture.png").unlink()
    assert thumbnails.make(tmp_path / "picture.png", SHA, 64).is_file()
    thumbnails.forget(SHA)
    assert [path for path in (tmp_path / "cache").rglob("*") if path.is_file()] == []


def test_what_is_no_picture_has_none_and_leaves_nothing(thumbnails, tmp_path):
    (tmp_path / "picture.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    with pytest.raises(PictureError):
        thumbnails.make(tmp_path / "picture.png", SHA, 64)
    assert [path for path in (tmp_path / "cache").rglob("*") if path.is_file()] == []


def test_on_a_full_disk_the_cache_is_given_up_before_anything_is_refused(tmp_path):
    cache, results = tmp_path / "cache", tmp_path / "assets"
    for folder in (cache / "blobs", results):
        folder.mkdir(parents=True)
        for number in range(4):
            (folder / f"{number}.bin").write_bytes(b"0" * 100)
    (cache / "index.db").write_bytes(b"0" * 100)

    def free(_):
        return 1000 - 100 * sum(path.is_file() for path in tmp_path.rglob("*"))

    make_room(tmp_path, cache, 100, free=free)
    assert len(list((cache / "blobs").iterdir())) == 4
    make_room(tmp_path, cache, 300, free=free)
    assert len(list((cache / "blobs").iterdir())) == 2
    with pytest.raises(DiskFullError, match="nothing was written"):
        make_room(tmp_path, cache, 900, free=free)
    assert not list((cache / "blobs").iterdir())
    assert (cache / "index.db").exists()
    assert len(list(results.iterdir())) == 4

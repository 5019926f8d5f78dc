"""Files from outside: what is taken, what is refused, and that nothing half-arrived stays."""

import hashlib
import io
import json
import zlib

import pytest
from PIL import Image

from engine.store.errors import PictureError, WeightsError
from engine.store.uploads import UnsupportedFile, Upload, kind_of, sweep_unfinished


def picture(format="PNG", size=(7, 5), mode="RGB") -> bytes:
    buffer = io.BytesIO()
    Image.new(mode, size, 40).save(buffer, format)
    return buffer.getvalue()


def weights() -> bytes:
    header = json.dumps({"a": {"dtype": "U8", "shape": [2], "data_offsets": [0, 2]}}).encode()
    return len(header).to_bytes(8, "little") + header + b"\1\2"


@pytest.mark.parametrize(("format", "suffix"), [("PNG", ".png"), ("JPEG", ".jpg"), ("WEBP", ".webp")])
def test_a_picture_is_known_by_its_content_whatever_it_is_called(tmp_path, format, suffix):
    (tmp_path / "file").write_bytes(picture(format))
    kind = kind_of(tmp_path / "file", "evil.html", 100)
    assert (kind.suffix, kind.type, kind.width, kind.height) == (suffix, "Image", 7, 5)


@pytest.mark.parametrize(
    ("content", "name", "error"),
    [
        (picture()[:40], "cut.png", PictureError),
        (picture(size=(11, 10)), "large.png", PictureError),
        (picture("GIF", mode="L"), "moving.gif", UnsupportedFile),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "drawing.svg", UnsupportedFile),
        (b"<script>alert(1)</script>", "page.html", UnsupportedFile),
        (b"\x80\x04\x95", "weights.pt", UnsupportedFile),
        (b"PK\x03\x04", "weights.safetensors", WeightsError),
        (weights()[:-1], "weights.safetensors", WeightsError),
        ((1 << 40).to_bytes(8, "little") + b"{" * 100, "weights.safetensors", WeightsError),
        (b"a\0b", "table.csv", UnsupportedFile),
        (b"\xff\xfeabc", "table.csv", UnsupportedFile),
        (b"", "nothing.png", UnsupportedFile),
        (b"plain", "no_suffix", UnsupportedFile),
    ],
)
def test_what_no_node_reads_is_refused_in_words(tmp_path, content, name, error):
    path = tmp_path / "file"
    path.write_bytes(content)
    with pytest.raises(error) as refused:
        kind_of(path, name, 100)
    assert str(tmp_path) not in str(refused.value)


def test_weights_and_texts_are_taken(tmp_path):
    (tmp_path / "file").write_bytes(weights())
    assert kind_of(tmp_path / "file", "latent.safetensors", 1).suffix == ".safetensors"
    (tmp_path / "file").write_text("prompt\n12345678{a red cube}\nü\n", encoding="utf-8")
    assert kind_of(tmp_path / "file", "Table.CSV", 1).suffix == ".csv"


@pytest.mark.parametrize("side", [12_000, 60_000])
def test_a_header_that_promises_a_huge_picture_costs_nothing(tmp_path, side):
    chunks = [(b"IHDR", side.to_bytes(4) * 2 + b"\x08\x02\0\0\0"), (b"IDAT", zlib.compress(b"\0")), (b"IEND", b"")]
    (tmp_path / "file").write_bytes(
        b"\x89PNG\r\n\x1a\n"
        + b"".join(len(data).to_bytes(4) + name + data + zlib.crc32(name + data).to_bytes(4) for name, data in chunks)
    )
    with pytest.raises(PictureError, match="pixels"):
        kind_of(tmp_path / "file", "bomb.png", 100_000_000)


def test_an_upload_is_kept_under_the_name_of_its_content_or_leaves_nothing(tmp_path):
    assets = tmp_path / "assets"
    with Upload(assets) as upload:
        upload.write(b"ab")
        upload.write(b"c")
        upload.finish()
        path = upload.keep(".txt")
    sha256 = hashlib.sha256(b"abc").hexdigest()
    assert path == assets / sha256[:2] / f"{sha256}.txt"
    assert path.read_bytes() == b"abc"
    with Upload(assets) as upload:
        upload.write(b"never finished")
    assert [found for found in assets.rglob("*") if found.is_file()] == [path]


def test_what_a_killed_process_left_of_an_upload_is_swept_and_nothing_else(tmp_path):
    assets = tmp_path / "assets"
    assert sweep_unfinished(assets) == 0
    with Upload(assets) as upload:
        upload.write(b"abc")
        upload.finish()
        kept = upload.keep(".txt")
    with Upload(assets) as killed:
        killed.write(b"half")
        assert sweep_unfinished(assets) == 1
    assert [found for found in assets.rglob("*") if found.is_file()] == [kept]

"""Workflows in pictures: what is written is read, other programs' are named, and bad files end in sentences."""

import contextlib
import io
import json
import struct
import warnings
import zlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from engine.store import picture_texts
from engine.store.errors import PictureError
from engine.store.picture_texts import Format, picture_format
from engine.store.pictures import Found, encode, find_workflow, measure, open_picture, read_workflow

FORMATS: tuple[Format, ...] = ("png", "jpeg", "webp")
DOCUMENT = '{\n  "format": "latentloom",\n  "title": "grün 🎨"\n}\n'
INFOTEXT = "a cat\nNegative prompt: blurry\nSteps: 20, Sampler: Euler a, CFG scale: 7, Seed: 1"


def picture(mode: str = "RGB", size: tuple[int, int] = (9, 7)) -> Image.Image:
    ramp = Image.linear_gradient("L").resize(size)
    return Image.merge(mode, [ramp] * len(mode)) if len(mode) > 1 else ramp


def saved(format: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    picture().save(buffer, format, **options)
    return buffer.getvalue()


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def with_chunk(kind: bytes, data: bytes) -> bytes:
    """A PNG with one more chunk behind its header."""
    whole = saved("png")
    return whole[:33] + chunk(kind, data) + whole[33:]


@pytest.mark.parametrize("format", FORMATS)
@settings(max_examples=30, deadline=None)
@given(value=st.dictionaries(st.text(st.characters(codec="utf-8")), st.text(st.characters(codec="utf-8"))))
def test_a_workflow_comes_out_as_it_went_in(format: Format, value: dict[str, str]) -> None:
    document = json.dumps(value, ensure_ascii=False, indent=2) + "\n"
    encoded = encode(picture(), format, document)
    assert find_workflow(encoded.data) == Found("latentloom", document)
    assert encoded.notices == ()


@pytest.mark.parametrize("format", FORMATS)
def test_a_picture_without_a_workflow_has_none(format: Format) -> None:
    assert find_workflow(encode(picture(), format).data) is None
    assert read_workflow(encode(picture(), format).data) is None


@pytest.mark.parametrize("format", FORMATS)
def test_the_same_picture_is_the_same_bytes_wherever_it_came_from(format: Format) -> None:
    opened = picture()
    opened.info = {"dpi": (72, 72), "icc_profile": b"profile", "comment": b"by me", "exif": b"Exif\0\0x", "a": "b"}
    assert encode(opened, format, DOCUMENT) == encode(picture(), format, DOCUMENT)
    assert opened.info["a"] == "b"


@pytest.mark.parametrize(("format", "mode"), [("png", "RGB"), ("png", "RGBA"), ("png", "L"), ("webp", "RGB")])
def test_png_and_webp_keep_every_pixel(format: Format, mode: str) -> None:
    read = open_picture(encode(picture(mode), format, DOCUMENT).data)
    assert read.mode == mode
    assert read.tobytes() == picture(mode).tobytes()


def test_quality_makes_webp_and_jpeg_smaller() -> None:
    noise = Image.effect_noise((64, 64), 80).convert("RGB")
    for format in ("webp", "jpeg"):
        assert len(encode(noise, format, quality=30).data) < len(encode(noise, format).data) / 2


def test_the_keyword_in_a_png_and_the_comment_in_exif_are_what_others_can_read() -> None:
    with Image.open(io.BytesIO(encode(picture(), "png", DOCUMENT).data)) as image:
        assert image.text == {"latentloom": DOCUMENT}  # type: ignore[attr-defined]
        assert isinstance(image.text["latentloom"], PngImagePlugin.iTXt)  # type: ignore[attr-defined]
    for format in ("jpeg", "webp"):
        with Image.open(io.BytesIO(encode(picture(), format, DOCUMENT).data)) as image:
            comment = image.getexif().get_ifd(0x8769)[0x9286]
        assert comment == bytes(8) + b"latentloom:" + DOCUMENT.encode()


def test_a_jpeg_carries_60_kb_and_beyond_that_a_notice() -> None:
    fits = json.dumps("ü" * 29_998, ensure_ascii=False)
    assert len(fits.encode()) == 59_998
    assert read_workflow(encode(picture(), "jpeg", fits + "  ").data) == fits + "  "
    over = encode(picture(), "jpeg", fits + "   ")
    assert read_workflow(over.data) is None
    assert over.notices == (
        "the workflow is larger than a JPEG can carry (60000 bytes), so it was left out of the picture",
    )
    assert read_workflow(encode(picture(), "webp", fits * 20).data) == fits * 20


def test_a_picture_that_a_format_cannot_hold_is_refused() -> None:
    with pytest.raises(PictureError, match="mode RGBA can't be written as jpeg"):
        encode(picture("RGBA"), "jpeg")
    with pytest.raises(PictureError, match="mode CMYK can't be written as png"):
        encode(picture("CMYK"), "png")
    with pytest.raises(PictureError, match="16384 × 1 pixels can't be written as webp"):
        encode(picture(size=(16384, 1)), "webp")


def test_a_path_is_read_like_its_bytes(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(encode(picture(), "png", DOCUMENT).data)
    assert read_workflow(path) == DOCUMENT
    assert open_picture(path).size == (9, 7)
    with pytest.raises(PictureError, match="can't be read: No such file"):
        read_workflow(tmp_path / "absent.png")
    with pytest.raises(PictureError, match="can't be read"):
        open_picture(tmp_path)


def comfyui_png(compressed: bool = False) -> bytes:
    info = PngImagePlugin.PngInfo()
    info.add_text("prompt", '{"1": {"class_type": "KSampler"}}', zip=compressed)
    info.add_text("workflow", '{"nodes": [], "title": "ü"}', zip=compressed)
    return saved("png", pnginfo=info)


def exif(**tags: object) -> bytes:
    data = Image.Exif()
    if "comment" in tags:
        data.get_ifd(0x8769)[0x9286] = tags["comment"]
    if "make" in tags:
        data[0x010F] = tags["make"]
    if "model" in tags:
        data[0x0110] = tags["model"]
    return data.tobytes()


def infotext_png() -> bytes:
    info = PngImagePlugin.PngInfo()
    info.add_text("parameters", INFOTEXT)
    return saved("png", pnginfo=info)


OTHERS = {
    "ComfyUI's PNG": (comfyui_png(), "comfyui", '{"nodes": [], "title": "ü"}'),
    "ComfyUI's compressed PNG": (comfyui_png(True), "comfyui", '{"nodes": [], "title": "ü"}'),
    "ComfyUI's WebP": (
        saved("webp", exif=exif(make='workflow:{"nodes": []}', model='prompt:{"1": {}}')),
        "comfyui",
        '{"nodes": []}',
    ),
    "ComfyUI's API WebP": (saved("webp", exif=exif(model='prompt:{"1": {}}')), "comfyui", '{"1": {}}'),
    "A1111's PNG": (infotext_png(), "a1111", INFOTEXT),
    "A1111's JPEG": (
        saved("jpeg", exif=exif(comment=b"UNICODE\0" + INFOTEXT.encode("utf-16-be"))),
        "a1111",
        INFOTEXT,
    ),
    "A1111's WebP, little endian": (
        saved("webp", exif=exif(comment=b"UNICODE\0" + INFOTEXT.encode("utf-16-le"))),
        "a1111",
        INFOTEXT,
    ),
}


@pytest.mark.parametrize("name", OTHERS)
def test_other_programs_pictures_are_told_apart(name: str) -> None:
    data, kind, text = OTHERS[name]
    assert find_workflow(data) == Found(kind, text)  # type: ignore[arg-type]
    assert read_workflow(data) is None


def test_a_photograph_is_nobodys() -> None:
    photo = saved("jpeg", exif=exif(make="Canon", model="EOS: 5D", comment=b"ASCII\0\0\0Steps up the hill"))
    info = PngImagePlugin.PngInfo()
    info.add_text("workflow", "developed, then cropped")
    info.add_text("parameters", "f/8")
    assert find_workflow(photo) is None
    assert find_workflow(saved("png", pnginfo=info)) is None


def test_ours_comes_before_what_another_program_left() -> None:
    info = PngImagePlugin.PngInfo()
    info.add_text("workflow", '{"nodes": []}')
    info.add_itxt("latentloom", DOCUMENT)
    assert find_workflow(saved("png", pnginfo=info)) == Found("latentloom", DOCUMENT)


def test_a_workflow_behind_the_pixels_is_found_and_one_behind_the_end_is_not() -> None:
    whole, text = saved("png"), chunk(b"iTXt", b"latentloom\0\0\0\0\0" + DOCUMENT.encode())
    assert read_workflow(whole[:-12] + text + whole[-12:]) == DOCUMENT
    assert read_workflow(whole + text) is None


def test_chunks_of_odd_length_in_a_webp_are_padded() -> None:
    ours = encode(picture(), "webp", DOCUMENT).data
    odd = b"ICCP" + struct.pack("<I", 3) + b"abc\0"
    assert read_workflow(ours[:12] + odd + ours[12:]) == DOCUMENT


def test_a_jpegs_texts_end_where_its_pixels_begin() -> None:
    text = exif(comment=bytes(8) + b"latentloom:{}")
    segment = b"\xff\xe1" + struct.pack(">H", len(text) + 2) + text
    start = b"\xff\xd8\xff\xe0\0\2"
    assert read_workflow(start + segment) == "{}"
    assert read_workflow(start + b"\xff\xda\0\2" + segment) is None
    assert read_workflow(start + b"\xff\xe1\0\0" + text) is None, "a segment's length counts its own two bytes"


def test_exif_that_promises_more_than_it_has_is_passed_over_in_silence() -> None:
    tag = struct.pack(">HHII", 0x010F, 2, 5000, 200)
    text = b"Exif\0\0MM\0\x2a\0\0\0\x08" + struct.pack(">H", 1) + tag + bytes(4)
    jpeg = b"\xff\xd8\xff\xe1" + struct.pack(">H", len(text) + 2) + text
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        assert find_workflow(jpeg) is None
    assert heard == []


def test_a_damaged_workflow_is_not_served() -> None:
    data = encode(picture(), "png", DOCUMENT).data
    place = data.index(b"title")
    with pytest.raises(PictureError, match="the workflow in this picture is damaged"):
        read_workflow(data[:place] + b"T" + data[place + 1 :])


def test_a_text_that_unpacks_to_more_than_the_cap_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(picture_texts, "TEXT_CAP", 1000)
    fits, bomb = zlib.compress(b"{" * 1000), zlib.compress(b"{" * 1001)
    assert find_workflow(with_chunk(b"iTXt", b"workflow\0\1\0\0\0" + fits)) == Found("comfyui", "{" * 1000)
    assert find_workflow(with_chunk(b"iTXt", b"workflow\0\1\0\0\0" + bomb)) is None
    assert find_workflow(with_chunk(b"zTXt", b"workflow\0\0" + fits)) == Found("comfyui", "{" * 1000)
    assert find_workflow(with_chunk(b"zTXt", b"workflow\0\0" + bomb)) is None
    assert find_workflow(with_chunk(b"tEXt", b"workflow\0" + b"{" * 1000)) is None
    assert find_workflow(with_chunk(b"zTXt", b"workflow\0\0not deflated")) is None


def test_a_file_of_endless_chunks_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(picture_texts, "CHUNK_CAP", 50)
    ours = chunk(b"iTXt", b"latentloom\0\0\0\0\0{}")
    assert read_workflow(saved("png")[:33] + chunk(b"junk", b"") * 40 + ours) == "{}"
    assert read_workflow(saved("png")[:33] + chunk(b"junk", b"") * 50 + ours) is None


def test_reading_a_workflow_decodes_no_pixel(monkeypatch: pytest.MonkeyPatch) -> None:
    pictures = [encode(picture(), format, DOCUMENT).data for format in FORMATS]

    def fail(*arguments: object, **options: object) -> None:
        raise AssertionError("a picture was opened")

    monkeypatch.setattr(Image, "open", fail)
    assert [read_workflow(data) for data in pictures] == [DOCUMENT] * 3


def test_a_picture_of_too_many_pixels_is_refused_before_it_is_decoded() -> None:
    with pytest.raises(PictureError, match=r"has 9 × 7 pixels; at most 62 are read"):
        open_picture(saved("png"), max_pixels=62)
    assert open_picture(saved("png"), max_pixels=63).size == (9, 7)
    whole = saved("png")
    for side, sentence in ((10_001, "has 10001 × 10001 pixels; at most 100,000,000"), (60_000, "too large")):
        header = struct.pack(">II", side, side) + whole[24:29]
        bomb = whole[:8] + chunk(b"IHDR", header) + whole[33:]
        with warnings.catch_warnings(action="error"), pytest.raises(PictureError, match=sentence):
            open_picture(bomb)


@pytest.mark.parametrize("format", ["gif", "bmp", "tiff", "ppm"])
def test_other_formats_are_refused_though_the_library_knows_them(format: str) -> None:
    with pytest.raises(PictureError, match="is not a PNG, JPEG or WebP picture"):
        open_picture(saved(format))
    assert picture_format(saved(format)[:12]) is None
    assert find_workflow(saved(format)) is None


@pytest.mark.parametrize("format", FORMATS)
@settings(max_examples=150, deadline=None)
@given(place=st.floats(0, 1, exclude_max=True), value=st.integers(0, 255), cut=st.booleans())
def test_a_damaged_picture_ends_in_a_sentence(format: Format, place: float, value: int, cut: bool) -> None:
    data = bytearray(encode(picture(), format, DOCUMENT).data)
    index = int(place * len(data))
    data[index] = value
    damaged = bytes(data[: index + 1] if cut else data)
    for read in (find_workflow, open_picture):
        try:
            read(damaged)
        except PictureError as error:
            assert str(error)  # noqa: PT017


@pytest.mark.parametrize("format", FORMATS)
def test_the_size_of_a_picture_is_known_without_decoding_it(format: Format) -> None:
    assert measure(saved(format), "it") == (9, 7)


@pytest.mark.parametrize("format", FORMATS)
def test_a_picture_that_is_cut_off_anywhere_has_a_size_or_gets_a_sentence(format: Format) -> None:
    whole = saved(format)
    sizes = set()
    for end in range(len(whole)):
        with contextlib.suppress(PictureError):
            sizes.add(measure(whole[:end], "it"))

    assert sizes <= {(9, 7)}


def test_a_png_that_is_changed_is_known_to_be_damaged() -> None:
    whole = saved("png")
    with pytest.raises(PictureError, match="it is damaged"):
        measure(whole[:60] + bytes([whole[60] ^ 1]) + whole[61:], "it")


def camera_jpeg(progressive: bool) -> bytes:
    """A JPEG with a thumbnail, a JPEG itself, in its EXIF."""
    file = io.BytesIO()
    thumbnail = b"Exif\0\0" + encode(picture(), "jpeg").data
    picture().convert("RGB").save(file, "JPEG", exif=thumbnail, progressive=progressive)
    return file.getvalue()


@pytest.mark.parametrize(
    "whole",
    [saved("png"), saved("webp"), camera_jpeg(progressive=False), camera_jpeg(progressive=True)],
    ids=["png", "webp", "jpeg", "progressive jpeg"],
)
def test_what_is_cut_off_where_it_cannot_be_decoded_is_known_without_decoding_it(whole: bytes) -> None:
    for end in range(len(whole)):
        try:
            open_picture(whole[:end])
        except PictureError:
            with pytest.raises(PictureError):
                measure(whole[:end], "it")


def test_what_follows_a_jpeg_or_stands_between_its_segments_does_no_harm() -> None:
    whole = camera_jpeg(progressive=False)
    for odd in (whole + b"a trailer" * 100, whole[:2] + b"\xff\xff" + whole[2:]):
        assert open_picture(odd).size == measure(odd, "it") == (9, 7)

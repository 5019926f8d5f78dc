"""The texts that a picture's file carries beside its pixels, read without decoding a pixel.

Only the frame of each format is walked: PNG's chunks (PNG third edition, section 5), JPEG's segments up to
the picture's data (ITU T.81, annex B), WebP's RIFF chunks. Sizes are capped, so a file that promises much
costs little.
"""

import warnings
import zlib
from collections.abc import Iterator
from typing import IO, BinaryIO, Literal, TypeAlias

from PIL import Image

from engine.store.errors import PictureError

Format: TypeAlias = Literal["png", "jpeg", "webp"]

KEYWORD = "latentloom"
TEXT_CAP = 16 << 20
CHUNK_CAP = 100_000
USER_COMMENT, EXIF_IFD, MAKE, CAMERA = 0x9286, 0x8769, 0x010F, 0x0110


def picture_format(start: bytes) -> Format | None:
    """The format of a file by its first 12 bytes; None for any other than these three."""
    if start.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if start.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    return "webp" if start[:4] == b"RIFF" and start[8:12] == b"WEBP" else None


def texts(file: BinaryIO) -> Iterator[tuple[str, str]]:
    """Every text, as (keyword, text); keywords of EXIF are `UserComment`, `Make` and `Model`.

    Nothing comes of a file that is not PNG, JPEG or WebP. What is malformed ends the walk and is no error,
    except our own text: raises PictureError where that is damaged.
    """
    kind = picture_format(file.read(12))
    if kind == "png":
        yield from _png_texts(file)
    elif kind is not None:
        yield from _exif_texts(_jpeg_exif(file) if kind == "jpeg" else _webp_exif(file))


def _png_texts(file: BinaryIO) -> Iterator[tuple[str, str]]:
    file.seek(8)
    for _ in range(CHUNK_CAP):
        head = file.read(8)
        length, kind = int.from_bytes(head[:4]), head[4:]
        if len(head) < 8 or kind == b"IEND":
            return
        if kind not in (b"tEXt", b"zTXt", b"iTXt") or length > TEXT_CAP:
            file.seek(length + 4, 1)
            continue
        data, check = file.read(length), int.from_bytes(file.read(4))
        keyword, _, rest = data.partition(b"\0")
        if keyword == KEYWORD.encode() and zlib.crc32(kind + data) != check:
            raise PictureError("the workflow in this picture is damaged (its checksum is wrong)")
        text = _png_text(kind, rest)
        if text is not None:
            yield keyword.decode("latin-1"), text


def _png_text(kind: bytes, rest: bytes) -> str | None:
    if kind == b"tEXt":
        return rest.decode("latin-1")
    if kind == b"zTXt":
        plain = _inflated(rest[1:])
        return None if plain is None else plain.decode("latin-1")
    compressed, (_, _, body) = rest[:1] == b"\1", _split(rest[2:])
    plain = _inflated(body) if compressed else body
    return None if plain is None else plain.decode("utf-8", "replace")


def _split(fields: bytes) -> tuple[bytes, bytes, bytes]:
    """An iTXt chunk's language, translated keyword and text."""
    language, _, rest = fields.partition(b"\0")
    translated, _, text = rest.partition(b"\0")
    return language, translated, text


def _inflated(data: bytes) -> bytes | None:
    """The decompressed bytes; None where they are malformed or larger than the cap."""
    stream = zlib.decompressobj()
    try:
        plain = stream.decompress(data, TEXT_CAP)
    except zlib.error:
        return None
    return plain if stream.eof else None


def jpeg_ends(file: IO[bytes]) -> bool:
    """Whether a JPEG's data has an end-of-image marker, which it must, however much follows it."""
    for _ in _jpeg_segments(file):
        pass  # a thumbnail in one of them has such a marker of its own
    last = b""
    while data := file.read(1 << 20):
        if b"\xff\xd9" in last + data:
            return True
        last = data[-1:]
    return False


def _jpeg_exif(file: BinaryIO) -> bytes:
    found = (data for marker, data in _jpeg_segments(file) if marker == 0xE1 and data.startswith(b"Exif\0\0"))
    return next(found, b"")


def _jpeg_segments(file: IO[bytes]) -> Iterator[tuple[int, bytes]]:
    """Each segment before the picture's data, as (marker, content); the file then stands at that data."""
    file.seek(2)
    for _ in range(CHUNK_CAP):
        head = file.read(4)
        length = int.from_bytes(head[2:])
        if len(head) < 4 or head[0] != 0xFF or head[1] == 0xDA or length < 2:
            break
        yield head[1], file.read(length - 2)


def _webp_exif(file: BinaryIO) -> bytes:
    file.seek(12)
    for _ in range(CHUNK_CAP):
        head = file.read(8)
        length = int.from_bytes(head[4:], "little")
        if len(head) < 8:
            break
        if head[:4] == b"EXIF":
            return file.read(min(length, TEXT_CAP))
        file.seek(length + length % 2, 1)
    return b""


def _exif_texts(data: bytes) -> Iterator[tuple[str, str]]:
    exif = Image.Exif()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            exif.load(data)
            found = {"UserComment": exif.get_ifd(EXIF_IFD).get(USER_COMMENT)}
            found |= {"Make": exif.get(MAKE), "Model": exif.get(CAMERA)}
    except Exception:
        # Pillow's reader raises whatever a malformed directory leads it to; then there is no text.
        return
    for keyword, value in found.items():
        if isinstance(value, bytes):
            yield keyword, _user_comment(value)
        elif isinstance(value, str):
            yield keyword, value


def _user_comment(value: bytes) -> str:
    """The text of a UserComment, whose first 8 bytes say its encoding (Exif 2.32, section 4.6.5)."""
    code, body = value[:8], value[8:]
    if code == b"UNICODE\0":
        little = body[1:2] == b"\0"
        return body.decode("utf-16-le" if little else "utf-16-be", "replace")
    return body.decode("utf-8", "replace")

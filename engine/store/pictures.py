"""Pictures as files, with the workflow that made them inside.

PNG has it as iTXt under the keyword `latentloom`; WebP and JPEG as EXIF UserComment, `latentloom:` and UTF-8
JSON. The same pixels and the same workflow are the same bytes: neither time nor path is written.
"""

import io
import re
import struct
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Literal, TypeAlias

from PIL import Image, JpegImagePlugin, PngImagePlugin, UnidentifiedImageError

from engine.store.errors import PictureError
from engine.store.picture_texts import EXIF_IFD, KEYWORD, USER_COMMENT, Format, jpeg_ends, texts
from engine.store.regular import open_regular

Source: TypeAlias = Path | bytes
Kind: TypeAlias = Literal["latentloom", "comfyui", "a1111"]

MAX_PIXELS = 100_000_000
JPEG_CAP = 60_000
UNDEFINED = b"\0" * 8
FORMATS = ("PNG", "JPEG", "WEBP")
_INFOTEXT = re.compile(r"\bSteps: \d+, ")


@dataclass(frozen=True, slots=True)
class Found:
    """A workflow, or another program's record of how it made a picture, as the text that stood there."""

    kind: Kind
    text: str


@dataclass(frozen=True, slots=True)
class Encoded:
    """A picture as a file's bytes; `notices` are sentences about what was left out."""

    data: bytes
    notices: tuple[str, ...] = ()


def find_workflow(source: Source) -> Found | None:
    """What a PNG, JPEG or WebP says of its making: ours before ComfyUI's before AUTOMATIC1111's; else None.

    No pixel is decoded. Raises PictureError where the file can't be read or our text in it is damaged.
    """
    found: dict[str, str] = {}
    with _opened(source) as file:
        for keyword, text in texts(file):
            for kind, inner in _recognised(keyword, text):
                found.setdefault(kind, inner)
    if KEYWORD in found:
        return Found("latentloom", found[KEYWORD])
    if "workflow" in found or "prompt" in found:
        return Found("comfyui", found.get("workflow") or found["prompt"])
    return Found("a1111", found["parameters"]) if "parameters" in found else None


def read_workflow(source: Source) -> str | None:
    """Our workflow's JSON out of a picture; None where it has none. Raises PictureError as `find_workflow`."""
    found = find_workflow(source)
    return found.text if found and found.kind == "latentloom" else None


def encode(image: Image.Image, format: Format, document: str | None = None, *, quality: int | None = None) -> Encoded:
    """A picture (mode L, RGB or RGBA) as a file, with `document` (a workflow's JSON) inside.

    `quality` is 1…100: for JPEG 95 by default, WebP is lossless without it, PNG always is. JPEG holds up to
    60,000 bytes of document; a larger one is left out with a notice. Raises PictureError for other modes,
    JPEG with alpha, and sizes that the format can't hold.
    """
    if image.mode not in ("L", "RGB", "RGBA") or (format == "jpeg" and image.mode == "RGBA"):
        raise PictureError(f"a picture of mode {image.mode} can't be written as {format}")
    too_long = format == "jpeg" and document is not None and len(document.encode()) > JPEG_CAP
    options = _options(format, None if too_long else document, quality)
    # Pillow would write what the picture was opened with (profiles, resolution, comments).
    clean = image.copy()
    clean.info = {}
    buffer = io.BytesIO()
    try:
        clean.save(buffer, format.upper(), **options)
    except (OSError, ValueError) as error:
        width, height = image.size
        raise PictureError(f"{width} × {height} pixels can't be written as {format}: {error}") from error
    notice = f"the workflow is larger than a JPEG can carry ({JPEG_CAP} bytes), so it was left out of the picture"
    return Encoded(buffer.getvalue(), (notice,) if too_long else ())


def open_picture(source: Source, max_pixels: int = MAX_PIXELS, called: str | None = None) -> Image.Image:
    """A PNG, JPEG or WebP, decoded. Raises PictureError for other files, damaged ones, and more than `max_pixels`.

    `called` is what the sentence calls it: by default its path, which says little where files are kept by content.
    """
    called = called or (str(source) if isinstance(source, Path) else "the picture")
    with _image(source, called) as image:
        width, height = image.size
        if width * height > max_pixels:
            raise PictureError(f"{called} has {width} × {height} pixels; at most {max_pixels:,} are read")
        image.load()
        return image


def measure(source: Source, called: str) -> tuple[int, int]:
    """Width and height of a PNG, JPEG or WebP in pixels, as stored; a file that is cut off is known by it.

    PNG has checksums and WebP its length; a JPEG without an end is decoded, as small as can be. No pixel of any
    other picture is. Raises PictureError as `open_picture` does, as far as that shows.
    """
    with _image(source, called) as image:
        size = image.size
        if not isinstance(image, JpegImagePlugin.JpegImageFile):
            image.verify()
        elif image.fp is None or not jpeg_ends(image.fp):
            image.draft(image.mode, (1, 1))
            image.load()
    return size


@contextmanager
def _image(source: Source, called: str) -> Iterator[Image.Image]:
    """A picture file, opened. Raises PictureError also for what goes wrong in it while it is open."""
    with _opened(source) as file, warnings.catch_warnings():
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)
        try:
            with Image.open(file, formats=FORMATS) as image:
                yield image
        except UnidentifiedImageError:
            raise PictureError(f"{called} is not a PNG, JPEG or WebP picture") from None
        except Image.DecompressionBombError as error:
            raise PictureError(f"{called} is too large: {error}") from None
        except (OSError, ValueError, SyntaxError, EOFError, struct.error) as error:
            raise PictureError(f"{called} is damaged: {error}") from None


def _recognised(keyword: str, text: str) -> Iterator[tuple[str, str]]:
    """What one text is, as (keyword it would have in a PNG, text)."""
    if keyword == "UserComment" and text.startswith(f"{KEYWORD}:"):
        yield KEYWORD, text.removeprefix(f"{KEYWORD}:")
    elif keyword in ("UserComment", "parameters") and _INFOTEXT.search(text):
        yield "parameters", text
    elif keyword == KEYWORD or (keyword in ("workflow", "prompt") and text.lstrip().startswith("{")):
        yield keyword, text
    elif keyword in ("Make", "Model"):
        # ComfyUI's WebP files put "workflow:{…}" and "prompt:{…}" into the camera's maker and model.
        name, colon, inner = text.partition(":")
        if colon and name in ("workflow", "prompt") and inner.startswith("{"):
            yield name, inner


def _options(format: Format, document: str | None, quality: int | None) -> dict[str, Any]:
    if format == "png":
        info = PngImagePlugin.PngInfo()
        if document is not None:
            info.add_itxt(KEYWORD, document)
        return {"pnginfo": info}
    options: dict[str, Any] = {} if document is None else {"exif": _exif(document)}
    if format == "jpeg":
        return options | {"quality": 95 if quality is None else quality, "subsampling": 0}
    return options | ({"lossless": True} if quality is None else {"quality": quality})


def _exif(document: str) -> bytes:
    exif = Image.Exif()
    exif.get_ifd(EXIF_IFD)[USER_COMMENT] = UNDEFINED + f"{KEYWORD}:{document}".encode()
    return exif.tobytes()


@contextmanager
def _opened(source: Source) -> Iterator[BinaryIO]:
    if isinstance(source, bytes):
        yield io.BytesIO(source)
        return
    with ExitStack() as stack:
        try:
            file = stack.enter_context(open_regular(source))
        except OSError as error:
            raise PictureError(f"{source} can't be read: {error.strerror}") from None
        yield file

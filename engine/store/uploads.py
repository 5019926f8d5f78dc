"""Files that come in from outside: written aside while they arrive, looked at, and only then put among the assets.

What is taken: PNG, JPEG and WebP pictures that can be decoded, safetensors files with a sound header, and UTF-8 text
(tables, prompts). Whatever else it is, no node could read it.
"""

from __future__ import annotations

import codecs
import hashlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, ClassVar

from engine.store.errors import PictureError, StoreError, WeightsError
from engine.store.home import made
from engine.store.safetensors_header import read_header

SUFFIXES = {"png": ".png", "jpeg": ".jpg", "webp": ".webp"}
TEXTS = (".txt", ".csv", ".tsv", ".json", ".md", ".yaml")
WEIGHTS = ".safetensors"
_CHUNK = 1 << 20
_UNFINISHED = ".upload-"


class UnsupportedFile(StoreError):
    """A file of a kind that no node reads."""

    code: ClassVar[str] = "unsupported_file"


@dataclass(frozen=True, slots=True)
class Kind:
    """What a file is: its suffix, the value type that reads it, and its size in pixels where it is a picture."""

    suffix: str
    type: str = "File"
    width: int | None = None
    height: int | None = None


class Upload:
    """A file that is arriving. Use as a context manager: what was not kept by then is gone."""

    def __init__(self, assets: Path) -> None:
        self._assets = made(assets)
        self._digest = hashlib.sha256()
        self.bytes = 0
        handle, name = tempfile.mkstemp(prefix=_UNFINISHED, suffix=".part", dir=self._assets)
        self.path = Path(name)
        self._file: BinaryIO = open(handle, "wb")  # noqa: SIM115  (closed by `keep` or `__exit__`)

    def __enter__(self) -> Upload:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()
        self.path.unlink(missing_ok=True)

    def write(self, data: bytes) -> None:
        """More of it. Raises OSError."""
        self._file.write(data)
        self._digest.update(data)
        self.bytes += len(data)

    @property
    def sha256(self) -> str:
        """The SHA-256 of what has come, in hexadecimal."""
        return self._digest.hexdigest()

    def finish(self) -> None:
        """All of it has come: to the disk with it. Raises OSError."""
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()

    def keep(self, suffix: str) -> Path:
        """Put it among the assets under the name of its content. Raises OSError."""
        os.chmod(self.path, 0o644)
        folder = made(self._assets / self.sha256[:2])
        path = folder / (self.sha256 + suffix)
        os.replace(self.path, path)
        _sync(folder)
        return path


def sweep_unfinished(assets: Path) -> int:
    """Delete what uploads left that a killed process did not finish; how many there were. No upload may be arriving."""
    left = list(assets.glob(f"{_UNFINISHED}*"))
    for path in left:
        path.unlink(missing_ok=True)
    return len(left)


def kind_of(path: Path, name: str, pixels: int) -> Kind:
    """What a file is, by its content; `name` only tells texts apart. Pictures are decoded, of up to `pixels` pixels.

    Raises PictureError, WeightsError, UnsupportedFile.
    """
    suffix = Path(name).suffix.lower()
    with path.open("rb") as file:
        start = file.read(16)
    if (picture := _as_picture(path, start, pixels)) is not None:
        return picture
    if suffix == WEIGHTS or (start[8:9] == b"{" and suffix not in TEXTS):
        return _as_weights(path)
    if suffix in TEXTS and _is_text(path):
        return Kind(suffix)
    raise UnsupportedFile(
        "this is none of the files that nodes read: a PNG, JPEG or WebP picture, a .safetensors file, or UTF-8 text"
        f" named {', '.join(TEXTS)}"
    )


def _as_picture(path: Path, start: bytes, pixels: int) -> Kind | None:
    """None where it does not begin as a picture. Raises PictureError where it only begins as one."""
    from engine.store.picture_texts import picture_format
    from engine.store.pictures import open_picture

    found = picture_format(start[:12])
    if found is None:
        return None
    try:
        picture = open_picture(path, pixels)
    except PictureError as error:
        raise PictureError(str(error).replace(str(path), "the picture")) from None
    return Kind(SUFFIXES[found], "Image", picture.width, picture.height)


def _as_weights(path: Path) -> Kind:
    try:
        read_header(path)
    except WeightsError as error:
        raise WeightsError(str(error).replace(str(path), "the file")) from None
    return Kind(WEIGHTS)


def _is_text(path: Path) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        with path.open("rb") as file:
            while data := file.read(_CHUNK):
                if b"\0" in data:
                    return False
                decoder.decode(data)
            decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _sync(folder: Path) -> None:
    """A name is on the disk when its folder is."""
    if hasattr(os, "O_DIRECTORY"):
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)

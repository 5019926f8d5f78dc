"""Small pictures of pictures, made once and kept where they can be made again."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from engine.store.errors import PictureError
from engine.store.home import made

SIZES = (64, 128, 256, 512, 1024)
SUFFIX = ".webp"
QUALITY = 80


class Thumbnails:
    """WebP files in a folder, named by the picture's SHA-256 and the size: the longer side in pixels."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def path(self, sha256: str, size: int) -> Path:
        """Where one lies, or would."""
        return self._folder / sha256[:2] / f"{sha256}_{size}{SUFFIX}"

    def make(self, picture: Path, sha256: str, size: int) -> Path:
        """The thumbnail of a picture, made now if it is not there. Raises PictureError, OSError."""
        path = self.path(sha256, size)
        if path.is_file():
            return path
        folder = made(path.parent)
        with tempfile.NamedTemporaryFile(dir=folder, prefix=".", suffix=SUFFIX, delete=False) as file:
            try:
                _write(picture, size, file.name)
                os.replace(file.name, path)
            except BaseException:
                Path(file.name).unlink(missing_ok=True)
                raise
        return path

    def forget(self, sha256: str) -> None:
        """Delete those of a picture."""
        for size in SIZES:
            self.path(sha256, size).unlink(missing_ok=True)


def _write(picture: Path, size: int, target: str) -> None:
    from PIL import Image, ImageOps

    from engine.store.pictures import open_picture

    try:
        image = ImageOps.exif_transpose(open_picture(picture))  # without its EXIF a viewer can't turn it
        if image.mode not in ("RGB", "RGBA"):
            image = image.convert("RGBA" if "transparency" in image.info or "A" in image.getbands() else "RGB")
        image.thumbnail((size, size), Image.Resampling.LANCZOS)
        image.info = {}
        image.save(target, "WEBP", quality=QUALITY)
    except (ValueError, SyntaxError) as error:
        raise PictureError(f"no thumbnail can be made: {error}") from None

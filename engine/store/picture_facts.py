"""What files say of the pictures in them before anything runs."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from engine.store.assets import FoundFile
from engine.store.errors import PictureError


class PictureFacts:
    """Looks into files as `measure` does, once for each content."""

    def __init__(self) -> None:
        self._known: dict[str, Mapping[str, int | str]] = {}

    def of(self, found: FoundFile) -> Mapping[str, int | str]:
        """`width` and `height` in pixels (as stored, before any EXIF orientation), or a `fault`: what is wrong with it."""
        facts = self._known.get(found.sha256)
        if facts is None:
            facts = self._known[found.sha256] = _look(found.path)
        return facts


def _look(path: Path) -> Mapping[str, int | str]:
    from engine.store.pictures import measure  # an image library, which most checks have no use for

    try:
        width, height = measure(path, "it")
    except PictureError as error:
        return {"fault": str(error)}
    return {"width": width, "height": height}

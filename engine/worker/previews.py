"""Pictures of what is under way, small enough to be sent five times a second."""

from __future__ import annotations

import io

from engine.run.writing import Writable

SIDE = 512
QUALITY = 80


def small_jpeg(value: object) -> bytes | None:
    """A JPEG of the first picture of a value, no side longer than 512 pixels; None for what is no picture."""
    if not isinstance(value, Writable) or isinstance(value, str):
        return None
    encoded = value.encode("jpeg")[0]
    if max(encoded.width, encoded.height) <= SIDE:
        return encoded.data
    from PIL import Image

    with Image.open(io.BytesIO(encoded.data), formats=("JPEG",)) as picture:
        picture.draft("RGB", (SIDE, SIDE))
        picture.thumbnail((SIDE, SIDE))
        shrunk = io.BytesIO()
        picture.convert("RGB").save(shrunk, "JPEG", quality=QUALITY)
    return shrunk.getvalue()

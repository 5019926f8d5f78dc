"""The workflows that packs bring as examples, each with a picture of what it makes where one stands beside it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

PICTURES = {".webp": "image/webp", ".png": "image/png", ".jpg": "image/jpeg"}
FIRST = "text_to_image"


@dataclass(frozen=True, slots=True)
class Example:
    """A workflow file of a pack; `picture` has its name, with the suffix of a picture."""

    pack: str
    name: str
    title: str
    path: Path
    picture: Path | None


def find_examples(packs: Iterable[Mapping[str, Any]]) -> list[Example]:
    """All examples of packs as the service tells them: the built-in pack's plainest one first, then by pack and name.

    A file that is no JSON object is left out.
    """
    found = [
        example
        for pack in packs
        if pack.get("workflows")
        for path in Path(pack["workflows"]).glob("*.json")
        if (example := _read(pack["name"], path)) is not None
    ]
    return sorted(
        found, key=lambda example: (example.pack != "core", example.name != FIRST, example.pack, example.name)
    )


def _read(pack: str, path: Path) -> Example | None:
    try:
        document = orjson.loads(path.read_bytes())
    except (OSError, orjson.JSONDecodeError):
        return None
    if not isinstance(document, dict):
        return None
    title = document.get("title")
    picture = next((beside for suffix in PICTURES if (beside := path.with_suffix(suffix)).is_file()), None)
    return Example(pack, path.stem, title if isinstance(title, str) and title else path.stem, path, picture)

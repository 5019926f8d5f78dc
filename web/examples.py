"""The workflows that packs bring as examples, each with a picture of what it makes where one stands beside it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from engine.graph.values import File
from engine.store.assets import Assets
from engine.store.bundles import Taken, named_files
from engine.store.errors import StoreError
from engine.store.uploads import kind_of

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


def read_example(example: Example, assets: Path, pixels: int) -> tuple[bytes, list[Taken]]:
    """An example's file, and what it reads from beside it, put among the assets and named in it by content.

    So it runs where it is opened, is seen there, and can be sent on. A file that is not there, or is none that nodes read,
    stays as it is written: the check says what is wrong with it. Raises OSError.
    """
    text = example.path.read_bytes()
    document, taken = orjson.loads(text), []
    with suppress(
        StoreError, AttributeError, TypeError
    ):  # of another shape than workflows have: told where it is opened
        for value in named_files(document):
            with suppress(StoreError):
                file = _taken(Assets(assets, example.path.parent), value, pixels)
                value["sha256"] = file.sha256
                taken.append(file)
    return (orjson.dumps(document) if taken else text), taken


def _taken(assets: Assets, value: Mapping[str, Any], pixels: int) -> Taken:
    path = assets.file(File(value["asset"], value.get("sha256"))).path
    kind = kind_of(path, path.name, pixels)
    kept = assets.put(path.read_bytes(), kind.suffix)
    return Taken(kept.sha256, value["asset"], kind, kept.path.stat().st_size)

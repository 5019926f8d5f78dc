"""Writes what a run made: pictures with their workflow inside, other values as safetensors or as JSON.

An entry says what became of one value: {"path", "sha256", "width", "height"} for a picture, {"path", "sha256", "type"}
for what the codec stored, {"value"} for a plain literal.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from engine.graph.faults import LoomError
from engine.graph.node import Artifact
from engine.graph.records import JsonValue
from engine.run.codec import dumps
from engine.run.codec.classes import class_record
from engine.run.executor import Output
from engine.run.writing import Batched, Encoded, Writable
from engine.store.assets import Assets
from engine.store.placing import place_numbered, safe_name

Entry = dict[str, JsonValue]
Document = Callable[[str, int], str]
"""The workflow to put into a picture, given the output's name and which of its pictures it is."""


Place = Callable[[str, str, bytes, str], Entry]
"""Puts a file where it belongs, given a name for it, its extension, its bytes and its type; what its entry says."""


class OutputWriter:
    """Writes outputs. `place` puts each file somewhere, `document` makes what each picture carries inside.

    `notices` collects sentences about what a format could not hold.
    """

    def __init__(self, place: Place, document: Document) -> None:
        self._place = place
        self._document = document
        self.notices: list[str] = []

    def write(self, output: Output) -> list[Entry]:
        """Write one output; an entry a picture, or a value. Raises LoomError, OSError."""
        entries: list[Entry] = []
        for value in output.values:
            name, format_name = _file_name(output), None
            if isinstance(value, Artifact):
                name, format_name, value = value.name or name, value.format, value.value
            if is_plain(value):  # first, for a text has a method `encode` too
                entries.append({"value": value})
            elif isinstance(value, Writable):
                for single in split(value):
                    encoded = single.encode(format_name, self._document(output.name, len(entries)))
                    entries.extend(self._picture(name, one, type_of(value)) for one in encoded)
            else:
                entries.append(self._stored(name, value))
        return entries

    def _picture(self, name: str, encoded: Encoded, type_name: str) -> Entry:
        self.notices += encoded.notices
        entry = self._place(name, encoded.extension, encoded.data, type_name)
        return {**entry, "width": encoded.width, "height": encoded.height}

    def _stored(self, name: str, value: object) -> Entry:
        try:
            data = dumps(value)
        except TypeError as error:
            raise LoomError(f"output '{name}' can't be stored: {error}") from error
        return self._place(name, "safetensors", data, type_of(value))


def in_folder(folder: Path) -> Place:
    """Puts files into a folder, under the next free number."""
    folder = folder.absolute()

    def place(name: str, extension: str, data: bytes, type_name: str) -> Entry:
        path = place_numbered(folder, name, extension, data)
        stored = {"type": type_name} if extension == "safetensors" else {}
        return {"path": str(path), "sha256": hashlib.sha256(data).hexdigest(), **stored}

    return place


def among_assets(assets: Assets) -> Place:
    """Puts files among the assets, by their content."""

    def place(name: str, extension: str, data: bytes, type_name: str) -> Entry:
        found = assets.put(data, f".{extension}")
        named = f"{safe_name(name)}{found.path.suffix}"
        return {"asset": named, "sha256": found.sha256, "type": type_name, "bytes": len(data)}

    return place


def split(value: Writable) -> Sequence[Writable]:
    """A batch as single pictures where the value can be taken apart, so that each carries its own place in it."""
    return value.split() if isinstance(value, Batched) else (value,)


def pictures_of(output: Output, document: Document) -> Iterator[tuple[int, str | None, Encoded]]:
    """The pictures of an output as (place, format, file), unwritten."""
    place = 0
    for value in output.values:
        format_name = value.format if isinstance(value, Artifact) else None
        inner = value.value if isinstance(value, Artifact) else value
        if is_plain(inner) or not isinstance(inner, Writable):
            continue
        for single in split(inner):
            for encoded in single.encode(format_name, document(output.name, place)):
                yield place, format_name, encoded
                place += 1


def is_plain(value: Any) -> bool:
    """Whether JSON says a value as it is: no NaN, no tuple, nothing of a class."""
    waiting: list[Any] = [value]
    while waiting:
        here = waiting.pop()
        if type(here) is list:
            waiting.extend(here)
        elif type(here) is dict and all(type(key) is str for key in here):
            waiting.extend(here.values())
        elif not (here is None or type(here) in (bool, int, str) or (type(here) is float and here - here == 0)):
            return False
    return True


def type_of(value: object) -> str:
    """The name of a value's type, as an input's record has it."""
    record = class_record(type(value))
    return record.name if record else type(value).__name__


def to_text(value: JsonValue) -> str:
    """A plain value in one line."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _file_name(output: Output) -> str:
    """A node's own id for what it writes by itself, the output's name for the rest."""
    return output.name.rpartition("/")[2]

"""A file of results: one line of JSON that says what was run, then a line a picture, written as soon as it is there.

What is killed goes on where it was: lines are appended whole and flushed to the disk, half a line at the end is cut off,
and a prompt of which a picture is missing is run again.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from engine.graph.faults import LoomError
from engine.graph.records import JsonValue
from engine.store.home import made
from engine.store.regular import read_regular
from nodes.adherence.suites import Asked
from nodes.solids.counting import Shown
from nodes.solids.prompts import parse
from nodes.solids.scene import Solid

FORMAT: Final = "latentloom-adherence"
VERSION: Final = 1


@dataclass(frozen=True)
class Header:
    """What all rows of a file come from.

    `key` tells workflows, their settings and the content of their models apart, whatever prompt and seed; `workflow` is the
    workflow as run, `made_with` versions and models, `places` which inputs and outputs were used.
    """

    format: str = field(default=FORMAT, kw_only=True)
    version: int = field(default=VERSION, kw_only=True)
    key: str
    source: str = ""
    workflow: dict[str, Any] = field(default_factory=dict)
    made_with: dict[str, Any] = field(default_factory=dict)
    places: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Row:
    """One picture: number `picture` (from 0) of `pictures` that were made of a prompt.

    `solids` are what was read in it, `seconds` the wall-clock time of the run shared out among its pictures, `numbers` what
    the workflow's outputs with numbers gave, `file` the picture's place beside the results, where it was kept.
    """

    suite: str
    kind: str
    prompt: str
    seed: int
    picture: int
    pictures: int
    solids: tuple[Solid, ...]
    seconds: float
    numbers: dict[str, float] = field(default_factory=dict)
    file: str | None = None

    @property
    def asked(self) -> Asked:
        """The prompt that it is a picture of."""
        return Asked(self.suite, self.kind, self.prompt, self.seed)

    @property
    def shown(self) -> Shown:
        """What its prompt asks for, and what was read."""
        return Shown(parse(self.prompt), self.solids)

    def to_json(self) -> dict[str, JsonValue]:
        """The row, and what it counts as: for other readers, since ours count again."""
        shown = self.shown
        verdict = shown.verdict
        counted = {"right": verdict.right, "sizes": verdict.sizes, "places": verdict.places, "mistake": shown.mistake}
        document: dict[str, JsonValue] = _ROW.dump_python(self, mode="json")
        return {**document, **counted}


_ROW: Final = TypeAdapter(Row)
_HEADER: Final = TypeAdapter(Header)


class Results:
    """A file that rows are added to; rows that it holds already count as done.

    Raises LoomError where the file is of another workflow, or no file of results at all, and then leaves it as it is.
    Raises OSError where it cannot be read or written.
    """

    def __init__(self, path: Path, header: Header) -> None:
        self.path = path
        self._rows: dict[tuple[Asked, int], Row] = {}
        data = read_regular(path) if path.exists() else b""
        if _is_unbegun(data):
            made(path.absolute().parent)
            path.write_bytes(b"")
            self._append([_HEADER.dump_python(header, mode="json")])
            return
        there, rows = _read(data, path)
        if there.key != header.key:
            raise LoomError(
                f"{path} holds results of another workflow, of other settings or of models that have changed "
                f"({there.source}); name another file with --results, or remove this one"
            )
        self._take(rows)
        os.truncate(path, data.rindex(b"\n") + 1)

    @property
    def rows(self) -> list[Row]:
        """The rows so far, of prompts that are done."""
        return whole(self._rows.values())

    def is_done(self, asked: Asked) -> bool:
        """Whether every picture of a prompt is there."""
        first = self._rows.get((asked, 0))
        return first is not None and all((asked, number) in self._rows for number in range(first.pictures))

    def add(self, rows: Sequence[Row]) -> None:
        """Write the pictures of one prompt."""
        self._append([row.to_json() for row in rows])
        self._take(rows)

    def _take(self, rows: Iterable[Row]) -> None:
        self._rows.update({(row.asked, row.picture): row for row in rows})

    def _append(self, documents: Iterable[Any]) -> None:
        lines = "".join(json.dumps(document, ensure_ascii=False) + "\n" for document in documents)
        with self.path.open("ab") as file:
            file.write(lines.encode())
            file.flush()
            os.fsync(file.fileno())


def read_results(path: Path) -> tuple[Header, list[Row]]:
    """The header of a file and the rows of its prompts that are done. Raises LoomError, OSError."""
    header, rows = _read(read_regular(path), path)
    return header, whole({(row.asked, row.picture): row for row in rows}.values())


def whole(rows: Iterable[Row]) -> list[Row]:
    """The rows of prompts of which no picture is missing."""
    rows = list(rows)
    found: dict[Asked, int] = {}
    for row in rows:
        found[row.asked] = found.get(row.asked, 0) + 1
    return [row for row in rows if found[row.asked] >= row.pictures]


def _is_unbegun(data: bytes) -> bool:
    """Whether a file is empty, or holds the beginning of a first line at which its writer was killed."""
    start = b'{"format": "%s"' % FORMAT.encode()
    return b"\n" not in data and (start.startswith(data) or data.startswith(start))


def _read(data: bytes, path: Path) -> tuple[Header, list[Row]]:
    """All whole lines: what comes after the last line break was cut off as it was written."""
    first, *lines = data.split(b"\n")[:-1] or [b""]
    try:
        header = _HEADER.validate_json(first)
    except ValidationError:
        header = None
    if header is None or header.format != FORMAT:
        raise LoomError(f"{path} is no file of results that loom bench adherence wrote")
    if header.version != VERSION:
        raise LoomError(f"{path} is of version {header.version}, and this program reads version {VERSION}")
    rows = []
    for number, line in enumerate(lines, 2):
        try:
            rows.append(_ROW.validate_json(line))
        except ValidationError as error:
            where = ".".join(str(part) for part in error.errors()[0]["loc"])
            raise LoomError(f"{path}, line {number}: {where or 'it'}: {error.errors()[0]['msg']}") from None
    return header, rows

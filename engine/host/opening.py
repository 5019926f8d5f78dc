"""Opens a workflow: out of a `.json` file, a picture that carries one, or standard input."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from engine.graph.document import Workflow, load_workflow
from engine.graph.faults import Fault, InvalidWorkflow
from engine.graph.jsontext import MAX_BYTES
from engine.graph.records import NodeType
from engine.graph.upgrade import Migration, Upgraded, upgrade
from engine.store.regular import FILE_BYTES as PICTURE_BYTES
from engine.store.regular import open_regular

STDIN = "-"
_SAYS = {
    "comfyui": "carries a ComfyUI workflow, not a Latent Loom workflow; Latent Loom does not import these",
    "a1111": "carries the generation parameters of an AUTOMATIC1111 web UI picture, not a workflow;"
    " Latent Loom does not import these",
}


@dataclass(frozen=True, slots=True)
class Opened:
    """A workflow as opened, every node at the version installed here.

    `source` is what messages call it, `beside` the folder in which its relative names are looked for, `upgraded` the
    nodes that were older, `picture` the bytes of the picture that it was read out of.
    """

    workflow: Workflow
    source: str
    beside: Path | None = None
    upgraded: tuple[Upgraded, ...] = ()
    notices: tuple[Fault, ...] = ()
    picture: bytes | None = None


def open_workflow(file: str, types: Mapping[str, NodeType], migrations: Mapping[str, Migration]) -> Opened:
    """The workflow in a file; `-` is standard input. The file is left as it is. Raises InvalidWorkflow."""
    return open_bytes(*read_file(file), types, migrations)


def open_bytes(
    data: bytes,
    source: str,
    beside: Path | None,
    types: Mapping[str, NodeType],
    migrations: Mapping[str, Migration],
) -> Opened:
    """The workflow in the bytes of a file: JSON, or a picture that carries one. Raises InvalidWorkflow."""
    text, picture = _text_in(data, source)
    workflow, upgraded = upgrade(
        load_workflow(text, f"the workflow in {source}" if picture else source), types, migrations
    )
    return Opened(workflow, source, beside, upgraded, picture=data if picture else None)


def read_file(file: str) -> tuple[bytes, str, Path]:
    """A file's bytes, what messages call it, and its folder. Raises InvalidWorkflow."""
    if file == STDIN:
        return _capped(sys.stdin.buffer), "standard input", Path.cwd()
    path = Path(file)
    try:
        with open_regular(path, PICTURE_BYTES) as stream:
            return _capped(stream), file, path.resolve().parent
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        why = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise InvalidWorkflow([Fault("unreadable", f"{file} can't be read: {why}")]) from None


def _capped(stream: BinaryIO) -> bytes:
    """All of it; of what is no picture, no more than shows that it is too large."""
    start = stream.read(12)
    limit = PICTURE_BYTES if _picture_format(start) else MAX_BYTES + 1
    return start + stream.read(limit)


def _picture_format(data: bytes) -> str | None:
    if data[:1] not in (b"\x89", b"\xff", b"R"):
        return None
    from engine.store.picture_texts import picture_format

    return picture_format(data[:12])


def _text_in(data: bytes, source: str) -> tuple[bytes | str, bool]:
    """A workflow's text, and whether a picture carried it."""
    if _picture_format(data) is None:
        return data, False
    from engine.store.errors import PictureError
    from engine.store.pictures import find_workflow

    try:
        found = find_workflow(data)
    except PictureError as error:
        raise InvalidWorkflow([Fault(error.code, f"{source}: {error}")]) from None
    if found is None:
        raise InvalidWorkflow([Fault("format", f"{source} is a picture without a workflow in it")])
    if found.kind != "latentloom":
        raise InvalidWorkflow([Fault("format", f"{source} {_SAYS[found.kind]}")])
    return found.text, True

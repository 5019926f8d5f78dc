"""A workflow with the files that it names, as one file: a plain zip that any program opens.

    workflow.json               the workflow, every file in it named by its content
    assets/SHA256.png           those files
    pictures/1_image.png        what it made, for who unpacks it by hand

What comes in is held to limits before anything is unpacked: so many entries, so many bytes in all, no name but these, no
other packing than deflate. Each file has to be what its name says; either all are taken, or none is.
"""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import orjson

from engine.graph.values import File
from engine.store.assets import FoundFile
from engine.store.errors import BundleError, PictureError, WeightsError
from engine.store.uploads import Kind, UnsupportedFile, Upload, kind_of

WORKFLOW = "workflow.json"
WORKFLOW_BYTES = 8_000_000
ENTRIES = 1000
DIRECTORY_BYTES = ENTRIES * 256
_ASSET = re.compile(r"assets/([0-9a-f]{64})((?:\.[a-z0-9]{1,12})?)")
_PICTURE = re.compile(r"pictures/[^/\\]{1,200}")
_END = 22  # bytes of the record that a zip without a comment ends with (APPNOTE 4.3.16)
_DATE = (1980, 1, 1, 0, 0, 0)
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Taken:
    """A file of a bundle that lies among the assets now; `name` is what the workflow calls it."""

    sha256: str
    name: str
    kind: Kind
    bytes: int


def named_files(workflow: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Each value of a workflow's JSON that names a file: the object itself. Raises BundleError for folders."""
    for level in (workflow, *workflow.get("workflows", {}).values()):
        for id, node in level.get("nodes", {}).items():
            for name, value in node.get("inputs", {}).items():
                for item in value if isinstance(value, list) else [value]:
                    if not isinstance(item, dict):
                        continue
                    if item.keys() == {"folder"}:
                        raise BundleError(
                            f"node '{id}', input '{name}': the folder '{item['folder']}' can't go into one file with the"
                            " workflow; name its pictures one by one, or send the folder beside it"
                        )
                    if "asset" in item and item.keys() <= {"asset", "sha256"}:
                        yield item


def collect(workflow: dict[str, Any], find: Callable[[File], FoundFile]) -> dict[str, Path]:
    """The files that a workflow names, by their place in the bundle; each is named by content in it from now on.

    Raises AssetError for one that is not there, BundleError for folders.
    """
    files: dict[str, Path] = {}
    for value in named_files(workflow):
        found = find(File(value["asset"], value.get("sha256")))
        value["sha256"] = found.sha256
        files[f"assets/{found.sha256}{found.path.suffix.lower()}"] = found.path
    return files


def write_bundle(target: BinaryIO, text: str, files: Mapping[str, Path], pictures: Sequence[tuple[str, Path]]) -> None:
    """Write a bundle; the same content is the same bytes. `pictures` are names and where they lie."""
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr(zipfile.ZipInfo(WORKFLOW, _DATE), text, zipfile.ZIP_DEFLATED)
        shown = {f"pictures/{place}_{name}": path for place, (name, path) in enumerate(pictures, 1)}
        for name, path in (dict(files) | shown).items():
            with path.open("rb") as source, archive.open(zipfile.ZipInfo(name, _DATE), "w", force_zip64=True) as entry:
                while data := source.read(_CHUNK):
                    entry.write(data)


def take_bundle(path: Path, assets: Path, *, most: int, pixels: int) -> tuple[bytes, list[Taken]]:
    """The workflow of a bundle, and its files put among the assets. `most` bytes in all, `pixels` a picture, are read.

    Raises BundleError, in a sentence, for whatever is not quite a bundle; then nothing is kept. Raises OSError.
    """
    check_directory(path)
    with _opened(path) as archive:
        entries = _checked(archive, most)
        workflow = b"".join(_read(archive, entries[WORKFLOW]))
        return workflow, _take_files(archive, entries, _names(workflow), assets, pixels)


@contextmanager
def _opened(path: Path) -> Iterator[zipfile.ZipFile]:
    with _in_words():
        archive = zipfile.ZipFile(path)
    with archive:
        yield archive


@contextmanager
def _in_words() -> Iterator[None]:
    """What the reader of a zip says of a damaged one: offsets that lead nowhere end in errors of many kinds."""
    try:
        yield
    except (zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, ValueError, NotImplementedError) as error:
        raise BundleError(f"this zip file is damaged: {error}") from None


def check_directory(path: Path) -> None:
    """Refuse a zip whose table of contents is large, before it is read: each of its entries costs memory."""
    with path.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(max(0, size - _END - 20))
        tail = file.read()
    end = tail[-_END:]
    if not end.startswith(b"PK\5\6") or len(end) < _END:
        raise BundleError("this is no zip file, or one with a comment; a bundle has none")
    entries, length = int.from_bytes(end[10:12], "little"), int.from_bytes(end[12:16], "little")
    if tail.startswith(b"PK\6\7") or entries > ENTRIES or length > DIRECTORY_BYTES:
        raise BundleError(f"this zip file has too many entries; a bundle has up to {ENTRIES}")


def _checked(archive: zipfile.ZipFile, most: int) -> dict[str, zipfile.ZipInfo]:
    """The entries by name, every one of them allowed."""
    entries: dict[str, zipfile.ZipInfo] = {}
    for entry in archive.infolist():
        name = entry.filename
        if name != WORKFLOW and not _ASSET.fullmatch(name) and not _PICTURE.fullmatch(name):
            raise BundleError(f"this zip file holds {name[:80]!a}; a bundle holds {WORKFLOW}, assets and pictures")
        if name in entries:
            raise BundleError(f"this zip file holds {name[:80]!a} twice")
        if entry.flag_bits & 1 or entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise BundleError(f"{name[:80]!a} is encrypted or packed in a way that is not read")
        entries[name] = entry
    if WORKFLOW not in entries:
        raise BundleError(f"this zip file holds no {WORKFLOW}")
    if entries[WORKFLOW].file_size > WORKFLOW_BYTES:
        raise BundleError(f"its {WORKFLOW} is too large; up to {WORKFLOW_BYTES / 1e6:g} MB are read")
    if sum(entry.file_size for entry in entries.values()) > most:
        raise BundleError(f"what this zip file holds is too large; up to {most / 1e6:g} MB are read")
    return entries


def _take_files(
    archive: zipfile.ZipFile,
    entries: Mapping[str, zipfile.ZipInfo],
    names: Mapping[str, str],
    assets: Path,
    pixels: int,
) -> list[Taken]:
    taken: list[tuple[Upload, Taken]] = []
    with ExitStack() as stack:
        for name, entry in entries.items():
            if match := _ASSET.fullmatch(name):
                sha256, suffix = match.groups()
                upload = stack.enter_context(Upload(assets))
                for data in _read(archive, entry):
                    upload.write(data)
                if upload.sha256 != sha256:
                    raise BundleError(f"'{name}' is not what its name says; its SHA-256 is {upload.sha256[:12]}…")
                upload.finish()
                called = names.get(sha256, f"{sha256[:12]}{suffix}")
                taken.append((upload, Taken(sha256, called, _kind(upload, name, suffix, pixels), upload.bytes)))
        for upload, each in taken:
            upload.keep(each.kind.suffix)
    return [each for _, each in taken]


def _kind(upload: Upload, name: str, suffix: str, pixels: int) -> Kind:
    try:
        return kind_of(upload.path, f"file{suffix}", pixels)
    except (PictureError, WeightsError, UnsupportedFile) as error:
        raise BundleError(f"'{name}': {error}") from None


def _read(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    """The content of an entry, never more than it says of itself."""
    with _in_words(), archive.open(entry) as file:
        while data := file.read(_CHUNK):
            yield data


def _names(workflow: bytes) -> dict[str, str]:
    """What a workflow calls its files, by content; whether it is one at all is told by who opens it."""
    try:
        return {
            value["sha256"]: str(value["asset"]) for value in named_files(orjson.loads(workflow)) if "sha256" in value
        }
    except (orjson.JSONDecodeError, AttributeError, TypeError):
        return {}

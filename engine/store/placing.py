"""Puts finished files into a folder: whole or not at all, and never over another.

A file is written under a hidden name beside its place, flushed to the disk, and then given its name in one step that
fails where the name is taken: so a process may be killed at any moment, and two may write into one folder.
"""

import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path

from engine.store.home import made

NAME_LENGTH = 100
_UNSAFE = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|]')
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)


def place_numbered(folder: Path, name: str, extension: str, data: bytes) -> Path:
    """Write `data` as `folder/name_00001.extension`, or the next number that no file has. Raises OSError.

    What a file name cannot hold on some platform (a slash, a colon, a control character) becomes `_`.
    """
    stem = safe_name(name)
    with _written(made(folder), data) as temporary:
        for number in count(_last_number(folder, stem) + 1):
            path = folder / f"{stem}_{number:05}.{extension}"
            if _claim(temporary, path):
                return path
    raise AssertionError("numbers do not end")


def place_named(folder: Path, name: str, extension: str, data: bytes) -> Path:
    """Write `data` as `folder/name.extension`, else with the next free number. Raises OSError."""
    path = folder / f"{safe_name(name)}.{extension}"
    with _written(made(folder), data) as temporary:
        if _claim(temporary, path):
            return path
    return place_numbered(folder, name, extension, data)


def place_new(path: Path, data: bytes) -> bool:
    """Write `data` as a new file; False, and nothing written, where there is one. Raises OSError."""
    with _written(path.parent, data) as temporary:
        return _claim(temporary, path)


def replace_file(path: Path, data: bytes) -> None:
    """Write `data` over the file at `path` (or where it links to), keeping its permissions. Raises OSError."""
    path = path.resolve()
    with _written(path.parent, data) as temporary:
        with suppress(OSError):
            os.chmod(temporary, path.stat().st_mode & 0o7777)
        os.replace(temporary, path)


def safe_name(name: str) -> str:
    """A name that is one plain, visible file name on every platform."""
    safe = _UNSAFE.sub("_", name).lstrip(".").rstrip(". ")[:NAME_LENGTH] or "output"
    safe = safe.encode("utf-8", "replace").decode()
    return f"_{safe}" if _RESERVED.fullmatch(safe) else safe


@contextmanager
def _written(folder: Path, data: bytes) -> Iterator[Path]:
    """A hidden file with this content, on the disk, gone afterwards unless it was given another name."""
    handle, name = tempfile.mkstemp(prefix=".loom-", suffix=".part", dir=folder)
    path = Path(name)
    try:
        with open(handle, "wb") as file:
            os.fchmod(handle, 0o666 & ~_umask()) if hasattr(os, "fchmod") else None
            file.write(data)
            file.flush()
            os.fsync(handle)
        yield path
    finally:
        path.unlink(missing_ok=True)


def _claim(temporary: Path, path: Path) -> bool:
    """Give a written file its name; False where the name is taken."""
    try:
        os.link(temporary, path)
    except FileExistsError:
        return False
    except OSError:  # a file system without hard links: a marker beside it is claimed instead
        return _claim_by_marker(temporary, path)
    return True


def _claim_by_marker(temporary: Path, path: Path) -> bool:
    marker = path.with_name(f".{path.name}.claim")
    try:
        marker.open("x").close()
    except FileExistsError:
        return False
    try:
        if path.exists():
            return False
        os.replace(temporary, path)
    finally:
        marker.unlink(missing_ok=True)
    return True


def _last_number(folder: Path, stem: str) -> int:
    numbered = re.compile(rf"{re.escape(stem)}_(\d{{5,}})\.\w+")
    found = (numbered.fullmatch(entry.name) for entry in os.scandir(folder))
    return max((int(match[1]) for match in found if match), default=0)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask

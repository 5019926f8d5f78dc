"""Walking folders, and staying inside them."""

import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from engine.store.errors import AssetError


def files_under(folder: Path) -> Iterator[tuple[str, Path]]:
    """All regular files below a folder, as (relative name with `/`, path), sorted by name.

    Names that begin with a dot are left out, with all below them. Links are followed; a folder that was seen
    by another way is not entered again, so a circle ends.
    """
    found = []
    for path, _, files in walk(folder):
        found += [path / name for name in files if not name.startswith(".")]
    named = [(file.relative_to(folder).as_posix(), file) for file in found if file.is_file()]
    yield from sorted(named)


def walk(folder: Path) -> Iterator[tuple[Path, list[str], list[str]]]:
    """`os.walk` over visible folders, in order, that follows links and enters each folder once.

    As there, the caller may take names out of the list of folders so that they aren't entered.
    """
    seen: set[tuple[int, int]] = set()
    for path, folders, files in os.walk(folder, followlinks=True):
        status = os.stat(path)
        if (status.st_dev, status.st_ino) in seen:
            folders.clear()
            continue
        seen.add((status.st_dev, status.st_ino))
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield Path(path), folders, sorted(files)


def glance(folders: Sequence[Path]) -> frozenset[tuple[str, int, int]]:
    """The visible files below these folders as (path, bytes, time of change in ns); none is opened."""
    found = set()
    for folder in folders:
        with suppress(FileNotFoundError):
            for path, _, files in walk(folder):
                for name in files:
                    with suppress(OSError):
                        status = os.stat(path / name)
                        found.add((str(path / name), status.st_size, status.st_mtime_ns))
    return frozenset(found)


def stay_inside(root: Path, path: Path) -> Path:
    """The real path of a path below `root`. Raises AssetError where a link leads out of it."""
    real = path.resolve()
    if not real.is_relative_to(root.resolve()):
        raise AssetError(f"{path} is a link that leads out of {root}, so it is not read")
    return real

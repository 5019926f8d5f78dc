"""Room on the disk: looked for before anything is promised. What can be made again goes first, results never."""

from __future__ import annotations

import logging
import os
import shutil
from collections.abc import Callable
from pathlib import Path

from engine.store.errors import DiskFullError

log = logging.getLogger("latentloom.store")


def make_room(root: Path, cache: Path, wanted: int, *, free: Callable[[Path], int] | None = None) -> None:
    """See that `wanted` bytes can be written below `root`; where they can't, files of `cache` go, the oldest first.

    Raises DiskFullError where even that is not enough. The cache reads what is gone as never made.
    """
    free = free or free_bytes
    there = free(root)
    if there >= wanted:
        return
    freed = _shrink(cache, wanted - there)
    if freed:
        log.warning("the disk is full: %d bytes of the cache were given up", freed)
    if free(root) < wanted:
        raise DiskFullError(
            f"the disk is full: {max(0, there) // 1_000_000} MB are free below {root}; nothing was written. Delete pictures"
            " that are not needed, or make room elsewhere"
        )


def free_bytes(folder: Path) -> int:
    """What can still be written below a folder, which need not be there yet."""
    while not folder.exists():
        folder = folder.parent
    return shutil.disk_usage(folder).free


def _shrink(cache: Path, wanted: int) -> int:
    """Delete cached values until `wanted` bytes are gone; the index, which SQLite holds open, stays."""
    freed = 0
    for status, path in sorted(_files(cache), key=lambda found: found[0].st_mtime):
        if freed >= wanted:
            break
        try:
            path.unlink()
            freed += status.st_size
        except OSError:
            continue
    return freed


def _files(cache: Path) -> list[tuple[os.stat_result, Path]]:
    found = []
    for place, _, names in os.walk(cache):
        for name in names:
            path = Path(place, name)
            if not name.startswith("index.db"):
                try:
                    found.append((path.stat(), path))
                except OSError:
                    continue
    return found

"""A folder of files named by the digest of what is in them: `ab/ab12….safetensors`.

A file appears whole or not at all: it is written under another name, then renamed. Nothing is synced to the
platter: whatever a power cut damages fails its digest, and can be made again.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import re
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

from engine.run.codec import CodecError
from engine.run.codec.files import read_file

SUFFIX = ".safetensors"
STALE_SECONDS = 3600.0
_DIGEST = re.compile(r"[0-9a-f]{32}")


class Blobs:
    """The files below one folder; several processes may use it at a time."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._unfinished = folder / "unfinished"
        self._serial = itertools.count()
        self._unfinished.mkdir(parents=True, exist_ok=True)

    def path(self, digest: str) -> Path:
        """Where a blob lies. Raises CodecError if that is no digest."""
        if not _DIGEST.fullmatch(digest):
            raise CodecError(f"{digest[:40]!r} is no digest")
        return self.folder / digest[:2] / (digest + SUFFIX)

    def write(self, digest: str, pieces: Iterable[bytes | memoryview]) -> Path:
        """Write a blob under a name of its own, for `publish` to rename. Raises OSError."""
        path = self._unfinished / f"{digest}.{os.getpid()}.{next(self._serial)}"
        try:
            with path.open("wb") as file:
                file.writelines(pieces)
        except OSError:
            with contextlib.suppress(OSError):
                path.unlink()
            raise
        return path

    def publish(self, written: Path, digest: str) -> None:
        """Give a written blob its name. Raises OSError."""
        path = self.path(digest)
        path.parent.mkdir(exist_ok=True)
        written.replace(path)

    def read(self, digest: str) -> bytearray:
        """The bytes of a blob, unchecked. Raises OSError."""
        return read_file(self.path(digest))

    def delete(self, digest: str) -> None:
        """Delete a blob, if it is there. Raises OSError."""
        self.path(digest).unlink(missing_ok=True)

    def __iter__(self) -> Iterator[tuple[str, int]]:
        """Digest and size of each blob."""
        for path in self.folder.glob(f"[0-9a-f][0-9a-f]/*{SUFFIX}"):
            digest = path.name.removesuffix(SUFFIX)
            if _DIGEST.fullmatch(digest) and digest[:2] == path.parent.name:
                with contextlib.suppress(OSError):
                    yield digest, path.stat().st_size

    def sweep(self) -> None:
        """Delete what writers that died left unfinished; what is younger than an hour may still grow."""
        oldest = time.time() - STALE_SECONDS
        for path in self._unfinished.iterdir():
            with contextlib.suppress(OSError):
                if path.stat().st_mtime < oldest:
                    path.unlink()

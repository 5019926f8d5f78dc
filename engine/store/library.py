"""The library: a plain folder of workflow files, which may live under git, and beside it what they once were."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from engine.store.documents import SUFFIX, Documents, UnknownDocument, checked_document_name, etag_of
from engine.store.home import made
from engine.store.placing import replace_file

VERSIONS = 200
_FILE = re.compile(r"(\d{6,})-([0-9a-f]{32})\.json").fullmatch


@dataclass(frozen=True, slots=True)
class Version:
    """A content that a workflow had: `number` rises, `etag` is of its content, `saved` in seconds since 1970."""

    number: int
    etag: str
    bytes: int
    saved: float


class Library(Documents):
    """Workflow files by name. Each content that is saved, or saved over, is kept in `versions`, the newest 200 a name.

    Old versions lie in a folder of their own, so that the library's holds nothing but the files themselves.
    """

    def __init__(self, folder: Path, versions: Path) -> None:
        super().__init__(folder)
        self._versions = versions

    def versions(self, name: str) -> list[Version]:
        """What a workflow was, the newest first; also of one that was deleted. Raises UnknownDocument, BadDocumentName."""
        found = [version for version, _ in self._kept(name)]
        if not found:
            self.find(name)
        return found

    def version(self, name: str, number: int) -> bytes:
        """An old content. Raises UnknownDocument, BadDocumentName."""
        for version, path in self._kept(name):
            if version.number == number:
                return path.read_bytes()
        raise UnknownDocument(f"there is no version {number} of '{name}'")

    def _replaced(self, name: str, before: bytes | None, after: bytes | None) -> None:
        for data in (before, after):
            if data is not None:
                self._keep(name, data)

    def _keep(self, name: str, data: bytes) -> None:
        kept = self._kept(name)
        if kept and kept[0][0].etag == etag_of(data):
            return
        number = kept[0][0].number + 1 if kept else 1
        replace_file(made(self._versions / name) / f"{number:06}-{etag_of(data)}{SUFFIX}", data)
        for _, path in kept[VERSIONS - 1 :]:
            path.unlink(missing_ok=True)

    def _kept(self, name: str) -> list[tuple[Version, Path]]:
        found = []
        with suppress(FileNotFoundError):
            for path in (self._versions / checked_document_name(name)).iterdir():
                if match := _FILE(path.name):
                    status = path.stat()
                    found.append((Version(int(match[1]), match[2], status.st_size, status.st_mtime), path))
        return sorted(found, key=lambda pair: -pair[0].number)

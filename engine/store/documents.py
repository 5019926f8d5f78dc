"""Documents by name in one folder, a file each: what the library of workflows and the drafts have in common.

Whoever replaces a document says which content he has seen; where another is there by now, nothing is written. A content
is known by its etag, the first 32 digits of its SHA-256, so a change from outside (an editor, git) shows like any other.
"""

from __future__ import annotations

import hashlib
import threading
import unicodedata
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Final

from engine.store.errors import AssetError, Conflict, StoreError
from engine.store.fingerprint import Fingerprints
from engine.store.folders import stay_inside
from engine.store.home import made
from engine.store.placing import replace_file, safe_name

SUFFIX = ".json"
NAME_BYTES = 200
ANY: Final = "*"
"""Whatever content is there."""


class UnknownDocument(StoreError):
    """There is no document of that name."""

    code: ClassVar[str] = "unknown_document"


class BadDocumentName(StoreError):
    """What can't be a document's name."""

    code: ClassVar[str] = "bad_name"


class StaleDocument(Conflict):
    """Another content is there than the one that was seen; `etag` names it, None where there is none."""

    code: ClassVar[str] = "stale"

    def __init__(self, message: str, etag: str | None) -> None:
        super().__init__(message)
        self.etag = etag


@dataclass(frozen=True, slots=True)
class Document:
    """A document as it lies there; `modified` in seconds since 1970."""

    name: str
    etag: str
    bytes: int
    modified: float


class Documents:
    """The documents of one folder. Methods block, and may be called from any thread."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lock = threading.Lock()
        self._fingerprints = Fingerprints()

    def all(self) -> list[Document]:
        """Every document, by name. Files with names that can't be asked for are left out."""
        found = []
        with suppress(FileNotFoundError):
            for path in self.folder.glob(f"[!.]*{SUFFIX}"):
                with suppress(StoreError, OSError):
                    document = self._found(path.name.removesuffix(SUFFIX))
                    found += [document] if document else []
        return sorted(found, key=lambda document: document.name)

    def find(self, name: str) -> Document:
        """What there is of this name. Raises UnknownDocument, BadDocumentName."""
        document = self._found(name)
        if document is None:
            raise self._unknown(name)
        return document

    def read(self, name: str) -> tuple[Document, bytes]:
        """A document and its content, which is that of its etag. Raises UnknownDocument, BadDocumentName."""
        path = self._path(name)
        try:
            data = path.read_bytes()
            modified = path.stat().st_mtime
        except (FileNotFoundError, IsADirectoryError):
            raise self._unknown(name) from None
        return Document(name, etag_of(data), len(data), modified), data

    def save(self, name: str, data: bytes, expected: str | None) -> Document:
        """Write a document whole, or not at all.

        `expected` is the etag of the content that was seen, ANY, or None where there must be none yet. Raises
        StaleDocument where it is otherwise, BadDocumentName, OSError.
        """
        path = self._path(name)
        with self._lock:
            current = _bytes_at(path)
            self._check(name, current, expected)
            self._write(name, path, current, data)
        return self.find(name)

    def put(self, name: str, data: bytes) -> tuple[Document, bool]:
        """Write a document, whatever is there; whether it is new. Raises BadDocumentName, OSError."""
        path = self._path(name)
        with self._lock:
            current = _bytes_at(path)
            self._write(name, path, current, data)
        return self.find(name), current is None

    def _write(self, name: str, path: Path, current: bytes | None, data: bytes) -> None:
        if current != data:
            self._replaced(name, current, data)
            made(self.folder)
            replace_file(path, data)

    def delete(self, name: str, expected: str = ANY) -> None:
        """Take a document away. Raises UnknownDocument, StaleDocument, BadDocumentName."""
        path = self._path(name)
        with self._lock:
            current = _bytes_at(path)
            if current is None:
                raise self._unknown(name)
            self._check(name, current, expected)
            self._replaced(name, current, None)
            path.unlink()

    def _replaced(self, name: str, before: bytes | None, after: bytes | None) -> None:
        """Called before a content takes the place of another."""

    def _check(self, name: str, current: bytes | None, expected: str | None) -> None:
        etag = None if current is None else etag_of(current)
        if expected == etag or (expected == ANY and etag is not None):
            return
        if etag is None:
            raise StaleDocument(f"'{name}' is not there any more", None)
        text = f"'{name}' is there already" if expected is None else f"'{name}' was changed in the meantime"
        raise StaleDocument(text, etag)

    def _found(self, name: str) -> Document | None:
        path = self._path(name)
        try:
            status = path.stat()
            if not path.is_file():
                return None
            return Document(name, self._fingerprints.file(path)[:32], status.st_size, status.st_mtime)
        except FileNotFoundError:
            return None

    def _path(self, name: str) -> Path:
        path = self.folder / f"{checked_document_name(name)}{SUFFIX}"
        try:
            return stay_inside(self.folder, path)
        except AssetError:
            raise BadDocumentName(f"'{name}' is a link that leads out of {self.folder}") from None

    def _unknown(self, name: str) -> UnknownDocument:
        return UnknownDocument(f"there is no '{name}' in {self.folder.name}")


def etag_of(data: bytes) -> str:
    """What a content is known by."""
    return hashlib.sha256(data).hexdigest()[:32]


def checked_document_name(name: str) -> str:
    """A name that is one plain, visible file name on every platform. Raises BadDocumentName."""
    odd = any(unicodedata.category(character)[0] == "C" for character in name)
    if odd or not name or name != safe_name(name) or name != name.strip():
        raise BadDocumentName(
            f"{name[:100]!a} can't be a document's name: it is one file name, without / : * ? or dots before it"
        )
    if len(name.encode()) > NAME_BYTES or unicodedata.normalize("NFC", name) != name:
        raise BadDocumentName(f"{name[:100]!a} can't be a document's name: it is too long, or not in Unicode's form C")
    return name


def _bytes_at(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None

"""Snippets: small workflow files that are put into others, in a folder of the library, so that they are shared as it is."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

import orjson

from engine.store.documents import Document, Documents, StaleDocument, UnknownDocument, etag_of
from engine.store.placing import place_new


@dataclass(frozen=True, slots=True)
class Snippet(Document):
    """A snippet as it lies there; `types` are those of its nodes, in the order of the file, empty where it is no workflow."""

    types: tuple[str, ...]


class Snippets(Documents):
    """Snippets by name."""

    def described(self) -> list[Snippet]:
        """Every snippet, by name, with what is in it."""
        found = []
        for each in self.all():
            with suppress(UnknownDocument):
                document, data = self.read(each.name)
                found.append(Snippet(document.name, document.etag, document.bytes, document.modified, _types(data)))
        return found

    def rename(self, name: str, wanted: str) -> Document:
        """Give a snippet another name. Raises UnknownDocument, BadDocumentName, OSError; StaleDocument where one has it."""
        path, free = self._path(name), self._path(wanted)
        if name == wanted:
            return self.find(name)
        with self._lock:
            try:
                data = path.read_bytes()
            except FileNotFoundError:
                raise self._unknown(name) from None
            if not place_new(free, data):
                raise StaleDocument(f"there is a snippet '{wanted}' already", etag_of(free.read_bytes()))
            path.unlink()
        return self.find(wanted)


def _types(data: bytes) -> tuple[str, ...]:
    try:
        return tuple(str(node["type"]) for node in orjson.loads(data)["nodes"].values())
    except (ValueError, LookupError, TypeError, AttributeError):
        return ()

"""The editor's files: every one under an address that changes with their contents, so that a browser may keep them.

`index.html` is the page at `/`, `form.html` the one at `/form/NAME`. Where they say `{{base}}`, what is sent says
`/editor/<hash>`: the modules import each other by relative paths, so one hash over all of them serves, and no build is
needed. `{{modules main.js …}}` becomes links by which a browser fetches at once whatever these modules import.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from web.module_graph import reached

PAGE = "index.html"
FORM = "form.html"
BASE = b"{{base}}"
MODULES = re.compile(rb"^( *)\{\{modules ([^}]+)\}\}\n", re.MULTILINE)
TYPES = {
    ".html": "text/html",
    ".js": "text/javascript",
    ".mjs": "text/javascript",
    ".css": "text/css",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".webp": "image/webp",
    ".ico": "image/x-icon",
    ".woff2": "font/woff2",
    ".webmanifest": "application/manifest+json",
}


@dataclass(frozen=True)
class EditorFile:
    """A file's bytes, and what they are."""

    body: bytes
    content_type: str

    @property
    def is_text(self) -> bool:
        """Whether it is text of some kind, in UTF-8."""
        return self.content_type.startswith("text/") or self.content_type.endswith(("json", "xml"))

    @cached_property
    def packed(self) -> bytes:
        """The bytes as gzip."""
        return gzip.compress(self.body, mtime=0)


class EditorFiles:
    """The files of one folder, held in memory and read again when one of them changes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._stamp: tuple[object, ...] = ()
        self._files: dict[str, EditorFile] = {}
        self.version = ""

    def refresh(self) -> None:
        """Look at the folder; files are read only where a name, a size or a time is new."""
        found = sorted(_served(self._folder))
        stamp = tuple((name, status.st_size, status.st_mtime_ns) for name, _, status in found)
        if stamp == self._stamp and self.version:
            return
        files = {name: EditorFile(path.read_bytes(), TYPES[path.suffix]) for name, path, _ in found}
        digest = hashlib.sha256()
        for name, file in files.items():
            digest.update(f"{name}\0{len(file.body)}\0".encode() + file.body)
        self._files, self._stamp, self.version = files, stamp, digest.hexdigest()[:16]

    def page(self, name: str = PAGE) -> EditorFile | None:
        """A page, which names where the rest is now."""
        file = self._files.get(name)
        if file is None:
            return None
        body = MODULES.sub(self._preloads, file.body)
        return EditorFile(body.replace(BASE, f"/editor/{self.version}".encode()), file.content_type)

    def _preloads(self, found: re.Match[bytes]) -> bytes:
        """A link for each module that the named ones need, so that a browser fetches them all at once.

        Else it would come upon each only after the one that imports it.
        """
        names = reached({name: file.body for name, file in self._files.items()}, found[2].decode().split())
        return b"".join(
            b'%b<link rel="modulepreload" href="%b/%b">\n' % (found[1], BASE, name.encode()) for name in names
        )

    def file(self, name: str) -> EditorFile | None:
        """A file by its relative name; only what the folder was seen to hold is ever found."""
        return self._files.get(name)


def _served(folder: Path) -> list[tuple[str, Path, os.stat_result]]:
    found = []
    for place, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith((".", "_"))]
        for name in names:
            path = Path(place, name)
            if not name.startswith(".") and path.suffix in TYPES and path.is_file() and not path.is_symlink():
                found.append((path.relative_to(folder).as_posix(), path, path.stat()))
    return found

"""Front-end modules of packs: how their nodes look while they run. A folder has an address with the hash of its content."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from web.editor_files import EditorFiles


class PackViews:
    """The folders of views that packs bring, read again when a file changes."""

    def __init__(self) -> None:
        self._known: dict[str, EditorFiles] = {}

    def refresh(self, packs: Iterable[Mapping[str, Any]]) -> dict[str, EditorFiles]:
        """The files of each pack that brings views, by the pack's name, as they are now; packs as the service tells them."""
        found = {pack["name"]: self._files(pack["views"]) for pack in packs if pack.get("views")}
        for files in found.values():
            files.refresh()
        return found

    def _files(self, folder: str) -> EditorFiles:
        return self._known.setdefault(folder, EditorFiles(Path(folder)))


def address_of(pack: str, files: EditorFiles) -> str:
    """What the modules of a pack are found below: another address whenever one of them changed."""
    return f"/api/packs/{quote(pack, safe='')}/views/{files.version}/"

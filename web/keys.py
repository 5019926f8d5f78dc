"""What handlers share, by typed key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

from web.answers import Kept
from web.editor_files import EditorFiles
from web.settings import Settings

if TYPE_CHECKING:
    from engine.packs import Registry

SETTINGS = web.AppKey("settings", Settings)
REGISTRY: web.AppKey[Registry] = web.AppKey("registry")
CATALOGUE = web.AppKey("catalogue", Kept)
EDITOR = web.AppKey("editor", EditorFiles)

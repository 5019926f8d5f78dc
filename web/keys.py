"""What handlers share, by typed key."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from aiohttp import web

from engine.serve.service import Service
from engine.store.documents import Documents
from engine.store.library import Library
from engine.store.snippets import Snippets
from engine.store.thumbnails import Thumbnails
from web.answers import Kept
from web.editor_files import EditorFiles
from web.hub import Hub
from web.pack_views import PackViews
from web.routing import Route
from web.settings import Settings

SETTINGS = web.AppKey("settings", Settings)
SERVICE = web.AppKey("service", Service)
HUB = web.AppKey("hub", Hub)
LIBRARY = web.AppKey("library", Library)
SNIPPETS = web.AppKey("snippets", Snippets)
DRAFTS = web.AppKey("drafts", Documents)
THUMBNAILS = web.AppKey("thumbnails", Thumbnails)
EDITOR = web.AppKey("editor", EditorFiles)
VIEWS = web.AppKey("views", PackViews)
OPENAPI: web.AppKey[Callable[[], Kept]] = web.AppKey("openapi")
ROUTES: web.AppKey[Mapping[Any, Route]] = web.AppKey("routes", dict)
PICTURES = web.AppKey("pictures", ThreadPoolExecutor)
UPLOADS = web.AppKey("uploads", asyncio.Semaphore)
SOCKETS: web.AppKey[set[web.WebSocketResponse]] = web.AppKey("sockets", set)

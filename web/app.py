"""Puts the application together; what it holds open is opened and closed here."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from functools import cache

from aiohttp import web

from engine.serve.service import Service
from engine.serve.settings import Settings as ServiceSettings
from engine.store.documents import Documents
from engine.store.library import Library
from engine.store.snippets import Snippets
from engine.store.thumbnails import Thumbnails
from engine.store.uploads import sweep_unfinished
from web.answers import Kept, json_bytes
from web.editor_files import EditorFiles
from web.errors import errors_as_json
from web.guard import finish_headers, guard
from web.hub import Hub
from web.keys import (
    DRAFTS,
    EDITOR,
    HUB,
    LIBRARY,
    OPENAPI,
    PICTURES,
    ROUTES,
    SERVICE,
    SETTINGS,
    SNIPPETS,
    SOCKETS,
    THUMBNAILS,
    UPLOADS,
    VIEWS,
)
from web.logs import log_requests
from web.openapi import openapi
from web.pack_views import PackViews
from web.routes import MODULES, all_routes
from web.routes.events import close_all
from web.settings import Settings
from web.watching import folders_watched

PICTURE_THREADS = 2
UPLOADS_AT_ONCE = 16


def make_app(settings: Settings) -> web.Application:
    """The application; nothing is opened before it starts."""
    app = web.Application(middlewares=[log_requests, errors_as_json, guard], client_max_size=settings.limits.json_bytes)
    home = settings.home
    app[SETTINGS] = settings
    app[EDITOR] = EditorFiles(settings.editor)
    app[VIEWS] = PackViews()
    app[LIBRARY] = Library(home.workflows, home.root / "versions")
    app[SNIPPETS] = Snippets(home.workflows / "snippets")
    app[DRAFTS] = Documents(home.root / "drafts")
    app[THUMBNAILS] = Thumbnails(home.cache / "thumbnails")
    app[UPLOADS] = asyncio.Semaphore(UPLOADS_AT_ONCE)
    app[SOCKETS] = set()
    app[ROUTES] = {route.handler: route for route in all_routes()}
    app[OPENAPI] = lambda: _described()
    for module in MODULES:
        app.add_routes(module.routes.definitions())
    app.on_response_prepare.append(finish_headers)
    app.on_shutdown.append(close_all)
    app.cleanup_ctx.extend((_service, _events, _pictures, folders_watched))
    app.on_startup.append(_editor)
    return app


@cache
def _described() -> Kept:
    return Kept(json_bytes(openapi(all_routes())))


async def _service(app: web.Application) -> AsyncIterator[None]:
    """The engine behind it all: queue, workers, log of events."""
    settings = app[SETTINGS]
    options = ServiceSettings(
        home=settings.home,
        devices=settings.devices,
        third_party=settings.third_party,
        registry=settings.registry,
        warm=settings.warm,
    )
    async with Service(options) as service:
        app[SERVICE] = service
        yield


async def _events(app: web.Application) -> AsyncIterator[None]:
    """The hub listens as long as the server does."""
    service = app[SERVICE]
    app[HUB] = Hub(service.events, service.watch_previews)
    unsubscribe = service.events.subscribe(app[HUB])
    yield
    unsubscribe()


async def _pictures(app: web.Application) -> AsyncIterator[None]:
    """Threads that decode pictures: few, so that thumbnails never take the whole machine."""
    await asyncio.to_thread(sweep_unfinished, app[SETTINGS].home.assets)
    with ThreadPoolExecutor(PICTURE_THREADS, "pictures") as threads:
        app[PICTURES] = threads
        yield
        threads.shutdown(wait=False, cancel_futures=True)


async def _editor(app: web.Application) -> None:
    app[EDITOR].refresh()

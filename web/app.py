"""Puts the application together; what it holds open is opened and closed here."""

from __future__ import annotations

from collections.abc import AsyncIterator

from aiohttp import web

from web.answers import Kept, json_bytes
from web.editor_files import EditorFiles
from web.errors import errors_as_json
from web.guard import add_headers, guard
from web.keys import CATALOGUE, EDITOR, REGISTRY, SETTINGS
from web.routes import MODULES
from web.settings import Settings


def make_app(settings: Settings) -> web.Application:
    """The application; nothing is opened before it starts."""
    app = web.Application(middlewares=[errors_as_json, guard], client_max_size=settings.limits.json_bytes)
    app[SETTINGS] = settings
    app[EDITOR] = EditorFiles(settings.editor)
    app.on_response_prepare.append(add_headers)
    app.cleanup_ctx.append(_catalogue)
    for module in MODULES:
        app.add_routes(module.routes.definitions())
    return app


async def _catalogue(app: web.Application) -> AsyncIterator[None]:
    """The packs' records, read once."""
    from engine.graph.catalogue import catalogue
    from engine.packs import find_registry

    registry = find_registry(third_party=app[SETTINGS].third_party)
    document = catalogue(registry.types, registry.values, [pack.to_json() for pack in registry.packs])
    app[REGISTRY] = registry
    app[CATALOGUE] = Kept(json_bytes(document))
    app[EDITOR].refresh()
    yield

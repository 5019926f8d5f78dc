"""The editor's page and its files."""

from __future__ import annotations

from aiohttp import web

from web.errors import Refused
from web.keys import EDITOR
from web.routing import Answer, Routes

routes = Routes()
FOREVER = "public, max-age=31536000, immutable"
_FILE = Answer("A file of the editor", media=("*/*",))


@routes.add("GET", "/", gives=_FILE, hidden=True)
async def page(request: web.Request) -> web.Response:
    """The editor's page. It is asked for anew each time, and names the address of all the rest."""
    files = request.app[EDITOR]
    files.refresh()
    found = files.page()
    if found is None:
        raise Refused(404, "this installation has no editor; the interface for programs is at /api/openapi.json")
    return web.Response(
        body=found.body, content_type=found.content_type, charset="utf-8", headers={"Cache-Control": "no-cache"}
    )


@routes.add("GET", r"/editor/{version:[0-9a-f]{16}}/{name:.+}", gives=_FILE, hidden=True)
async def file(request: web.Request) -> web.Response:
    """A file of the editor. Under an older version's address it is given, but not to be kept."""
    files = request.app[EDITOR]
    found = files.file(request.match_info["name"])
    if found is None:
        raise Refused(404, "the editor has no such file")
    current = request.match_info["version"] == files.version
    text = found.content_type.startswith("text/") or found.content_type.endswith(("json", "xml"))
    return web.Response(
        body=found.body,
        content_type=found.content_type,
        charset="utf-8" if text else None,
        headers={"Cache-Control": FOREVER if current else "no-cache"},
    )

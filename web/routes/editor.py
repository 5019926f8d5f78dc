"""The editor's pages and their files."""

from __future__ import annotations

import asyncio

from aiohttp import web

from web.editor_files import FORM, PAGE
from web.errors import Refused
from web.guard import same_token
from web.keys import EDITOR, SETTINGS
from web.packing import FOREVER, KEPT_NOT, sent
from web.routes.session import remember
from web.routing import Answer, Routes

routes = Routes()
_FILE = Answer("A file of the editor", media=("*/*",))


@routes.add("GET", "/", gives=_FILE, hidden=True)
async def page(request: web.Request) -> web.Response:
    """The editor's page. It is asked for anew each time, and names the address of all the rest."""
    return await _page(request, PAGE)


@routes.add("GET", r"/form/{name:.+}", gives=_FILE, hidden=True)
async def form(request: web.Request) -> web.Response:
    """The page of one workflow's form, for who needs no graph; it asks for the workflow itself."""
    return await _page(request, FORM)


async def _page(request: web.Request, name: str) -> web.Response:
    if "token" in request.query:
        return _signed_in(request)
    files = request.app[EDITOR]
    await asyncio.to_thread(files.refresh)
    found = files.page(name)
    if found is None:
        raise Refused(404, "this installation has no editor; the interface for programs is at /api/openapi.json")
    return await sent(request, found, KEPT_NOT)


def _signed_in(request: web.Request) -> web.Response:
    """The address that `loom serve` printed: keep its token as a cookie, and show the page under an address without it."""
    token = request.app[SETTINGS].token
    if token is not None and not same_token(request.query["token"], token):
        raise Refused(401, "this is not the token of this server")
    response = web.Response(status=303, headers={"Location": request.rel_url.raw_path, "Cache-Control": "no-store"})
    if token is not None:
        remember(response, token)
    return response


@routes.add("GET", r"/editor/{version:[0-9a-f]{16}}/{name:.+}", gives=_FILE, hidden=True)
async def file(request: web.Request) -> web.Response:
    """A file of the editor. Under an older version's address it is given, but not to be kept."""
    files = request.app[EDITOR]
    found = files.file(request.match_info["name"])
    if found is None:
        raise Refused(404, "the editor has no such file")
    return await sent(request, found, FOREVER if request.match_info["version"] == files.version else KEPT_NOT)

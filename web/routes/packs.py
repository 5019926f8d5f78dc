"""Packs, and their front-end modules."""

from __future__ import annotations

import asyncio

from aiohttp import web

from web.answers import Kept, json_response
from web.editor_files import EditorFiles
from web.errors import Refused
from web.keys import SERVICE, VIEWS
from web.pack_views import address_of
from web.packing import FOREVER, KEPT_NOT, sent
from web.routing import Answer, Routes
from web.wire import PacksPage

routes = Routes()


@routes.add("GET", "/api/packs", gives=Answer("The packs", PacksPage))
async def packs(request: web.Request) -> web.Response:
    """The packs, and below which address the front-end modules of each are found."""
    views = await _views(request)
    addresses = {name: address_of(name, files) for name, files in views.items()}
    known = await request.app[SERVICE].packs()
    return json_response({"packs": [{"name": pack["name"], "views": addresses.get(pack["name"])} for pack in known]})


@routes.add(
    "GET",
    r"/api/packs/{pack}/views/{version:[0-9a-f]{16}}/{file:.+}",
    gives=Answer("The module", media=("*/*",)),
    refusals=(404,),
)
async def versioned(request: web.Request) -> web.Response:
    """A file out of the folder of views that a pack brings, to be kept for ever.

    Under the address of an older version it is given as it is now, and not to be kept.
    """
    files = await _of_pack(request)
    found = files.file(request.match_info["file"])
    if found is None:
        raise Refused(404, "the pack has no such view")
    return await sent(request, found, FOREVER if request.match_info["version"] == files.version else KEPT_NOT)


@routes.add("GET", "/api/packs/{pack}/views/{file:.+}", gives=Answer("The module", media=("*/*",)), refusals=(404,))
async def view(request: web.Request) -> web.Response:
    """A file out of the folder of views that a pack brings."""
    found = (await _of_pack(request)).file(request.match_info["file"])
    if found is None:
        raise Refused(404, "the pack has no such view")
    return Kept(found.body, found.content_type).response(request)


async def _of_pack(request: web.Request) -> EditorFiles:
    files = (await _views(request)).get(request.match_info["pack"])
    if files is None:
        raise Refused(404, "there is no such pack, or it has no views")
    return files


async def _views(request: web.Request) -> dict[str, EditorFiles]:
    return await asyncio.to_thread(request.app[VIEWS].refresh, await request.app[SERVICE].packs())

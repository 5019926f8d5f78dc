"""The files that workflows may name: those beside the workflows of the library, and those in the folder of inputs."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from functools import partial
from itertools import islice
from pathlib import Path

from aiohttp import web

from engine.graph.values import File
from engine.store.assets import Assets, FoundFile, nameable
from engine.store.errors import AssetError, PictureError
from engine.store.home import Home
from engine.store.thumbnails import Thumbnails
from web.answers import client_has, json_response
from web.bodies import read_query
from web.errors import Refused
from web.keys import PICTURES, SETTINGS, THUMBNAILS
from web.routes.assets import PICTURES_MEDIA, SANDBOX, sent
from web.routing import Answer, Routes
from web.wire import AssetQuery, InputsPage

routes = Routes()
MOST = 10_000
AGAIN = "private, no-cache"
"""Asked for anew each time: another file may have taken the name."""
NOTHING = "there is no such picture beside the workflows, nor in the folder of inputs"


@routes.add("GET", "/api/inputs", gives=Answer("The files", InputsPage))
async def inputs(request: web.Request) -> web.Response:
    """The files in the folder of inputs, and the pictures beside the workflows, by the names that an input gives them.

    Folders in them are looked into; at most 10,000 are told.
    """
    home = request.app[SETTINGS].home
    return json_response({"files": await asyncio.to_thread(_names, home)})


@routes.add(
    "GET",
    r"/api/inputs/{name:.+}",
    gives=Answer("The picture, or a WebP thumbnail of it", media=("image/*",)),
    refusals=(404, 416),
    query=AssetQuery,
    headers=("Range", "If-None-Match"),
)
async def picture(request: web.Request) -> web.StreamResponse:
    """The picture that a run takes by this name, as it is now; with `size` a small one of it."""
    size = read_query(request, AssetQuery).size
    home, name = request.app[SETTINGS].home, request.match_info["name"]
    if size is None:
        path, tag = await asyncio.to_thread(_whole, home, name)
    else:
        small = partial(_small, home, request.app[THUMBNAILS], name, int(size))
        path, tag = await asyncio.get_running_loop().run_in_executor(request.app[PICTURES], small)
    headers = {"ETag": f'"{tag}"', "Cache-Control": AGAIN, "Content-Security-Policy": SANDBOX}
    if client_has(request, tag):
        return web.Response(status=304, headers=headers)
    return sent(path, headers)


def _names(home: Home) -> list[str]:
    beside = (name for name in nameable(home.workflows) if Path(name).suffix.lower() in PICTURES_MEDIA)
    return sorted({*islice(nameable(home.inputs), MOST), *islice(beside, MOST)})[:MOST]


def _whole(home: Home, name: str) -> tuple[Path, str]:
    found = _found(home, name)
    return found.path, found.sha256


def _small(home: Home, thumbnails: Thumbnails, name: str, size: int) -> tuple[Path, str]:
    found = _found(home, name)
    try:
        path = thumbnails.make(found.path, found.sha256, size)
    except PictureError:
        raise Refused(404, NOTHING) from None
    return path, path.stem


def _found(home: Home, name: str) -> FoundFile:
    """The picture that a run finds by this name; of what is called otherwise no byte is read. Raises Refused."""
    with suppress(AssetError):
        if Path(name).suffix.lower() in PICTURES_MEDIA:
            return Assets(home.assets, home.inputs, home.workflows).file(File(name))
    raise Refused(404, NOTHING)

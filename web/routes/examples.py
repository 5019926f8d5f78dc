"""Examples: what packs bring to begin with."""

from __future__ import annotations

import asyncio
from urllib.parse import quote

from aiohttp import web

from web.answers import Kept, json_response
from web.errors import Refused
from web.examples import PICTURES as SUFFIXES
from web.examples import Example, find_examples, read_example
from web.keys import PICTURES, SERVICE, SETTINGS
from web.routes.bundles import note_files
from web.routing import Answer, Routes
from web.wire_library import ExamplesPage

routes = Routes()


@routes.add("GET", "/api/examples", gives=Answer("The examples", ExamplesPage))
async def examples(request: web.Request) -> web.Response:
    """The workflows that packs bring, the plainest first."""
    found = await _all(request)
    return json_response({"examples": [_described(example) for example in found]})


@routes.add("GET", "/api/examples/{pack}/{name}", gives=Answer("The file"), refusals=(404,))
async def example(request: web.Request) -> web.Response:
    """An example's workflow file; what it reads from beside it is an asset afterwards, and named by its content."""
    found, settings = await _one(request), request.app[SETTINGS]
    text, taken = await asyncio.get_running_loop().run_in_executor(
        request.app[PICTURES], read_example, found, settings.home.assets, settings.limits.pixels
    )
    await note_files(request, taken)
    return Kept(text).response(request)


@routes.add(
    "GET",
    "/api/examples/{pack}/{name}/picture",
    gives=Answer("The picture", media=tuple(SUFFIXES.values())),
    refusals=(404,),
)
async def picture(request: web.Request) -> web.Response:
    """What an example makes."""
    found = await _one(request)
    if found.picture is None:
        raise Refused(404, "this example has no picture")
    return Kept(await asyncio.to_thread(found.picture.read_bytes), SUFFIXES[found.picture.suffix]).response(request)


async def _all(request: web.Request) -> list[Example]:
    return await asyncio.to_thread(find_examples, await request.app[SERVICE].packs())


async def _one(request: web.Request) -> Example:
    wanted = (request.match_info["pack"], request.match_info["name"])
    for found in await _all(request):
        if (found.pack, found.name) == wanted:
            return found
    raise Refused(404, f"there is no example '{wanted[1]}' of a pack '{wanted[0]}'")


def _described(example: Example) -> dict[str, str | None]:
    address = f"/api/examples/{quote(example.pack)}/{quote(example.name)}/picture"
    picture = address if example.picture is not None else None
    return {"pack": example.pack, "name": example.name, "title": example.title, "picture": picture}

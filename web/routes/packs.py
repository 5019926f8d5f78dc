"""Front-end modules of packs."""

from __future__ import annotations

import asyncio
from pathlib import Path, PurePosixPath

from aiohttp import web

from engine.store.errors import AssetError
from engine.store.folders import stay_inside
from web.answers import Kept
from web.editor_files import TYPES
from web.errors import Refused
from web.keys import SERVICE
from web.routing import Answer, Routes

routes = Routes()


@routes.add("GET", "/api/packs/{pack}/views/{file:.+}", gives=Answer("The module", media=("*/*",)), refusals=(404,))
async def view(request: web.Request) -> web.Response:
    """A file out of the folder of views that a pack brings."""
    folders = {pack["name"]: pack.get("views") for pack in await request.app[SERVICE].packs()}
    folder = folders.get(request.match_info["pack"])
    if not folder:
        raise Refused(404, "there is no such pack, or it has no views")
    data, suffix = await asyncio.to_thread(_read, Path(folder), request.match_info["file"])
    return Kept(data, TYPES[suffix]).response(request)


def _read(folder: Path, name: str) -> tuple[bytes, str]:
    """A file below a folder, of a kind that a front end has. Raises Refused."""
    relative = PurePosixPath(name)
    hidden = any(part.startswith(".") for part in relative.parts)
    if relative.is_absolute() or hidden or "\\" in name or "\0" in name or relative.suffix not in TYPES:
        raise Refused(404, "the pack has no such view")
    try:
        return stay_inside(folder, folder / relative).read_bytes(), relative.suffix
    except (AssetError, OSError):
        raise Refused(404, "the pack has no such view") from None

"""The folder of files that workflows may name."""

from __future__ import annotations

import asyncio
from itertools import islice

from aiohttp import web

from engine.store.assets import nameable
from web.answers import json_response
from web.keys import SETTINGS
from web.routing import Answer, Routes
from web.wire import InputsPage

routes = Routes()
MOST = 10_000


@routes.add("GET", "/api/inputs", gives=Answer("The files", InputsPage))
async def inputs(request: web.Request) -> web.Response:
    """The files in the folder of inputs and in the folders in it, by the names that an input gives them; at most 10,000."""
    folder = request.app[SETTINGS].home.inputs
    return json_response({"files": await asyncio.to_thread(lambda: list(islice(nameable(folder), MOST)))})

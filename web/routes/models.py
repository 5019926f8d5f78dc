"""Models: what can be loaded, and what is."""

from __future__ import annotations

from aiohttp import web

from web.answers import json_response
from web.keys import SERVICE
from web.routing import Answer, Routes
from web.wire import ModelsPage, Unloaded

routes = Routes()


@routes.add("GET", "/api/models", gives=Answer("The models", ModelsPage))
async def models(request: web.Request) -> web.Response:
    """The models that are here now, what each is, where it is loaded, and why one cannot be used."""
    return json_response({"models": await request.app[SERVICE].models()})


@routes.add(
    "POST",
    "/api/models/{id:.{1,300}}/unload",
    gives=Answer("It is not loaded any more", Unloaded),
    refusals=(404, 409, 415),
)
async def unload(request: web.Request) -> web.Response:
    """Take a model out of the devices' memory."""
    return json_response({"unloaded": await request.app[SERVICE].unload(request.match_info["id"])})

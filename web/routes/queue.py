"""The queue as a whole."""

from __future__ import annotations

from aiohttp import web

from web.answers import json_response
from web.keys import SERVICE
from web.routing import Answer, Routes
from web.wire import QueueChanged

routes = Routes()
_QUEUE = Answer("The queue afterwards", QueueChanged)


@routes.add("POST", "/api/queue/pause", gives=_QUEUE, refusals=(415,))
async def pause(request: web.Request) -> web.Response:
    """Start no further run, also after a restart, until it is resumed. What runs runs on."""
    service = request.app[SERVICE]
    await service.pause()
    return json_response({"queue": service.queue()})


@routes.add("POST", "/api/queue/resume", gives=_QUEUE, refusals=(415,))
async def resume(request: web.Request) -> web.Response:
    """Start runs again."""
    service = request.app[SERVICE]
    await service.resume()
    return json_response({"queue": service.queue()})


@routes.add("POST", "/api/queue/clear", gives=_QUEUE, refusals=(415,))
async def clear(request: web.Request) -> web.Response:
    """Cancel all runs that wait. What runs runs on."""
    service = request.app[SERVICE]
    cleared = await service.clear()
    return json_response({"queue": service.queue(), "cleared": cleared})

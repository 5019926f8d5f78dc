"""The queue as a whole."""

from __future__ import annotations

import asyncio

from aiohttp import web

from engine.store.runs.records import RUNNING
from web.answers import json_response
from web.keys import SERVICE
from web.routing import Answer, Routes
from web.shown import changes_json, run_json
from web.wire import QueueChanged
from web.wire_results import QueuePage

routes = Routes()
_QUEUE = Answer("The queue afterwards", QueueChanged)
SHOWN = 200
_DONE = 12


@routes.add("GET", "/api/queue", gives=Answer("The queue", QueuePage))
async def queue(request: web.Request) -> web.Response:
    """What runs and what waits, in order, and what was done last, each with what it was changed in."""
    service = request.app[SERVICE]
    running = await service.runs(status=RUNNING, limit=SHOWN)
    waiting = await asyncio.to_thread(service.store.waiting, SHOWN)
    done = await asyncio.to_thread(service.store.ended, _DONE, service.settings.owner)
    changes = await asyncio.to_thread(service.store.changes, [run.id for run in (*running, *waiting, *done)])
    told = {
        name: [run_json(run) | {"changes": changes_json(changes[run.id])} for run in runs]
        for name, runs in (("running", running), ("waiting", waiting), ("done", done))
    }
    return json_response({"queue": service.queue(), **told})


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

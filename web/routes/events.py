"""Live events over a WebSocket, and the small pictures that they name."""

from __future__ import annotations

import asyncio
import contextlib

from aiohttp import WSCloseCode, web

from web.bodies import read_query
from web.errors import Refused
from web.hub import Reader, message
from web.keys import HUB, SERVICE, SOCKETS
from web.routing import Answer, Routes
from web.wire import EventsQuery

routes = Routes()
READERS = 1000
HEARTBEAT = 60.0  # a client that does not answer for half of it is gone; a busy machine may take long
SEND_SECONDS = 30.0  # a client that takes no byte for so long is gone
PAUSE = 0.05  # what passes within it is merged


@routes.add(
    "GET",
    "/api/events",
    gives={101: Answer("Events, one JSON object a message")},
    refusals=(400, 429),
    query=EventsQuery,
    headers=("Upgrade",),
)
async def events(request: web.Request) -> web.StreamResponse:
    """States from after `since`, or from now on, and what passes. States are numbered, and none is ever left out."""
    query = read_query(request, EventsQuery)
    hub = request.app[HUB]
    socket = web.WebSocketResponse(heartbeat=HEARTBEAT, max_msg_size=4096, compress=False)
    if not socket.can_prepare(request):
        raise Refused(400, "events come over a WebSocket; this is a plain request")
    if len(hub) >= READERS:
        raise Refused(429, f"{READERS} clients are listening; no more are served")
    await socket.prepare(request)
    request.app[SOCKETS].add(socket)
    try:
        with hub.reader(query.since) as reader:
            await _serve(request, socket, reader)
    finally:
        request.app[SOCKETS].discard(socket)
    return socket


@routes.add(
    "GET",
    "/api/previews/{token:[A-Za-z0-9_.-]{1,200}}",
    gives=Answer("A small picture of what a node has so far", media=("image/jpeg",)),
    refusals=(404,),
)
async def preview(request: web.Request) -> web.Response:
    """The picture that a `node.preview` names; it is kept for a short while."""
    data = request.app[SERVICE].preview(request.match_info["token"])
    if data is None:
        raise Refused(404, "there is no such preview any more")
    return web.Response(body=data, content_type="image/jpeg", headers={"Cache-Control": "private, max-age=60"})


async def _serve(request: web.Request, socket: web.WebSocketResponse, reader: Reader) -> None:
    """Send until the client goes; what it says is read, so that its leaving is seen, and not heeded."""
    sending = asyncio.create_task(_send(request, socket, reader))
    try:
        async for _ in socket:
            pass
    finally:
        sending.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await sending


async def _send(request: web.Request, socket: web.WebSocketResponse, reader: Reader) -> None:
    last = request.app[SERVICE].events.last
    try:
        await socket.send_str(message("hello", last=last))
        while not socket.closed:
            for text in await reader.take():
                async with asyncio.timeout(SEND_SECONDS):
                    await socket.send_str(text)
            await asyncio.sleep(PAUSE)
    except TimeoutError:
        if request.transport is not None:
            request.transport.abort()
    except ConnectionError:
        return


async def close_all(app: web.Application) -> None:
    """Tell every client that the server goes away."""
    sockets = app[SOCKETS].copy()
    closing = [socket.close(code=WSCloseCode.GOING_AWAY, message=b"the server stops") for socket in sockets]
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(1):
            await asyncio.gather(*closing, return_exceptions=True)

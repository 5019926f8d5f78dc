"""The client's way with connections that break, held against a server that breaks them."""

import asyncio

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from web import client as module
from web.client import Client, ServerError

STATES = [{"type": "run.queued", "seq": seq, "run": "r"} for seq in range(1, 8)]


class Breaking:
    """Gives `hello` and a few states a connection, then hangs up; notes since when it was asked."""

    def __init__(self, gives: int) -> None:
        self.gives = gives
        self.asked: list[str | None] = []

    async def events(self, request: web.Request) -> web.WebSocketResponse:
        since = request.query.get("since")
        self.asked.append(since)
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.send_json({"type": "hello", "last": 0 if since is None else 7})
        for state in STATES[int(since or 0) :][: self.gives]:
            await socket.send_json(state)
        await socket.close()
        return socket


@pytest.fixture(autouse=True)
def _no_pause(monkeypatch):
    monkeypatch.setattr(module, "PAUSE", 0)


async def serve(handler) -> TestServer:
    app = web.Application()
    app.router.add_get("/api/events", handler)
    server = TestServer(app)
    await server.start_server()
    return server


@pytest.mark.parametrize("gives", [1, 2, 7])
async def test_a_connection_that_breaks_again_and_again_loses_and_repeats_no_state(gives):
    breaking = Breaking(gives)
    server = await serve(breaking.events)
    seen = []
    async with Client(str(server.make_url("/"))) as loom, asyncio.timeout(20):
        async for event in loom.events():
            if "seq" in event:
                seen.append(event["seq"])
            if seen and seen[-1] == 7:
                break
    await server.close()
    assert seen == list(range(1, 8))


async def test_a_connection_that_breaks_before_what_was_missed_comes_is_asked_for_the_same_again():
    breaking = Breaking(0)
    server = await serve(breaking.events)
    async with Client(str(server.make_url("/"))) as loom, asyncio.timeout(20):
        async for _ in loom.events(since=5):
            if len(breaking.asked) == 3:
                break
    await server.close()
    assert breaking.asked == ["5", "5", "5"]


async def test_a_server_that_gives_no_events_is_not_asked_for_ever():
    async def refuse(request):
        raise web.HTTPUnauthorized

    server = await serve(refuse)
    async with Client(str(server.make_url("/"))) as loom, asyncio.timeout(20):
        with pytest.raises(ServerError) as refused:
            await anext(loom.events())
    await server.close()
    assert refused.value.status == 401


async def test_an_answer_that_is_none_of_ours_is_an_error_in_words_too():
    async def strange(request):
        return web.Response(status=502, text="<html>proxy</html>", content_type="text/html")

    server = await serve(strange)
    async with Client(str(server.make_url("/"))) as loom:
        with pytest.raises(ServerError, match="502"):
            await loom.call("GET", "/api/events")
    await server.close()

"""Events over a WebSocket: numbered, resumable, merged; whoever stalls or shouts harms nobody."""

import asyncio
import json
import shutil

import pytest
from aiohttp import ClientSession, WSMsgType
from workshop import flow

from web.client import Client

SUM = flow({"add": ("Add", {"a": 1, "b": 2})}, {"out": "add.value"}, {"a": "add.a"})


@pytest.fixture
async def loom(port):
    async with Client(f"http://127.0.0.1:{port}") as loom:
        yield loom


@pytest.fixture
async def sockets(port):
    async with ClientSession(f"http://127.0.0.1:{port}") as session:
        yield session


async def states_of(socket, until: str, run: str) -> list[dict]:
    seen = []
    async with asyncio.timeout(60):
        async for message in socket:
            event = json.loads(message.data)
            if "seq" in event:
                seen.append(event)
            if (event["type"], event.get("run")) == (until, run):
                return seen
    raise AssertionError("the socket was closed")


async def test_who_comes_back_gets_every_state_that_he_missed_once_and_in_order(loom, sockets):
    async with sockets.ws_connect("/api/events") as socket:
        hello = json.loads((await socket.receive()).data)
        assert hello["type"] == "hello"
        run = await loom.submit(SUM)
        first = await states_of(socket, "run.succeeded", run["id"])
    for since in (hello["last"], first[2]["seq"]):
        async with sockets.ws_connect(f"/api/events?since={since}") as socket:
            again = await states_of(socket, "run.succeeded", run["id"])
        assert again == [event for event in first if event["seq"] > since]


async def test_a_number_that_the_log_does_not_know_starts_anew(sockets):
    async with sockets.ws_connect("/api/events?since=999999999") as socket:
        hello = json.loads((await socket.receive()).data)
        reset = json.loads((await socket.receive()).data)
    assert (reset["type"], reset["last"]) == ("reset", hello["last"])


async def test_progress_passes_with_its_previews_and_the_last_data_is_kept(loom, sockets, tmp_path):
    body = flow({"gate": ("Gate", {"opens": str(tmp_path / "open")})}, {"out": "gate.value"})
    passed: dict[str, dict] = {}
    async with sockets.ws_connect("/api/events") as socket:
        run = await loom.submit(body)
        async with asyncio.timeout(60):
            while not {"node.progress", "node.preview", "node.data"} <= set(passed):
                event = json.loads((await socket.receive()).data)
                if event.get("run") == run["id"] and "seq" not in event:
                    passed[event["type"]] = event
    assert passed["node.progress"]["node"] == "gate"
    assert passed["node.progress"]["of"] == 10**6
    assert (await loom.fetch(passed["node.preview"]["url"]))[:2] == b"\xff\xd8"
    (tmp_path / "open").touch()
    assert "step" in (await loom.wait(run["id"]))["data"]["gate"]


async def until_told(socket, type: str) -> None:
    async with asyncio.timeout(20):
        while json.loads((await socket.receive()).data)["type"] != type:
            pass


async def test_a_workflow_that_was_saved_or_changed_from_outside_is_told_to_every_open_editor(loom, sockets, home):
    async with sockets.ws_connect("/api/events") as socket:
        home.workflows.mkdir(parents=True, exist_ok=True)
        (home.workflows / "told.json").write_text("git was here")
        await until_told(socket, "library.changed")
        await loom.call("PUT", "/api/workflows/told", json=SUM, headers={"If-Match": "*"})
        await until_told(socket, "library.changed")
    await loom.call("DELETE", "/api/workflows/told")


async def test_a_model_that_is_put_into_its_folder_is_told_and_listed_at_once(loom, sockets, home):
    async with sockets.ws_connect("/api/events") as socket:
        (home.models / "fresh").mkdir(parents=True)
        (home.models / "fresh" / "model_index.json").write_text("{}")
        async with asyncio.timeout(20):
            while True:
                event = json.loads((await socket.receive()).data)
                if event["type"] == "models.changed" and "device" not in event:
                    break
        names = [model["name"] for model in (await loom.call("GET", "/api/models"))["models"]]
    shutil.rmtree(home.models / "fresh")

    assert event["seq"] > 0
    assert names == ["fresh"]


async def test_what_a_client_says_is_not_heeded_and_too_much_of_it_ends_the_connection(sockets):
    async with sockets.ws_connect("/api/events") as socket:
        await socket.send_str('{"type": "run.succeeded", "seq": 1}')
        assert json.loads((await socket.receive()).data)["type"] == "hello"
        await socket.send_str("x" * 10_000)
        async with asyncio.timeout(20):
            while (await socket.receive()).type == WSMsgType.TEXT:
                pass
        assert socket.close_code == 1009


async def test_a_client_that_reads_nothing_holds_nobody_up(loom, sockets, port):
    async def stalled():
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        key = "dGhlIHNhbXBsZSBub25jZQ=="
        writer.write(
            f"GET /api/events?since=0 HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n".encode()
        )
        await reader.readuntil(b"\r\n\r\n")
        return writer

    writers = [await stalled() for _ in range(5)]
    async with sockets.ws_connect("/api/events") as socket:
        body = {"workflow": SUM, "inputs": {"a": list(range(100, 150))}}
        sweep = await loom.call("POST", "/api/sweeps", json=body)
        seen = await states_of(socket, "run.succeeded", sweep["runs"][-1])
    mine = [event["run"] for event in seen if event["type"] == "run.queued" and event["run"] in sweep["runs"]]
    assert mine == sweep["runs"]
    for writer in writers:
        writer.close()

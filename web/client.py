"""A client of a server, for programs: submit, wait with progress, fetch pictures.

    async with Client() as loom:
        run = await loom.run(Path("workflows/text_to_image.json"), inputs={"prompt": "a red cube"}, watch=print)
        for name, data in await loom.pictures(run):
            Path(name).write_bytes(data)

Whatever the server refuses is a ServerError; a connection that breaks while waiting is made anew, and nothing is missed.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, TypeAlias

from aiohttp import ClientError, ClientResponse, ClientSession, ClientTimeout, WSMsgType, WSServerHandshakeError

from engine.graph.faults import LoomError

Json: TypeAlias = dict[str, Any]
Workflow: TypeAlias = Mapping[str, Any] | Path
Frozen: TypeAlias = Mapping[str, str | None]
ENDS = ("run.succeeded", "run.failed", "run.cancelled", "run.interrupted")
LONGEST_MESSAGE = 64 << 20
PAUSE = 0.5


class ServerError(LoomError):
    """What the server answered instead: `status` as in HTTP, `code`, and `faults` as `loom check --json` has them."""

    def __init__(self, status: int, code: str, message: str, faults: Sequence[Json] = ()) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.faults = tuple(faults)


class Client:
    """Speaks to the server at `url`; `token` is what a server on another machine printed."""

    def __init__(self, url: str = "http://127.0.0.1:8765", token: str | None = None) -> None:
        self._url = url.rstrip("/")
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}

    async def __aenter__(self) -> Client:
        self._session = ClientSession(headers=self._headers, timeout=ClientTimeout(total=None, sock_connect=30))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        await self._session.close()

    async def call(self, method: str, path: str, **options: Any) -> Any:
        """Any request: the answer's JSON, or None where there is none. Raises ServerError."""
        async with self._session.request(method, self._url + path, **options) as answer:
            await _raise(answer)
            return await answer.json() if answer.content_type == "application/json" else None

    async def check(
        self,
        workflow: Workflow,
        inputs: Mapping[str, Any] | None = None,
        targets: Sequence[str] | None = None,
        *,
        frozen: Frozen | None = None,
        since: str | None = None,
    ) -> Json:
        """What is wrong with a workflow, and what of it would run: {"faults", "notices", "plan", "frozen"}; nothing is run.

        `frozen` has None for each node that is to be frozen as it stands; the answer's `frozen` has their tokens, for `run`,
        `submit` and `sweep`. What they gave is what the run `since` (by default the last of this title) made, if it did.
        """
        asked = _asked(workflow, inputs=inputs, targets=targets, frozen=frozen, since=since)
        return dict(await self.call("POST", "/api/check", json=asked))

    async def submit(
        self,
        workflow: Workflow,
        inputs: Mapping[str, Any] | None = None,
        targets: Sequence[str] | None = None,
        key: str | None = None,
        *,
        frozen: Mapping[str, str] | None = None,
    ) -> Json:
        """Put a workflow (a document, or the path of its file) into the queue; the run. The same `key` is the same run.

        A node of which `frozen` has the token, as `check` gave it, gives what it gave then, whatever its inputs are now.
        """
        asked = _asked(workflow, inputs=inputs, targets=targets, key=key, frozen=frozen)
        return dict(await self.call("POST", "/api/runs", json=asked))

    async def sweep(
        self,
        workflow: Workflow,
        inputs: Mapping[str, Sequence[Any]],
        targets: Sequence[str] | None = None,
        key: str | None = None,
        *,
        frozen: Mapping[str, str] | None = None,
    ) -> Json:
        """Put a run into the queue for every combination of the inputs' values: {"id", "runs": their ids, in order}."""
        values = {name: list(given) for name, given in inputs.items()}
        asked = _asked(workflow, inputs=values, targets=targets, key=key, frozen=frozen)
        return dict(await self.call("POST", "/api/sweeps", json=asked))

    async def wait(self, run: str, watch: Callable[[Json], object] | None = None) -> Json:
        """Wait until a run is over, whatever happens to the connection; the run. `watch` is called with its events."""
        async for event in self.events():
            if event["type"] in ("hello", "reset"):
                found = dict(await self.call("GET", f"/api/runs/{run}"))
                if found["status"] not in ("queued", "running"):
                    return found
            elif event.get("run") == run:
                if watch is not None:
                    watch(event)
                if event["type"] in ENDS:
                    return dict(await self.call("GET", f"/api/runs/{run}"))
        raise AssertionError("events do not end")

    async def run(
        self,
        workflow: Workflow,
        inputs: Mapping[str, Any] | None = None,
        targets: Sequence[str] | None = None,
        watch: Callable[[Json], object] | None = None,
        *,
        frozen: Mapping[str, str] | None = None,
    ) -> Json:
        """Submit and wait."""
        return await self.wait((await self.submit(workflow, inputs, targets, frozen=frozen))["id"], watch)

    async def pictures(self, run: Mapping[str, Any]) -> list[tuple[str, bytes]]:
        """The files that a run made, by their names, in order: pictures, and what was stored of other values."""
        entries = [entry for entries in run["outputs"].values() for entry in entries if "url" in entry]
        return [(entry["asset"], await self.fetch(entry["url"])) for entry in entries]

    async def fetch(self, url: str) -> bytes:
        """The bytes at an address that the server named. Raises ServerError."""
        async with self._session.get(self._url + url) as answer:
            await _raise(answer)
            return await answer.read()

    async def upload(self, file: Path | bytes, name: str = "") -> Json:
        """Put a file among the assets; what an input of a workflow says of it: {"asset", "sha256"}."""
        data = file if isinstance(file, bytes) else await asyncio.to_thread(file.read_bytes)
        name = name or (file.name if isinstance(file, Path) else "")
        media = {"Content-Type": "application/octet-stream"}
        made = await self.call("POST", "/api/assets", params={"name": name}, data=data, headers=media)
        return {"asset": made["asset"], "sha256": made["sha256"]}

    async def events(self, since: int | None = None) -> AsyncIterator[Json]:
        """All events, for ever; a connection that breaks is made anew from where it was. Begins with a `hello`."""
        while True:
            try:
                async for event in self._events(since):
                    since = _reached(event, since)
                    yield event
            except WSServerHandshakeError as error:
                if error.status < 500:
                    raise ServerError(error.status, "refused", f"the server gives no events: {error.message}") from None
            except (ClientError, ConnectionError):
                pass
            await asyncio.sleep(PAUSE)

    async def _events(self, since: int | None) -> AsyncIterator[Json]:
        query = {} if since is None else {"since": str(since)}
        path = self._url + "/api/events"
        async with self._session.ws_connect(path, params=query, max_msg_size=LONGEST_MESSAGE, heartbeat=30) as socket:
            async for message in socket:
                if message.type == WSMsgType.TEXT:
                    yield json.loads(message.data)


def _reached(event: Json, since: int | None) -> int | None:
    """The state up to which all is known now. A `hello` tells of the newest one before those that were missed come."""
    if event["type"] == "reset" or (event["type"] == "hello" and since is None):
        return int(event["last"])
    return event.get("seq", since)


def _asked(workflow: Workflow, **given: Any) -> Json:
    """A request about a workflow, with what is given beside it."""
    document = json.loads(workflow.read_bytes()) if isinstance(workflow, Path) else workflow
    return {"workflow": document, **{name: value for name, value in given.items() if value is not None}}


async def _raise(answer: ClientResponse) -> None:
    if answer.status < 400:
        return
    try:
        error = (await answer.json())["error"]
    except (ValueError, KeyError, TypeError, ClientError):
        error = {"code": "unknown", "message": f"the server answered {answer.status} {answer.reason}"}
    raise ServerError(answer.status, error["code"], error["message"], error.get("faults") or ())

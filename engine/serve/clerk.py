"""The clerk, from the server's side: questions and their answers, and a new clerk where one dies."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from itertools import count
from typing import Any

from engine.graph.faults import Fault, InvalidWorkflow
from engine.serve.child import Child
from engine.serve.errors import NotReady
from engine.serve.settings import Settings
from engine.store.errors import StoreError
from engine.worker.frames import Frame
from engine.worker.messages import CLERK

ANSWER_SECONDS = 60.0
QUICK_DEATHS = 5
log = logging.getLogger("latentloom.serve")


class ClerkDesk:
    """Asks the clerk. `without` holds packs that took a process down, with the reason; it is shared with the workers."""

    def __init__(self, settings: Settings, without: dict[str, str]) -> None:
        self.packs: list[dict[str, Any]] = []
        self.why = ""
        self._settings = settings
        self._without = without
        self._child: Child | None = None
        self._numbers = count(1)
        self._open: dict[int, asyncio.Future[Any]] = {}
        self._told: dict[str, dict[str, Any]] = {}
        self._deaths = 0
        self._ready = asyncio.Event()
        self._starting: asyncio.Task[None] | None = None

    @property
    def pid(self) -> int | None:
        """Its process, while there is one."""
        return None if self._child is None else self._child.pid

    async def start(self) -> None:
        """Start the process; questions may be asked at once, and wait until it is ready."""
        await self._new().start()

    def _new(self) -> Child:
        hello = self._settings.hello(CLERK, self._settings.devices[0], self._without)
        self._child = Child(hello, self._heard, self._ended)
        for message in self._told.values():
            self._child.send(message)
        return self._child

    async def stop(self) -> None:
        """End the process."""
        if self._starting is not None:
            self._starting.cancel()
        if self._child is not None:
            await self._child.end(1.0)
        self._refuse("the server stops")

    async def restart(self) -> None:
        """A new process, with the packs as they are now."""
        if self._child is not None:
            await self._child.end(1.0)
        self._refuse("the nodes are being loaded anew; ask again")
        self._ready.clear()
        self._deaths = 0
        await self.start()

    async def ready(self) -> None:
        """Wait until the packs are imported."""
        await self._ready.wait()

    def tick(self) -> None:
        """A second is over."""
        if self._child is not None:
            self._child.tick(self._settings.hang_seconds)

    def tell(self, message: dict[str, Any], keep: str = "") -> None:
        """Say something that needs no answer. Under a name, a later clerk is told it too."""
        if keep:
            self._told[keep] = message
        if self._child is not None:
            self._child.send(message)

    async def ask(self, what: str, given: Mapping[str, Any] | None = None, *buffers: bytes) -> Any:
        """The answer to a question. Raises InvalidWorkflow, StoreError; NotReady where there is nobody to ask."""
        if self._child is None or self._deaths >= QUICK_DEATHS:
            raise NotReady(f"workflows can't be read now: {self.why or 'the server has not started'}")
        number = next(self._numbers)
        future = self._open[number] = asyncio.get_running_loop().create_future()
        self._child.send({"type": "ask", "id": number, "what": what, "given": dict(given or {})}, buffers)
        try:
            if not self._ready.is_set():
                await self._begun(future)
            return await asyncio.wait_for(future, ANSWER_SECONDS)
        except TimeoutError:
            self._child.kill(f"it took longer than {ANSWER_SECONDS:g} seconds for '{what}'")
            raise NotReady(f"the answer took longer than {ANSWER_SECONDS:g} seconds") from None
        finally:
            self._open.pop(number, None)

    async def _begun(self, future: asyncio.Future[Any]) -> None:
        """Wait until the clerk is there, or the question is over: importing packs takes long, and has a limit of its own."""
        ready = asyncio.ensure_future(self._ready.wait())
        try:
            await asyncio.wait({ready, future}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            ready.cancel()

    def _heard(self, frame: Frame) -> None:
        message = frame.message
        if frame.type == "ready":
            self.packs, self._deaths, self.why = message["packs"], 0, ""
            self._ready.set()
            return
        future = self._open.get(message.get("id", 0))
        if future is None or future.done():
            return
        match frame.type:
            case "answer":
                future.set_result(message["value"])
            case "refused":
                faults = [Fault(**fault) for fault in message["faults"]]
                future.set_exception(InvalidWorkflow(faults))
            case "failed":
                future.set_exception(_failed(message["code"], message["message"]))

    def _ended(self, why: str) -> None:
        assert self._child is not None
        log.error("the clerk died: %s", why)
        if self._child.importing:
            self._without[self._child.importing] = f"importing it took the process down: {why}"
        else:
            self._deaths += 1
        self.why = why
        self._ready.clear()
        self._refuse(f"the process that reads workflows died: {why}")
        if self._deaths < QUICK_DEATHS:
            self._starting = asyncio.get_running_loop().create_task(self._new().start())

    def _refuse(self, why: str) -> None:
        """Nobody answers what is asked now."""
        for future in self._open.values():
            if not future.done():
                future.set_exception(NotReady(why))


def _failed(code: str, message: str) -> StoreError:
    error = StoreError(message)
    error.code = code  # type: ignore[misc]  # as the process that raised it had it
    return error

"""A worker, from the server's side: the process of one device, a new one where it dies, and what it has in hand."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from typing import Any

from engine.serve.attempt import Attempt
from engine.serve.child import Child
from engine.serve.settings import Settings
from engine.worker.frames import Frame
from engine.worker.messages import WORKER

STARTING, READY, BUSY, DOWN = "starting", "ready", "busy", "down"
LIVED_SECONDS = 10.0
MOST_PAUSE_SECONDS = 30.0
log = logging.getLogger("latentloom.serve")

Heard = Callable[["WorkerDesk", Frame], None]
Lost = Callable[["WorkerDesk", str], None]


class WorkerDesk:
    """One device. `heard` gets what its process says of runs, `lost` hears why a process died, with `attempts` as they were.

    `resident` is what models it has loaded, `memory` what its device has free of how much (bytes; None where nobody asked it
    yet), `free` is set while it could take a run.
    """

    def __init__(
        self, number: int, device: str, settings: Settings, without: dict[str, str], heard: Heard, lost: Lost
    ) -> None:
        self.number = number
        self.device = device
        self.restarts = 0
        self.why = ""
        self.watched = False
        self.resident: list[dict[str, Any]] = []
        self.memory: dict[str, int] | None = None
        self.attempts: dict[str, Attempt] = {}
        self.free = asyncio.Event()
        self._settings = settings
        self._without = without
        self._heard_by = heard
        self._lost_by = lost
        self._child: Child | None = None
        self._deaths = 0
        self._began = 0.0
        self._starting: asyncio.Task[None] | None = None

    @property
    def state(self) -> str:
        """Whether it starts, is ready, runs something, or is gone."""
        if self._child is None:
            return DOWN
        if not self._child.ready:
            return STARTING
        return BUSY if self.attempts else READY

    @property
    def held(self) -> set[str]:
        """The fingerprints of the models that it has loaded."""
        return {one["fingerprint"] for one in self.resident}

    @property
    def pid(self) -> int | None:
        """Its process, while there is one."""
        return None if self._child is None else self._child.pid

    def to_json(self) -> dict[str, Any]:
        """What there is to say of it."""
        told = {"device": self.device, "state": self.state, "runs": list(self.attempts)}
        held = {"memory": self.memory, "models": [with_idle_seconds(one) for one in self.resident]}
        return told | {"restarts": self.restarts, "why": self.why} | held

    def hold(self, resident: list[dict[str, Any]], memory: dict[str, int] | None) -> bool:
        """Take in what it has loaded; whether that are other models, or in other places, than before."""
        changed = [_placed(one) for one in resident] != [_placed(one) for one in self.resident]
        self.resident, self.memory = resident, memory
        return changed

    async def start(self) -> None:
        """Start the process."""
        hello = self._settings.hello(WORKER, self.device, self._without)
        self._child = Child(hello, self._heard, self._ended)
        self._began = asyncio.get_running_loop().time()
        await self._child.start()
        self.send({"type": "watched", "on": self.watched})

    async def stop(self, seconds: float) -> None:
        """End the process; it is not missed."""
        if self._starting is not None:
            self._starting.cancel()
        self.free.clear()
        child, self._child = self._child, None
        if child is not None:
            await child.end(seconds)
        self.hold([], None)

    def send(self, message: dict[str, Any], *buffers: bytes) -> None:
        """Say something."""
        if self._child is not None:
            self._child.send(message, buffers)

    def kill(self, why: str) -> None:
        """End the process now, because of this."""
        if self._child is not None:
            self._child.kill(why)

    def give(self, attempt: Attempt) -> None:
        """Have it carry a run out."""
        self.free.clear()
        self.attempts[attempt.id] = attempt
        self.send(attempt.job(), attempt.claimed.workflow.encode())

    def tick(self) -> None:
        """A second is over."""
        if self._child is not None:
            self._child.tick(self._settings.hang_seconds)

    def _heard(self, frame: Frame) -> None:
        if frame.type == "ready":
            self.free.set()
        elif frame.type == "free":
            attempt = self.attempts.get(frame.message["run"])
            if attempt is not None:
                attempt.on_device = False
            self.free.set()
        self._heard_by(self, frame)

    def _ended(self, why: str) -> None:
        loop = asyncio.get_running_loop()
        log.error("the worker of %s died: %s", self.device, why)
        if self._child is not None and self._child.importing:
            self._without[self._child.importing] = f"importing it took the process down: {why}"
        self.free.clear()
        self._child, self.why = None, why
        self.hold([], None)
        self.restarts += 1
        self._deaths = 0 if loop.time() - self._began > LIVED_SECONDS else self._deaths + 1
        self._lost_by(self, why)
        pause = min(MOST_PAUSE_SECONDS, 2.0 ** (self._deaths - 2)) if self._deaths > 1 else 0.0
        self._starting = loop.create_task(self._restart(pause))

    async def _restart(self, pause: float) -> None:
        await asyncio.sleep(pause)
        await self.start()


def with_idle_seconds(resident: dict[str, Any]) -> dict[str, Any]:
    """A loaded model with how long ago it was last used, 0 while it is, in place of when."""
    told = {name: value for name, value in resident.items() if name != "used"}
    idle = 0.0 if resident["leases"] else max(time.time() - resident["used"], 0.0)
    return told | {"idle_seconds": round(idle)}


def _placed(resident: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(resident[name] for name in ("fingerprint", "part", "place", "bytes"))

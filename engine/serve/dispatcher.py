"""Takes runs out of the queue, has workers carry them out, and writes down what becomes of them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import Future
from typing import Any

from engine.serve.attempt import Attempt
from engine.serve.choosing import choose
from engine.serve.clerk import ClerkDesk
from engine.serve.events import Events
from engine.serve.looking import Looking
from engine.serve.previews import Previews
from engine.serve.settings import Settings
from engine.serve.worker import WorkerDesk
from engine.store.database import Database
from engine.store.errors import StoreError
from engine.store.event_log import Passing, passing, tell
from engine.store.runs.ending import Told
from engine.store.runs.queueing import Waiting
from engine.store.runs.records import Ended
from engine.store.runs.store import RunStore
from engine.worker.frames import Frame
from engine.worker.outbox import PASSING

RETRY_SECONDS = 5.0
END_SECONDS = 1.0
PREVIEW_URL = "/api/previews/"
log = logging.getLogger("latentloom.serve")


class Dispatcher:
    """One task a worker. Whatever a worker says of a run is written under the attempt that it was given, or not at all."""

    def __init__(
        self,
        settings: Settings,
        database: Database,
        store: RunStore,
        events: Events,
        clerk: ClerkDesk,
        without: dict[str, str],
    ) -> None:
        self.previews = Previews()
        self.looking = Looking()
        self.workers = [
            WorkerDesk(number, device, settings, without, self._heard, self._lost)
            for number, device in enumerate(settings.devices)
        ]
        self._settings = settings
        self._database = database
        self._store = store
        self._events = events
        self._clerk = clerk
        self._wakes = {worker.number: asyncio.Event() for worker in self.workers}
        self._tasks: list[asyncio.Task[None]] = []
        self._taking: set[asyncio.Task[Any]] = set()
        self._ending: set[asyncio.Task[Any]] = set()
        self._unloading: dict[int, asyncio.Future[tuple[int, str]]] = {}

    async def start(self) -> None:
        """Start the workers and begin to take runs."""
        for worker in self.workers:
            await worker.start()
            self._tasks.append(asyncio.create_task(self._feed(worker)))
        self._tasks.append(asyncio.create_task(self._tick()))

    async def stop(self) -> None:
        """Let runs end by themselves for a moment, queue the others again, end the workers."""
        await self._leave_off()
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self._settings.finish_seconds
        while any(worker.attempts for worker in self.workers) and loop.time() < deadline:
            await asyncio.sleep(0.02)
        await self._put_back()
        await asyncio.gather(*(worker.stop(END_SECONDS) for worker in self.workers))
        if self._ending:
            await asyncio.wait(self._ending, timeout=END_SECONDS)

    async def restart(self) -> None:
        """New workers, with the packs as they are now; what ran is queued again."""
        await self._leave_off()
        await self._put_back()
        await asyncio.gather(*(worker.stop(END_SECONDS) for worker in self.workers))
        await self.start()

    def wake(self) -> None:
        """There may be something to do."""
        for event in self._wakes.values():
            event.set()

    def attempt(self, id: str) -> Attempt | None:
        """The attempt at a run that is under way."""
        return next((worker.attempts[id] for worker in self.workers if id in worker.attempts), None)

    def cancel(self, id: str) -> None:
        """Have a run that is under way cancelled; a worker that does not answer is ended."""
        for worker in self.workers:
            if (attempt := worker.attempts.get(id)) is not None and attempt.patience is None:
                worker.send({"type": "cancel", "run": id})
                loop, grace = asyncio.get_running_loop(), self._settings.grace_seconds
                attempt.patience = loop.call_later(grace, self._lose_patience, worker, attempt)

    def stop_run(self, id: str) -> bool:
        """Have a run that is under way keep its best so far; whether there is one."""
        workers = [worker for worker in self.workers if id in worker.attempts]
        for worker in workers:
            worker.send({"type": "stop", "run": id})
        return bool(workers)

    def watch(self, on: bool) -> None:
        """Whether anybody looks at previews."""
        for worker in self.workers:
            worker.watched = on
            worker.send({"type": "watched", "on": on})

    def keep(self, recipes: list[str]) -> None:
        """Have what these led to kept on the disk by the worker that has it."""
        for worker in self.workers:
            worker.send({"type": "keep", "recipes": recipes})

    async def unload(self, fingerprint: str) -> tuple[int, str]:
        """Have each worker close what it has of a model: how many parts, and why not."""
        closed, reasons = 0, list[str]()
        for worker in self.workers:
            if fingerprint not in worker.held:
                continue
            if any(attempt.on_device for attempt in worker.attempts.values()):
                reasons.append(f"{worker.device} is busy; what it has loaded can be unloaded when its run is over")
                continue
            future = asyncio.get_running_loop().create_future()
            self._unloading[id(future)] = future
            worker.send({"type": "unload", "id": id(future), "fingerprint": fingerprint})
            count, why = await future
            closed += count
            reasons += [why] if why else []
        return closed, "; ".join(reasons)

    # Taking runs

    async def _feed(self, worker: WorkerDesk) -> None:
        wake = self._wakes[worker.number]
        while True:
            await worker.free.wait()
            wake.clear()
            try:
                taking = self._begin(self._take(worker), self._taking)
                if not await asyncio.shield(taking):
                    await wake.wait()
            except Exception as error:  # the queue goes on, whatever was wrong with one moment of it
                log.error("no run can be taken: %s", error, exc_info=not isinstance(error, StoreError))
                await asyncio.sleep(RETRY_SECONDS)

    async def _take(self, worker: WorkerDesk) -> bool:
        """Give a worker its next run; False where there is none. Once begun, it is gone through with."""
        claimed = await asyncio.wrap_future(self._store.claim(worker.device, self._chooser(worker)))
        if claimed is None:
            return False
        attempt = Attempt(claimed)
        if worker.free.is_set():
            worker.give(attempt)
        else:  # it died in that moment, and took nothing of it
            await asyncio.wrap_future(self._store.requeue(attempt.id, attempt.number))
        return True

    def _chooser(self, worker: WorkerDesk) -> Callable[[Sequence[Waiting]], Waiting]:
        here = worker.held
        elsewhere = set[str]().union(*(other.held for other in self.workers if other is not worker))
        return lambda waiting: choose(waiting, here, elsewhere)

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(1.0)
            self._clerk.tick()
            for worker in self.workers:
                worker.tick()

    async def _leave_off(self) -> None:
        """Take no more runs; what is being taken is taken, or it would be lost."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, *self._taking, return_exceptions=True)
        self._tasks.clear()

    async def _put_back(self) -> None:
        """Queue again what is under way. What can't be written now, the next start of the server finds."""
        writing = []
        for worker in self.workers:
            attempts = list(worker.attempts.values())
            worker.attempts.clear()
            for attempt in attempts:
                attempt.over()
                writing.append(self._write_down(self._store.requeue(attempt.id, attempt.number)))
        if writing:
            await asyncio.wait(writing)

    # What workers say

    def _heard(self, worker: WorkerDesk, frame: Frame) -> None:
        message = frame.message
        match frame.type:
            case "events":
                attempt = worker.attempts.get(message["run"])
                if attempt is not None and attempt.number == message["attempt"]:
                    self._told(attempt, message["events"], frame.buffers)
            case "ended":
                attempt = worker.attempts.get(message["run"])
                if attempt is not None and attempt.number == message["attempt"]:
                    self._over(worker, attempt)
                    self._begin(self._finish(attempt, Ended(**message["end"])), self._ending)
            case "keys":
                self._clerk.tell({**message, "worker": worker.number})
            case "environment":
                self._clerk.tell(message, keep="environment")
            case "models":
                if worker.hold(message["resident"], message["memory"]):
                    self._write(lambda transaction: tell(transaction, "models.changed", device=worker.device))
            case "looked":
                self.looking.answered(message["id"], message["looks"])
            case "unloaded":
                future = self._unloading.pop(message["id"], None)
                if future is not None and not future.done():
                    future.set_result((message["closed"], message["why"]))

    def _told(self, attempt: Attempt, events: list[dict[str, Any]], buffers: Sequence[bytes]) -> None:
        """States are written, and passed on by the database; what passes keeps its place among them."""
        told: list[Told] = []
        for event in events:
            type, fields = event["type"], event["fields"]
            attempt.see(type, fields)
            if "buffer" in event:
                fields["url"] = PREVIEW_URL + self.previews.put(buffers[event["buffer"]])
            told.append(passing(type, attempt.id, fields) if type in PASSING else (type, fields))
        passes = [event for event in told if isinstance(event, Passing)]
        if len(passes) == len(told) and (attempt.noted is None or attempt.noted.done()):
            self._events.pass_on(passes)
        else:
            attempt.noted = self._write_down(self._store.note(attempt.id, attempt.number, told))

    def _over(self, worker: WorkerDesk, attempt: Attempt) -> None:
        attempt.over()
        del worker.attempts[attempt.id]
        if attempt.on_device:
            worker.free.set()

    async def _finish(self, attempt: Attempt, end: Ended) -> None:
        """Write how an attempt ended, however long that takes: what was made is not thrown away for want of room."""
        while True:
            try:
                await asyncio.wrap_future(self._store.finish(attempt.id, attempt.number, end))
                return
            except StoreError as error:
                log.error("the end of run %s can't be written yet: %s", attempt.id, error)
                await asyncio.sleep(RETRY_SECONDS)
            except Exception as error:
                log.exception("the end of run %s can't be written", attempt.id)
                why = f"how it ended could not be written: {type(error).__name__}"
                self._write_down(self._store.interrupt(attempt.id, attempt.number, why))
                return

    def _lost(self, worker: WorkerDesk, why: str) -> None:
        """A worker died: what it ran is cut off, what it was only writing down is queued once more."""
        self._clerk.tell({"type": "forget", "worker": worker.number})
        self.looking.lost(worker)
        self._write(lambda transaction: tell(transaction, "models.changed", device=worker.device))
        for future in self._unloading.values():
            if not future.done():
                future.set_result((0, why))
        attempts = list(worker.attempts.values())
        worker.attempts.clear()
        for attempt in attempts:
            attempt.over()
            if attempt.on_device:
                self._write_down(self._store.interrupt(attempt.id, attempt.number, f"its worker died: {why}"))
            else:
                self._write_down(self._store.requeue(attempt.id, attempt.number, counts=True))
        self.wake()

    def _lose_patience(self, worker: WorkerDesk, attempt: Attempt) -> None:
        if worker.attempts.get(attempt.id) is attempt and attempt.on_device:
            worker.kill(f"it did not answer a cancel within {self._settings.grace_seconds:g} seconds")

    # Small things

    def _begin(self, work: Coroutine[Any, Any, Any], among: set[asyncio.Task[Any]]) -> asyncio.Task[Any]:
        task = asyncio.get_running_loop().create_task(work)
        among.add(task)
        task.add_done_callback(among.discard)
        return task

    def _write(self, work: Callable[[Any], None]) -> None:
        self._write_down(self._database.write(work))

    def _write_down(self, writing: Future[Any]) -> asyncio.Future[Any]:
        future = asyncio.wrap_future(writing)
        future.add_done_callback(_complain)
        return future


def _complain(future: asyncio.Future[Any]) -> None:
    if not future.cancelled() and (error := future.exception()) is not None:
        log.error("what happened can't be written: %s", error)

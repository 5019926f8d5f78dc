"""Asking the workers for a look at values that they remember."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from itertools import count
from typing import Any, TypeAlias

from engine.serve.worker import BUSY, READY, WorkerDesk

ANSWER_SECONDS = 30.0
NOT_THERE = "it is not remembered: it was not made in this run, or there was no room to keep it"
Looks: TypeAlias = "list[dict[str, Any] | None]"
log = logging.getLogger("latentloom.serve")


class Looking:
    """Questions that are under way, each to one worker."""

    def __init__(self) -> None:
        self._numbers = count()
        self._open: dict[int, tuple[WorkerDesk, asyncio.Future[Looks]]] = {}

    async def ask(self, workers: Sequence[WorkerDesk], asked: Sequence[tuple[str, int]]) -> Looks:
        """The first look that any of them has at each of these (recipe, port); None where none has."""
        there = [worker for worker in workers if worker.state in (READY, BUSY)]
        answers = await asyncio.gather(*(self._ask(worker, asked) for worker in there))
        found: Looks = [None] * len(asked)
        for looks in answers:
            found = [now if now is not None else look for now, look in zip(found, looks, strict=False)]
        return found

    def answered(self, number: int, looks: Looks) -> None:
        """A worker has looked."""
        if number in self._open and not self._open[number][1].done():
            self._open[number][1].set_result(looks)

    def lost(self, worker: WorkerDesk) -> None:
        """A worker is gone, and answers no more."""
        for number, (asked, _) in list(self._open.items()):
            if asked is worker:
                self.answered(number, [])

    async def _ask(self, worker: WorkerDesk, asked: Sequence[tuple[str, int]]) -> Looks:
        number = next(self._numbers)
        future: asyncio.Future[Looks] = asyncio.get_running_loop().create_future()
        self._open[number] = (worker, future)
        worker.send({"type": "look", "id": number, "asked": [list(one) for one in asked]})
        looks: Looks = []
        try:
            looks = await asyncio.wait_for(future, ANSWER_SECONDS)
        except TimeoutError:
            log.warning("the worker of %s did not look within %g seconds", worker.device, ANSWER_SECONDS)
        finally:
            del self._open[number]
        return looks or [None] * len(asked)


def looked_at(found: dict[str, Any], look: dict[str, Any] | None) -> dict[str, Any]:
    """What there is to say of an output: a look at it, or why there is none."""
    if "recipe" not in found:
        return found
    if look is None:
        return {"why": NOT_THERE}
    return {**look, "type": found["type"]}

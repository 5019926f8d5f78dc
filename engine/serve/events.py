"""What happens, passed on to whoever listens: stored states in the order of their numbers, and what passes."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from itertools import groupby
from typing import Protocol

from engine.store import event_log
from engine.store.database import Database
from engine.store.event_log import Passing, State

log = logging.getLogger("latentloom.serve")


class Listener(Protocol):
    """Hears on the event loop, and must not wait."""

    def states(self, states: Sequence[State]) -> None:
        """States that are on the disk, in order, without gaps since it listens."""

    def passing(self, event: Passing) -> None:
        """What passes."""


class Events:
    """The events of one server. `last` is the number of the newest state that was passed on."""

    def __init__(self) -> None:
        self.last = 0
        self._database: Database | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._listeners: list[Listener] = []

    def open(self, database: Database) -> None:
        """Begin, on the running event loop."""
        self._database = database
        self._loop = asyncio.get_running_loop()
        self.last = max(self.last, event_log.newest(database))

    def told(self, told: Sequence[State | Passing]) -> None:
        """What the database tells after a commit, on the writer's thread."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self.pass_on, tuple(told))

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Listen from now on; calling what comes back ends it."""
        self._listeners.append(listener)

        def unsubscribe() -> None:
            if listener in self._listeners:
                self._listeners.remove(listener)

        return unsubscribe

    async def since(self, seq: int, limit: int = 500) -> list[State] | None:
        """Up to `limit` states after this number; None where the log does not reach back to it."""
        assert self._database is not None
        return await asyncio.to_thread(event_log.since, self._database, seq, limit)

    def pass_on(self, told: Sequence[State | Passing]) -> None:
        """Pass on what happened, in order, on the event loop."""
        for kind, group in groupby(told, type):
            if kind is State:
                self._states([event for event in group if isinstance(event, State)])
                continue
            for event in group:
                if isinstance(event, Passing):
                    self._passing(event)

    def _states(self, states: Sequence[State]) -> None:
        self.last = states[-1].seq
        self._each(lambda listener: listener.states(states))

    def _passing(self, event: Passing) -> None:
        self._each(lambda listener: listener.passing(event))

    def _each(self, tell: Callable[[Listener], None]) -> None:
        for listener in tuple(self._listeners):
            try:
                tell(listener)
            except Exception:
                log.exception("a listener failed")

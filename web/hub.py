"""Live events for many readers, none of whom can cost another anything.

A reader is a cursor into the stored log and a small box of what waits for him. States that do not fit into the box are
dropped from it, for he reads them from the log later; so none is ever lost, and a reader who stalls costs no memory.
What passes (progress, previews) is merged: of each kind, of each node, only the latest waits. States and what passes lie
in one order, so the progress that was told before a node's end arrives before it.
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Protocol, TypeAlias

import orjson

Key: TypeAlias = int | tuple[str, ...]
BOX = 256  # states that wait at most
PASSING = 1024  # and what passes, by node and kind
PAGE = 500


class StateLike(Protocol):
    """A stored event: `text` is the whole message."""

    @property
    def seq(self) -> int:
        """Its number."""

    @property
    def text(self) -> str:
        """The message."""


class PassingLike(Protocol):
    """An event that is not stored."""

    @property
    def type(self) -> str:
        """What kind."""

    @property
    def run(self) -> str:
        """Of which run."""

    @property
    def node(self) -> str:
        """Of which node."""

    @property
    def text(self) -> str:
        """The message."""


class Feed(Protocol):
    """Where events come from."""

    @property
    def last(self) -> int:
        """The number of the newest state."""

    async def since(self, seq: int, limit: int = ...) -> Sequence[StateLike] | None:
        """What came after a state, in order; None where the log does not reach back so far."""


class Reader:
    """What one client has seen, and what waits for it."""

    def __init__(self, feed: Feed, since: int | None) -> None:
        self._feed = feed
        self._cursor = feed.last if since is None else since
        self._behind = since is not None
        self._box: OrderedDict[Key, str] = OrderedDict()
        self._states = 0
        self._passing = 0
        self._woken = asyncio.Event()
        if self._behind:
            self._woken.set()

    def states(self, states: Sequence[StateLike]) -> None:
        """Stored events, in order."""
        self._woken.set()
        if self._behind:
            return
        if self._states + len(states) > BOX:
            self._fall_behind()
            return
        for state in states:
            if state.seq > self._cursor:
                self._box[state.seq] = state.text
                self._states += 1

    def passing(self, key: tuple[str, ...], text: str) -> None:
        """An event that only its successor of the same key replaces."""
        self._passing += self._box.pop(key, None) is None
        self._box[key] = text
        if self._passing > PASSING:
            del self._box[next(each for each in self._box if isinstance(each, tuple))]
            self._passing -= 1
        self._woken.set()

    async def take(self) -> list[str]:
        """Wait for something, and take what there is, in order."""
        await self._woken.wait()
        if self._behind:
            return await self._from_log()
        self._woken.clear()
        taken, self._box, self._states, self._passing = self._box, OrderedDict(), 0, 0
        self._cursor = max([self._cursor, *(key for key in taken if isinstance(key, int))])
        return list(taken.values())

    def _fall_behind(self) -> None:
        self._behind = True
        for key in [key for key in self._box if isinstance(key, int)]:
            del self._box[key]
        self._states = 0

    async def _from_log(self) -> list[str]:
        """A page of the log. Who has all of it, as seen between two events, goes on live."""
        page = await self._feed.since(self._cursor, PAGE)
        if page is None:
            self._cursor, self._behind = self._feed.last, False
            return [message("reset", last=self._cursor)]
        if page:
            self._cursor = page[-1].seq
        self._behind = self._cursor < self._feed.last
        return [state.text for state in page]


class Hub:
    """Hands events on to readers. All methods are called on the event loop."""

    def __init__(self, feed: Feed, watched: Callable[[bool], None] = lambda anyone: None) -> None:
        self._feed = feed
        self._watched = watched
        self._readers: set[Reader] = set()

    def __len__(self) -> int:
        return len(self._readers)

    @contextmanager
    def reader(self, since: int | None) -> Iterator[Reader]:
        """A reader from now on, or from after the state `since`."""
        reader = Reader(self._feed, since)
        self._readers.add(reader)
        if len(self._readers) == 1:
            self._watched(True)
        try:
            yield reader
        finally:
            self._readers.discard(reader)
            if not self._readers:
                self._watched(False)

    def states(self, states: Sequence[StateLike]) -> None:
        """Stored events, in order."""
        for reader in self._readers:
            reader.states(states)

    def passing(self, event: PassingLike) -> None:
        """An event of a node that is not stored."""
        key = (event.run, event.node, event.type)
        for reader in self._readers:
            reader.passing(key, event.text)

    def tell(self, type: str, **fields: Any) -> None:
        """An event of the server itself that is not stored."""
        text = message(type, **fields)
        for reader in self._readers:
            reader.passing((type,), text)


def message(type: str, **fields: Any) -> str:
    """An event without a number, as JSON."""
    return orjson.dumps({"time": round(time.time(), 3), "type": type, **fields}).decode()

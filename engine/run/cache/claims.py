"""Work on one key is done once at a time: the first who asks works, the others wait for what comes of it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from types import TracebackType
from typing import Generic, TypeVar

from engine.run.cache.protocol import MISSING, Missing

T = TypeVar("T")

POLL_SECONDS = 0.1


class Claim(Generic[T]):
    """What an asker holds: another's `result`, or, while that is MISSING, the duty to work and `fulfil`.

    A context: entering asks and may block, leaving hands on. Hardly ever do two ask for one key, so that is made quick: the
    first claim on a key is itself the place where the others wait, and stays it when one of them takes the work over.
    """

    __slots__ = ("_busy", "_check", "_claims", "_key", "_place", "result", "waiting")

    def __init__(self, claims: Claims[T], key: str | None, check: Callable[[], None] | None) -> None:
        self.result: T | Missing = MISSING
        self.waiting = 0
        self._busy = True
        self._claims = claims
        self._key = key
        self._check = check
        self._place: Claim[T] | None = None  # where it is another's

    def fulfil(self, result: T) -> None:
        """Hand the result to all who wait, on leaving."""
        self.result = result

    def __enter__(self) -> Claim[T]:
        key = self._key
        if key is not None and self._claims._open.setdefault(key, self) is not self:
            with self._claims._lock:
                place = self._claims._open.setdefault(key, self)  # the other may have left meanwhile
                if place is not self:
                    self._place = place
                    self._wait(key, place)
        return self

    def _wait(self, key: str, place: Claim[T]) -> None:
        """Until there is a result, or nobody who works for it: then this claim does."""
        place.waiting += 1
        try:
            while place._busy:
                self._claims._changed.wait(POLL_SECONDS if self._check else None)
                if self._check:
                    self._check()
            self.result = place.result
            place._busy = self.result is MISSING
        finally:
            place.waiting -= 1
            self._tidy(key, place)

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._key is None:
            return
        with self._claims._lock:
            if self._place is None and not self.waiting:
                del self._claims._open[self._key]
            else:
                self._hand_on(self._key, self._place or self)

    def _hand_on(self, key: str, place: Claim[T]) -> None:
        place.result = self.result
        place._busy = False
        self._tidy(key, place)
        self._claims._changed.notify_all()

    def _tidy(self, key: str, place: Claim[T]) -> None:
        """Close what is done, and what nobody wants any more: the next asker begins anew."""
        over = place.result is not MISSING or (not place._busy and not place.waiting)
        if over and self._claims._open.get(key) is place:
            del self._claims._open[key]


class Claims(Generic[T]):
    """Claims on keys, among threads of one process.

    A thread that holds a claim should wait for no other claim, or two may wait for each other.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._changed = threading.Condition(self._lock)
        self._open: dict[str, Claim[T]] = {}

    def __len__(self) -> int:
        return len(self._open)

    def claim(self, key: str | None, check: Callable[[], None] | None = None) -> Claim[T]:
        """Ask for a key; entering the claim blocks while another works on it.

        It then has that other's result, or one that is MISSING: the work is the caller's, and leaving the claim without
        `fulfil` hands it to the next who waits. A key of None is never shared: volatile nodes. `check` is called now and
        then while waiting, and ends the wait by raising.
        """
        return Claim(self, key, check)

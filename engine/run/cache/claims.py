"""Work on one key is done once at a time: the first who asks works, the others wait for what comes of it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Generic, TypeVar

from engine.run.cache.protocol import MISSING, Missing

T = TypeVar("T")

POLL_SECONDS = 0.1


class Claim(Generic[T]):
    """What an asker holds: another's `result`, or, while that is MISSING, the duty to work and `fulfil`."""

    def __init__(self, result: T | Missing = MISSING) -> None:
        self.result = result

    def fulfil(self, result: T) -> None:
        """Hand the result to all who wait."""
        self.result = result


class _Work(Generic[T]):
    """One key that somebody works on, or that waits for the next to take it over."""

    def __init__(self) -> None:
        self.busy = True
        self.waiting = 0
        self.result: T | Missing = MISSING


class Claims(Generic[T]):
    """Claims on keys, among threads of one process.

    A thread that holds a claim should wait for no other claim, or two may wait for each other.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._open: dict[str, _Work[T]] = {}

    def __len__(self) -> int:
        return len(self._open)

    @contextmanager
    def claim(self, key: str | None, check: Callable[[], None] | None = None) -> Iterator[Claim[T]]:
        """Ask for a key; blocks while another works on it.

        Yields a claim with that other's result, or one whose result is MISSING: then the work is the
        caller's, and leaving the context without `fulfil` hands it to the next who waits. A key of None is
        never shared: volatile nodes. `check` is called now and then while waiting, and ends the wait by
        raising.
        """
        if key is None:
            yield Claim()
            return
        work = self._take(key, check)
        claim: Claim[T] = Claim(work.result)
        if work.result is not MISSING:
            yield claim
            return
        try:
            yield claim
        finally:
            self._release(key, work, claim.result)

    def _take(self, key: str, check: Callable[[], None] | None) -> _Work[T]:
        """The work on a key: done by another, or else now the caller's."""
        with self._changed:
            work = self._open.get(key)
            if work is None:
                work = self._open[key] = _Work()
                return work
            work.waiting += 1
            try:
                while work.busy:
                    self._changed.wait(POLL_SECONDS if check else None)
                    if check:
                        check()
                work.busy = work.result is MISSING
            finally:
                work.waiting -= 1
                self._tidy(key, work)
            return work

    def _release(self, key: str, work: _Work[T], result: T | Missing) -> None:
        with self._changed:
            work.result = result
            work.busy = False
            self._tidy(key, work)
            self._changed.notify_all()

    def _tidy(self, key: str, work: _Work[T]) -> None:
        """Close what is done, and what nobody wants any more: the next asker begins anew."""
        over = work.result is not MISSING or (not work.busy and not work.waiting)
        if over and self._open.get(key) is work:
            del self._open[key]

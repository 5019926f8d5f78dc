"""Ctrl-C: the first asks the run to end in good order, the second ends it where it stands."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from engine.run.control import Control


@contextmanager
def cancelling(control: Control, say: Callable[[str], None]) -> Iterator[None]:
    """While the context is open, the first interrupt cancels through `control`."""

    def first(_number: int, _frame: FrameType | None) -> None:
        signal.signal(signal.SIGINT, before)
        control.cancel()
        say("cancelling … (Ctrl-C again to end at once)")

    try:
        before = signal.signal(signal.SIGINT, first)
    except ValueError:  # not the main thread: whoever runs us there has its own way to cancel
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)

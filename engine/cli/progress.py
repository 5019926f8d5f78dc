"""Progress on standard error: a bar on a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

from engine.run.events import (
    Event,
    NodeFailed,
    NodeNotice,
    NodeProgress,
    NodeSkipped,
    NodeStarted,
    NodeSucceeded,
    RunEnded,
    RunPlanned,
)

if TYPE_CHECKING:
    from tqdm import tqdm

PLAIN_SECONDS = 5.0


class Watcher(Protocol):
    """Shows how far a run is."""

    def see(self, event: Event) -> None:
        """Take in one event."""

    def say(self, text: str) -> None:
        """Show one line without spoiling what is on the screen."""

    def close(self) -> None:
        """Take down what was drawn."""


def make_watcher() -> Watcher:
    """A bar where standard error is a terminal, else plain lines."""
    return BarWatcher() if sys.stderr.isatty() else PlainWatcher()


class Count:
    """Which nodes a run is going to do, and how many are done."""

    def __init__(self) -> None:
        self._planned: dict[str, None] = {}
        self._done: set[str] = set()

    def see(self, event: Event) -> None:
        """Take in one event."""
        match event:
            case RunPlanned(order=order):
                self._planned.update(dict.fromkeys(order))
            case NodeSucceeded(node=node) | NodeSkipped(node=node) | NodeFailed(node=node):
                self._done.add(node)
            case RunEnded():
                self._planned.clear()
                self._done.clear()

    @property
    def done(self) -> int:
        """How many nodes are done with."""
        return len(self._done)

    @property
    def total(self) -> int:
        """How many there are to do, as far as is known."""
        return len(self._planned)


class PlainWatcher:
    """A line when a node begins, and now and then how far it is."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._count = Count()
        self._told = clock()
        self._started: set[str] = set()

    def see(self, event: Event) -> None:
        """Write a line where one is due."""
        match event:
            case RunPlanned():
                self._started.clear()
            case NodeStarted(node=node) if node not in self._started:
                self._started.add(node)
                self._told = self._clock()
                self.say(f"[{self._count.done + 1}/{self._count.total}] {node}")
            case NodeProgress() if self._clock() - self._told >= PLAIN_SECONDS:
                self._told = self._clock()
                self.say(f"    {event.node}: {in_words(event)}")
            case NodeNotice(node=node, message=message):
                self.say(f"notice: node '{node}': {message}")
        self._count.see(event)

    def say(self, text: str) -> None:
        """Write one line."""
        print(text, file=sys.stderr, flush=True)

    def close(self) -> None:
        """Nothing was drawn."""


class BarWatcher:
    """One bar: nodes done of those planned, and the node at work with its step and the time left to it."""

    def __init__(self) -> None:
        self._count = Count()
        self._bar: tqdm[Any] | None = None

    def see(self, event: Event) -> None:
        """Redraw the bar where something on it changed."""
        self._count.see(event)
        match event:
            case NodeStarted(node=node, item=item):
                self._show(node if item is None else f"{node} [{item}]")
            case NodeProgress():
                place = "" if event.item is None else f" [{event.item}]"
                self._show(f"{event.node}{place} {in_words(event)}")
            case NodeNotice(node=node, message=message):
                self.say(f"notice: node '{node}': {message}")
            case NodeSucceeded() | NodeFailed() | NodeSkipped():
                self._move()

    def say(self, text: str) -> None:
        """Write a line above the bar."""
        if self._bar is None:
            print(text, file=sys.stderr, flush=True)
        else:
            self._bar.write(text, file=sys.stderr)

    def close(self) -> None:
        """Take the bar off the screen."""
        if self._bar is not None:
            self._bar.close()
            self._bar = None

    def _show(self, words: str) -> None:
        bar = self._drawn()
        bar.set_description_str(words, refresh=False)
        self._move()

    def _move(self) -> None:
        bar = self._drawn()
        bar.total = max(self._count.total, self._count.done)
        bar.n = self._count.done
        bar.refresh()

    def _drawn(self) -> tqdm[Any]:
        if self._bar is None:
            from tqdm import tqdm

            form = "{bar:24} {n_fmt}/{total_fmt} nodes  {desc}"
            self._bar = tqdm(total=self._count.total, file=sys.stderr, leave=False, bar_format=form, dynamic_ncols=True)
        return self._bar


def in_words(progress: NodeProgress) -> str:
    """`step 7/20, 12 s left`."""
    words = f"step {progress.step}/{progress.of}"
    return words if progress.seconds_left is None else f"{words}, {duration(progress.seconds_left)} left"


def duration(seconds: float) -> str:
    """Seconds as `8 s`, `2 min 05 s` or `1 h 10 min`."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s" if seconds >= 1 or whole == 0 else "1 s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02} min"

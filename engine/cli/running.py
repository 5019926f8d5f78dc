"""What every command that runs a workflow does first: opens the file, says what that changed, watches, can be cancelled."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from engine.cli.interrupts import cancelling
from engine.cli.progress import Watcher, make_watcher
from engine.cli.say import note
from engine.host.host import Host
from engine.host.opening import Opened
from engine.run.control import Control


def open_aloud(host: Host, file: str) -> Opened:
    """Open a workflow, and say on standard error what that has changed. Raises InvalidWorkflow."""
    opened = host.open(file)
    for upgraded in opened.upgraded:
        note(f"upgraded: {upgraded}")
    for notice in opened.notices:
        note(f"notice: {notice.message}")
    return opened


@contextmanager
def watched() -> Iterator[tuple[Watcher, Control]]:
    """While the context is open, progress is shown and Ctrl-C cancels; what was drawn is taken down at its end."""
    watcher, control = make_watcher(), Control()
    try:
        with cancelling(control, watcher.say):
            yield watcher, control
    finally:
        watcher.close()

"""Python's cycle collector waits while a graph is built.

It looks at everything that lives whenever enough new objects have come, and a large graph is nothing but new objects that
all stay: a third of the time that building one takes. Nothing there forms a cycle, files are capped, and the collector
takes its turn as soon as the graph stands.
"""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_lock = threading.Lock()
_builders = 0
_was_on = False


@contextmanager
def collector_waiting() -> Iterator[None]:
    """Keep the collector from running; several threads may build at a time, and the last to end lets it run again."""
    global _builders, _was_on
    with _lock:
        if not _builders:
            _was_on = gc.isenabled()
            gc.disable()
        _builders += 1
    try:
        yield
    finally:
        with _lock:
            _builders -= 1
            if not _builders and _was_on:
                gc.enable()

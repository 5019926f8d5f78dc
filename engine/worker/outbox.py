"""What a child process sends: in order, gathered, never in the way of the thread that runs the nodes.

What runs tell is gathered for a moment and goes out as one frame; of what may be merged (progress, a node's data, previews)
only the latest goes. Anything else goes at once, with what was gathered ahead of it. While nothing is to be sent, a sign of
life is.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from typing import Any, BinaryIO

from engine.worker.frames import encode

GATHER_SECONDS = 0.02
ALIVE_SECONDS = 1.0
PASSING = frozenset({"node.progress", "node.data", "node.preview"})

Told = dict[str, Any]
"""What a run tells: {"type", "fields"}, for what passes also "buffer", which of the frame's buffers belongs to it."""


class Outbox:
    """Writes to one stream, from a thread of its own, until it is closed or nobody reads any more.

    `beside` is asked for what else goes out whenever anything does: what may wait, and would be too much one by one.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._changed = threading.Condition()
        self._waiting: list[tuple[dict[str, Any], list[bytes]]] = []
        self._merged: dict[tuple[str, str, str], Told] = {}
        self._urgent = False
        self._closed = False
        self.beside: Callable[[], list[dict[str, Any]]] = list
        self._thread = threading.Thread(target=self._run, name="outbox", daemon=True)
        self._thread.start()

    def put(self, message: dict[str, Any], buffers: Sequence[bytes] = ()) -> None:
        """Send a message now, after all that was put or told before."""
        with self._changed:
            self._merged.clear()
            self._waiting.append((message, list(buffers)))
            self._urgent = True
            self._changed.notify()

    def tell(self, run: str, attempt: int, type: str, fields: dict[str, Any], picture: bytes | None = None) -> None:
        """Send what a run tells, soon. What passes takes the place of what was told before and is not out yet."""
        told: Told = {"type": type, "fields": {"time": round(time.time(), 3), **fields}}
        merge = (run, str(fields.get("node")), type) if type in PASSING and picture is None else None
        with self._changed:
            if merge is not None and merge in self._merged:
                self._merged[merge].update(told)
                return
            message, buffers = self._gathering(run, attempt)
            if picture is not None:
                told["buffer"] = len(buffers)
                buffers.append(picture)
            message["events"].append(told)
            if merge is not None:
                self._merged[merge] = told
            self._changed.notify()

    def close(self) -> None:
        """Send what waits, and stop."""
        with self._changed:
            self._closed = True
            self._changed.notify()
        self._thread.join(timeout=2)

    def _gathering(self, run: str, attempt: int) -> tuple[dict[str, Any], list[bytes]]:
        """The message that gathers what this run tells; a new one where another message came after it."""
        if self._waiting:
            message, buffers = self._waiting[-1]
            if message["type"] == "events" and (message["run"], message["attempt"]) == (run, attempt):
                return message, buffers
        self._waiting.append(({"type": "events", "run": run, "attempt": attempt, "events": []}, []))
        return self._waiting[-1]

    def _run(self) -> None:
        while True:
            with self._changed:
                if not self._waiting and not self._closed:
                    self._changed.wait(ALIVE_SECONDS)
                if self._waiting and not self._urgent and not self._closed:
                    self._changed.wait_for(lambda: self._urgent or self._closed, GATHER_SECONDS)
                waiting, self._waiting, self._urgent = self._waiting, [], False
                self._merged.clear()
                closed = self._closed
            waiting = [*((message, list[bytes]()) for message in self.beside()), *waiting]
            if not self._write(waiting or [({"type": "alive"}, [])]) or closed:
                return

    def _write(self, waiting: list[tuple[dict[str, Any], list[bytes]]]) -> bool:
        """Whether anybody reads still."""
        try:
            self._stream.write(b"".join([encode(message, buffers) for message, buffers in waiting]))
            self._stream.flush()
        except (OSError, ValueError):
            return False
        return True

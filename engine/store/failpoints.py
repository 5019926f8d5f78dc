"""Places where a test may make the program die, fail or wait: between a file and the commit that names it, and so on.

`LOOM_FAILPOINTS="assets.written=kill@3, runs.finished=error, worker.job=delay:0.2"` kills the process the third time it
comes by `assets.written`, raises at every pass of `runs.finished`, and waits at `worker.job`. Without that variable a
failpoint is one look at an empty dictionary.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

VARIABLE = "LOOM_FAILPOINTS"


class Failed(RuntimeError):
    """What a failpoint raises when it is told to fail."""


@dataclass
class _Point:
    """What to do, and after how many passes (0: at each)."""

    action: str
    seconds: float
    at: int
    passes: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def passed(self, name: str) -> None:
        with self.lock:
            self.passes += 1
            due = not self.at or self.passes == self.at
        if not due:
            return
        if self.action == "kill":
            os.kill(os.getpid(), signal.SIGKILL if hasattr(signal, "SIGKILL") else signal.SIGTERM)
        if self.action == "error":
            raise Failed(f"failpoint {name}")
        time.sleep(self.seconds)


def read_failpoints(environ: Mapping[str, str]) -> dict[str, _Point]:
    """The failpoints that an environment asks for, by name. Raises ValueError for what is none."""
    points = {}
    for text in filter(None, (part.strip() for part in environ.get(VARIABLE, "").split(","))):
        name, _, wanted = text.partition("=")
        action, _, at = wanted.partition("@")
        kind, _, seconds = action.partition(":")
        if kind not in ("kill", "error", "delay"):
            raise ValueError(f"{VARIABLE}: {text!r} is no failpoint; as in name=kill@3, name=error, name=delay:0.2")
        points[name] = _Point(kind, float(seconds or 0), int(at or 0))
    return points


_POINTS = read_failpoints(os.environ)


def failpoint(name: str) -> None:
    """Do here what the tests want done here; nothing otherwise. Raises Failed where that is wanted."""
    if _POINTS and (point := _POINTS.get(name)) is not None:
        point.passed(name)

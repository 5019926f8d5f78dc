"""What a browser's own trace says of a stretch between two marks: frames, and how long the main thread was busy."""

from __future__ import annotations

import json
import statistics
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

CATEGORIES = (
    "-*",
    "blink.user_timing",
    "devtools.timeline",
    "disabled-by-default-devtools.timeline",
    "disabled-by-default-devtools.timeline.frame",
)


@dataclass(frozen=True)
class Stretch:
    """Milliseconds between frames that were drawn (half of them, 95 of 100), and of the main thread a frame.

    `busy` goes by the clock, and so counts what the thread waits for; `worked` is what it had of a processor, which other
    programs on the machine hardly change.
    """

    frames: int
    p50: float
    p95: float
    busy: float
    worked: float


class Trace:
    """The events of one page's process."""

    def __init__(self, path: Path, opening: str) -> None:
        """`opening` is a mark that only the page in question makes. Raises ValueError where the trace has none."""
        events: list[dict[str, Any]] = json.loads(path.read_bytes())["traceEvents"]
        pids = {event["pid"] for event in events if event["name"] == opening}
        if len(pids) != 1:
            raise ValueError(f"{len(pids)} processes have a mark {opening!r}; wanted is one")
        pid = pids.pop()
        main = {
            event["tid"]
            for event in events
            if event["name"] == "thread_name" and event["pid"] == pid and event["args"]["name"] == "CrRendererMain"
        }
        self._own = sorted((event for event in events if event["pid"] == pid and "ts" in event), key=lambda e: e["ts"])
        self._tasks = [e for e in self._own if e["name"] == "RunTask" and e["tid"] in main and e["ph"] == "X"]
        self._drawn = [e["ts"] for e in self._own if e["name"] == "DrawFrame"]

    def mark(self, name: str) -> float:
        """When a mark was made, in microseconds. Raises ValueError where it was not."""
        found = [event["ts"] for event in self._own if event["name"] == name]
        if not found:
            raise ValueError(f"the trace has no mark {name!r}")
        return float(found[-1])

    def stretch(self, name: str) -> Stretch:
        """What was between the marks `name:start` and `name:end`. Raises ValueError where nothing was drawn."""
        start, end = self.mark(f"{name}:start"), self.mark(f"{name}:end")
        drawn = [ts for ts in self._drawn if start <= ts <= end]
        if len(drawn) < 3:
            raise ValueError(f"{len(drawn)} frames were drawn during {name!r}")
        gaps = sorted((later - earlier) / 1000 for earlier, later in pairwise(drawn))
        tasks = [task for task in self._tasks if start <= task["ts"] <= end]
        busy, worked = (sum(task.get(key, 0) for task in tasks) / 1000 / len(drawn) for key in ("dur", "tdur"))
        return Stretch(len(drawn), statistics.median(gaps), gaps[int(0.95 * (len(gaps) - 1))], busy, worked)

    def next_frame(self, mark: str, animation: bool = False) -> float:
        """Milliseconds from a mark to the frame that shows it: the first drawn, with `animation` after the next callback."""
        start = after = self.mark(mark)
        if animation:
            after = _first((e["ts"] for e in self._own if e["name"] == "FireAnimationFrame"), start, mark)
        return (_first(self._drawn, after, mark) - start) / 1000

    def first_frame(self, mark: str) -> float:
        """Milliseconds from the beginning of the navigation to the first frame after a mark."""
        began = self.mark("navigationStart")
        return (self.mark(mark) - began) / 1000 + self.next_frame(mark)


def _first(times: Iterable[float], after: float, mark: str) -> float:
    found = next((ts for ts in times if ts > after), None)
    if found is None:
        raise ValueError(f"nothing was drawn after the mark {mark!r}")
    return found

"""What the training programs share: folders, evaluation data, files written whole, and a clock that
ends a run."""

import argparse
import json
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

MODELS: Final = Path(__file__).resolve().parent.parent
WORK: Final = MODELS.parent / ".cache" / "training"
EVALUATION: Final = MODELS / "evaluation"


@lru_cache(maxsize=1)
def withheld_pairs() -> frozenset[tuple[str, str]]:
    """The colour–shape combinations that no training scene contains, read once."""
    return frozenset((colour, shape) for colour, shape in json.loads((EVALUATION / "withheld.json").read_text()))


def log(message: str) -> None:
    """One line with the time, at once."""
    print(f"{datetime.now():%H:%M:%S} {message}", flush=True)


def write_whole(path: Path, write: Callable[[Path], Any]) -> None:
    """Let `write` make the file beside its place, then move it there, so that no stop leaves half a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f"{path.stem}.partial{os.getpid()}{path.suffix}")
    write(partial)
    partial.replace(path)


def add_clock(parser: argparse.ArgumentParser) -> None:
    """Let a command line say when a run ends: what `ending` takes."""
    parser.add_argument("--until", help="clock time HH:MM at which to end")
    parser.add_argument("--hours", type=float, help="or how long")


def ending(until: str | None, hours: float | None) -> float:
    """When a run ends, as seconds since the epoch: at the clock time HH:MM to come, or after `hours`."""
    if until is None:
        return time.time() + 3600 * (hours or 1.0)
    hour, minute = (int(part) for part in until.split(":"))
    end = datetime.now().replace(hour=hour, minute=minute, second=0, microsecond=0)
    return (end if end > datetime.now() else end + timedelta(days=1)).timestamp()


@dataclass(frozen=True)
class Decay:
    """A learning rate that is constant, then falls linearly to nearly nothing over the last `share` of
    the clock's time."""

    peak: float
    begin: float
    end: float
    share: float

    def rate(self, now: float) -> float:
        """The learning rate at `now`; begin, end and now are seconds since the epoch."""
        left = (self.end - now) / max(self.end - self.begin, 1.0)
        return self.peak * max(min(left / self.share, 1.0), 0.01)

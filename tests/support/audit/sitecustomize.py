"""With this folder on PYTHONPATH, every Python process writes each use of pickle into the file that LOOM_AUDIT names."""

import os
import pickle
import sys
import traceback
from pathlib import Path
from typing import Any

REPORT = os.environ.get("LOOM_AUDIT")


def note(what: str) -> None:
    """One line: what was used, and from where."""
    assert REPORT is not None
    callers = [f"{Path(frame.filename).name}:{frame.lineno}" for frame in traceback.extract_stack()[:-2]]
    with open(REPORT, "a", encoding="utf-8") as report:
        report.write(f"{what} in {' '.join(callers[-4:])}\n")


def noted(name: str) -> None:
    """Have every call of this name of pickle's written down."""
    real = getattr(pickle, name)

    def call(*given: Any, **named: Any) -> Any:
        note(f"pickle.{name}")
        return real(*given, **named)

    setattr(pickle, name, call)


if REPORT:
    sys.addaudithook(lambda event, _: note(event) if event == "pickle.find_class" else None)
    for name in ("dump", "dumps", "load", "loads"):
        noted(name)

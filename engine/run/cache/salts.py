"""One folder a salt: releases that remember results otherwise share a place without taking from each other."""

from __future__ import annotations

import contextlib
import shutil
import time
from pathlib import Path

INDEX = "index.db"
UNUSED_SECONDS = 30 * 24 * 3600.0


def tidy(folder: Path, salt: str) -> None:
    """Note that this salt is in use, and delete those that nobody has used for a month. Raises nothing."""
    with contextlib.suppress(OSError):
        (folder / salt / INDEX).touch()
        oldest = time.time() - UNUSED_SECONDS
        for place in {index.parent for index in folder.glob(f"*/{INDEX}")}:
            if place.name != salt and max(path.stat().st_mtime for path in place.glob(f"{INDEX}*")) < oldest:
                shutil.rmtree(place, ignore_errors=True)

"""Generators, run to their end."""

from typing import Any


def finished(work: Any) -> tuple[list[Any], Any]:
    """What a generator yields, and what it returns."""
    told = []
    while True:
        try:
            told.append(next(work))
        except StopIteration as end:
            return told, end.value


def returned(work: Any) -> Any:
    """What a generator returns."""
    return finished(work)[1]

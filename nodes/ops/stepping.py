"""Long tensor work, step by step."""

from __future__ import annotations

from collections.abc import Generator
from typing import TypeVar

import torch

S = TypeVar("S")
R = TypeVar("R")


def without_gradients(work: Generator[S, None, R]) -> Generator[S, None, R]:
    """The same work, each step of it without gradients.

    Grad mode belongs to the thread: were it switched off around the whole, it would stay off at every yield, for whatever
    else runs there until the next step.
    """
    try:
        while True:
            with torch.no_grad():
                try:
                    state = next(work)
                except StopIteration as end:
                    result: R = end.value
                    return result
            yield state
    finally:
        work.close()

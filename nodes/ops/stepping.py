"""Long tensor work, step by step."""

from __future__ import annotations

from collections.abc import Generator
from typing import TypeVar

import torch

S = TypeVar("S")
R = TypeVar("R")


def without_gradients(work: Generator[S, None, R]) -> Generator[S, None, R]:
    """The same work, each step of it without gradients."""
    return stepped(work, gradients=False)


def stepped(work: Generator[S, None, R], *, gradients: bool) -> Generator[S, None, R]:
    """The same work, each step of it with or without gradients.

    Grad mode belongs to the thread: were it set around the whole, it would stay so at every yield, for whatever else runs
    there until the next step.
    """
    try:
        while True:
            with torch.set_grad_enabled(gradients):
                try:
                    state = next(work)
                except StopIteration as end:
                    result: R = end.value
                    return result
            yield state
    finally:
        work.close()

"""Which of the waiting runs a device takes: the first, unless another device holds the model of that one already."""

from __future__ import annotations

from collections.abc import Sequence, Set

from engine.store.runs.queueing import Waiting

PATIENCE = 8
"""How many runs may be preferred to one before it goes to any device."""


def choose(waiting: Sequence[Waiting], here: Set[str], elsewhere: Set[str]) -> Waiting:
    """The run for a device that holds the models `here`, while others hold those `elsewhere` (fingerprints).

    A run whose models another device has and this one has not is left to that one for a while; where that leaves nothing,
    the first is taken: no device stands still while a run waits.
    """
    for run in waiting:
        missing = set(run.models) - here
        if run.passed_over >= PATIENCE or not missing & elsewhere:
            return run
    return waiting[0]

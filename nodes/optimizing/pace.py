"""What pictures cost the last time: bytes that were predicted, and seconds that they took.

A prediction costs as much as several small pictures, and is the same whatever the prompt; seconds can only be known of
pictures that were made. Both are kept as long as the networks that they are of stay loaded.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from statistics import median
from typing import Any
from weakref import WeakKeyDictionary

from nodes.optimizing.forecast import Prediction
from nodes.optimizing.picture import Checkpointing


@dataclass(slots=True)
class Cost:
    """Of one setting: what was predicted for each checkpointing, and the seconds a picture took with and without a slope."""

    predictions: dict[Checkpointing, Prediction] = field(default_factory=dict)
    seconds: dict[tuple[Checkpointing, bool], float] = field(default_factory=dict)


_KNOWN: WeakKeyDictionary[Any, WeakKeyDictionary[Any, dict[Hashable, Cost]]] = WeakKeyDictionary()


def known(denoiser: Any, vae: Any, setting: Hashable) -> Cost:
    """What is known of a setting with these networks; it is for the caller to add to."""
    return _KNOWN.setdefault(denoiser, WeakKeyDictionary()).setdefault(vae, {}).setdefault(setting, Cost())


class Pace:
    """How long a run's pictures take: learns of each that is made, and knows the last run's before the first."""

    def __init__(self, cost: Cost, checkpointing: Checkpointing) -> None:
        self._cost, self._checkpointing = cost, checkpointing
        self._took: dict[bool, list[float]] = {}

    def add(self, slope: bool, seconds: float) -> None:
        """A picture was made, with or without its slope."""
        took = self._took.setdefault(slope, [])
        took.append(seconds)
        self._cost.seconds[self._checkpointing, slope] = median(took)

    def whole(self, left: Mapping[bool, int]) -> float | None:
        """About how many seconds the run takes in all, with so many pictures left that need a slope, and that do not.

        None where no slope was found yet and some will be. A picture without one counts like one with it until there was one.
        """
        seconds = sum(map(sum, self._took.values()))
        for slope, count in left.items():
            each = self._each(slope) if slope else self._each(False) or self._each(True)
            if each is None and count:
                return None
            seconds += count * (each or 0.0)
        return seconds

    def _each(self, slope: bool) -> float | None:
        return self._cost.seconds.get((self._checkpointing, slope))

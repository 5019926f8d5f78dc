"""GreedyDual-Size (Cao and Irani 1997): evict what is cheapest to make again for the room that it takes.

An entry's priority is `clock + seconds / bytes`, set when it comes and whenever it is used. The entry of
lowest priority goes first, and the clock rises to its priority: so what is not used ages, however dear it
was. On editing sessions over image graphs it needs a fraction of the memory that LRU needs for the same
recomputation.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(slots=True)
class Held:
    """A value with what it weighs, in bytes, and what it cost; the policy notes in it where it stands among the others."""

    value: object
    size: int
    seconds: float
    worth: float = 0.0
    priority: float = 0.0
    serial: int = 0


class GreedyDual:
    """Holds values by key and ranks them for eviction. All operations are O(log n) or better; a use costs O(1).

    The heap is built when something has to go for the first time. Priorities only rise, so it may hold older ones: an
    item that comes up too early is put back where it belongs.
    """

    def __init__(self) -> None:
        self.clock = 0.0
        self.entries: dict[str, Held] = {}
        self._heap: list[tuple[float, int, str]] | None = None
        self._serial = 0

    def __len__(self) -> int:
        return len(self.entries)

    def __contains__(self, key: object) -> bool:
        return key in self.entries

    def priority(self, key: str) -> float:
        """The priority of a key. Raises KeyError."""
        return self.entries[key].priority

    def add(self, key: str, held: Held) -> None:
        """Take in a value, in place of an older one."""
        self.entries[key] = held
        held.worth = (held.seconds if held.seconds > 0 else 0.0) / (held.size or 1)
        held.priority = self.clock + held.worth
        held.serial = self._serial = self._serial + 1
        if self._heap is not None:
            heapq.heappush(self._heap, (held.priority, held.serial, key))
            if len(self._heap) > 2 * len(self.entries) + 64:
                self._heap = self._heaped()

    def touch(self, key: str) -> Held | None:
        """What is held under a key, which counts as a use."""
        entry = self.entries.get(key)
        if entry is not None:
            entry.priority = self.clock + entry.worth
        return entry

    def remove(self, key: str) -> Held | None:
        """Forget a key; what was held under it."""
        return self.entries.pop(key, None)

    def evict(self, spare: Callable[[str], bool]) -> tuple[str, Held] | None:
        """Remove and return what has the lowest priority and is not spared, or None if all are."""
        spared: list[tuple[float, int, str]] = []
        victim = None
        heap = self._heap = self._heaped() if self._heap is None else self._heap
        while heap and victim is None:
            item = heapq.heappop(heap)
            entry = self.entries.get(item[2])
            if entry is None or entry.serial != item[1]:
                continue
            if entry.priority > item[0]:
                heapq.heappush(heap, (entry.priority, *item[1:]))
            elif spare(item[2]):
                spared.append(item)
            else:
                victim = item[2], self.entries.pop(item[2])
                self.clock = max(self.clock, entry.priority)
        for item in spared:
            heapq.heappush(heap, item)
        return victim

    def _heaped(self) -> list[tuple[float, int, str]]:
        heap = [(entry.priority, entry.serial, key) for key, entry in self.entries.items()]
        heapq.heapify(heap)
        return heap

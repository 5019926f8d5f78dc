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
class _Entry:
    worth: float
    priority: float
    serial: int


class GreedyDual:
    """Ranks keys for eviction. All operations are O(log n) or better; a use costs O(1).

    Priorities only rise, so the heap may hold older ones: an item that comes up too early is put back where
    it belongs.
    """

    def __init__(self) -> None:
        self.clock = 0.0
        self._entries: dict[str, _Entry] = {}
        self._heap: list[tuple[float, int, str]] = []
        self._serial = 0

    def __len__(self) -> int:
        return len(self._entries)

    def __contains__(self, key: object) -> bool:
        return key in self._entries

    def priority(self, key: str) -> float:
        """The priority of a key. Raises KeyError."""
        return self._entries[key].priority

    def add(self, key: str, seconds: float, size: int) -> None:
        """Take in a key that cost `seconds` to make and takes `size` bytes, in place of an older one."""
        worth = max(seconds, 0.0) / max(size, 1)
        self._serial += 1
        self._entries[key] = _Entry(worth, self.clock + worth, self._serial)
        heapq.heappush(self._heap, (self.clock + worth, self._serial, key))
        if len(self._heap) > 2 * len(self._entries) + 64:
            self._rebuild()

    def touch(self, key: str) -> None:
        """Note that a key was used."""
        entry = self._entries.get(key)
        if entry is not None:
            entry.priority = self.clock + entry.worth

    def remove(self, key: str) -> None:
        """Forget a key."""
        self._entries.pop(key, None)

    def evict(self, spare: Callable[[str], bool]) -> str | None:
        """Remove and return the key of lowest priority that is not spared, or None if all are."""
        spared: list[tuple[float, int, str]] = []
        victim = None
        while self._heap and victim is None:
            item = heapq.heappop(self._heap)
            entry = self._entries.get(item[2])
            if entry is None or entry.serial != item[1]:
                continue
            if entry.priority > item[0]:
                heapq.heappush(self._heap, (entry.priority, *item[1:]))
            elif spare(item[2]):
                spared.append(item)
            else:
                victim = item[2]
                self.clock = max(self.clock, entry.priority)
                del self._entries[victim]
        for item in spared:
            heapq.heappush(self._heap, item)
        return victim

    def _rebuild(self) -> None:
        self._heap = [(entry.priority, entry.serial, key) for key, entry in self._entries.items()]
        heapq.heapify(self._heap)

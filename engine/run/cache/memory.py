"""A tier that holds values as they are, within a budget of bytes. `ResultCache` keeps threads apart."""

from __future__ import annotations

from collections.abc import Callable

from engine.run.cache.policy import GreedyDual, Held
from engine.run.cache.protocol import MISSING, RAM, Told


class MemoryTier:
    """Values by digest, never more than `budget` bytes of them. `told` hears what enters and leaves the tier of this name."""

    def __init__(self, budget: int, name: str = RAM, told: Told | None = None) -> None:
        self.budget = budget
        self._name = name
        self._told = told
        self.used = 0
        self._policy = GreedyDual()

    def __contains__(self, digest: object) -> bool:
        return digest in self._policy.entries

    def __len__(self) -> int:
        return len(self._policy)

    def get(self, digest: str) -> object:
        """The value, now fresher, or MISSING."""
        held = self._policy.touch(digest)
        return MISSING if held is None else held.value

    def put(self, digest: str, held: Held, pinned: Callable[[str], bool]) -> dict[str, Held]:
        """Take a value in; returns what had to leave for it, which may be the value itself.

        A value that came again counts with the higher of its costs. What is pinned does not leave, so a value
        may be turned away.
        """
        known = self._policy.entries.pop(digest, None)
        if known is not None:
            held = Held(known.value, known.size, max(known.seconds, held.seconds))
            self.used -= known.size
        gone: dict[str, Held] = {}
        if self.used + held.size > self.budget and not self._make_room(held.size, pinned, gone):
            if known is not None and self._told is not None:
                self._told(digest, self._name, False)
            return gone | {digest: held}
        self.used += held.size
        self._policy.add(digest, held)
        if known is None and self._told is not None:
            self._told(digest, self._name, True)
        return gone

    def _make_room(self, size: int, pinned: Callable[[str], bool], gone: dict[str, Held]) -> bool:
        """Have others leave until `size` bytes fit; False where they cannot."""
        while size <= self.budget and self.used + size > self.budget:
            victim = self._policy.evict(pinned)
            if victim is None:
                return False
            gone[victim[0]] = victim[1]
            self.used -= victim[1].size
            if self._told is not None:
                self._told(victim[0], self._name, False)
        return size <= self.budget

    def clear(self) -> None:
        """Forget everything."""
        if self._told is not None:
            for digest in self._policy.entries:
                self._told(digest, self._name, False)
        self._policy = GreedyDual()
        self.used = 0

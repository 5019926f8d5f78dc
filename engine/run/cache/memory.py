"""A tier that holds values as they are, within a budget of bytes. `ResultCache` keeps threads apart."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from engine.run.cache.policy import GreedyDual
from engine.run.cache.protocol import MISSING


@dataclass(frozen=True, slots=True)
class Held:
    """A value in memory, with what it weighs and what it cost."""

    value: object
    size: int
    seconds: float


class MemoryTier:
    """Values by digest, never more than `budget` bytes of them."""

    def __init__(self, budget: int) -> None:
        self.budget = budget
        self.used = 0
        self._held: dict[str, Held] = {}
        self._policy = GreedyDual()

    def __contains__(self, digest: object) -> bool:
        return digest in self._held

    def __len__(self) -> int:
        return len(self._held)

    def get(self, digest: str) -> object:
        """The value, now fresher, or MISSING."""
        held = self._held.get(digest)
        if held is None:
            return MISSING
        self._policy.touch(digest)
        return held.value

    def put(self, digest: str, held: Held, pinned: Callable[[str], bool]) -> dict[str, Held]:
        """Take a value in; returns what had to leave for it, which may be the value itself.

        A value that came again counts with the higher of its costs. What is pinned does not leave, so a value
        may be turned away.
        """
        known = self._held.get(digest)
        if known is not None:
            held = Held(known.value, known.size, max(known.seconds, held.seconds))
            self._drop(digest)
        if held.size > self.budget:
            return {digest: held}
        gone: dict[str, Held] = {}
        while self.used + held.size > self.budget:
            victim = self._policy.evict(pinned)
            if victim is None:
                return gone | {digest: held}
            gone[victim] = self._held.pop(victim)
            self.used -= gone[victim].size
        self._held[digest] = held
        self.used += held.size
        self._policy.add(digest, held.seconds, held.size)
        return gone

    def _drop(self, digest: str) -> None:
        self.used -= self._held.pop(digest).size
        self._policy.remove(digest)

    def clear(self) -> None:
        """Forget everything."""
        self._held.clear()
        self._policy = GreedyDual()
        self.used = 0

"""Who is in one kind of memory, how much each is worth there, and who leaves first.

The worth is GreedyDual-Size (Cao and Irani 1997, "Cost-Aware WWW Proxy Caching Algorithms"): a model's value
is the tier's floor at its last use + seconds to bring it back / bytes. The least valuable leaves, and the
floor rises to its value: so what is cheap to bring back goes first, and what is dear but no longer used goes
in the end.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from engine.run.models.device import Loaded, Reference


@dataclass(slots=True, eq=False)
class Entry:
    """A model in memory. `leases` counts who uses it now; while it is not 0 nothing may move it."""

    reference: Reference
    loaded: Loaded
    nbytes: int
    build_seconds: float
    last_used: float
    move_seconds: float = 0.0
    leases: int = 0
    value: float = 0.0


class Tier:
    """The models in one kind of memory, under a budget of `capacity` bytes."""

    def __init__(self, name: str, capacity: int) -> None:
        self.name = name
        self.capacity = capacity
        self._entries: dict[Reference, Entry] = {}
        self._floor = 0.0

    @property
    def entries(self) -> tuple[Entry, ...]:
        """All of them, oldest here first; a copy, so that another thread may read it."""
        return tuple(self._entries.values())

    @property
    def nbytes(self) -> int:
        """The sum of what is here."""
        return sum(entry.nbytes for entry in self.entries)

    def get(self, reference: Reference) -> Entry | None:
        """The model of this reference, if it is here."""
        return self._entries.get(reference)

    def add(self, entry: Entry, seconds: float) -> None:
        """Take a model in; `seconds` is what bringing it back here would cost."""
        self._entries[entry.reference] = entry
        self.touch(entry, seconds)

    def touch(self, entry: Entry, seconds: float) -> None:
        """Set a model's value anew, because it is used."""
        entry.value = self._floor + seconds / max(entry.nbytes, 1)

    def remove(self, entry: Entry) -> None:
        """Strike a model from the list, for whatever reason."""
        del self._entries[entry.reference]

    def evict(self, entry: Entry) -> None:
        """Strike a model from the list to make room: the floor rises to its value."""
        self.remove(entry)
        self._floor = max(self._floor, entry.value)

    def victims(self) -> list[Entry]:
        """All that may leave, the least valuable first."""
        return sorted((entry for entry in self.entries if not entry.leases), key=lambda entry: entry.value)

    def admit(self, newcomer: Entry, seconds: float) -> list[Entry]:
        """Take a model in and return who leaves for that: others, or itself if they are worth more.

        From the most valuable down each stays that still fits, so one large model that can't stay does not
        take small ones with it.
        """
        self.add(newcomer, seconds)
        room = self.capacity - sum(entry.nbytes for entry in self.entries if entry.leases)
        leaving = []
        for entry in reversed(self.victims()):
            if entry.nbytes <= room:
                room -= entry.nbytes
            else:
                leaving.append(entry)
        for entry in leaving:
            self.evict(entry)
        return leaving


def in_words(nbytes: float) -> str:
    """A size to be read by a person: `7.1 GB`, `220 MB`, `512 bytes` (powers of ten)."""
    for unit, size in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if nbytes >= size:
            return f"{nbytes / size:.3g} {unit}"
    return f"{nbytes:.0f} bytes"


def held_in_words(entries: Iterable[tuple[str, Entry]], others: int) -> str:
    """Who holds a device's memory, the largest first; `others` are bytes that none of these accounts for."""
    ranked = sorted(entries, key=lambda named: named[1].nbytes, reverse=True)
    parts = [f"{name} ({in_words(e.nbytes)}{', in use' if e.leases else ''})" for name, e in ranked]
    if others > 0:
        parts.append(f"all else ({in_words(others)})")
    return ", ".join(parts) or "nobody"

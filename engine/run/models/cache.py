"""Models in memory, lent out: what a lease asks for is on the device while it lasts."""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from engine.run.models.device import Build, Device, Reference
from engine.run.models.errors import ModelInUseError, ModelMemoryError, WrongThreadError
from engine.run.models.host import total_memory
from engine.run.models.tier import Entry, Tier, held_in_words, in_words

RAM = "ram"
DEFAULT_MARGIN = 512 << 20

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Resident:
    """A model in memory: `place` is a device's name or `ram`; `load_seconds` is what building it took."""

    reference: Reference
    place: str
    nbytes: int
    leases: int
    idle_seconds: float
    load_seconds: float


class ModelCache:
    """Builds, moves and closes models so that each lease has its models on the device, within both budgets.

    `device_bytes` (default: all of the device less `margin`) and `host_bytes` (default: half of the machine's
    RAM) are the budgets; `margin` bytes of the device stay free for what a node computes. On a unified device
    the smaller budget counts for both, and what must leave it is closed. While one model moves, RAM may hold
    that one beside its budget.

    A leased model never moves. One thread owns all movement: the one that made the cache, or the last to
    `adopt` it. `loads` counts the calls of `build`; `seconds_loading` grows by the seconds that building and
    moving in took.
    """

    def __init__(
        self,
        device: Device,
        build: Build,
        *,
        device_bytes: int | None = None,
        host_bytes: int | None = None,
        margin: int = DEFAULT_MARGIN,
        describe: Callable[[Reference], str] = str,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self.device = device
        self.loads = 0
        self.seconds_loading = 0.0
        self._build = build
        self._margin = margin
        self._describe = describe
        self._clock = clock
        self._owner = threading.get_ident()
        on_device = max(device.total() - margin, 0) if device_bytes is None else device_bytes
        in_ram = total_memory() // 2 if host_bytes is None else host_bytes
        self._on_device = Tier(device.name, min(on_device, in_ram) if device.unified else on_device)
        self._in_ram = Tier(RAM, 0 if device.unified else in_ram)

    @contextmanager
    def lease(self, *references: Reference) -> Iterator[tuple[object, ...]]:
        """Lend the modules of these references, in order, on the device; none moves until the lease ends.

        Raises ModelMemoryError where one does not fit beside what is leased already, WrongThreadError on a
        thread that does not own the cache, and whatever `build` raises. Nothing stays pinned then.
        """
        self._check_thread()
        held: dict[Reference, Entry] = {}
        try:
            for reference in references:
                if reference not in held and (present := self._find(reference)):
                    held[reference] = _pinned(present)
            for reference in references:
                entry = self._on_device.get(reference) or self._bring(reference)
                if reference not in held:
                    held[reference] = _pinned(entry)
                self._on_device.touch(entry, self._seconds_to_return(entry))
            yield tuple(held[reference].loaded.module for reference in references)
        finally:
            for entry in held.values():
                entry.leases -= 1
                entry.last_used = self._clock()

    def reset_peak(self) -> None:
        """Count anew how much of the device is held at most."""
        self.device.reset_peak()

    def peak_bytes(self) -> int | None:
        """The most that was held there since; None where the device does not count."""
        return self.device.peak()

    def stats(self) -> tuple[Resident, ...]:
        """What is where, now. Any thread may ask."""
        now = self._clock()
        return tuple(
            Resident(e.reference, tier.name, e.nbytes, e.leases, max(now - e.last_used, 0.0), e.build_seconds)
            for tier in (self._on_device, self._in_ram)
            for e in tier.entries
        )

    def evict_all(self) -> None:
        """Move all that is not leased off the device: to RAM, or closed where it does not fit there."""
        self._check_thread()
        for entry in self._on_device.victims():
            self._evict(entry)

    def unload(self, reference: Reference) -> bool:
        """Close a model and forget it; whether it was there. Raises ModelInUseError while it is leased."""
        self._check_thread()
        entry = self._find(reference)
        if entry is None:
            return False
        if entry.leases:
            raise ModelInUseError(f"{self._describe(reference)} is in use; it can be unloaded when the run is over")
        self._tier_of(entry).remove(entry)
        entry.loaded.close()
        return True

    def close(self) -> None:
        """Close all models. Raises ModelInUseError, and closes none, while one is leased."""
        self._check_thread()
        entries = [*self._on_device.entries, *self._in_ram.entries]
        if leased := [self._describe(entry.reference) for entry in entries if entry.leases]:
            raise ModelInUseError(f"models are in use: {', '.join(leased)}")
        for entry in entries:
            self.unload(entry.reference)

    def adopt(self) -> None:
        """Make the calling thread the owner. Raises ModelInUseError while a model is leased."""
        if any(entry.leases for entry in self._on_device.entries):
            raise ModelInUseError("models are in use; their thread keeps the cache until the leases end")
        self._owner = threading.get_ident()

    def _bring(self, reference: Reference) -> Entry:
        """Put a model that is not on the device there; where that fails, in RAM, or closed."""
        entry = self._in_ram.get(reference)
        if entry is None:
            entry = self._built(reference)
        else:
            self._in_ram.remove(entry)
        try:
            self._make_room(entry)
            self._move_in(entry)
        except BaseException:
            self._stow(entry)
            raise
        self._on_device.add(entry, self._seconds_to_return(entry))
        return entry

    def _built(self, reference: Reference) -> Entry:
        start = self._clock()
        loaded = self._build(reference)
        now = self._clock()
        self.loads += 1
        self.seconds_loading += now - start
        return Entry(reference, loaded, loaded.nbytes, now - start, now)

    def _move_in(self, entry: Entry) -> None:
        start = self._clock()
        try:
            entry.loaded.to_device(self.device)
        except Exception as error:
            if self.device.ran_out(error):
                raise self._does_not_fit(entry) from error
            raise
        entry.move_seconds = self._clock() - start
        self.seconds_loading += entry.move_seconds

    def _make_room(self, entry: Entry) -> None:
        """Send others away, least valuable first, until this one fits; nobody, if even that would not do."""
        if self._missing(entry) <= 0:
            return
        self.device.trim()
        victims = self._on_device.victims()
        if self._missing(entry) > sum(victim.nbytes for victim in victims):
            raise self._does_not_fit(entry)
        for victim in victims:
            if self._missing(entry) <= 0:
                return
            self._evict(victim)
        if self._missing(entry) > 0:
            raise self._does_not_fit(entry)

    def _missing(self, entry: Entry) -> int:
        """How many bytes the device is short of, by our own count or by the device's, whichever is worse."""
        # On a unified device the model was built in that very memory: the device's own figure has it already.
        to_allocate = 0 if self.device.unified else entry.nbytes
        by_budget = self._on_device.nbytes + entry.nbytes - self._on_device.capacity
        by_device = to_allocate + self._margin - self.device.free()
        return max(by_budget, by_device)

    def _evict(self, entry: Entry) -> None:
        self._on_device.evict(entry)
        self._stow(entry)
        # An allocator keeps what was freed, and other programs (and the device's own count) can't see it.
        self.device.trim()

    def _stow(self, entry: Entry) -> None:
        """Put a model that is in no tier into RAM, if it is worth its place there; else close it."""
        if self.device.unified:
            entry.loaded.close()
            return
        leaving = self._in_ram.admit(entry, entry.build_seconds)
        for other in leaving:
            other.loaded.close()
        if entry not in leaving and not self._moved_out(entry):
            self._in_ram.remove(entry)
            entry.loaded.close()

    def _moved_out(self, entry: Entry) -> bool:
        try:
            entry.loaded.to_host()
        except Exception:
            log.warning("%s could not be moved to RAM; it is closed", self._describe(entry.reference), exc_info=True)
            return False
        return True

    def _find(self, reference: Reference) -> Entry | None:
        return self._on_device.get(reference) or self._in_ram.get(reference)

    def _tier_of(self, entry: Entry) -> Tier:
        return self._on_device if self._on_device.get(entry.reference) is entry else self._in_ram

    def _seconds_to_return(self, entry: Entry) -> float:
        """What sending this model off the device would cost later: a move, or all of the loading."""
        stays_in_ram = entry.nbytes <= self._in_ram.capacity
        return entry.move_seconds if stays_in_ram else entry.build_seconds + entry.move_seconds

    def _does_not_fit(self, entry: Entry) -> ModelMemoryError:
        tier, free_on_device = self._on_device, self.device.free()
        free = max(min(tier.capacity - tier.nbytes, free_on_device - self._margin), 0)
        named = [(self._describe(e.reference), e) for e in tier.entries]
        others = self.device.total() - free_on_device - tier.nbytes
        message = (
            f"{self._describe(entry.reference)} needs {in_words(entry.nbytes)}, {in_words(free)} free"
            f" of {in_words(tier.capacity)} on {tier.name}; held by {held_in_words(named, others)}"
        )
        return ModelMemoryError(message, entry.nbytes, free)

    def _check_thread(self) -> None:
        if threading.get_ident() != self._owner:
            raise WrongThreadError(
                f"models on {self.device.name} are moved by one thread only, and this is another"
                f" ({threading.current_thread().name}): ask that thread, or adopt the cache first"
            )


def _pinned(entry: Entry) -> Entry:
    entry.leases += 1
    return entry

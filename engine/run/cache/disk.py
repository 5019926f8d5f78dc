"""The disk tier: what was dear to make outlives the process, and several processes may share it.

Values are safetensors files named by their digest; short ones without tensors, and all traces, stand in the
index. Whatever is read is held against its digest first: what is damaged is deleted and counts as missing.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path

import orjson

from engine.run.cache.blobs import Blobs
from engine.run.cache.index import Index, is_damage
from engine.run.cache.keeper import (
    SMALL_BYTES,
    Drop,
    Job,
    Keeper,
    Record,
    Remake,
    Store,
    Sweep,
    Touch,
    read_trace,
)
from engine.run.cache.protocol import MISSING, Told, Trace
from engine.run.cache.salts import INDEX, tidy
from engine.run.cache.writer import Writer
from engine.run.codec import Classes, CodecError, Packed, digest_of, parse, unpack

READ_SECONDS = 0.002  # to open and check a small blob
READ_RATE = 300e6  # bytes per second, read and hashed: on the low side for an SSD
PENDING_BYTES = 512 << 20
LINGER_SECONDS = 0.05  # a transaction costs more than the entries of a run do
log = logging.getLogger(__name__)


class DiskTier:
    """Values and traces in one folder, within a budget of bytes (the index's own few megabytes not counted).

    Takes in what took at least `min_seconds` to make, and longer than reading it back would, up to
    `max_bytes` each; besides what outputs need, and any JSON up to 4 kB. Each `salt` has a folder of its own
    in there, so that two releases take nothing from each other; what no release used for a month is deleted.
    If the folder cannot be used, it says so once in the log and remembers nothing; no method raises.
    """

    def __init__(
        self,
        folder: Path,
        budget: int,
        classes: Classes,
        *,
        salt: str = "",
        min_seconds: float = 0.5,
        max_bytes: int = 512 << 20,
    ) -> None:
        self.folder = folder / salt
        self.budget = budget
        self._classes = classes
        self._min_seconds = min_seconds
        self._max_bytes = max_bytes
        self._pending: dict[str, Store] = {}
        self._pending_bytes = 0
        self._freed = threading.Condition()
        self._unreadable: set[str] = set()
        self._reported = -1
        self._keeper: Keeper | None = None
        try:
            self._blobs = Blobs(self.folder / "blobs")
            self._index = Index(self.folder / INDEX)
        except (OSError, sqlite3.Error) as fault:
            log.warning("result cache: the folder %s is not used: %s", folder, fault)
            return
        if salt:
            tidy(folder, salt)
        self._keeper = Keeper(self._index, self._blobs, budget, self._settle)
        self._writer: Writer[Job] = Writer(self._keeper.apply, "result-cache-writer", LINGER_SECONDS)
        self._writer.add(Sweep())

    def spare(self, pinned: Callable[[str], bool]) -> None:
        """Never evict what `pinned` says is in use."""
        if self._keeper:
            self._keeper.pinned = pinned

    def tell(self, told: Told) -> None:
        """Have `told` hear of what this process stores and evicts."""
        if self._keeper:
            self._keeper.told = told

    def has(self, digest: str) -> bool:
        """Whether a value is stored, or about to be; reads nothing but the index."""
        if self._keeper is None or digest in self._unreadable:
            return False
        if digest in self._pending:
            return True
        try:
            return self._index.has(digest)
        except (sqlite3.Error, ValueError) as fault:
            return self._fault(fault)

    def get(self, digest: str) -> tuple[object, float]:
        """A value and what it cost to make, in seconds; or MISSING and 0."""
        pending = self._pending.get(digest)
        if pending is not None:
            return pending.value, pending.seconds
        if self._keeper is None or digest in self._unreadable:
            return MISSING, 0.0
        try:
            entry = self._index.entry(digest)
        except (sqlite3.Error, ValueError) as fault:
            self._fault(fault)
            self._unreadable.add(digest)
            entry = None
        if entry is None:
            return MISSING, 0.0
        seconds, json = entry
        return self._read(digest, json), seconds if isinstance(seconds, float) else 0.0

    def _read(self, digest: str, json: bytes | None) -> object:
        try:
            packed = parse(self._blobs.read(digest)) if json is None else Packed(orjson.loads(json), {})
            if digest_of(packed) != digest:
                raise CodecError("its content is not what its name says")
            value = unpack(packed.json, packed.buffers, self._classes)
        except FileNotFoundError:  # another process evicted it
            self._reject(digest, delete=True)
        except (ValueError, TypeError) as fault:  # CodecError among them, and whatever else damaged rows give
            log.warning("result cache: %s is deleted, it cannot be read: %s", digest, fault)
            self._reject(digest, delete=True)
        except (OSError, MemoryError) as fault:
            log.warning("result cache: %s cannot be read now: %s", digest, fault)
            self._reject(digest, delete=False)
        else:
            self._writer.add(Touch(digest))
            return value
        return MISSING

    def _reject(self, digest: str, *, delete: bool) -> None:
        self._unreadable.add(digest)
        if delete:
            self._writer.add(Drop(digest))

    def offer(self, digest: str, value: object, size: int, seconds: float, *, keep: bool) -> None:
        """Offer a value; it is written in the background, if at all.

        Where the disk falls behind by 512 MB, a value to `keep` waits and others are passed over.
        """
        if self._keeper is None or self._keeper.off:
            return
        worth = seconds >= self._min_seconds and seconds > READ_SECONDS + size / READ_RATE
        admitted = size <= self.budget and (keep or (worth and size <= self._max_bytes))
        pending = self._pending.get(digest)
        if (pending and pending.admitted >= admitted) or not (admitted or size <= SMALL_BYTES):
            return
        job = Store(digest, value, size, seconds, admitted)
        with self._freed:
            if not self._fits(size) and not keep:
                return
            while not self._fits(size):
                self._freed.wait()
            previous = self._pending.pop(digest, None)
            self._pending[digest] = job
            self._pending_bytes += size - (previous.size if previous else 0)
        self._unreadable.discard(digest)
        if not self._writer.add(job):
            self._settle(job)

    def _fits(self, size: int) -> bool:
        return not self._pending or self._pending_bytes + size <= PENDING_BYTES

    def _settle(self, job: Store) -> None:
        """A job is done, well or not: its value need not wait in memory any more."""
        with self._freed:
            if self._pending.get(job.digest) is job:
                del self._pending[job.digest]
                self._pending_bytes -= job.size
                self._freed.notify_all()

    def trace(self, key: str, environment: str) -> Trace | None:
        """The stored trace of a key, if it holds in this environment."""
        if self._keeper is None:
            return None
        try:
            for place, record in self._index.traces(key):
                if place in ("", environment):
                    return read_trace(key, place, record)
        except (sqlite3.Error, ValueError) as fault:
            self._fault(fault)
        return None

    def record(self, key: str, trace: Trace) -> None:
        """Store a trace, in the background."""
        if self._keeper is not None and not self._keeper.off:
            self._writer.add(Record(key, trace))

    def _fault(self, fault: Exception) -> bool:
        """Nothing was found, for the index could not be asked; if it is damaged, have it remade."""
        if is_damage(fault) and self._reported != self._index.generation:
            self._reported = self._index.generation
            self._writer.add(Remake())
        return False

    def flush(self) -> None:
        """Wait until all that was offered and recorded is on disk."""
        if self._keeper is not None:
            self._writer.flush()

    def close(self) -> None:
        """Flush, and stop."""
        if self._keeper is not None:
            self._writer.close()
            self._keeper = None
            self._index.close()

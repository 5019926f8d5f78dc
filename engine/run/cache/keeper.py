"""The writing half of the disk tier: what the background thread does to index and blobs."""

from __future__ import annotations

import contextlib
import logging
import sqlite3
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import orjson
from blake3 import blake3

from engine.run.cache.blobs import Blobs
from engine.run.cache.index import Index, is_busy
from engine.run.cache.protocol import DISK, Told, Trace, untold
from engine.run.codec import pack, pieces

INLINE_BYTES = 4096
SMALL_BYTES = 16 * INLINE_BYTES  # what weighs more in memory is not tried as short JSON
SWEEP_SECONDS = 24 * 3600.0
REMAKES = 3
CHECK_BYTES = 8
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Store:
    """Write a value. Into the index if it is short JSON; into a blob only if it is `admitted`."""

    digest: str
    value: object
    size: int
    seconds: float
    admitted: bool


@dataclass(frozen=True, slots=True)
class Record:
    """Write a trace."""

    key: str
    trace: Trace


@dataclass(frozen=True, slots=True)
class Touch:
    """Count an entry as used."""

    digest: str


@dataclass(frozen=True, slots=True)
class Drop:
    """Delete an entry that cannot be read."""

    digest: str


@dataclass(frozen=True, slots=True)
class Sweep:
    """Tidy up, and come down to the budget."""


@dataclass(frozen=True, slots=True)
class Remake:
    """The index is damaged: begin a new one."""


Job: TypeAlias = Store | Record | Touch | Drop | Sweep | Remake


def trace_record(key: str, trace: Trace) -> bytes:
    """A trace as it stands in the index: JSON, after a checksum that also covers its key."""
    data = [trace.data] if trace.data else []
    body = orjson.dumps([trace.outputs, trace.seconds, trace.need, trace.notices, trace.noticed, *data])
    return _check(key, trace.environment, body) + body


def read_trace(key: str, environment: object, record: object) -> Trace | None:
    """The trace in a record; None if any of the three is damaged."""
    if not isinstance(record, bytes) or not isinstance(environment, str):
        return None
    body = record[CHECK_BYTES:]
    if _check(key, environment, body) != record[:CHECK_BYTES]:
        return None
    outputs, seconds, need, notices, noticed, *data = orjson.loads(body)
    told = tuple((message, name) for message, name in notices)
    return Trace(tuple(outputs), seconds, need, environment, told, tuple(noticed), *data)


def _check(key: str, environment: str, body: bytes) -> bytes:
    return blake3(b"%b\0%b\0%b" % (key.encode(), environment.encode(), body)).digest(length=CHECK_BYTES)


class Keeper:
    """Applies jobs, and never raises: what fails is left out; what fails for good switches it `off`."""

    def __init__(self, index: Index, blobs: Blobs, budget: int, settled: Callable[[Store], None]) -> None:
        self.pinned: Callable[[str], bool] = lambda _: False
        self.told: Told = untold
        self.off = False
        self._index = index
        self._blobs = blobs
        self._budget = budget
        self._settled = settled
        self._remakes = 0

    def apply(self, jobs: list[Job]) -> None:
        """Do the jobs in order: blobs one by one, and what lies between them in one transaction each."""
        light: list[_Step] = []
        for job in jobs:
            step = self._prepare(job)
            if isinstance(step, _Blob):
                self._attempt(lambda light=light: self._commit(light))  # type: ignore[misc]
                self._attempt(lambda blob=step: self._store(blob))  # type: ignore[misc]
                light = []
                self._settled(job)  # type: ignore[arg-type]
            elif isinstance(step, Remake):
                self._attempt(self._remake)
            elif isinstance(step, Sweep):
                self._attempt(self._sweep)
            elif step is not None:
                light.append(step)
        self._attempt(lambda: self._commit(light))
        for job in jobs:
            if isinstance(job, Store):
                self._settled(job)

    def _attempt(self, action: Callable[[], None]) -> None:
        """Do it; where the index turns out to be damaged, make a new one and do it again."""
        while not self.off:
            try:
                action()
            except OSError as fault:
                self._switch_off(fault)
            except sqlite3.OperationalError as fault:
                if is_busy(fault):
                    log.info("result cache: another process is writing; some results were not stored")
                    return
                self._switch_off(fault)
            except Exception as fault:  # SQLite says damaged, or rows hold what was never written there
                log.info("result cache: %s: %s", type(fault).__name__, fault)
                self._attempt(self._remake)
            else:
                return

    def _switch_off(self, fault: Exception) -> None:
        self.off = True
        log.warning("result cache: nothing more is written to %s: %s", self._blobs.folder.parent, fault)

    def _prepare(self, job: Job) -> _Step | None:
        """A job with all that can fail for reasons of its own already done."""
        try:
            if isinstance(job, Record):
                return _Row(job.key, job.trace.environment, trace_record(job.key, job.trace))
            return self._serialise(job) if isinstance(job, Store) else job
        except (TypeError, ValueError, RuntimeError, MemoryError) as fault:
            log.info("result cache: %s is not stored: %s", getattr(job, "digest", "a trace"), fault)
            return None

    def _serialise(self, job: Store) -> _Inline | _Blob | None:
        packed = pack(job.value)
        if not packed.buffers and job.size <= SMALL_BYTES:
            text = orjson.dumps(packed.json)
            if len(text) <= INLINE_BYTES:
                return _Inline(job.digest, text, job.seconds)
        return _Blob(job.digest, self._blobs.path(job.digest), pieces(packed), job.seconds) if job.admitted else None

    def _commit(self, jobs: list[_Step]) -> None:
        if not jobs:
            return
        rows = [job for job in jobs if isinstance(job, _Row)]
        values = [job for job in jobs if isinstance(job, _Inline)]
        stored: list[_Inline] = []
        with self._index.transaction():
            for job in jobs:  # before values are added: what was dropped may have come again
                if isinstance(job, Touch):
                    self._index.touch(job.digest)
                elif isinstance(job, Drop):
                    self._index.drop(job.digest)
                    self._blobs.delete(job.digest)
                    self.told(job.digest, DISK, False)
            if values and self._make_room(sum(len(job.json) for job in values)):
                self._index.add((job.digest, len(job.json), job.seconds, job.json) for job in values)
                stored = values
            if rows:
                self._index.add_traces((row.key, row.environment, row.record) for row in rows)
        for job in stored:
            self.told(job.digest, DISK, True)

    def _store(self, blob: _Blob) -> None:
        """Room is made before the bytes are written, so the folder never holds more than the budget."""
        size = sum(map(len, blob.parts))
        with self._index.transaction():
            if blob.path.exists() and self._index.touch(blob.digest):
                return
            if not self._make_room(size):
                return
        written = self._blobs.write(blob.digest, blob.parts)
        try:
            with self._index.transaction():
                if self._make_room(size):  # again, for another process may have filled it
                    self._blobs.publish(written, blob.digest)
                    self._index.add([(blob.digest, size, blob.seconds, None)])
            self.told(blob.digest, DISK, self._index.has(blob.digest))
        finally:
            with contextlib.suppress(OSError):
                written.unlink(missing_ok=True)

    def _make_room(self, size: int) -> bool:
        """Evict by GreedyDual-Size until `size` bytes fit; False, and nothing is evicted, if they cannot."""
        if self._evict_for(size):
            return True
        self._index.recount()  # lest a damaged count turn everything away for ever
        return self._evict_for(size)

    def _evict_for(self, size: int) -> bool:
        excess = self._index.meta("bytes") + size - self._budget
        if excess <= 0:
            return True
        victims: list[tuple[str, bool]] = []
        clock = self._index.meta("clock")
        with self._index.ranked() as ranked:
            for digest, held, priority, is_blob in ranked:
                if excess <= 0:
                    break
                if not self.pinned(digest):
                    victims.append((digest, is_blob))
                    excess -= held
                    clock = max(clock, priority)
        if excess > 0:
            return False
        for digest, is_blob in victims:
            if is_blob:
                self._blobs.delete(digest)
            self._index.drop(digest)
            self.told(digest, DISK, False)
        self._index.set_meta("clock", clock)
        return True

    def _sweep(self) -> None:
        """Come down to the budget; once a day, and for a new index, compare index and folder."""
        index = self._index
        with index.transaction():
            if index.disowned:
                for digest, _ in self._blobs:
                    self._blobs.delete(digest)
            elif index.fresh or abs(time.time() - index.meta("swept")) > SWEEP_SECONDS:
                self._reconcile()
            index.fresh = index.disowned = False
            self._make_room(0)

    def _reconcile(self) -> None:
        self._blobs.sweep()
        there = dict(self._blobs)
        known = self._index.blobs()
        for digest in known - there.keys():
            self._index.drop(digest)
        self._index.add((digest, there[digest], 0.0, None) for digest in there.keys() - known)
        self._index.recount()
        self._index.set_meta("swept", time.time())

    def _remake(self) -> None:
        self._remakes += 1
        if self._remakes > REMAKES:
            raise OSError("the index was damaged again and again")
        log.warning("result cache: the index %s is damaged; a new one is begun", self._index.path)
        self._index.remake()
        self._sweep()


@dataclass(frozen=True, slots=True)
class _Inline:
    digest: str
    json: bytes
    seconds: float


@dataclass(frozen=True, slots=True)
class _Blob:
    digest: str
    path: Path
    parts: list[bytes | memoryview]
    seconds: float


@dataclass(frozen=True, slots=True)
class _Row:
    key: str
    environment: str
    record: bytes


_Step: TypeAlias = _Inline | _Blob | _Row | Touch | Drop | Sweep | Remake

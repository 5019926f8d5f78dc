"""The writing half of the disk tier: what the background thread does to index and blobs."""

from __future__ import annotations

import contextlib
import logging
import sqlite3
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import orjson
from blake3 import blake3

from engine.run.cache.blobs import Blobs
from engine.run.cache.index import Index, is_busy, is_damage
from engine.run.cache.protocol import Trace
from engine.run.codec import CodecError, Packed, pack, pieces

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
    body = orjson.dumps([trace.outputs, trace.seconds, trace.need])
    return _check(key, trace.environment, body) + body


def read_trace(key: str, environment: str, record: object) -> Trace | None:
    """The trace in a record, valid in `environment`; None if the record is damaged."""
    if not isinstance(record, bytes):
        return None
    body = record[CHECK_BYTES:]
    for place in dict.fromkeys((environment, "")):
        if _check(key, place, body) == record[:CHECK_BYTES]:
            outputs, seconds, need = orjson.loads(body)
            return Trace(tuple(outputs), seconds, need, place)
    return None


def _check(key: str, environment: str, body: bytes) -> bytes:
    return blake3(b"%b\0%b\0%b" % (key.encode(), environment.encode(), body)).digest(length=CHECK_BYTES)


class Keeper:
    """Applies jobs, and never raises: what fails is left out; what fails for good switches it `off`."""

    def __init__(self, index: Index, blobs: Blobs, budget: int, settled: Callable[[Store], None]) -> None:
        self.pinned: Callable[[str], bool] = lambda _: False
        self.off = False
        self._index = index
        self._blobs = blobs
        self._budget = budget
        self._settled = settled
        self._remakes = 0

    def apply(self, jobs: list[Job]) -> None:
        """Do the jobs in order: blobs one by one, and what lies between them in one transaction each."""
        light: list[Job | _Inline] = []
        for job in jobs:
            step = self._prepare(job) if isinstance(job, Store) else job
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
        if self.off:
            return
        try:
            action()
        except sqlite3.Error as fault:
            if is_busy(fault):
                log.info("result cache: another process is writing; some results were not stored")
            elif is_damage(fault):
                self._attempt(self._remake)
            else:
                self._switch_off(fault)
        except OSError as fault:
            self._switch_off(fault)
        except Exception:  # rows that hold what was never written there
            log.exception("result cache: the index makes no sense")
            self._attempt(self._remake)

    def _switch_off(self, fault: Exception) -> None:
        self.off = True
        log.warning("result cache: nothing more is written to %s: %s", self._blobs.folder.parent, fault)

    def _prepare(self, job: Store) -> _Inline | _Blob | None:
        try:
            packed = pack(job.value)
            text = orjson.dumps(packed.json) if not packed.buffers and job.size <= SMALL_BYTES else b""
            if text and len(text) <= INLINE_BYTES:
                return _Inline(job.digest, text, job.seconds)
            return _Blob(job.digest, packed, job.seconds) if job.admitted else None
        except (TypeError, ValueError, RuntimeError, MemoryError) as fault:
            log.info("result cache: %s is not stored: %s", job.digest, fault)
            return None

    def _commit(self, jobs: list[Job | _Inline]) -> None:
        if not jobs:
            return
        traces = []
        with self._index.transaction():
            for job in jobs:
                if isinstance(job, Record):
                    traces.append((job.key, job.trace.environment, trace_record(job.key, job.trace)))
                elif isinstance(job, _Inline):
                    if self._make_room(len(job.json)):
                        self._index.add(job.digest, len(job.json), job.seconds, job.json)
                elif isinstance(job, Touch):
                    self._index.touch(job.digest)
                elif isinstance(job, Drop):
                    self._index.drop(job.digest)
                    self._blobs.delete(job.digest)
            if traces:
                self._index.add_traces(traces)

    def _store(self, blob: _Blob) -> None:
        """Room is made before the bytes are written, so the folder never holds more than the budget."""
        try:
            parts = pieces(blob.packed)
        except CodecError as fault:
            log.info("result cache: %s is not stored: %s", blob.digest, fault)
            return
        size = sum(map(len, parts))
        with self._index.transaction():
            if self._blobs.path(blob.digest).exists() and self._index.touch(blob.digest):
                return
            if not self._make_room(size):
                return
        written = self._blobs.write(blob.digest, parts)
        try:
            with self._index.transaction():
                if self._make_room(size):  # again, for another process may have filled it
                    self._blobs.publish(written, blob.digest)
                    self._index.add(blob.digest, size, blob.seconds, None)
        finally:
            with contextlib.suppress(OSError):
                written.unlink(missing_ok=True)

    def _make_room(self, size: int) -> bool:
        """Evict by GreedyDual-Size until `size` bytes fit; False, and nothing is evicted, if they cannot."""
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
        self._index.set_meta("clock", clock)
        return True

    def _sweep(self) -> None:
        """Come down to the budget; once a day, and for a new index, compare index and folder."""
        index = self._index
        with index.transaction():
            if index.disowned:
                for digest, _ in self._blobs:
                    self._blobs.delete(digest)
            elif index.fresh or time.time() - index.meta("swept") > SWEEP_SECONDS:
                self._reconcile()
            index.fresh = index.disowned = False
            self._make_room(0)

    def _reconcile(self) -> None:
        self._blobs.sweep()
        there = dict(self._blobs)
        known = self._index.blobs()
        for digest in known - there.keys():
            self._index.drop(digest)
        for digest in there.keys() - known:
            self._index.add(digest, there[digest], 0.0, None)
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
    packed: Packed
    seconds: float

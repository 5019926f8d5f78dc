"""The server's database: SQLite in WAL mode, one thread that writes, readers on connections of their own.

What `write` has answered is on the disk (synchronous=FULL). Writes that wait together are committed together, each in a
savepoint of its own, so that one that fails takes nothing else with it, and hundreds of them cost one flush. Those for
which nobody waits are `patient`: they are held a moment, for a flush costs more than all that most of them do. Whoever
wants to tell others of a write puts it into `Transaction.told`: it is handed on after the commit, in the order of the
commits, and never for what was rolled back.
"""

from __future__ import annotations

import logging
import queue
import sqlite3
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

from engine.store.errors import DatabaseError, DiskFullError
from engine.store.failpoints import failpoint
from engine.store.home import made
from engine.store.schema import migrate

T = TypeVar("T")
Told: TypeAlias = Callable[[Sequence[Any]], None]
BATCH = 256
PATIENCE_SECONDS = 0.01
BUSY_SECONDS = 10.0
_FULL = (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR)
log = logging.getLogger("latentloom.database")


@dataclass(slots=True)
class Transaction:
    """What a write may do. `told` is handed on after the commit."""

    connection: sqlite3.Connection
    told: list[Any] = field(default_factory=list)

    def run(self, sql: str, *values: Any) -> sqlite3.Cursor:
        """One statement with its values."""
        return self.connection.execute(sql, values)

    def many(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        """One statement for each row of values."""
        self.connection.executemany(sql, rows)

    def one(self, sql: str, *values: Any) -> Any:
        """The first row, or None."""
        return self.connection.execute(sql, values).fetchone()

    def all(self, sql: str, *values: Any) -> list[Any]:
        """All rows."""
        return self.connection.execute(sql, values).fetchall()


Work: TypeAlias = Callable[[Transaction], T]


@dataclass(frozen=True, slots=True)
class _Write:
    work: Work[Any]
    future: Future[Any]
    patient: bool


class Database:
    """One file. `told` gets what writes told, on the writer's thread, after they are on the disk.

    Only one process at a time may have it open for writing. Raises DatabaseError where another one has, where the file is
    damaged or was written by a later version of this program.
    """

    def __init__(self, path: Path, told: Told = lambda told: None) -> None:
        self._path = path
        self._told = told
        self._waiting: queue.SimpleQueue[_Write | None] = queue.SimpleQueue()
        self._readers = threading.local()
        self._opened: list[sqlite3.Connection] = []
        made(path.parent)
        self._lock = _take(path.with_name(path.name + "-lock"))
        try:
            self._connection = _open(path)
            with _told_in_words(path):
                migrate(self._connection, path)
        except BaseException:
            self._lock.close()
            raise
        self._thread = threading.Thread(target=self._run, name="database-writer", daemon=True)
        self._thread.start()

    def write(self, work: Work[T], *, patient: bool = False) -> Future[T]:
        """Have this done in a transaction, in the order of the calls; the future is done when it is on the disk.

        A `patient` one waits up to ten milliseconds for others that can be flushed with it.

        It raises what `work` raised, DiskFullError where there is no room, DatabaseError for what else SQLite says.
        """
        future: Future[T] = Future()
        self._waiting.put(_Write(work, future, patient))
        return future

    def all(self, sql: str, *values: Any) -> list[Any]:
        """The rows of a query, as of the last commit; from any thread. Raises DatabaseError."""
        with _told_in_words(self._path):
            return self._reader().execute(sql, values).fetchall()

    def one(self, sql: str, *values: Any) -> Any:
        """The first row of a query, or None; from any thread. Raises DatabaseError."""
        with _told_in_words(self._path):
            return self._reader().execute(sql, values).fetchone()

    def close(self) -> None:
        """Carry out what waits, and close."""
        self._waiting.put(None)
        self._thread.join()
        for connection in (*self._opened, self._connection, self._lock):
            connection.close()

    def _reader(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = getattr(self._readers, "connection", None)
        if connection is None:
            uri = f"{self._path.absolute().as_uri()}?mode=ro"
            connection = sqlite3.connect(uri, uri=True, timeout=BUSY_SECONDS, check_same_thread=False)
            self._readers.connection = connection
            self._opened.append(connection)
        return connection

    def _run(self) -> None:
        """The writer: takes what waits, commits it, tells of it."""
        while True:
            batch = self._gathered()
            wanted = [item for item in batch if item is not None and item.future.set_running_or_notify_cancel()]
            if wanted:
                self._commit(wanted)
            if batch[-1] is None:
                return

    def _gathered(self) -> list[_Write | None]:
        """What waits, and where all of it is patient, what else comes in a moment. None stands for the end, behind it all."""
        batch = [self._waiting.get()]
        until = time.monotonic() + PATIENCE_SECONDS
        with suppress(queue.Empty):
            while len(batch) < BATCH and (last := batch[-1]) is not None:
                left = until - time.monotonic() if last.patient else 0.0
                batch.append(self._waiting.get(timeout=left) if left > 0 else self._waiting.get_nowait())
                until = until if last.patient else 0.0
        return batch

    def _commit(self, batch: list[_Write]) -> None:
        told: list[Any] = []
        answers: list[tuple[Future[Any], Any, BaseException | None]] = []
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            answers.extend((write.future, *self._one(write.work, told)) for write in batch)
            failpoint("database.commit")
            self._connection.execute("COMMIT")
            failpoint("database.committed")
        except BaseException as error:
            with suppress(sqlite3.Error):
                self._connection.execute("ROLLBACK")
            wrong = _in_words(error, self._path)
            for write in batch:
                write.future.set_exception(wrong)
            return
        if told:
            self._tell(told)
        for future, answer, fault in answers:
            future.set_result(answer) if fault is None else future.set_exception(fault)

    def _one(self, work: Work[Any], told: list[Any]) -> tuple[Any, BaseException | None]:
        """One write in its savepoint. Raises where SQLite gave up the whole transaction."""
        transaction = Transaction(self._connection)
        self._connection.execute("SAVEPOINT one")
        try:
            answer = work(transaction)
        except BaseException as error:
            if not self._connection.in_transaction:
                raise
            self._connection.execute("ROLLBACK TO one")
            self._connection.execute("RELEASE one")
            return None, _in_words(error, self._path)
        self._connection.execute("RELEASE one")
        told.extend(transaction.told)
        return answer, None

    def _tell(self, told: list[Any]) -> None:
        try:
            self._told(told)
        except Exception:
            log.exception("what was written could not be told")


def _open(path: Path) -> sqlite3.Connection:
    """The writing connection; transactions are ours to begin and end."""
    connection = sqlite3.connect(path, isolation_level=None, timeout=BUSY_SECONDS, check_same_thread=False)
    try:
        with _told_in_words(path):
            # FULL: a commit is on the disk when it returns, also when the power fails, not only when the process does.
            for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "cache_size=-16384"):
                connection.execute(f"PRAGMA {pragma}")
    except BaseException:
        connection.close()
        raise
    return connection


def _take(path: Path) -> sqlite3.Connection:
    """A lock that holds until it is closed or this process dies, on any platform: SQLite's own, on a file beside."""
    connection = sqlite3.connect(path, isolation_level=None, timeout=0, check_same_thread=False)
    try:
        connection.execute("BEGIN EXCLUSIVE")
    except sqlite3.Error as error:
        connection.close()
        raise DatabaseError(f"{path.parent} is in use by another server, or can't be written: {error}") from None
    return connection


@contextmanager
def _told_in_words(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise _in_words(error, path) from error


def _in_words(error: BaseException, path: Path) -> BaseException:
    """What SQLite says as a StoreError; anything else as it is."""
    if not isinstance(error, sqlite3.Error):
        return error
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in _FULL:
        return DiskFullError(f"nothing can be written to {path}: {error}; is the disk full?")
    return DatabaseError(f"{path} can't be used: {error}")

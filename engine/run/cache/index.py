"""The index of the disk tier: one SQLite file of what is there, what it cost, and which key led to what.

It can be lost: traces are then gone, and blobs are found again. So it is not synced (WAL, synchronous
NORMAL), and one that SQLite calls damaged is moved aside. Readers have a connection of their own, which never
waits for a writer.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

SCHEMA = 2
TRACES = 500_000
SUFFIXES = ("", "-wal", "-shm")

_TABLES = """
DROP TABLE IF EXISTS entry; DROP TABLE IF EXISTS trace; DROP TABLE IF EXISTS meta;
CREATE TABLE entry (
    digest TEXT PRIMARY KEY, bytes INTEGER NOT NULL, seconds REAL NOT NULL, priority REAL NOT NULL, json BLOB
) STRICT, WITHOUT ROWID;
CREATE INDEX entry_priority ON entry (priority);
CREATE TABLE trace (
    key TEXT NOT NULL, environment TEXT NOT NULL, record BLOB NOT NULL, UNIQUE (key, environment)
) STRICT;
CREATE TABLE meta (name TEXT PRIMARY KEY, value ANY) STRICT, WITHOUT ROWID;
INSERT INTO meta VALUES ('clock', 0.0), ('bytes', 0), ('swept', 0.0);
CREATE TRIGGER entry_in AFTER INSERT ON entry
    BEGIN UPDATE meta SET value = value + new.bytes WHERE name = 'bytes'; END;
CREATE TRIGGER entry_out AFTER DELETE ON entry
    BEGIN UPDATE meta SET value = value - old.bytes WHERE name = 'bytes'; END;
"""


def is_damage(fault: Exception) -> bool:
    """Whether the file itself is bad, and not busy, full or out of reach.

    A ValueError is one sign: Python cannot decode text that is none, be it in a row or in SQLite's own message.
    """
    return isinstance(fault, ValueError) or _code(fault) in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def is_busy(fault: sqlite3.Error) -> bool:
    """Whether another process holds the file for longer than we wait."""
    return _code(fault) in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


def _code(fault: Exception) -> int:
    """SQLite's primary error code; 0 for errors that Python's module raises by itself."""
    return int(getattr(fault, "sqlite_errorcode", 0)) & 0xFF


_NOT_THE_FILE = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_FULL, sqlite3.SQLITE_NOMEM)


class Index:
    """The open index. `fresh`: its tables were made just now; `disowned`: in place of another version's.

    Methods above the line may be called from any thread; those below only by the one thread that writes.
    All raise sqlite3.Error, and ValueError over text that cannot be decoded.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.disowned = False
        self.fresh = False
        self.generation = 0
        self._lock = threading.Lock()
        try:
            self._connect()
        except (sqlite3.DatabaseError, ValueError) as fault:
            if _code(fault) in _NOT_THE_FILE:
                raise
            self.remake()  # damage has many faces here, such as a missing table; if that fails too, it raises

    def has(self, digest: str) -> bool:
        """Whether there is an entry."""
        return self._one("SELECT 1 FROM entry WHERE digest = ?", digest) is not None

    def entry(self, digest: str) -> tuple[float, bytes | None] | None:
        """What an entry cost, and its JSON if it is held here and not in a blob."""
        row: tuple[float, bytes | None] | None = self._one("SELECT seconds, json FROM entry WHERE digest = ?", digest)
        return row

    def traces(self, key: str) -> list[tuple[str, bytes]]:
        """The records of a key, each with the environment in which it holds."""
        with self._lock:
            sql = "SELECT environment, record FROM trace WHERE key = ?"
            return self._reader.execute(sql, (key,)).fetchall()

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._reader.close()
            self._writer.close()

    def _one(self, sql: str, *values: Any) -> Any:
        with self._lock:
            return self._reader.execute(sql, values).fetchone()

    # ----------------------------------------------------------------------------------------------------

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Everything inside, or nothing; other writers wait."""
        self._writer.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._writer.execute("COMMIT")
        except BaseException:
            with contextlib.suppress(sqlite3.Error):
                self._writer.execute("ROLLBACK")
            raise

    def meta(self, name: str) -> float:
        """A number: the policy's clock, the bytes in all entries, when it was last swept."""
        return float(self._writer.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()[0])

    def set_meta(self, name: str, value: float) -> None:
        """Set such a number."""
        self._writer.execute("UPDATE meta SET value = ? WHERE name = ?", (value, name))

    def recount(self) -> float:
        """Count the bytes in all entries anew."""
        self._writer.execute("UPDATE meta SET value = (SELECT coalesce(sum(bytes), 0) FROM entry) WHERE name = 'bytes'")
        return self.meta("bytes")

    def add(self, rows: Iterable[tuple[str, int, float, bytes | None]]) -> None:
        """Add entries (digest, bytes, seconds, JSON or None for a blob), or, where they are known, count a use."""
        self._writer.executemany(
            "INSERT INTO entry SELECT ?1, ?2, ?3, value + ?3 * 1.0 / max(?2, 1), ?4 FROM meta WHERE name = 'clock'"
            " ON CONFLICT (digest) DO UPDATE SET seconds = max(seconds, excluded.seconds),"
            " priority = max(priority, excluded.priority)",
            rows,
        )

    def touch(self, digest: str) -> bool:
        """Count an entry as used; False if there is none."""
        clock = self.meta("clock")
        sql = "UPDATE entry SET priority = ? + seconds / max(bytes, 1) WHERE digest = ?"
        return self._writer.execute(sql, (clock, digest)).rowcount > 0

    def drop(self, digest: str) -> None:
        """Forget an entry."""
        self._writer.execute("DELETE FROM entry WHERE digest = ?", (digest,))

    @contextmanager
    def ranked(self) -> Iterator[Iterator[tuple[str, int, float, bool]]]:
        """Digest, bytes, priority and whether it is a blob, of all entries, lowest priority first."""
        sql = "SELECT digest, bytes, priority, json IS NULL FROM entry ORDER BY priority"
        with contextlib.closing(self._writer.execute(sql)) as rows:
            yield rows

    def blobs(self) -> set[str]:
        """The digests of all entries that should have a blob."""
        return {row[0] for row in self._writer.execute("SELECT digest FROM entry WHERE json IS NULL")}

    def add_traces(self, rows: Iterable[tuple[str, str, bytes]]) -> None:
        """Remember (key, environment, record); beyond 500 000 the oldest go."""
        self._writer.executemany("INSERT OR REPLACE INTO trace VALUES (?, ?, ?)", rows)
        self._writer.execute("DELETE FROM trace WHERE rowid <= (SELECT max(rowid) FROM trace) - ?", (TRACES,))

    def remake(self) -> None:
        """Move the file aside, unless another process already has, and begin with an empty one."""
        with self._lock:
            for name in ("_reader", "_writer"):
                with contextlib.suppress(sqlite3.Error, AttributeError):
                    getattr(self, name).close()
        inode = getattr(self, "_inode", None)
        if inode is None or inode == _inode(self.path):
            for suffix in SUFFIXES:
                path = self.path.with_name(self.path.name + suffix)
                with contextlib.suppress(FileNotFoundError):
                    path.replace(self.path.with_name(self.path.name + ".damaged" + suffix))
        self.generation += 1
        self._connect()

    def _connect(self) -> None:
        with self._lock:
            self._inode = _inode(self.path)
            self._writer = self._open()
            self._inode = _inode(self.path)
            self._own()
            self._reader = self._open()
            self._reader.execute("PRAGMA query_only = on")
            self._reader.execute("SELECT max(rowid) FROM trace").fetchone()

    def _open(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self.path, timeout=5.0, isolation_level=None, check_same_thread=False)
        connection.execute("PRAGMA journal_mode = wal")
        connection.execute("PRAGMA synchronous = normal")
        return connection

    def _own(self) -> None:
        """Make the tables, unless they are there and of this version."""
        if self._is_ours():
            return
        with self.transaction():
            if self._is_ours():  # another process was faster
                return
            self.disowned = self._tables() > 0
            self.fresh = True
            for statement in _statements(_TABLES):
                self._writer.execute(statement)
            self._writer.execute(f"PRAGMA user_version = {SCHEMA}")

    def _is_ours(self) -> bool:
        return self._writer.execute("PRAGMA user_version").fetchone()[0] == SCHEMA and self._tables() > 0

    def _tables(self) -> int:
        return int(self._writer.execute("SELECT count(*) FROM sqlite_master WHERE type = 'table'").fetchone()[0])


def _statements(script: str) -> Iterator[str]:
    """The statements of a script one by one: `executescript` would end the transaction."""
    statement = ""
    for part in script.split(";"):
        statement += part + ";"
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


def _inode(path: Path) -> tuple[int, int] | None:
    try:
        status = os.stat(path)
    except OSError:
        return None
    return status.st_dev, status.st_ino

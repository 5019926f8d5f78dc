"""The numbered events of the server: states, each written in the transaction that makes it true.

A number is never used twice, also across restarts. The log keeps the latest `KEPT` events; who asks for what came after an
event that is older is told to start anew.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

import orjson

from engine.store.database import Database, Transaction

KEPT = 200_000
_TRIM_EVERY = 1_000


@dataclass(frozen=True, slots=True)
class State:
    """One stored event. `text` is the whole message as a client gets it, JSON."""

    seq: int
    type: str
    run: str | None
    text: str


@dataclass(frozen=True, slots=True)
class Passing:
    """What is not stored. `text` is the whole message, JSON; a later one of the same run, node and type replaces it."""

    type: str
    run: str
    node: str
    item: int | None
    text: str


def passing(type: str, run: str, fields: dict[str, Any]) -> Passing:
    """A passing event of a node."""
    return Passing(type, run, str(fields.get("node")), fields.get("item"), message(type, run, fields))


def tell(transaction: Transaction, type: str, run: str | None = None, **fields: Any) -> None:
    """Write an event; who listens to the database gets it as a State once it is on the disk."""
    body = message(type, run, fields)
    cursor = transaction.run("INSERT INTO event (type, run, body) VALUES (?, ?, ?)", type, run, body)
    seq = cursor.lastrowid or 0
    transaction.told.append(_state(seq, type, run, body))
    if seq % _TRIM_EVERY == 0:
        transaction.run("DELETE FROM event WHERE seq <= ?", seq - KEPT)


def message(type: str, run: str | None, fields: dict[str, Any]) -> str:
    """An event without a number, as JSON: time (seconds since 1970), type, run where it has one, then its own fields."""
    whole = {"time": round(time.time(), 3), "type": type, **({} if run is None else {"run": run}), **fields}
    return orjson.dumps(whole).decode()


def newest(database: Database) -> int:
    """The number of the latest event; 0 before the first."""
    row = database.one("SELECT seq FROM sqlite_sequence WHERE name = 'event'")
    return int(row[0]) if row else 0


def since(database: Database, seq: int, limit: int) -> list[State] | None:
    """Up to `limit` events after this number, in order; None where not all of them are in the log any more.

    A number that was never given out is of another log: then, too, it is None.
    """
    rows = database.all("SELECT seq, type, run, body FROM event WHERE seq > ? ORDER BY seq LIMIT ?", seq, limit)
    oldest = database.one("SELECT min(seq) FROM event")[0] or newest(database) + 1
    if seq + 1 < oldest or seq > newest(database):
        return None
    return [_state(*row) for row in rows]


def _state(seq: int, type: str, run: str | None, body: str) -> State:
    return State(seq, type, run, f'{{"seq":{seq},{body[1:]}')

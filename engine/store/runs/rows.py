"""Reading runs out of the database."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from engine.store.errors import UnknownRun
from engine.store.runs.records import COLUMNS, LOCAL, Run, run_from

SELECT = f"SELECT {', '.join(COLUMNS)} FROM run"  # noqa: S608  (names of our own)


def find(one: Callable[..., Any], id: str) -> Run:
    """The run of an id; `one` asks the database for a row. Raises UnknownRun."""
    return run_from(row_of(one, f"{SELECT} WHERE id = ?", id))


def row_of(one: Callable[..., Any], sql: str, id: str) -> Any:
    """The row that a query has of a run. Raises UnknownRun."""
    row = one(sql, id)
    if row is None:
        raise UnknownRun(f"there is no run '{id[:40]}'")
    return row


def page(
    query: Callable[..., list[Any]],
    *,
    status: str | None = None,
    limit: int = 50,
    before: str | None = None,
    sweep: str | None = None,
    document: str | None = None,
    owner: str = LOCAL,
) -> list[Run]:
    """The newest runs, or those before the run of this id; `query` asks the database for rows."""
    wanted, values = ["owner = ?"], list[Any]([owner])
    for column, value in (("status", status), ("sweep", sweep), ("document", document)):
        if value is not None:
            wanted.append(f"{column} = ?")
            values.append(value)
    if before is not None:
        wanted.append("number < (SELECT number FROM run WHERE id = ?)")
        values.append(before)
    rows = query(f"{SELECT} WHERE {' AND '.join(wanted)} ORDER BY number DESC LIMIT ?", *values, limit)
    return [run_from(row) for row in rows]


def waiting(query: Callable[..., list[Any]], limit: int, owner: str) -> list[Run]:
    """The queued runs in the order of the queue; `query` asks the database for rows."""
    rows = query(f"{SELECT} WHERE status = 'queued' AND owner = ? ORDER BY place LIMIT ?", owner, limit)
    return [run_from(row) for row in rows]


def ended(query: Callable[..., list[Any]], limit: int, owner: str) -> list[Run]:
    """The runs that are over, what ended last first; of those that ended at once, the newest. `query` asks for rows."""
    rows = query(
        f"{SELECT} WHERE owner = ? AND ended IS NOT NULL ORDER BY ended DESC, number DESC LIMIT ?", owner, limit
    )
    return [run_from(row) for row in rows]


def latest(one: Callable[..., Any], document: str, owner: str) -> Run | None:
    """The latest run of a document that was started, however many of it wait; `one` asks for a row."""
    row = one(
        f"{SELECT} WHERE owner = ? AND document = ? AND started IS NOT NULL ORDER BY number DESC LIMIT 1",
        owner,
        document,
    )
    return None if row is None else run_from(row)

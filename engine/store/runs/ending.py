"""How runs go on and end: what they tell, finished, cancelled, cut off; what becomes of them when the server starts again.

A run is ended by the attempt that is under way and by no other: what an earlier attempt still reports is refused, so
that no run has two results.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any, TypeAlias

from engine.store.database import Transaction
from engine.store.errors import Conflict
from engine.store.event_log import Passing, tell
from engine.store.failpoints import failpoint
from engine.store.gallery import note_results
from engine.store.runs.records import (
    CANCELLED,
    FAILED,
    INTERRUPTED,
    QUEUED,
    RUNNING,
    SUCCEEDED,
    Ended,
    Json,
    Run,
    to_text,
)
from engine.store.runs.rows import find

STARTS = 2
"""How often a run under which the server died is started: once more by itself, and no more."""
LONG = 4_096
_SHARE = 0.3
CANCEL = "cancel"
OUTPUT = "run.output"
Told: TypeAlias = "Passing | tuple[str, dict[str, Any]]"
"""What a run tells: a state as (type, fields), or what passes."""


def finish(transaction: Transaction, id: str, attempt: int, end: Ended) -> bool:
    """Write how an attempt ended, with all that it made; False where that attempt is not under way any more.

    Outputs that it told of before are kept as they are, also where the end does not name them.
    """
    if end.status not in (SUCCEEDED, FAILED, CANCELLED):
        raise ValueError(f"a run does not end as {end.status!r}")
    run = _under_way(transaction, id, attempt)
    if run is None:
        return False
    outputs = {**end.outputs, **run.outputs}
    columns = {
        "status": end.status, "partial": int(end.partial), "ended": time.time(), "seconds": end.seconds,
        "outputs": to_text(outputs), "nodes": to_text(end.nodes), "faults": to_text(list(end.faults)),
        "notices": to_text(list(end.notices)), "made_with": to_text(end.made_with), "data": to_text(end.data),
        "wish": None, **({"seeds": to_text(end.seeds)} if end.seeds else {}),
    }  # fmt: skip
    names = ", ".join(f"{name} = ?" for name in columns)
    transaction.run(f"UPDATE run SET {names} WHERE id = ?", *columns.values(), id)  # noqa: S608
    new = {name: entries for name, entries in end.outputs.items() if name not in run.outputs}
    note_results(transaction, run.owner, id, run.document, new)
    _note_timings(transaction, end)
    failpoint("runs.finishing")
    told: dict[str, Any] = {"seconds": round(end.seconds, 6)}
    if end.partial:
        told["partial"] = True
    told |= {"faults": list(end.faults)} if end.status == FAILED else {"outputs": _short(outputs)}
    tell(transaction, f"run.{end.status}", id, **told)
    return True


def note(transaction: Transaction, id: str, attempt: int, events: Sequence[Told]) -> bool:
    """Write what a run under way tells, and pass on what is not stored, in order. What it made is in the gallery then.

    False where that attempt is not under way any more: then nothing of it is told.
    """
    if not _is_under_way(transaction, id, attempt):
        return False
    made: dict[str, Any] = {}
    for event in events:
        if isinstance(event, Passing):
            transaction.told.append(event)
            continue
        type, fields = event
        if type == OUTPUT:
            made[fields["output"]] = fields["entries"]
            fields = {**fields, "entries": _shortened(fields["entries"])}
        tell(transaction, type, id, **fields)
    if made:
        _note_outputs(transaction, find(transaction.one, id), made)
    return True


def _note_outputs(transaction: Transaction, run: Run, made: Json) -> None:
    """Keep what a run under way has made: if it is cut off now, that much is left."""
    transaction.run("UPDATE run SET outputs = ? WHERE id = ?", to_text({**run.outputs, **made}), run.id)
    note_results(transaction, run.owner, run.id, run.document, made)


def interrupt(transaction: Transaction, id: str, attempt: int, why: str) -> bool:
    """End a run whose worker died. Where the user had cancelled it, it is cancelled."""
    run = _under_way(transaction, id, attempt)
    if run is not None:
        _cut_off(transaction, run, why)
    return run is not None


def requeue(transaction: Transaction, id: str, attempt: int, counts: bool) -> bool:
    """Put a run back in its place through no fault of its own; where that start `counts`, once."""
    run = _under_way(transaction, id, attempt)
    if run is None:
        return False
    if run.wish == CANCEL:
        _end(transaction, run, CANCELLED)
    elif counts:
        _again(transaction, run)
    else:
        transaction.run("UPDATE run SET attempts = attempts - 1 WHERE id = ?", id)
        _queue(transaction, run)
    return True


def recover(transaction: Transaction) -> dict[str, int]:
    """What the start of a server does with runs under which one died; how many became what."""
    became = {QUEUED: 0, INTERRUPTED: 0, CANCELLED: 0}
    for (id,) in transaction.all("SELECT id FROM run WHERE status = 'running' ORDER BY place"):
        became[_again(transaction, find(transaction.one, id))] += 1
    return became


def cancel(transaction: Transaction, id: str) -> Run:
    """End a queued run; note the wish of a running one, which its worker is then to be told.

    Raises UnknownRun, and Conflict for one that ended otherwise.
    """
    run = find(transaction.one, id)
    if run.status == QUEUED:
        _end(transaction, run, CANCELLED)
    elif run.status == RUNNING:
        transaction.run("UPDATE run SET wish = ? WHERE id = ?", CANCEL, id)
    elif run.status != CANCELLED:
        raise Conflict(f"run {id} is over: {run.status}")
    return find(transaction.one, id)


def delete(transaction: Transaction, id: str) -> None:
    """Take a run that is over out of the history; its assets stay. Raises UnknownRun, Conflict."""
    run = find(transaction.one, id)
    if not run.over:
        raise Conflict(f"run {id} is {run.status}; cancel it first")
    (sha,) = transaction.one("SELECT workflow FROM run WHERE id = ?", id)
    transaction.run("DELETE FROM run WHERE id = ?", id)
    transaction.run("DELETE FROM submission WHERE id = ?", id)
    unused = "NOT EXISTS (SELECT 1 FROM run WHERE run.workflow = workflow.sha)"
    transaction.run(f"DELETE FROM workflow WHERE sha = ? AND {unused}", sha)  # noqa: S608


def _short(outputs: Json) -> dict[str, Any]:
    """Outputs as an event tells them: who wants a long value asks for the run."""
    return {name: _shortened(entries) for name, entries in outputs.items()}


def _shortened(entries: Sequence[Json]) -> list[Json]:
    return [entry if len(to_text(entry)) <= LONG else {"omitted": True} for entry in entries]


def _is_under_way(transaction: Transaction, id: str, attempt: int) -> bool:
    sql = "SELECT 1 FROM run WHERE id = ? AND status = 'running' AND attempts = ?"
    return transaction.one(sql, id, attempt) is not None


def _under_way(transaction: Transaction, id: str, attempt: int) -> Run | None:
    return find(transaction.one, id) if _is_under_way(transaction, id, attempt) else None


def _again(transaction: Transaction, run: Run) -> str:
    """Queue what was cut off once, end what was cut off too often; what became of it."""
    if run.attempts >= STARTS or run.wish == CANCEL:
        return _cut_off(transaction, run, f"it was started {run.attempts} times, and cut off each time")
    _queue(transaction, run)
    return QUEUED


def _queue(transaction: Transaction, run: Run) -> None:
    transaction.run("UPDATE run SET status = 'queued' WHERE id = ?", run.id)
    tell(transaction, "run.queued", run.id, title=run.title, document=run.document, again=True)


def _cut_off(transaction: Transaction, run: Run, why: str) -> str:
    if run.wish == CANCEL:
        _end(transaction, run, CANCELLED)
        return CANCELLED
    fault = {"code": "interrupted", "node": None, "input": None, "message": why}
    transaction.run("UPDATE run SET faults = ? WHERE id = ?", to_text([fault]), run.id)
    _end(transaction, run, INTERRUPTED, faults=[fault])
    return INTERRUPTED


def _end(transaction: Transaction, run: Run, status: str, **told: Any) -> None:
    transaction.run("UPDATE run SET status = ?, ended = ?, wish = NULL WHERE id = ?", status, time.time(), run.id)
    tell(transaction, f"run.{status}", run.id, **told)


def _note_timings(transaction: Transaction, end: Ended) -> None:
    """Learn what nodes of a type take, the latest counting most."""
    rows = [
        (node["type"], node["seconds"], _SHARE)
        for node in end.nodes.values()
        if node.get("state") == "ran" and node.get("type")
    ]
    transaction.many(
        "INSERT INTO timing (type, seconds) VALUES (?1, ?2)"
        " ON CONFLICT (type) DO UPDATE SET seconds = seconds + (?2 - seconds) * ?3",
        rows,
    )

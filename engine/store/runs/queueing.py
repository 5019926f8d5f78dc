"""The queue: who is next, in which order, and whether it stands still."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import orjson

from engine.store.database import Transaction
from engine.store.errors import Conflict
from engine.store.event_log import tell
from engine.store.runs.records import CANCELLED, QUEUED, Run
from engine.store.runs.rows import find
from engine.store.runs.submitting import GAP

LOOK_AHEAD = 16
_PAUSED = "queue.paused"


@dataclass(frozen=True, slots=True)
class Waiting:
    """A queued run as far as choosing the next one goes; `passed_over` counts the runs that were preferred to it."""

    id: str
    models: tuple[str, ...]
    passed_over: int


Choose: TypeAlias = Callable[[Sequence[Waiting]], Waiting]


@dataclass(frozen=True, slots=True)
class Claimed:
    """A run that was taken out of the queue, and its workflow. What it leads to counts for this attempt only."""

    run: Run
    workflow: str


def claim(transaction: Transaction, device: str, choose: Choose = lambda waiting: waiting[0]) -> Claimed | None:
    """Take the next run, as `choose` has it among the first few; None where the queue is empty or paused."""
    if is_paused(transaction.one):
        return None
    # The planner would sort all that waits: it cannot know that the partial index has it in order.
    rows = transaction.all(
        "SELECT id, models, passed_over FROM run INDEXED BY run_queue WHERE status = 'queued' ORDER BY place LIMIT ?",
        LOOK_AHEAD,
    )
    if not rows:
        return None
    waiting = [Waiting(id, tuple(orjson.loads(models)), over) for id, models, over in rows]
    chosen = choose(waiting)
    for passed in waiting[: waiting.index(chosen)]:
        transaction.run("UPDATE run SET passed_over = passed_over + 1 WHERE id = ?", passed.id)
    transaction.run(
        "UPDATE run SET status = 'running', attempts = attempts + 1, started = ?, device = ?, outputs = '{}'"
        " WHERE id = ?",
        *(time.time(), device, chosen.id),
    )
    run = find(transaction.one, chosen.id)
    tell(transaction, "run.started", run.id, device=device, attempt=run.attempts)
    (text,) = transaction.one("SELECT text FROM workflow JOIN run ON workflow = sha WHERE id = ?", run.id)
    return Claimed(run, text)


def move(transaction: Transaction, id: str, place: int) -> Run:
    """Give a queued run its place among the queued, from 0. Raises UnknownRun, Conflict."""
    run = find(transaction.one, id)
    if run.status != QUEUED:
        raise Conflict(f"run {id} is {run.status}; what is queued can be moved")
    rows = transaction.all("SELECT id, place FROM run WHERE status = 'queued' AND id != ? ORDER BY place", id)
    place = max(0, min(place, len(rows)))
    between = _between(transaction, [where for _, where in rows], place)
    if between is None:
        order = [other for other, _ in rows]
        _spread(transaction, [*order[:place], id, *order[place:]])
    else:
        transaction.run("UPDATE run SET place = ? WHERE id = ?", between, id)
    tell_queue(transaction)
    return find(transaction.one, id)


def clear(transaction: Transaction, owner: str) -> int:
    """Cancel all that is queued; how many there were."""
    rows = transaction.all("SELECT id FROM run WHERE status = 'queued' AND owner = ? ORDER BY place", owner)
    transaction.run(
        "UPDATE run SET status = ?, ended = ? WHERE status = 'queued' AND owner = ?", CANCELLED, time.time(), owner
    )
    for (id,) in rows:
        tell(transaction, "run.cancelled", id)
    tell_queue(transaction)
    return len(rows)


def pause(transaction: Transaction, paused: bool) -> None:
    """Let the queue stand still, or go on; it stays so across a restart."""
    transaction.run("INSERT OR REPLACE INTO setting (name, value) VALUES (?, ?)", _PAUSED, "1" if paused else "")
    tell_queue(transaction)


def is_paused(one: Callable[..., Any]) -> bool:
    """Whether the queue stands still."""
    row = one("SELECT value FROM setting WHERE name = ?", _PAUSED)
    return bool(row and row[0])


def counts(one: Callable[..., Any]) -> dict[str, Any]:
    """What there is to say of the queue as a whole."""
    queued, running = (one("SELECT count(*) FROM run WHERE status = ?", status)[0] for status in ("queued", "running"))
    return {"paused": is_paused(one), "queued": queued, "running": running}


def tell_queue(transaction: Transaction) -> None:
    """Say that the queue's order or state is another one."""
    tell(transaction, "queue.changed", **counts(transaction.one))


def _between(transaction: Transaction, places: list[int], index: int) -> int | None:
    """A free place before the entry `index` of these, after the one before it; None where there is none left."""
    if not places:
        return GAP
    if index == 0:
        return places[0] - GAP
    low = places[index - 1]
    high = places[index] if index < len(places) else max(low, _last(transaction)) + GAP
    return (low + high) // 2 if high - low > 1 else None


def _spread(transaction: Transaction, order: list[str]) -> None:
    """Space the queue out anew, before whatever is submitted later."""
    last = _last(transaction)
    rows = [(last - (len(order) - 1 - index) * GAP, id) for index, id in enumerate(order)]
    transaction.many("UPDATE run SET place = ? WHERE id = ?", rows)


def _last(transaction: Transaction) -> int:
    """The place that the newest run was given when it was submitted."""
    return int(transaction.one("SELECT seq FROM sqlite_sequence WHERE name = 'run'")[0]) * GAP

"""Runs, bound to their database: changes as futures that are done when they are on the disk, and reads."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import Future
from typing import Any

import orjson

from engine.store.database import Database
from engine.store.runs import ending, history, queueing, rows, submitting
from engine.store.runs.ending import Told
from engine.store.runs.history import Changes
from engine.store.runs.queueing import Choose, Claimed
from engine.store.runs.records import LOCAL, Ended, NewRun, Run
from engine.store.runs.submitting import Key


class RunStore:
    """The queue and the history. Reads come from any thread and see the last commit."""

    def __init__(self, database: Database) -> None:
        self._database = database

    # Changes

    def submit(self, new: NewRun, key: Key | None = None) -> Future[Run]:
        """Queue a run, or give the one that this key led to before. Raises KeyConflict."""
        return self._database.write(lambda transaction: submitting.submit(transaction, new, key))

    def sweep(self, runs: Sequence[NewRun], key: Key | None = None) -> Future[tuple[str, list[str]]]:
        """Queue many runs at once: the sweep's id and theirs, in order. Raises KeyConflict."""
        return self._database.write(lambda transaction: submitting.sweep(transaction, runs, key))

    def retry(self, id: str) -> Future[Run]:
        """Queue a run that is over once more, as a new run. Raises UnknownRun, Conflict."""
        return self._database.write(lambda transaction: submitting.retry(transaction, id))

    def claim(self, device: str, choose: Choose = lambda waiting: waiting[0]) -> Future[Claimed | None]:
        """Take the next run to a device; None where the queue is empty or paused."""
        return self._database.write(lambda transaction: queueing.claim(transaction, device, choose))

    def note(self, id: str, attempt: int, events: Sequence[Told]) -> Future[bool]:
        """Write what an attempt tells, and pass on what is not stored; False where it is not under way any more."""
        return self._database.write(lambda transaction: ending.note(transaction, id, attempt, events), patient=True)

    def finish(self, id: str, attempt: int, end: Ended) -> Future[bool]:
        """Write how an attempt ended; False where it is not under way any more."""
        return self._database.write(lambda transaction: ending.finish(transaction, id, attempt, end), patient=True)

    def interrupt(self, id: str, attempt: int, why: str) -> Future[bool]:
        """End a run whose worker died."""
        return self._database.write(lambda transaction: ending.interrupt(transaction, id, attempt, why))

    def requeue(self, id: str, attempt: int, counts: bool = False) -> Future[bool]:
        """Put a run back in its place through no fault of its own; where that start `counts`, once."""
        return self._database.write(lambda transaction: ending.requeue(transaction, id, attempt, counts))

    def recover(self) -> Future[dict[str, int]]:
        """At the start: queue what ran when the server died, once; end what died twice."""
        return self._database.write(ending.recover)

    def cancel(self, id: str) -> Future[Run]:
        """End a queued run, note the wish of a running one. Raises UnknownRun, Conflict."""
        return self._database.write(lambda transaction: ending.cancel(transaction, id))

    def move(self, id: str, place: int) -> Future[Run]:
        """Give a queued run its place among the queued, from 0. Raises UnknownRun, Conflict."""
        return self._database.write(lambda transaction: queueing.move(transaction, id, place))

    def clear(self, owner: str = LOCAL) -> Future[int]:
        """Cancel all that is queued; how many there were."""
        return self._database.write(lambda transaction: queueing.clear(transaction, owner))

    def pause(self, paused: bool) -> Future[None]:
        """Let the queue stand still, or go on; it stays so across a restart."""
        return self._database.write(lambda transaction: queueing.pause(transaction, paused))

    def delete(self, id: str) -> Future[None]:
        """Take a run that is over out of the history. Raises UnknownRun, Conflict."""
        return self._database.write(lambda transaction: ending.delete(transaction, id))

    # Reads

    def find(self, id: str) -> Run:
        """One run. Raises UnknownRun."""
        return rows.find(self._database.one, id)

    def page(
        self,
        *,
        status: str | None = None,
        limit: int = 50,
        before: str | None = None,
        sweep: str | None = None,
        document: str | None = None,
        owner: str = LOCAL,
    ) -> list[Run]:
        """The newest runs, or those before the run of this id."""
        wanted = {"status": status, "before": before, "sweep": sweep, "document": document}
        return rows.page(self._database.all, limit=limit, owner=owner, **wanted)

    def waiting(self, limit: int = 50, owner: str = LOCAL) -> list[Run]:
        """What is queued, the next one first."""
        return rows.waiting(self._database.all, limit, owner)

    def ended(self, limit: int = 50, owner: str = LOCAL) -> list[Run]:
        """What is over, the last that ended first, however many wait."""
        return rows.ended(self._database.all, limit, owner)

    def changes(self, ids: Iterable[str]) -> dict[str, Changes]:
        """What was changed for each run since the one of its document before it that differs; None where there is none."""
        return history.changes(self._database.one, self._database.all, ids)

    def known(self, owner: str, key: Key, kind: str) -> str | None:
        """The id that a client's key led to. Raises KeyConflict."""
        return submitting.known(self._database.one, owner, key, kind)

    def members(self, sweep: str) -> list[str]:
        """The ids of a sweep's runs, in order."""
        return [id for (id,) in self._database.all("SELECT id FROM run WHERE sweep = ? ORDER BY number", sweep)]

    def workflow(self, id: str) -> str:
        """The workflow of a run as it was submitted, canonical text. Raises UnknownRun."""
        (text,) = rows.row_of(
            self._database.one, "SELECT text FROM workflow JOIN run ON workflow = sha WHERE id = ?", id
        )
        return str(text)

    def details(self, id: str) -> dict[str, Any]:
        """What only the page of one run shows: what became of each node, and the last that each told of itself."""
        nodes, data = rows.row_of(self._database.one, "SELECT nodes, data FROM run WHERE id = ?", id)
        return {"nodes": orjson.loads(nodes), "data": orjson.loads(data)}

    def counts(self) -> dict[str, Any]:
        """Whether the queue stands still, how many runs wait and how many run."""
        return queueing.counts(self._database.one)

    def latest(self, document: str, owner: str = LOCAL) -> Run | None:
        """The latest run of a document that was started."""
        return rows.latest(self._database.one, document, owner)

    def timings(self) -> dict[str, float]:
        """What nodes of each type took lately, in seconds."""
        return dict(self._database.all("SELECT type, seconds FROM timing"))

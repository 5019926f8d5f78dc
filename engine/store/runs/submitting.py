"""Putting runs into the queue: one, a sweep of them, one again."""

from __future__ import annotations

import hashlib
import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from engine.store.database import Transaction
from engine.store.errors import Conflict, KeyConflict
from engine.store.event_log import tell
from engine.store.runs.records import NewRun, Run, to_text
from engine.store.runs.rows import find

GAP = 1 << 20
"""How far apart the places of two runs are, so that many can be moved between them."""

_INSERT = (
    "INSERT INTO run (number, id, owner, status, title, document, sweep, retry_of, workflow, inputs, targets, models,"
    " seeds, place, created, frozen) VALUES (?, ?, ?, 'queued', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)


@dataclass(frozen=True, slots=True)
class Key:
    """A client's own name for what it asks: the same again is answered with what it led to, something else refused."""

    key: str
    body: str


def body_digest(asked: Any) -> str:
    """What is remembered of a request under its key."""
    return hashlib.blake2b(orjson.dumps(asked, option=orjson.OPT_SORT_KEYS), digest_size=16).hexdigest()


def known(one: Any, owner: str, key: Key | None, kind: str) -> str | None:
    """The id that a key led to; `one` asks the database for a row. Raises KeyConflict."""
    if key is None:
        return None
    row = one("SELECT body, kind, id FROM submission WHERE owner = ? AND key = ?", owner, key.key)
    if row is None:
        return None
    body, was, id = row
    if (body, was) != (key.body, kind):
        raise KeyConflict(f"the key '{key.key[:80]}' was used before, for another {was}")
    return str(id)


def submit(transaction: Transaction, new: NewRun, key: Key | None = None, retry_of: str | None = None) -> Run:
    """Queue one run. Raises KeyConflict."""
    before = known(transaction.one, new.owner, key, "run")
    if before is not None:
        return find(transaction.one, before)
    (id,) = _insert(transaction, [new], None, retry_of)
    _remember(transaction, new.owner, key, "run", id)
    return find(transaction.one, id)


def sweep(transaction: Transaction, runs: Sequence[NewRun], key: Key | None = None) -> tuple[str, list[str]]:
    """Queue many runs at once; the sweep's id and theirs, in order. Raises KeyConflict."""
    owner = runs[0].owner
    before = known(transaction.one, owner, key, "sweep")
    if before is not None:
        return before, [id for (id,) in transaction.all("SELECT id FROM run WHERE sweep = ? ORDER BY number", before)]
    id = new_id()
    ids = _insert(transaction, runs, id, None)
    _remember(transaction, owner, key, "sweep", id)
    return id, ids


def retry(transaction: Transaction, id: str) -> Run:
    """Queue a run that is over once more, as a new run. Raises UnknownRun, Conflict."""
    run = find(transaction.one, id)
    if not run.over:
        raise Conflict(f"run {id} is {run.status}; one that is over can be run again")
    (text,) = transaction.one("SELECT text FROM workflow WHERE sha = (SELECT workflow FROM run WHERE id = ?)", id)
    new = NewRun(text, run.inputs, run.targets, run.title, run.document, run.models, run.seeds, run.owner, run.frozen)
    return submit(transaction, new, retry_of=id)


def new_id() -> str:
    """An id that nobody can guess or has used."""
    return secrets.token_hex(8)


def _insert(transaction: Transaction, runs: Sequence[NewRun], sweep: str | None, retry_of: str | None) -> list[str]:
    row = transaction.one("SELECT seq FROM sqlite_sequence WHERE name = 'run'")
    first, now = (row[0] if row else 0) + 1, time.time()
    ids, rows, texts = [], [], dict[str, str]()
    for number, new in enumerate(runs, first):
        if new.workflow not in texts:
            texts[new.workflow] = hashlib.sha256(new.workflow.encode()).hexdigest()
        ids.append(new_id())
        targets = None if new.targets is None else to_text(list(new.targets))
        rows.append(
            (
                *(number, ids[-1], new.owner, new.title, new.document, sweep, retry_of, texts[new.workflow]),
                *(to_text(new.inputs), targets, to_text(list(new.models)), to_text(new.seeds), number * GAP, now),
                to_text(new.frozen),
            )
        )
    transaction.many(
        "INSERT OR IGNORE INTO workflow (sha, text) VALUES (?, ?)", [(sha, text) for text, sha in texts.items()]
    )
    transaction.many(_INSERT, rows)
    told = {"sweep": sweep} if sweep else {"retry_of": retry_of} if retry_of else {}
    for id, new in zip(ids, runs, strict=True):
        tell(transaction, "run.queued", id, title=new.title, document=new.document, **told)
    return ids


def _remember(transaction: Transaction, owner: str, key: Key | None, kind: str, id: str) -> None:
    if key is not None:
        values = (owner, key.key, key.body, kind, id)
        transaction.run("INSERT INTO submission (owner, key, body, kind, id) VALUES (?, ?, ?, ?, ?)", *values)

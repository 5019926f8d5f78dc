"""The tables of the server's database, version by version. What has shipped is never changed: a later version adds."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from engine.store.errors import DatabaseError

VERSION_1 = """
CREATE TABLE setting (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

-- Workflows as submitted, by content: the runs of a sweep share one.
CREATE TABLE workflow (sha TEXT PRIMARY KEY, text TEXT NOT NULL) STRICT;

-- `place` orders the queue. `wish` is what a user asked of a run that is under way: it outlives the server.
CREATE TABLE run (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    owner TEXT NOT NULL,
    status TEXT NOT NULL
        CHECK (status IN ('queued', 'running', 'succeeded', 'failed', 'cancelled', 'interrupted')),
    partial INTEGER NOT NULL DEFAULT 0,
    title TEXT NOT NULL DEFAULT '',
    document TEXT NOT NULL DEFAULT '',
    sweep TEXT,
    retry_of TEXT,
    workflow TEXT NOT NULL REFERENCES workflow (sha),
    inputs TEXT NOT NULL DEFAULT '{}',
    targets TEXT,
    models TEXT NOT NULL DEFAULT '[]',
    seeds TEXT NOT NULL DEFAULT '{}',
    place INTEGER NOT NULL,
    passed_over INTEGER NOT NULL DEFAULT 0,
    attempts INTEGER NOT NULL DEFAULT 0,
    wish TEXT,
    device TEXT,
    created REAL NOT NULL,
    started REAL,
    ended REAL,
    seconds REAL,
    outputs TEXT NOT NULL DEFAULT '{}',
    nodes TEXT NOT NULL DEFAULT '{}',
    faults TEXT NOT NULL DEFAULT '[]',
    notices TEXT NOT NULL DEFAULT '[]',
    made_with TEXT NOT NULL DEFAULT '{}',
    data TEXT NOT NULL DEFAULT '{}'
) STRICT;
CREATE INDEX run_queue ON run (place) WHERE status = 'queued';
CREATE INDEX run_status ON run (status, owner, number);
CREATE INDEX run_owner ON run (owner, number);
CREATE INDEX run_sweep ON run (sweep, number) WHERE sweep IS NOT NULL;
CREATE INDEX run_document ON run (owner, document, number);
CREATE INDEX run_workflow ON run (workflow);

-- A client's own keys: what was asked under one is answered with what it led to.
CREATE TABLE submission (
    owner TEXT NOT NULL, key TEXT NOT NULL, body TEXT NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL,
    PRIMARY KEY (owner, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX submission_id ON submission (id);

CREATE TABLE event (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, type TEXT NOT NULL, run TEXT, body TEXT NOT NULL
) STRICT;

-- What nodes of a type took lately, in seconds.
CREATE TABLE timing (type TEXT PRIMARY KEY, seconds REAL NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE asset (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    owner TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    suffix TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('result', 'upload')),
    name TEXT NOT NULL,
    type TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    width INTEGER,
    height INTEGER,
    created REAL NOT NULL,
    run TEXT,
    output TEXT,
    item INTEGER,
    document TEXT NOT NULL DEFAULT '',
    UNIQUE (owner, sha256)
) STRICT;
CREATE INDEX asset_owner ON asset (owner, number);
CREATE INDEX asset_document ON asset (owner, document, number);
CREATE INDEX asset_sha256 ON asset (sha256);
"""

# A star belongs to a content: it stays when the same picture is made again and its row is written anew.
VERSION_2 = """
CREATE TABLE star (
    owner TEXT NOT NULL, sha256 TEXT NOT NULL, PRIMARY KEY (owner, sha256)
) STRICT, WITHOUT ROWID;
"""

# What stands in at nodes of a run that are frozen: tokens by address.
VERSION_3 = """
ALTER TABLE run ADD COLUMN frozen TEXT NOT NULL DEFAULT '{}';
"""

# What ended last, whatever waits: the queue tells it.
VERSION_4 = """
CREATE INDEX run_ended ON run (owner, ended) WHERE ended IS NOT NULL;
"""

VERSIONS = (VERSION_1, VERSION_2, VERSION_3, VERSION_4)


def migrate(connection: sqlite3.Connection, path: Path) -> None:
    """Bring the tables up to this program's version, each step whole or not at all. Raises DatabaseError, sqlite3.Error."""
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version > len(VERSIONS):
        raise DatabaseError(
            f"{path} was written by a later version of this program (its tables are of version {version},"
            f" this program knows {len(VERSIONS)})"
        )
    for number, script in enumerate(VERSIONS[version:], version + 1):
        connection.executescript(f"BEGIN IMMEDIATE;\n{script}\nPRAGMA user_version={number};\nCOMMIT;")

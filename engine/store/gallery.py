"""The gallery: which pictures and other files there are, newest first. The files themselves are named by their content."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, fields
from pathlib import PurePosixPath
from typing import Any

from engine.store.database import Database, Transaction
from engine.store.runs.records import LOCAL


@dataclass(frozen=True, slots=True)
class AssetRow:
    """One file. `kind` is "result" or "upload"; width and height are in pixels where it is a picture.

    `run`, `output` and `item` say which run made it last, and as what; `number` orders the gallery. `starred` is the
    user's mark.
    """

    number: int
    owner: str
    sha256: str
    suffix: str
    kind: str
    name: str
    type: str
    bytes: int
    width: int | None
    height: int | None
    created: float
    run: str | None
    output: str | None
    item: int | None
    document: str
    starred: bool = False


_COLUMNS = tuple(item.name for item in fields(AssetRow) if item.name != "starred")
_STARRED = "EXISTS (SELECT 1 FROM star WHERE star.owner = asset.owner AND star.sha256 = asset.sha256)"
_SELECT = f"SELECT {', '.join(_COLUMNS)}, {_STARRED} FROM asset"  # noqa: S608  (names of our own)
_PUT = (
    f"INSERT OR REPLACE INTO asset ({', '.join(_COLUMNS[1:])}) "  # noqa: S608  (names of our own)
    f"VALUES ({', '.join('?' * (len(_COLUMNS) - 1))})"
)


class Gallery:
    """Reads from any thread; changes go through the database's writer."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def page(
        self,
        *,
        before: int | None = None,
        limit: int = 50,
        workflow: str | None = None,
        kind: str | None = None,
        starred: bool = False,
        pictures: bool = False,
        owner: str = LOCAL,
    ) -> list[AssetRow]:
        """The newest assets, or those before the row of this number; of one document or kind where that is given.

        `starred` leaves out what bears no star, `pictures` what has no size in pixels.
        """
        wanted, values = ["owner = ?"], list[Any]([owner])
        for column, test, value in (("number", "<", before), ("document", "=", workflow), ("kind", "=", kind)):
            if value is not None:
                wanted.append(f"{column} {test} ?")
                values.append(value)
        wanted += [_STARRED] * starred + ["width IS NOT NULL"] * pictures
        sql = f"{_SELECT} WHERE {' AND '.join(wanted)} ORDER BY number DESC LIMIT ?"
        return [_asset(row) for row in self._database.all(sql, *values, limit)]

    def find(self, sha256: str, owner: str = LOCAL) -> AssetRow | None:
        """The asset of this content."""
        row = self._database.one(f"{_SELECT} WHERE owner = ? AND sha256 = ?", owner, sha256)
        return _asset(row) if row else None

    def add_upload(
        self,
        sha256: str,
        suffix: str,
        name: str,
        bytes: int,
        width: int | None = None,
        height: int | None = None,
        *,
        type: str = "File",
        owner: str = LOCAL,
    ) -> Future[AssetRow]:
        """Note a file that lies in its place; one that is known already stays as it is."""

        def work(transaction: Transaction) -> AssetRow:
            found = _row(transaction, owner, sha256)
            if found is None:
                values = (owner, sha256, suffix, "upload", name, type, bytes, width, height, time.time())
                transaction.run(_PUT, *values, None, None, None, "")
                found = _row(transaction, owner, sha256)
            assert found is not None
            return found

        return self._database.write(work)

    def remove(self, sha256: str, owner: str = LOCAL) -> Future[bool]:
        """Take an asset out; whether it was there. The file is the caller's to delete, and runs keep their entries."""

        def work(transaction: Transaction) -> bool:
            transaction.run("DELETE FROM star WHERE owner = ? AND sha256 = ?", owner, sha256)
            cursor = transaction.run("DELETE FROM asset WHERE owner = ? AND sha256 = ?", owner, sha256)
            return cursor.rowcount > 0

        return self._database.write(work)

    def star(self, sha256: str, on: bool, owner: str = LOCAL) -> Future[bool]:
        """Give an asset a star or take it away; whether there is such an asset."""

        def work(transaction: Transaction) -> bool:
            if _row(transaction, owner, sha256) is None:
                return False
            if on:
                transaction.run("INSERT OR IGNORE INTO star (owner, sha256) VALUES (?, ?)", owner, sha256)
            else:
                transaction.run("DELETE FROM star WHERE owner = ? AND sha256 = ?", owner, sha256)
            return True

        return self._database.write(work)


def note_results(transaction: Transaction, owner: str, run: str, document: str, outputs: Mapping[str, Any]) -> None:
    """Put what a run made into the gallery, in the transaction that ends the run."""
    transaction.many(_PUT, _results(owner, run, document, outputs))


def _results(owner: str, run: str, document: str, outputs: Mapping[str, Any]) -> Iterator[tuple[Any, ...]]:
    now = time.time()
    for output, entries in outputs.items():
        for item, entry in enumerate(entries):
            if "sha256" not in entry:
                continue
            name, size = entry["asset"], (entry.get("width"), entry.get("height"))
            suffix = PurePosixPath(name).suffix
            yield (
                *(owner, entry["sha256"], suffix, "result", name, entry["type"], entry["bytes"], *size),
                *(now, run, output, item, document),
            )


def _row(transaction: Transaction, owner: str, sha256: str) -> AssetRow | None:
    row = transaction.one(f"{_SELECT} WHERE owner = ? AND sha256 = ?", owner, sha256)
    return _asset(row) if row else None


def _asset(row: Sequence[Any]) -> AssetRow:
    return AssetRow(*(*row[:-1], bool(row[-1])))

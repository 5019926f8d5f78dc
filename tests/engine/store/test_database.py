import sqlite3
import threading
from pathlib import Path

import pytest

from engine.store.database import Database, Transaction
from engine.store.errors import DatabaseError, DiskFullError
from engine.store.schema import VERSIONS


def set_to(name: str, value: str):
    return lambda transaction: transaction.run("INSERT INTO setting VALUES (?, ?)", name, value).rowcount


@pytest.fixture
def database(tmp_path: Path):
    opened = Database(tmp_path / "loom.db")
    yield opened
    opened.close()


def test_what_is_acknowledged_is_there_when_the_file_is_opened_again(tmp_path):
    first = Database(tmp_path / "loom.db")
    assert first.write(set_to("a", "1")).result() == 1
    first.close()

    second = Database(tmp_path / "loom.db")

    assert second.all("SELECT name, value FROM setting") == [("a", "1")]
    second.close()


def test_a_write_that_fails_takes_nothing_else_of_its_batch_with_it(database):
    held = threading.Event()
    first = database.write(lambda transaction: held.wait(10))
    good = database.write(set_to("a", "1"))
    twice = database.write(set_to("a", "2"))
    wrong = database.write(lambda transaction: 1 / 0)
    also_good = database.write(set_to("b", "3"))
    held.set()

    assert first.result()
    assert (good.result(), also_good.result()) == (1, 1)
    with pytest.raises(DatabaseError, match="UNIQUE"):
        twice.result()
    with pytest.raises(ZeroDivisionError):
        wrong.result()
    assert database.all("SELECT name, value FROM setting ORDER BY name") == [("a", "1"), ("b", "3")]


def test_only_what_was_committed_is_told_and_in_that_order(tmp_path):
    told = []
    database = Database(tmp_path / "loom.db", told.extend)

    def telling(word: str, fail: bool = False):
        def work(transaction: Transaction):
            transaction.told.append(word)
            if fail:
                raise ValueError(word)

        return work

    results = [database.write(telling(word, word == "b")) for word in "abcd"]
    results[-1].result()
    database.close()

    assert told == ["a", "c", "d"]
    assert isinstance(results[1].exception(), ValueError)


def test_what_may_wait_is_committed_with_what_comes_after_it_and_never_behind_the_end(tmp_path, monkeypatch):
    monkeypatch.setattr("engine.store.database.PATIENCE_SECONDS", 600)
    commits = []
    database = Database(tmp_path / "loom.db", lambda told: commits.append(list(told)))

    def telling(word: str):
        return lambda transaction: transaction.told.append(word)

    database.write(telling("a"), patient=True)
    database.write(telling("b"), patient=True)
    database.write(telling("c")).result()
    last = database.write(telling("d"), patient=True)
    database.close()

    assert last.done()
    assert commits == [["a", "b", "c"], ["d"]]


def test_a_second_server_on_the_same_folder_is_refused_in_a_sentence(database, tmp_path):
    with pytest.raises(DatabaseError, match="in use by another server"):
        Database(tmp_path / "loom.db")


def test_a_file_of_a_later_version_is_refused_and_left_as_it_is(tmp_path):
    path = tmp_path / "loom.db"
    with sqlite3.connect(path) as connection:
        connection.execute(f"PRAGMA user_version={len(VERSIONS) + 1}")
    connection.close()

    with pytest.raises(DatabaseError, match="later version"):
        Database(path)

    assert sqlite3.connect(path).execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,)


def test_what_is_no_database_is_refused_in_a_sentence(tmp_path):
    (tmp_path / "loom.db").write_bytes(b"not a database at all" * 100)

    with pytest.raises(DatabaseError, match="not a database"):
        Database(tmp_path / "loom.db")


def test_a_full_disk_refuses_what_does_not_fit_and_keeps_what_was_acknowledged(database):
    def cap(transaction: Transaction):
        (pages,) = transaction.one("PRAGMA page_count")
        transaction.run(f"PRAGMA max_page_count={pages + 20}")

    database.write(cap).result()
    names = [f"{number:04}" for number in range(100)]
    answers = [database.write(set_to(name, "x" * 2000)).exception() for name in names]
    acknowledged = [name for name, answer in zip(names, answers, strict=True) if answer is None]

    assert 0 < len(acknowledged) < len(names)
    assert all(isinstance(answer, DiskFullError) for answer in answers if answer is not None)
    assert [name for (name,) in database.all("SELECT name FROM setting ORDER BY name")] == acknowledged
    assert database.one("PRAGMA integrity_check") == ("ok",)


def test_a_write_that_is_called_off_before_its_turn_is_not_done(database):
    held = threading.Event()
    database.write(lambda transaction: held.wait(10))
    called_off = database.write(set_to("a", "1"))
    assert called_off.cancel()
    held.set()
    database.write(set_to("b", "1")).result()

    assert database.all("SELECT name FROM setting") == [("b",)]

import errno
import logging
import os
import shutil
import sqlite3
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.run import codec
from engine.run.cache import MISSING, DiskTier, ResultCache, Trace

MB = 1 << 20
CLASSES = codec.Classes()
VALUES: list[Any] = [bytes([index]) * 5000 for index in range(3)] + ["a cat", (1, 2.5, None), {"x": [2**70]}]
DIGESTS = [codec.digest(value) for value in VALUES]
TRACES = {
    "recipe": Trace(tuple(DIGESTS), 1.5),
    "lazy": Trace((), 0.5, need="on_true"),
    "model": Trace((DIGESTS[0],), 9.0, environment="here"),
}


def opened(folder: Path, budget: int = 64 * MB, classes: codec.Classes = CLASSES) -> ResultCache:
    return ResultCache(0, DiskTier(folder, budget, classes), environment="here")


def fill(cache: ResultCache) -> None:
    for digest, value in zip(DIGESTS, VALUES, strict=True):
        cache.put(digest, value, 1.0)
    for key, trace in TRACES.items():
        cache.record(key, trace)
    cache.flush()


def is_whole(cache: ResultCache) -> bool:
    found = [cache.get(digest) for digest in DIGESTS]
    return found == VALUES and {key: cache.trace(key) for key in TRACES} == TRACES


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    cache = opened(tmp_path / "cache")
    fill(cache)
    cache.close()
    return tmp_path / "cache"


def blob(folder: Path, digest: str) -> Path:
    return folder / "blobs" / digest[:2] / f"{digest}.safetensors"


@pytest.fixture(scope="module")
def templates(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """A folder as a clean end leaves it, and one as a killed process does, with SQLite's log still there."""
    base = tmp_path_factory.mktemp("templates")
    cache = opened(base / "open")
    fill(cache)
    shutil.copytree(base / "open", base / "killed")
    cache.close()
    shutil.copytree(base / "open", base / "closed")
    assert (base / "killed" / "index.db-wal").stat().st_size > 0
    return [base / "closed", base / "killed"]


@pytest.mark.filterwarnings("ignore")
@settings(max_examples=40, deadline=None)
@given(st.data())
def test_whatever_byte_of_whatever_file_is_damaged_nothing_wrong_is_served_and_the_cache_heals(
    templates: list[Path], tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("damaged") / "cache"
    shutil.copytree(data.draw(st.sampled_from(templates)), folder)
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.stat().st_size)
    for _ in range(data.draw(st.integers(1, 3))):
        path = data.draw(st.sampled_from(files))
        content = bytearray(path.read_bytes())
        if content and data.draw(st.booleans()):
            content[data.draw(st.integers(0, len(content) - 1))] ^= data.draw(st.integers(1, 255))
        else:
            del content[data.draw(st.integers(0, len(content))) :]
        path.write_bytes(content)
    cache = opened(folder)
    for digest, value in zip(DIGESTS, VALUES, strict=True):
        for _ in range(4):  # who asks again after MISSING does not ask for ever
            found = cache.get(digest)
            assert found is MISSING or found == value
            if found is not MISSING or not cache.has(digest):
                break
            cache.flush()
        else:
            pytest.fail("what is said to be there is never found")
    for key, trace in TRACES.items():
        assert cache.trace(key) in (None, trace)
    for _ in range(3):  # damage shows when it is read: to heal may take a second look
        fill(cache)
        cache.close()
        cache = opened(folder)
        healed = is_whole(cache)
        if healed:
            break
    assert healed
    cache.close()
    shutil.rmtree(folder)


def test_a_damaged_blob_is_deleted_and_can_be_stored_again(folder: Path) -> None:
    path = blob(folder, DIGESTS[0])
    path.write_bytes(path.read_bytes()[:-1])
    cache = opened(folder)
    assert cache.has(DIGESTS[0])
    assert cache.get(DIGESTS[0]) is MISSING
    assert not cache.has(DIGESTS[0])
    cache.flush()
    assert not path.exists()
    cache.put(DIGESTS[0], VALUES[0], 1.0)
    cache.close()
    again = opened(folder)
    assert is_whole(again)
    again.close()


def test_a_blob_under_another_name_is_not_served(folder: Path) -> None:
    shutil.copy(blob(folder, DIGESTS[1]), blob(folder, DIGESTS[0]))
    cache = opened(folder)
    assert cache.get(DIGESTS[0]) is MISSING
    assert cache.get(DIGESTS[1]) == VALUES[1]
    cache.close()


def test_a_blob_that_is_gone_is_missing(folder: Path) -> None:
    cache = opened(folder)
    blob(folder, DIGESTS[0]).unlink()
    assert cache.get(DIGESTS[0]) is MISSING
    assert not cache.has(DIGESTS[0])
    cache.close()


def test_what_a_killed_writer_left_is_swept_but_not_what_may_still_be_written(tmp_path: Path) -> None:
    folder = tmp_path / "cache" / "blobs" / "unfinished"
    folder.mkdir(parents=True)
    old, young = folder / "old", folder / "young"
    old.write_bytes(b"half")
    young.write_bytes(b"half")
    os.utime(old, (time.time() - 7200,) * 2)
    cache = opened(tmp_path / "cache")
    cache.flush()
    assert (old.exists(), young.exists()) == (False, True)
    cache.close()


@pytest.mark.parametrize("garbage", [b"", b"not a database", b"SQLite format 3\0" + b"\xff" * 5000])
def test_an_index_that_is_no_index_is_made_anew_and_the_blobs_are_found_again(folder: Path, garbage: bytes) -> None:
    (folder / "index.db").write_bytes(garbage)
    cache = opened(folder)
    cache.flush()
    assert [cache.get(digest) for digest in DIGESTS[:3]] == VALUES[:3]
    assert [cache.trace(key) for key in TRACES] == [None, None, None]
    fill(cache)
    assert is_whole(cache)
    cache.close()


def test_damage_that_shows_while_in_use_is_repaired_too(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = opened(folder)
    fault = sqlite3.DatabaseError("database disk image is malformed")
    fault.sqlite_errorcode = sqlite3.SQLITE_CORRUPT

    def damaged(*_: object) -> Any:
        raise fault

    index = cache._disk._index  # type: ignore[union-attr]
    with monkeypatch.context() as patch:
        patch.setattr(index, "entry", damaged)
        patch.setattr(index, "has", damaged)
        patch.setattr(index, "traces", damaged)
        assert not cache.has(DIGESTS[0])
        assert cache.get(DIGESTS[0]) is MISSING
        assert cache.trace("recipe") is None
        cache.flush()
    assert (folder / "index.db.damaged").exists()
    fill(cache)
    assert is_whole(cache)
    cache.close()


@pytest.mark.parametrize("where", ["write", "publish"])
def test_a_full_disk_is_said_once_and_fails_nothing(
    folder: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, where: str
) -> None:
    cache = opened(folder)

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(cache._disk._blobs, where, full)  # type: ignore[union-attr]
    with caplog.at_level(logging.WARNING):
        for value in (b"x" * 9000, b"y" * 9000):
            cache.put(codec.digest(value), value, 1.0)
            cache.flush()
            assert cache.get(codec.digest(value)) is MISSING
    assert [record.message.count("No space left") for record in caplog.records] == [1]
    assert is_whole(cache)
    assert list((folder / "blobs" / "unfinished").iterdir()) == []
    cache.close()


def test_a_folder_that_cannot_be_used_is_said_once_and_fails_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("in the way")
    cache = ResultCache(MB, DiskTier(tmp_path / "file" / "cache", MB, CLASSES))
    fill(cache)
    assert is_whole(cache)
    cache.close()
    assert len([record for record in caplog.records if "is not used" in record.message]) == 1


def test_a_busy_index_costs_an_entry_but_neither_the_run_nor_the_tier(folder: Path) -> None:
    cache = opened(folder)
    cache.flush()
    cache._disk._index._writer.execute("PRAGMA busy_timeout = 1")  # type: ignore[union-attr]
    other = sqlite3.connect(folder / "index.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    late = b"late" * 2000
    cache.put(codec.digest(late), late, 1.0)
    cache.flush()
    assert not cache.has(codec.digest(late))
    assert is_whole(cache)
    other.execute("ROLLBACK")
    other.close()
    cache.put(codec.digest(late), late, 1.0)
    cache.flush()
    assert cache.get(codec.digest(late)) == late
    cache.close()


def test_a_value_of_a_class_that_is_gone_is_missing(tmp_path: Path) -> None:
    @dataclass(frozen=True)
    class Gone:
        text: str

    cache = opened(tmp_path, classes=codec.Classes([Gone], pack="old"))
    value = Gone("x" * 9000)
    name = codec.digest(value)
    cache.put(name, value, 1.0)
    cache.close()
    cache = opened(tmp_path)
    assert cache.get(name) is MISSING
    assert not cache.has(name)
    cache.close()


def test_what_cannot_be_packed_is_left_out_and_the_rest_is_stored(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = opened(tmp_path)
    cache.put("0" * 32, object(), 5.0)
    monkeypatch.setattr("engine.run.codec.files.TENSORS", 3)
    cache.put("1" * 32, [b""] * 4, 5.0, keep=True)
    cache.put("no digest", b"x" * 9000, 5.0, keep=True)
    cache.record("\ud800", Trace((), 1.0))
    fill(cache)
    assert is_whole(cache)
    assert not cache.has("0" * 32)
    assert not cache.has("1" * 32)
    cache.close()


def test_a_closed_cache_is_empty_and_quiet(folder: Path) -> None:
    cache = opened(folder)
    cache.close()
    fill(cache)
    assert cache.get(DIGESTS[0]) is MISSING
    cache.close()


def test_a_use_saves_an_entry_from_eviction(tmp_path: Path) -> None:
    def value(letter: str) -> str:
        return letter * 9000

    size = len(codec.dumps(value("a")))
    cache = opened(tmp_path, budget=2 * size)
    names = {letter: codec.digest(value(letter)) for letter in "abcde"}
    for letter, seconds in (("a", 5.0), ("b", 4.0), ("c", 4.5)):
        cache.put(names[letter], value(letter), seconds)
        cache.flush()
    assert [cache.has(names[letter]) for letter in "abc"] == [True, False, True]
    assert cache.get(names["c"]) == value("c")  # the clock stands at b's priority: c is now worth more than a
    cache.put(names["d"], value("d"), 4.8)
    cache.flush()
    assert [cache.has(names[letter]) for letter in "acd"] == [False, True, True]
    cache.close()


PROGRAM = """
import sys
from pathlib import Path
from engine.run import codec
from engine.run.cache import MISSING, DiskTier, ResultCache, Trace

cache = ResultCache(0, DiskTier(Path(sys.argv[1]), 300_000, codec.Classes()))
found = 0
for turn in range(60):
    value = bytes([(turn * 7 + int(sys.argv[2])) % 40]) * 20_000
    name = codec.digest(value)
    if turn % 3 == 0:
        cache.flush()
    seen = cache.get(name)
    assert seen is MISSING or seen == value
    found += seen is not MISSING
    cache.put(name, value, 1.0 + turn)
    cache.record(name, Trace((name,), 1.0))
cache.flush()
assert cache.trace(name) == Trace((name,), 1.0)
assert not cache._disk._keeper.off
cache.close()
"""


def test_two_processes_share_a_folder_and_one_budget(tmp_path: Path) -> None:
    ask = [[sys.executable, "-W", "error", "-c", PROGRAM, str(tmp_path), str(offset)] for offset in (0, 3)]
    running = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for command in ask]
    outcomes = [process.communicate(timeout=60)[1] for process in running]
    assert [process.returncode for process in running] == [0, 0], outcomes
    assert outcomes == ["", ""]
    blobs = list((tmp_path / "blobs").glob("??/*"))
    assert 0 < sum(path.stat().st_size for path in blobs) <= 300_000
    with sqlite3.connect(tmp_path / "index.db") as index:
        rows = dict(index.execute("SELECT digest, bytes FROM entry WHERE json IS NULL"))
        total = index.execute("SELECT value FROM meta WHERE name = 'bytes'").fetchone()[0]
        held = index.execute("SELECT sum(bytes) FROM entry").fetchone()[0]
    index.close()
    assert rows == {path.stem: path.stat().st_size for path in blobs}
    assert total == held

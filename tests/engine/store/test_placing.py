import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.store import placing
from engine.store.placing import place_named, place_numbered, replace_file, safe_name


def test_numbers_go_on_after_the_highest_whatever_the_extension(tmp_path: Path) -> None:
    (tmp_path / "a_00007.png").touch()
    (tmp_path / "a_00009.txt").touch()
    (tmp_path / "b_00030.png").touch()

    assert place_numbered(tmp_path, "a", "png", b"1").name == "a_00010.png"
    assert place_numbered(tmp_path, "a", "png", b"2").name == "a_00011.png"


def test_a_name_that_is_taken_meanwhile_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a_00001.png").write_bytes(b"theirs")
    monkeypatch.setattr(placing, "_last_number", lambda folder, stem: 0)  # as if it had come after the look

    path = place_numbered(tmp_path, "a", "png", b"ours")

    assert path.name == "a_00002.png"
    assert (tmp_path / "a_00001.png").read_bytes() == b"theirs"


def test_it_works_where_there_are_no_hard_links(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(1, "no links here")

    monkeypatch.setattr(os, "link", refuse)
    (tmp_path / "a.csv").write_bytes(b"theirs")

    assert place_named(tmp_path, "a", "csv", b"ours").read_bytes() == b"ours"
    assert sorted(os.listdir(tmp_path)) == ["a.csv", "a_00001.csv"]
    assert (tmp_path / "a.csv").read_bytes() == b"theirs"


def test_nothing_is_left_behind_when_writing_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    (tmp_path / "w.json").write_bytes(b"before")

    with pytest.raises(OSError, match="No space"):
        place_numbered(tmp_path, "a", "png", b"1")
    with pytest.raises(OSError, match="No space"):
        replace_file(tmp_path / "w.json", b"after")

    assert os.listdir(tmp_path) == ["w.json"]
    assert (tmp_path / "w.json").read_bytes() == b"before"


def test_a_link_to_a_file_is_written_through(tmp_path: Path) -> None:
    (tmp_path / "real.json").write_bytes(b"before")
    (tmp_path / "link.json").symlink_to("real.json")

    replace_file(tmp_path / "link.json", b"after")

    assert (tmp_path / "link.json").is_symlink()
    assert (tmp_path / "real.json").read_bytes() == b"after"


@given(st.text())
def test_a_safe_name_is_one_visible_file_name(name: str) -> None:
    safe = safe_name(name)

    assert safe
    assert Path(safe).name == safe
    assert not safe.startswith(".")
    assert safe_name(safe) == safe

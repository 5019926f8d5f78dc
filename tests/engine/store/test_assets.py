"""Files and folders that a workflow names: by content, by name, and never from outside."""

import hashlib
import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.graph.values import File, Folder
from engine.store.assets import Assets, checked_name, nameable
from engine.store.errors import AssetError


def sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@pytest.fixture
def places(tmp_path: Path) -> Path:
    for name in ("assets", "inputs/pets", "beside", "outside"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "outside/secret.txt").write_text("key")
    return tmp_path


@pytest.fixture
def assets(places: Path) -> Assets:
    return Assets(places / "assets", places / "inputs", places / "beside")


def test_a_file_is_found_by_content_whatever_its_name(assets: Assets, places: Path) -> None:
    stored = assets.put(b"cat", ".png")
    (places / "beside/cat.png").write_bytes(b"another cat")
    found = assets.file(File("cat.png", sha(b"cat")))
    assert found == stored
    assert found.path.read_bytes() == b"cat"
    assert found.path.suffix == ".png"


def test_else_beside_the_workflow_and_then_in_the_inputs(assets: Assets, places: Path) -> None:
    (places / "inputs/cat.png").write_bytes(b"1")
    assert assets.file(File("cat.png")).path == places / "inputs/cat.png"
    (places / "beside/cat.png").write_bytes(b"2")
    assert assets.file(File("cat.png")).path == places / "beside/cat.png"
    assert assets.file(File("cat.png", sha(b"1"))).path == places / "inputs/cat.png"
    assert assets.path(File("cat.png")) == places / "beside/cat.png"
    (places / "inputs/pets/dog.png").write_bytes(b"3")
    assert assets.file(File("pets/dog.png")).sha256 == sha(b"3")


def test_a_file_with_another_content_is_refused(assets: Assets, places: Path) -> None:
    (places / "inputs/cat.png").write_bytes(b"new")
    with pytest.raises(AssetError) as error:
        assets.file(File("cat.png", sha(b"old")))
    message = str(error.value)
    assert "'cat.png' is not the file that the workflow was made with" in message
    assert sha(b"old")[:12] in message
    assert sha(b"new")[:12] in message


def test_a_file_that_is_nowhere_is_answered_with_what_there_is(assets: Assets, places: Path) -> None:
    (places / "inputs/cat.jpg").write_bytes(b"")
    (places / "beside/dog.png").write_bytes(b"")
    with pytest.raises(AssetError) as error:
        assets.file(File("cat.png", "0" * 64))
    assert str(error.value) == (
        f"there is no file 'cat.png' in {places / 'beside'} nor in {places / 'inputs'}; there is: cat.jpg, dog.png"
    )


ESCAPES = ["/etc/passwd", "../outside/secret.txt", "a/../../outside/secret.txt", "C:/x", "C:x", "\\\\host\\x", "..\\x"]
UNWRITABLE = ["", ".", "a\0b", "a\nb", "\ud800", "x" * 256, "a/" * 600]


@pytest.mark.parametrize("name", ESCAPES + UNWRITABLE)
def test_a_name_that_is_not_a_plain_relative_one_is_refused(assets: Assets, name: str) -> None:
    for lookup in (lambda: assets.file(File(name)), lambda: assets.folder(Folder(name))):
        with pytest.raises(AssetError, match="can't be a file's name in a workflow"):
            lookup()


def test_names_of_people_are_taken(assets: Assets, places: Path) -> None:
    name = "Bilder/Bildschirmfoto 3.24.10\u202fPM – 猫.png"
    (places / "inputs/Bilder").mkdir()
    (places / "inputs" / name).write_bytes(b"")
    assert assets.file(File(name)).path.name.endswith("猫.png")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(name=st.text(st.sampled_from("ab./\\:~ ") | st.characters(), max_size=30))
def test_no_name_ends_in_anything_but_a_sentence_or_a_file_inside(assets: Assets, places: Path, name: str) -> None:
    try:
        path = checked_name(name)
    except AssetError:
        return
    assert (places / path).resolve().is_relative_to(places.resolve())
    with pytest.raises(AssetError):
        assets.file(File(name))


def test_a_link_out_of_its_place_is_refused(assets: Assets, places: Path) -> None:
    (places / "inputs/link.txt").symlink_to(places / "outside/secret.txt")
    (places / "inputs/way").symlink_to(places / "outside")
    for name in ("link.txt", "way/secret.txt"):
        with pytest.raises(AssetError, match="leads out of"):
            assets.file(File(name))
    with pytest.raises(AssetError, match="leads out of"):
        assets.folder(Folder("way"))
    with pytest.raises(AssetError) as error:
        assets.file(File("way/secret"))
    assert "secret.txt" not in str(error.value)


def test_the_names_of_a_place_are_those_that_a_file_of_it_is_found_by(assets: Assets, places: Path) -> None:
    assert list(nameable(places / "nowhere")) == []
    for name in ("b.png", "pets/a.png", ".hidden", "back\\slash", "line\nbreak"):
        (places / "inputs" / name).write_text(name)
    (places / "inputs/link.txt").symlink_to(places / "outside/secret.txt")
    (places / "inputs/way").symlink_to(places / "outside")
    os.mkfifo(places / "inputs/pipe")
    names = list(nameable(places / "inputs"))
    assert names == ["b.png", "pets/a.png"]
    assert [assets.file(File(name)).path for name in names] == [places / "inputs" / name for name in names]


def test_a_link_within_its_place_is_followed(assets: Assets, places: Path) -> None:
    (places / "inputs/cat.png").write_bytes(b"cat")
    (places / "inputs/same.png").symlink_to(places / "inputs/cat.png")
    assert assets.file(File("same.png")).sha256 == sha(b"cat")


def test_what_is_no_plain_file_is_not_read(assets: Assets, places: Path) -> None:
    os.mkfifo(places / "inputs/pipe")
    for name in ("pipe", "pets"):
        with pytest.raises(AssetError, match=f"there is no file '{name}'"):
            assets.file(File(name))


def test_a_folder_is_found_with_the_names_and_contents_in_it(assets: Assets, places: Path) -> None:
    (places / "inputs/pets/b.png").write_bytes(b"b")
    (places / "inputs/pets/a.png").write_bytes(b"a")
    found = assets.folder(Folder("pets"))
    assert found.path == assets.path(Folder("pets")) == places / "inputs/pets"
    assert found.files == (("a.png", sha(b"a")), ("b.png", sha(b"b")))
    (places / "inputs/pets/a.png").write_bytes(b"A")
    assert assets.folder(Folder("pets")).digest != found.digest
    (places / "inputs/pets/escape").symlink_to(places / "outside/secret.txt")
    with pytest.raises(AssetError, match="leads out of"):
        assets.folder(Folder("pets"))
    with pytest.raises(AssetError, match=r"there is no folder 'pests' .*; there is: pets$"):
        assets.folder(Folder("pests"))


def test_a_hash_that_is_none_is_refused(assets: Assets) -> None:
    for wrong in ("", "abc", "A" * 64, "../" * 21 + "x", "*" * 64):
        with pytest.raises(AssetError, match="is not a SHA-256"):
            assets.file(File("cat.png", wrong))


def test_an_asset_is_stored_once_and_whole(assets: Assets, places: Path) -> None:
    first = assets.put(b"cat", ".png")
    assert assets.put(b"cat", ".jpg") == first
    assert first.path == places / "assets" / sha(b"cat")[:2] / f"{sha(b'cat')}.png"
    assert [path.name for path in first.path.parent.iterdir()] == [first.path.name]
    with pytest.raises(AssetError, match="no file extension"):
        assets.put(b"x", "/../../x")


def test_a_write_that_fails_leaves_nothing(assets: Assets, places: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(source: str, target: Path) -> None:
        raise OSError("disk is full")

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(OSError, match="disk is full"):
        assets.put(b"cat")
    assert [path for path in (places / "assets").rglob("*") if path.is_file()] == []


def test_an_asset_that_was_damaged_is_not_served(assets: Assets) -> None:
    stored = assets.put(b"cat", ".png")
    stored.path.write_bytes(b"cut")
    with pytest.raises(AssetError, match=r"there is no file 'cat\.png'"):
        assets.file(File("cat.png", sha(b"cat")))
    assert assets.put(b"cat", ".png").path.read_bytes() == b"cat"


def test_without_a_workflow_file_only_the_inputs_are_searched(places: Path) -> None:
    (places / "beside/cat.png").write_bytes(b"")
    with pytest.raises(AssetError, match=f"^there is no file 'cat.png' in {places / 'inputs'}; there is: nothing$"):
        Assets(places / "assets", places / "inputs").file(File("cat.png"))

"""The library of workflows: names, optimistic locking, versions, changes from outside."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.store.documents import ANY, BadDocumentName, Documents, StaleDocument, UnknownDocument, etag_of
from engine.store.library import VERSIONS, Library


@pytest.fixture
def library(tmp_path):
    return Library(tmp_path / "workflows", tmp_path / "versions")


def test_what_is_saved_is_a_plain_file_and_is_read_back_with_its_etag(library):
    saved = library.save("cat", b'{"a": 1}\n', None)
    assert (library.folder / "cat.json").read_bytes() == b'{"a": 1}\n'
    document, data = library.read("cat")
    assert document == saved == library.find("cat")
    assert data == b'{"a": 1}\n'
    assert saved.etag == etag_of(data)
    assert library.all() == [saved]


def test_a_save_over_content_that_was_not_seen_writes_nothing(library):
    first = library.save("cat", b"one", None)
    second = library.save("cat", b"two", first.etag)
    with pytest.raises(StaleDocument) as stale:
        library.save("cat", b"three", first.etag)
    assert stale.value.etag == second.etag
    with pytest.raises(StaleDocument, match="there already"):
        library.save("cat", b"three", None)
    assert library.read("cat")[1] == b"two"
    assert library.save("cat", b"four", ANY).etag == etag_of(b"four")


def test_a_file_that_git_or_an_editor_changed_is_another_content(library):
    first = library.save("cat", b"one", None)
    (library.folder / "cat.json").write_bytes(b"from outside")
    assert library.find("cat").etag == etag_of(b"from outside")
    with pytest.raises(StaleDocument, match="in the meantime"):
        library.save("cat", b"two", first.etag)
    (library.folder / "cat.json").unlink()
    with pytest.raises(StaleDocument, match="not there any more"):
        library.save("cat", b"two", first.etag)
    assert library.all() == []


def test_each_content_that_was_saved_or_saved_over_can_be_had_again(library):
    etag = library.save("cat", b"one", None).etag
    etag = library.save("cat", b"two", etag).etag
    (library.folder / "cat.json").write_bytes(b"outside")
    library.save("cat", b"three", etag_of(b"outside"))
    library.delete("cat")
    versions = library.versions("cat")
    assert [library.version("cat", version.number) for version in versions] == [b"three", b"outside", b"two", b"one"]
    assert [version.number for version in versions] == [4, 3, 2, 1]
    with pytest.raises(UnknownDocument):
        library.version("cat", 9)


def test_saving_the_same_again_makes_no_version(library):
    etag = library.save("cat", b"one", None).etag
    library.save("cat", b"one", etag)
    assert len(library.versions("cat")) == 1


def test_the_oldest_versions_make_room_and_numbers_go_on(library, monkeypatch):
    monkeypatch.setattr("engine.store.library.VERSIONS", 3)
    for number in range(7):
        library.save("cat", f"{number}".encode(), ANY if number else None)
    assert [version.number for version in library.versions("cat")] == [7, 6, 5]
    assert VERSIONS == 200


@pytest.mark.parametrize(
    "name",
    [
        "",
        ".",
        "..",
        ".git",
        "a/b",
        "a\\b",
        "../a",
        "a\0",
        "a\n",
        " a",
        "a ",
        "a.",
        "con",
        "a:b",
        "x" * 201,
        "e\u0301",
        "\u202ea",
    ],
)
def test_a_name_that_is_no_plain_file_name_is_refused(library, name):
    with pytest.raises(BadDocumentName):
        library.save(name, b"{}", None)
    with pytest.raises(BadDocumentName):
        library.versions(name)
    assert not library.folder.exists()


@given(st.text(max_size=20))
def test_no_name_leads_out_of_the_folder(tmp_path_factory, name):
    root = tmp_path_factory.mktemp("names")
    documents = Documents(root / "inner")
    try:
        documents.save(name, b"{}", None)
    except BadDocumentName:
        assert list(root.iterdir()) == []
        return
    assert [path.name for path in (root / "inner").iterdir()] == [f"{name}.json"]
    assert [path.name for path in root.iterdir()] == ["inner"]
    assert [document.name for document in documents.all()] == [name]


def test_a_link_that_leads_out_of_the_folder_is_neither_read_nor_written(library, tmp_path):
    library.save("cat", b"one", None)
    (tmp_path / "outside.json").write_bytes(b"secret")
    (library.folder / "link.json").symlink_to(tmp_path / "outside.json")
    assert [document.name for document in library.all()] == ["cat"]
    for act in (library.read, library.find, library.delete):
        with pytest.raises(BadDocumentName, match="leads out"):
            act("link")
    assert (tmp_path / "outside.json").read_bytes() == b"secret"

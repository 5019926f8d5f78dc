"""Snippets as files."""

import json

import pytest
from workshop import flow

from engine.store.documents import StaleDocument, UnknownDocument
from engine.store.snippets import Snippets

PAIR = json.dumps(flow({"add": ("Add", {}), "half": ("Half", {})}, {})).encode()


@pytest.fixture
def snippets(tmp_path):
    return Snippets(tmp_path / "snippets")


def test_a_snippet_is_described_by_its_nodes_and_what_is_no_workflow_by_none(snippets):
    snippets.save("pair", PAIR, None)
    for name, text in (("broken", "{"), ("list", "[1]"), ("odd", '{"nodes": {"a": 3}}')):
        (snippets.folder / f"{name}.json").write_text(text)
    assert [(each.name, each.types) for each in snippets.described()] == [
        ("broken", ()),
        ("list", ()),
        ("odd", ()),
        ("pair", ("Add", "Half")),
    ]


def test_a_renamed_snippet_is_the_same_file_under_another_name(snippets):
    saved = snippets.save("pair", PAIR, None)
    assert snippets.rename("pair", "two").etag == saved.etag
    assert [path.name for path in snippets.folder.iterdir()] == ["two.json"]
    assert snippets.rename("two", "two").name == "two"
    with pytest.raises(UnknownDocument):
        snippets.rename("pair", "again")


def test_no_snippet_is_renamed_over_another(snippets):
    snippets.save("pair", PAIR, None)
    other = snippets.save("other", b"{}", None)
    with pytest.raises(StaleDocument) as stale:
        snippets.rename("pair", "other")
    assert stale.value.etag == other.etag
    assert snippets.read("pair")[1] == PAIR
    assert snippets.read("other")[1] == b"{}"

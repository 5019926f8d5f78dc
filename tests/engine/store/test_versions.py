"""What each version of a workflow is told to have changed."""

import json

import pytest
from workshop import flow

from engine.store.documents import ANY, UnknownDocument
from engine.store.library import Library
from engine.store.versions import told_versions


@pytest.fixture
def library(tmp_path):
    library = Library(tmp_path / "workflows", tmp_path / "versions")
    contents = [flow({"add": ("Add", {"a": a})}, {"out": "add.value"}) for a in (1, 2, 3)]
    for content in (*contents, "broken", contents[0]):
        library.save("sum", json.dumps(content).encode(), ANY if library.all() else None)
    return library


def words(told):
    return [None if changes is None else [str(change) for change in changes] for _, changes in told]


def test_each_version_tells_its_changes_and_what_is_no_workflow_has_none(library):
    told, following = told_versions(library, "sum", 10)
    assert [version.number for version, _ in told] == [5, 4, 3, 2, 1]
    assert words(told) == [None, None, ["add.a: 2 → 3"], ["add.a: 1 → 2"], None]
    assert following is None


def test_what_a_version_says_first_that_it_needs_is_no_change(tmp_path):
    library = Library(tmp_path / "workflows", tmp_path / "versions")
    plain = flow({"add": ("Add", {"a": 1})}, {"out": "add.value"})
    for requires in ({}, {"models": {"solids": {"fingerprint": "f"}}}, {"models": {"solids": {"fingerprint": "g"}}}):
        library.save("sum", json.dumps(plain | {"requires": requires}).encode(), ANY if library.all() else None)
    assert words(told_versions(library, "sum", 10)[0]) == [["requires model 'solids': f → g"], [], None]


def test_a_page_of_versions_goes_on_where_the_one_before_ended_and_tells_the_same(library):
    whole, _ = told_versions(library, "sum", 10)
    pages, before = [], None
    for _ in range(3):
        page, before = told_versions(library, "sum", 2, before)
        pages.append(page)
    assert [len(page) for page in pages] == [2, 2, 1]
    assert [told for page in pages for told in page] == whole
    assert before is None


def test_versions_of_what_never_was_are_unknown(library):
    with pytest.raises(UnknownDocument, match="nobody"):
        told_versions(library, "nobody", 10)

"""The library in the editor: versions compared and restored, snippets, files that change outside."""

import json
from typing import Any
from urllib.parse import quote
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import expect
from workshop import flow

Editor = Any

SUM = flow({"add": ("Add", {"a": 1, "b": 2}), "half": ("Half", {"a": {"link": "add.value"}})}, {"out": "half.value"})
SIZES = [(360, 740), (1920, 1080)]


def put(address: str, name: str, document: Any) -> None:
    """Save into the library from outside, over whatever is there."""
    headers = {"Content-Type": "application/json", "If-Match": "*"}
    request = Request(f"{address}api/workflows/{quote(name)}", json.dumps(document).encode(), headers, method="PUT")
    with urlopen(request) as answer:
        assert answer.status == 200


def saved(address: str, name: str) -> Any:
    with urlopen(f"{address}api/workflows/{quote(name)}") as answer:
        return json.load(answer)


def save_as(editor: Editor, name: str) -> None:
    editor.page.keyboard.press("Control+Shift+S")
    editor.page.get_by_label("Name", exact=True).fill(name)
    editor.page.keyboard.press("Enter")
    editor.until(f"tab.name.peek() === {json.dumps(name)} && app.asking.peek() === null")


def save(editor: Editor) -> None:
    editor.page.keyboard.press("Control+S")
    editor.until("!tab.dirty.peek()")


def inputs(editor: Editor, node: str) -> Any:
    return editor.document()["nodes"][node]["inputs"]


@pytest.fixture
def versioned(editor, request):
    """A page with a workflow of three versions, and its name."""
    name = request.node.name.replace("[", " ").replace("]", "")
    editor.show(SUM)
    save_as(editor, name)
    editor.set("add", "a", 5)
    save(editor)
    editor.js(
        "tab.edit('Delete', (draft) => { draft.level('').nodes.delete('half'); draft.level('').outputs.delete('out'); })"
    )
    save(editor)
    editor.page.keyboard.press("Alt+V")
    expect(editor.page.get_by_text("Version 3")).to_be_visible()
    yield editor, name
    editor.page.set_viewport_size({"width": 1280, "height": 800})
    if editor.page.get_by_role("button", name="Close the panel").is_visible():
        editor.page.get_by_role("button", name="Close the panel").click()


def version(editor: Editor, number: int) -> Any:
    return editor.page.locator(".version", has_text=f"Version {number}")


def test_versions_tell_when_they_were_saved_and_what_each_changed(versioned):
    editor, _ = versioned
    expect(version(editor, 3)).to_contain_text("In the library")
    expect(version(editor, 3)).to_contain_text("node 'half' (Half) removed")
    expect(version(editor, 2)).to_contain_text("add.a: 1 → 5")
    expect(version(editor, 1)).to_contain_text("The first that was kept")
    assert editor.page.locator(".version time").count() == 3


def test_a_version_is_held_against_what_is_open_and_again_when_that_changes(versioned):
    editor, _ = versioned
    page = editor.page
    page.get_by_role("button", name="Compare version 1 with what is open").press("Enter")
    against = page.get_by_role("group", name="What was changed since")
    expect(against).to_contain_text("add.a: 1 → 5")
    expect(against).to_contain_text("node 'half' (Half) removed")
    editor.set("add", "a", 6)
    expect(against).to_contain_text("add.a: 1 → 6")
    against.get_by_role("button", name="add.a: 1 → 6").press("Enter")
    editor.until("document.activeElement.closest('article')?.dataset.id === 'add'")
    page.get_by_role("button", name="Compare version 3 with what is open").click()
    expect(against).to_contain_text("add.a: 5 → 6")
    expect(against).to_have_count(1)


def test_a_restored_version_is_one_step_and_touches_no_saved_file(versioned):
    editor, name = versioned
    before = editor.js("return tab.history.peek().done.length")
    file = saved(editor.address, name)
    editor.page.get_by_role("button", name="Restore version 1").press("Enter")
    editor.until("tab.level.peek().nodes.has('half')")
    assert inputs(editor, "add") == {"a": 1, "b": 2}
    assert editor.document()["outputs"] == SUM["outputs"]
    assert editor.js("return [tab.history.peek().done.length, tab.dirty.peek(), tab.name.peek()]") == [
        before + 1,
        True,
        name,
    ]
    assert saved(editor.address, name) == file
    editor.js("app.commands.run('edit.undo')")
    editor.until("!tab.level.peek().nodes.has('half')")
    assert inputs(editor, "add") == {"a": 5, "b": 2}
    editor.js("app.commands.run('edit.redo')")
    save(editor)
    assert saved(editor.address, name)["nodes"].keys() == {"add", "half"}
    expect(version(editor, 4)).to_contain_text("In the library")


def test_what_was_never_saved_says_so_in_place_of_versions(editor):
    editor.show(SUM)
    editor.page.keyboard.press("Alt+V")
    expect(editor.page.get_by_text("This workflow is not saved yet")).to_be_visible()
    editor.page.keyboard.press("Escape")
    expect(editor.page.get_by_text("This workflow is not saved yet")).to_have_count(0)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES, ids=lambda size: str(size[0]))
def test_axe_finds_nothing_to_say_about_versions(versioned, theme, size):
    editor, _ = versioned
    editor.page.set_viewport_size({"width": size[0], "height": size[1]})
    editor.js("app.settings.choose({theme: a})", theme)
    editor.page.get_by_role("button", name="Compare version 1 with what is open").click()
    expect(editor.page.get_by_role("group", name="What was changed since")).to_contain_text("add.a: 1 → 5")
    assert editor.violations() == []
    assert editor.js("return document.documentElement.scrollWidth <= innerWidth")

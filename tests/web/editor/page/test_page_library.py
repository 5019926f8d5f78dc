"""The library in the editor: versions compared and restored, snippets, files that change outside."""

import json
from typing import Any
from urllib.parse import quote
from urllib.request import urlopen

import pytest
from playwright.sync_api import expect
from workshop import flow

from engine.store.home import Home

Editor = Any

SUM = flow({"add": ("Add", {"a": 1, "b": 2}), "half": ("Half", {"a": {"link": "add.value"}})}, {"out": "half.value"})
SIZES = [(360, 740), (1920, 1080)]


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
    editor.save_as(name)
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
    gone, valued = (
        against.locator("li.is-removed", has_text="node 'half'"),
        against.locator("li.is-changed", has_text="add.a"),
    )
    expect(gone.locator(".change-sign")).to_have_text("−")
    expect(valued.locator("del")).to_have_text("1")
    expect(valued.locator("ins")).to_have_text("5")
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
    file = editor.saved(name)
    editor.page.get_by_role("button", name="Restore version 1").press("Enter")
    editor.until("tab.level.peek().nodes.has('half')")
    assert inputs(editor, "add") == {"a": 1, "b": 2}
    assert editor.document()["outputs"] == SUM["outputs"]
    assert editor.js("return [tab.history.peek().done.length, tab.dirty.peek(), tab.name.peek()]") == [
        before + 1,
        True,
        name,
    ]
    assert editor.saved(name) == file
    editor.js("app.commands.run('edit.undo')")
    editor.until("!tab.level.peek().nodes.has('half')")
    assert inputs(editor, "add") == {"a": 5, "b": 2}
    editor.js("app.commands.run('edit.redo')")
    save(editor)
    assert editor.saved(name)["nodes"].keys() == {"add", "half"}
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


PARTS = flow(
    {
        "one": ("Add", {"a": 1}),
        "two": ("Add", {"a": {"link": "one.value"}, "b": 2}),
        "half": ("Half", {"a": {"link": "two.value"}}),
    },
    {"out": "half.value"},
)


def select(editor: Editor, *ids: str) -> None:
    editor.js("tab.selection.value = new Set(a)", list(ids))


def keep(editor: Editor, name: str) -> None:
    editor.js("app.commands.run('snippet.save')")
    editor.page.get_by_label("Name", exact=True).fill(name)
    editor.page.keyboard.press("Enter")


@pytest.fixture
def kept(editor, request):
    """A page with a snippet of two wired nodes, and its name."""
    name = f"pair {request.node.name}".replace("[", " ").replace("]", "")[:90]
    editor.show(PARTS)
    select(editor, "two", "half")
    keep(editor, name)
    editor.until("app.asking.peek() === null")
    yield editor, name
    editor.page.set_viewport_size({"width": 1280, "height": 800})


def test_a_selection_is_kept_as_a_plain_file_of_the_library(kept, home):
    editor, name = kept
    file = json.loads((home.workflows / "snippets" / f"{name}.json").read_text())
    assert file["format"] == "latentloom"
    assert file["nodes"]["two"]["inputs"] == {"a": 0, "b": 2}
    assert file["nodes"]["half"]["inputs"] == {"a": {"link": "two.value"}}
    assert min(place["x"] for place in file["ui"]["nodes"].values()) == 0
    expect(editor.page.locator(".status-said")).to_contain_text("is a snippet now")


def test_the_search_for_nodes_finds_a_snippet_and_puts_it_where_the_pointer_is(kept):
    editor, name = kept
    page = editor.page
    before = editor.document()
    steps = editor.js("return tab.history.peek().done.length")
    editor.js("tab.camera.value = {x: -700, y: -500, zoom: 1}")  # so that there is empty ground
    page.locator(".stage").dblclick(position={"x": 300, "y": 250})
    page.get_by_role("combobox").fill(name)
    expect(page.get_by_role("option").first).to_contain_text("2 nodes: Half, Add")
    page.keyboard.press("Enter")
    editor.until("tab.level.peek().nodes.size === 5")
    nodes = editor.document()["nodes"]
    assert nodes["two_2"]["inputs"] == {"a": 0, "b": 2}
    assert nodes["half_2"]["inputs"] == {"a": {"link": "two_2.value"}}
    assert editor.js("return [...tab.selection.peek()].sort()") == ["half_2", "two_2"]
    places = editor.document()["ui"]["nodes"]
    corner = {axis: min(places["two_2"][axis], places["half_2"][axis]) for axis in ("x", "y")}
    pointed = editor.js("const p = app.view.pointer(); return {x: Math.round(p.x), y: Math.round(p.y)}")
    assert corner == pytest.approx(pointed, abs=2)
    assert editor.js("return tab.history.peek().done.length") == steps + 1
    editor.until("document.activeElement.closest('article') !== null")
    page.keyboard.press("Control+Z")
    editor.until("tab.level.peek().nodes.size === 3")
    assert editor.document() == before


def test_a_snippet_that_is_not_put_anywhere_comes_into_the_middle_of_the_view_and_is_seen_whole(kept):
    editor, name = kept
    editor.js("tab.camera.value = {x: -700, y: -500, zoom: 1}")
    editor.page.mouse.move(1270, 760)  # in a corner of the canvas
    for at in (None, {"x": 400, "y": 150}):  # of the second only a part would be seen
        editor.js("await app.commands.run('snippet.insert', {name: a[0], ...(a[1] && {at: a[1]})})", [name, at])
        around = editor.js(
            """const { camera: { x, y, zoom }, size } = app.view.stage;
            const rects = [...tab.selection.peek()].map((id) => app.view.rectOf(id));
            const [left, top] = [Math.min(...rects.map((r) => r.x)) - x, Math.min(...rects.map((r) => r.y)) - y];
            const right = x + size.width / zoom - Math.max(...rects.map((r) => r.x + r.width));
            const bottom = y + size.height / zoom - Math.max(...rects.map((r) => r.y + r.height));
            return {left, top, right, bottom};"""
        )
        assert min(around.values()) >= 0
        assert abs(around["left"] - around["right"]) < 100
        assert abs(around["top"] - around["bottom"]) < 250


def test_a_snippet_of_an_unknown_type_becomes_placeholders(editor, home):
    strange = {"type": "gone:Thing", "version": 3, "inputs": {"strength": 0.25, "a": {"link": "add.value"}}}
    file = flow({"add": ("Add", {"a": 4})}, {})
    file["nodes"]["strange"] = strange
    folder = home.workflows / "snippets"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "from git.json").write_text(json.dumps(file))
    editor.show(SUM)
    editor.js("app.commands.run('snippet.insert', {name: 'from git', at: {x: 10, y: 20}})")
    editor.until("tab.level.peek().nodes.has('strange')")
    nodes = editor.document()["nodes"]
    assert nodes["strange"] == strange | {"inputs": {"strength": 0.25, "a": {"link": "add_2.value"}}}
    editor.until("tab.faults.peek().has('strange')")


def test_a_name_that_a_snippet_has_is_given_away_only_when_told(kept, home):
    editor, name = kept
    page = editor.page
    select(editor, "one")
    keep(editor, name)
    expect(page.locator("dialog").get_by_role("alert")).to_contain_text("already")
    file = home.workflows / "snippets" / f"{name}.json"
    assert json.loads(file.read_text())["nodes"].keys() == {"two", "half"}
    page.get_by_label("Name", exact=True).fill("what?")
    page.keyboard.press("Enter")
    expect(page.locator("dialog").get_by_role("alert")).to_contain_text("can't be a document's name")
    page.get_by_label("Name", exact=True).fill(name)
    page.keyboard.press("Enter")
    page.get_by_role("button", name=f"Replace “{name}”").click()
    editor.until("app.asking.peek() === null")
    assert json.loads(file.read_text())["nodes"].keys() == {"one"}


def test_snippets_are_renamed_deleted_and_brought_back_by_keyboard(kept, home):
    editor, name = kept
    page = editor.page
    folder = home.workflows / "snippets"
    before = (folder / f"{name}.json").read_bytes()
    editor.js("app.commands.run('snippet.manage')")
    page.get_by_role("button", name=f"Rename {name}").press("Enter")
    field = page.get_by_label(f"New name of {name}")
    expect(field).to_be_focused()
    field.fill(f"{name} anew")
    page.keyboard.press("Enter")
    rename = page.get_by_role("button", name=f"Rename {name} anew")
    expect(rename).to_be_focused()
    assert [(folder / f"{name}{end}.json").exists() for end in ("", " anew")] == [False, True]
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Bring it back")).to_be_focused()
    assert not (folder / f"{name} anew.json").exists()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name=f"Delete {name} anew")).to_be_focused()
    assert (folder / f"{name} anew.json").read_bytes() == before
    page.get_by_role("button", name=f"Insert {name} anew").press("Enter")
    editor.until("app.asking.peek() === null && tab.level.peek().nodes.size === 5")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES, ids=lambda size: str(size[0]))
def test_axe_finds_nothing_to_say_about_snippets(kept, theme, size):
    editor, name = kept
    page = editor.page
    page.set_viewport_size({"width": size[0], "height": size[1]})
    editor.js("app.settings.choose({theme: a})", theme)
    select(editor, "one")
    keep(editor, name)
    expect(page.locator("dialog").get_by_role("alert")).to_be_visible()
    assert editor.violations() == []
    editor.js("app.commands.run('snippet.manage')")
    page.get_by_role("button", name=f"Rename {name}").click()
    expect(page.get_by_label(f"New name of {name}")).to_be_visible()
    assert editor.violations() == []
    assert editor.js("const box = document.querySelector('dialog.sheet'); return box.scrollWidth <= box.clientWidth")


OUTSIDE = flow(
    {"add": ("Add", {"a": 70, "b": 2}), "half": ("Half", {"a": {"link": "add.value"}})}, {"out": "half.value"}
)


def write(home: Home, name: str, document: Any) -> None:
    """Write a saved file as git does."""
    (home.workflows / f"{name}.json").write_text(json.dumps(document, indent=2))


@pytest.fixture
def outside(editor, request, home):
    """A page with a saved workflow that somebody else has changed, its bar, and its name."""
    name = request.node.name.replace("[", " ").replace("]", "")
    editor.show(SUM)
    editor.save_as(name)
    bar = editor.page.get_by_role("region", name="Changed outside")
    assert bar.count() == 0
    write(home, name, OUTSIDE)
    expect(bar).to_contain_text(f"{name} was changed outside")
    yield editor, bar, name
    editor.page.set_viewport_size({"width": 1280, "height": 800})


def test_what_was_changed_outside_is_taken_in_one_step_that_undo_takes_back(outside):
    editor, bar, name = outside
    assert inputs(editor, "add")["a"] == 1
    bar.get_by_role("button", name="Reload").press("Enter")
    expect(bar).to_have_count(0)
    assert inputs(editor, "add")["a"] == 70
    assert not editor.js("return tab.dirty.peek()")
    editor.js("app.commands.run('edit.undo')")
    editor.until("tab.dirty.peek()")
    assert inputs(editor, "add")["a"] == 1
    editor.page.keyboard.press("Control+S")
    editor.until("!tab.dirty.peek()")
    assert editor.saved(name)["nodes"]["add"]["inputs"]["a"] == 1


def test_mine_is_kept_and_the_next_save_replaces_what_stays_among_the_versions(outside):
    editor, bar, name = outside
    editor.set("add", "b", 8)
    expect(bar).to_contain_text("edits here that are not saved")
    expect(bar.get_by_role("button", name="Reload over my edits")).to_be_visible()
    bar.get_by_role("button", name="Compare").press("Enter")
    against = editor.page.get_by_role("group", name="What was changed since")
    expect(against).to_contain_text("add.a: 70 → 1")
    expect(against).to_contain_text("add.b: 2 → 8")
    editor.page.keyboard.press("Escape")
    bar.get_by_role("button", name="Keep mine").press("Enter")
    expect(bar).to_have_count(0)
    assert inputs(editor, "add") == {"a": 1, "b": 8}
    save(editor)
    assert editor.saved(name)["nodes"]["add"]["inputs"] == {"a": 1, "b": 8}
    with urlopen(f"{editor.address}api/workflows/{quote(name)}/versions/2") as answer:
        assert json.load(answer) == OUTSIDE


def test_a_file_that_is_gone_or_broken_is_kept_here_and_saved_anew(outside, home):
    editor, bar, name = outside
    (home.workflows / f"{name}.json").write_text("{")
    expect(bar).to_contain_text("can't be read")
    expect(bar.get_by_role("button")).to_have_count(1)
    (home.workflows / f"{name}.json").unlink()
    expect(bar).to_contain_text("is in the library no more")
    bar.get_by_role("button", name="Keep mine").click()
    expect(bar).to_have_count(0)
    save(editor)
    assert editor.saved(name)["nodes"]["add"]["inputs"]["a"] == 1


def test_a_file_that_is_changed_while_nobody_looks_is_told_of_when_it_opens_again(editor, home):
    name = "while nobody looked"
    editor.show(SUM)
    editor.save_as(name)
    editor.until("app.drafts.peek() === 'kept'")
    editor.page.goto("about:blank")
    write(home, name, OUTSIDE)
    editor.visit()
    bar = editor.page.get_by_role("region", name="Changed outside")
    expect(bar).to_contain_text(name)
    bar.get_by_role("button", name="Reload").click()
    editor.until("!tab.dirty.peek()")
    assert inputs(editor, "add")["a"] == 70


ADD = "levels.get('').nodes.get('add').inputs"
ETAG = """return tab.etag.peek().replaceAll('"', '')"""
SEEN = "window.seen = []; app.outside.subscribe((map) => { if (map.size > 0) window.seen.push(map.size); });"


def test_two_windows_that_save_one_file_in_turn_are_not_told_of_each_other(editor, window, address):
    editor.show(SUM)
    editor.save_as("in turn")
    editor.until("app.drafts.peek() === 'kept'")
    other = window(address)
    assert other.js("return tab.name.peek()") == "in turn"
    for page in (editor, other):
        page.js(SEEN)
    for number, (one, two) in enumerate([(editor, other), (other, editor)]):
        told = two.js("return app.library.peek()")
        one.set("add", "a", 10 + number)
        one.page.keyboard.press("Control+S")
        one.set(
            "add", "b", 20 + number
        )  # before the save is answered, or just after: what is open is not what is saved
        two.until("app.library.peek() > a", told)
        two.until(f"tab.saved.peek().{ADD}.get('a') === a", 10 + number)
        two.until(f"tab.document.peek().{ADD}.get('b') === a", 20 + number)
        assert one.js(ETAG) == two.js(ETAG)
        assert [page.js("return tab.dirty.peek()") for page in (one, two)] == [True, True]
    for page in (editor, other):
        page.js("const { Outside } = await load('session/outside.js'); await new Outside(app).look();")
        assert page.js("return window.seen") == []
    other.page.close()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES, ids=lambda size: str(size[0]))
def test_axe_finds_nothing_to_say_about_a_file_changed_outside(outside, theme, size):
    editor, bar, _ = outside
    editor.page.set_viewport_size({"width": size[0], "height": size[1]})
    editor.js("app.settings.choose({theme: a})", theme)
    editor.set("add", "b", 8)
    expect(bar).to_contain_text("edits here")
    assert editor.violations() == []
    box = bar.bounding_box()
    assert (box["x"], box["width"]) == (0, size[0])
    canvas = editor.page.locator(".canvas").bounding_box()
    assert canvas["y"] >= box["y"] + box["height"]

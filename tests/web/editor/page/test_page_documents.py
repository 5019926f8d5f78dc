"""Documents are never lost: drafts, reloads, two windows, the library and its conflicts."""

import json
from typing import Any
from urllib.request import Request, urlopen

from playwright.sync_api import expect
from workshop import flow

Editor = Any

SUM = flow({"add": ("Add", {"a": 1, "b": 2}), "half": ("Half", {"a": {"link": "add.value"}})}, {"out": "half.value"})


def steps(editor: Editor) -> Any:
    return editor.document()["nodes"]["add"]["inputs"]["a"]


def put(address: str, name: str, document: Any, *, new: bool = True) -> None:
    """Save into the library from outside."""
    headers = {"Content-Type": "application/json", "If-None-Match" if new else "If-Match": "*"}
    request = Request(f"{address}api/workflows/{name}", json.dumps(document).encode(), headers, method="PUT")
    with urlopen(request) as answer:
        assert answer.status in (200, 201)


def test_what_was_drawn_is_there_after_a_reload_and_the_file_in_the_library_is_untouched(editor, address):
    editor.show(SUM)
    editor.save_as("reload")
    editor.set("add", "a", 7)
    editor.until("app.drafts.peek() === 'kept'")
    editor.visit()
    assert steps(editor) == 7
    assert editor.js("return [tab.name.peek(), tab.dirty.peek()]") == ["reload", True]
    assert editor.saved("reload")["nodes"]["add"]["inputs"]["a"] == 1


def test_what_is_saved_is_saved_after_a_reload_too_though_its_file_says_more_than_the_drawing(editor):
    editor.show(flow({"add": ("Add", {"a": 1})}, {"out": "add.value"}))
    editor.save_as("terse")
    editor.until("app.drafts.peek() === 'kept'")
    assert "b" in editor.saved("terse")["nodes"]["add"]["inputs"]  # a default, written out
    editor.visit()
    assert editor.js("return [tab.name.peek(), tab.dirty.peek()]") == ["terse", False]


def test_a_document_whose_file_is_gone_is_unsaved_after_a_reload_so_that_closing_it_loses_nothing(editor, address):
    editor.show(SUM)
    editor.save_as("gone")
    editor.until("app.drafts.peek() === 'kept'")
    with urlopen(Request(f"{address}api/workflows/gone", headers={"If-Match": "*"}, method="DELETE")) as answer:
        assert answer.status in (200, 204)
    editor.visit()
    assert editor.js("return [tab.name.peek(), tab.dirty.peek()]") == ["gone", True]
    assert steps(editor) == 1


def test_several_documents_are_back_with_the_one_that_was_shown(editor):
    editor.show(SUM)
    editor.set("add", "a", 5)
    editor.show({**SUM, "title": "Second"})
    editor.until("app.drafts.peek() === 'kept'")
    editor.page.locator(".tab-title", has_text="A test").click()
    titles = editor.js("return app.tabs.peek().map((tab) => tab.title.peek())")
    editor.visit()
    assert editor.js("return app.tabs.peek().map((tab) => tab.title.peek())") == titles
    assert editor.js("return tab.title.peek()") == "A test"
    assert steps(editor) == 5


def test_the_titles_of_many_documents_can_be_read_and_the_row_scrolls(editor):
    for _ in range(12):
        editor.show(SUM)
    row = editor.page.locator(".tabs ul")
    expect(row.locator(".tab")).not_to_have_count(0)
    widths = row.evaluate("row => [...row.children].map((tab) => tab.offsetWidth)")
    assert len(widths) >= 12
    assert min(widths) >= 96
    assert row.evaluate("row => row.scrollWidth > row.clientWidth")
    row.hover()
    for by in (-5000, 5000):
        editor.page.mouse.wheel(0, by)
        end = "row.scrollLeft === 0" if by < 0 else "row.scrollLeft + row.clientWidth >= row.scrollWidth - 1"
        editor.until(f"(() => {{ const row = document.querySelector('.tabs ul'); return {end}; }})()")
        active = row.locator(".is-active").bounding_box()
        box = row.bounding_box()
        assert box["x"] - 1 <= active["x"]  # it stays in sight
        assert active["x"] + active["width"] <= box["x"] + box["width"] + 1


def test_two_windows_on_one_document_see_each_others_edits(editor, window, address):
    editor.show(SUM)
    editor.save_as("shared")
    editor.until("app.drafts.peek() === 'kept'")
    other = window(address)
    assert other.js("return tab.name.peek()") == "shared"
    editor.set("add", "a", 11)
    other.until("tab.document.peek().levels.get('').nodes.get('add').inputs.get('a') === 11")
    other.set("add", "b", 12)
    editor.until("tab.document.peek().levels.get('').nodes.get('add').inputs.get('b') === 12")
    assert other.js("return tab.history.peek().done.map((step) => step.title)") == ["Value"]


def test_a_conflict_shows_what_differs_and_overwrites_only_when_told(editor, address):
    editor.show(SUM)
    editor.save_as("conflict")
    put(address, "conflict", flow({"add": ("Add", {"a": 99})}, {}), new=False)
    editor.set("add", "a", 3)
    editor.page.keyboard.press("Control+S")
    expect(editor.page.get_by_text("node 'half' (Half) added")).to_be_visible()
    assert editor.saved("conflict")["nodes"]["add"]["inputs"]["a"] == 99
    editor.page.get_by_role("button", name="Overwrite it").click()
    editor.until("!tab.dirty.peek()")
    assert editor.saved("conflict")["nodes"]["add"]["inputs"]["a"] == 3


def test_a_sheet_stays_that_is_asked_for_just_as_another_closes(editor):
    editor.show(SUM)
    editor.js("app.commands.run('file.saveAs')")
    expect(editor.page.get_by_role("heading", name="Save to the library")).to_be_visible()
    still = editor.js(
        """app.asking.value = null;
        const asked = {kind: "lost", title: "another", lost: ["a value"]};
        app.asking.value = asked;
        for (let frame = 0; frame < 3; frame += 1) await new Promise(requestAnimationFrame);
        return app.asking.peek() === asked && document.querySelector("dialog.sheet").open;"""
    )
    assert still


def test_a_name_that_is_taken_is_not_overwritten(editor, address):
    put(address, "taken", SUM)
    editor.show(flow({"add": ("Add", {})}, {}))
    editor.page.keyboard.press("Control+Shift+S")
    editor.page.get_by_label("Name", exact=True).fill("taken")
    editor.page.keyboard.press("Enter")
    expect(editor.page.get_by_role("heading", name="taken is there already")).to_be_visible()
    assert "half" in editor.saved("taken")["nodes"]


def test_a_closed_draft_is_found_again(editor):
    editor.show({**SUM, "title": "Closed"})
    editor.set("add", "a", 21)
    editor.page.get_by_role("button", name="Close Closed").click()
    editor.page.keyboard.press("Control+O")
    editor.page.get_by_role("button", name="Closed (").click()
    editor.until("tab.title.peek() === 'Closed'")
    assert steps(editor) == 21


def test_a_file_that_is_broken_says_what_is_wrong_and_opens_nothing(editor):
    before = editor.js("return app.tabs.peek().length")
    editor.show({"format": "latentloom", "version": 1, "nodes": {"a": {"inputs": {}}}})
    expect(editor.page.get_by_role("heading", name="a.json cannot be opened")).to_be_visible()
    expect(editor.page.locator(".plain-list li").first).to_contain_text("type")
    assert editor.js("return app.tabs.peek().length") == before


def test_an_unknown_node_opens_is_a_fault_in_words_and_is_written_back_as_it_came(editor):
    strange = {"type": "gone:Thing", "version": 3, "inputs": {"strength": 0.25, "a": {"link": "add.value"}}}
    document = flow({"add": ("Add", {})}, {"out": "add.value"})
    document["nodes"]["strange"] = strange
    editor.show(document)
    editor.until("tab.faults.peek().has('strange')")
    editor.page.get_by_role("button", name="1 fault").click()
    entry = editor.page.locator(".faults li").first
    expect(entry).to_contain_text("gone")
    entry.get_by_role("button").click()
    assert editor.document()["nodes"]["strange"] == strange


def test_nodes_are_copied_between_tabs_as_text(editor):
    editor.show(SUM)
    editor.js("tab.selection.value = new Set(['add', 'half'])")
    editor.page.keyboard.press("Control+C")
    editor.page.keyboard.press("Alt+N")
    editor.until("tab.title.peek() === 'Untitled'")
    editor.page.keyboard.press("Control+V")
    editor.until("tab.level.peek().nodes.size === 2")
    assert editor.document()["nodes"]["half"]["inputs"] == {"a": {"link": "add.value"}}


def test_a_document_goes_down_as_the_file_that_the_server_would_write(editor):
    editor.show(SUM)
    with editor.page.expect_download() as got:
        editor.page.get_by_role("button", name="File", exact=True).click()
        editor.page.get_by_role("menuitem", name="Download as JSON").click()
    assert got.value.suggested_filename == "A test.json"
    text = got.value.path().read_text(encoding="utf-8")
    put(editor.address, "down", json.loads(text))
    with urlopen(f"{editor.address}api/workflows/down") as answer:
        assert answer.read().decode() == text

"""A node type's page of help, and the example that it inserts."""

from typing import Any

import pytest
from playwright.sync_api import expect
from workshop import flow

Editor = Any


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_node_explains_itself_and_inserts_an_example(editor: Editor, theme: str) -> None:
    editor.show(flow({"half": ("Half", {"a": 3})}, {"out": "half.value"}))
    editor.js("app.settings.choose({theme: a}); tab.selection.value = new Set(['half'])", theme)
    editor.js("app.view.stage.root.focus()")
    editor.page.keyboard.press("h")
    sheet = editor.page.locator("dialog.sheet")
    sheet.get_by_role("heading", name="Inputs").wait_for()
    assert editor.violations() == []
    sheet.get_by_role("button", name="Insert an example").click()
    editor.until("tab.level.peek().nodes.size > 1")
    assert editor.js("return tab.history.peek().done.length") == 1
    assert "half_2" in editor.document()["nodes"]
    editor.until("tab.cost.peek().of > 0 && tab.faults.peek().size === 0")


def test_the_highest_seed_is_told_exactly(editor: Editor) -> None:
    editor.show(flow({"gate": ("Gate", {})}, {"out": "gate.value"}))
    editor.js("app.commands.run('node.help', {id: 'gate'})")
    expect(editor.page.locator("dialog.sheet")).to_contain_text("0 to 2⁶⁴ − 1")


def test_help_is_opened_left_and_used_by_keyboard_and_nothing_happens_behind_it(editor: Editor) -> None:
    page = editor.page
    editor.show(flow({"half": ("Half", {"a": 3})}, {"out": "half.value"}))
    node, sheet = page.locator("[data-id=half]"), page.locator("dialog.sheet")
    expect(node).to_be_visible()  # who has not seen it does not look for it: what is found is what is drawn
    page.keyboard.press("Control+f")
    expect(page.get_by_role("combobox", expanded=True)).to_be_focused()
    page.keyboard.type("half")
    page.keyboard.press("Enter")
    expect(node).to_be_focused()
    page.keyboard.press("h")
    expect(sheet.get_by_role("heading", name="Inputs")).to_be_visible()
    outside = "document.activeElement === document.body"
    for _ in range(6):  # past the last button, to where the browser has its own
        page.keyboard.press("Tab")
        if page.evaluate(outside):
            break
    assert page.evaluate(outside)
    page.keyboard.press("Tab")
    expect(page.get_by_role("combobox", expanded=True)).to_have_count(0)
    page.keyboard.press("Escape")
    expect(sheet).to_be_hidden()
    expect(node).to_be_focused()
    page.keyboard.press("h")
    sheet.get_by_role("button", name="Insert an example").press("Enter")
    editor.until("tab.level.peek().nodes.size > 1")
    expect(sheet).to_be_hidden()
    expect(node).to_be_focused()

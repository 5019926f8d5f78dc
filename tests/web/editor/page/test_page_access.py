"""The page for those who use no mouse, or listen instead of looking."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect
from workshop import flow

Editor = Any

AXE = Path(__file__).parents[4] / ".venv" / "npm" / "node_modules" / "axe-core" / "axe.min.js"
SUM = flow({"add": ("Add", {"a": 1, "b": 2}), "half": ("Half", {"a": {"link": "add.value"}})}, {"out": "half.value"})


def violations(editor: Editor) -> list[str]:
    """What axe finds, as `rule: element`. Its source goes in past the page's policy on scripts."""
    editor.page.evaluate(AXE.read_text(encoding="utf-8"))
    found = editor.page.evaluate("async () => (await axe.run(document, {resultTypes: ['violations']})).violations")
    return [f"{rule['id']}: {node['html'][:200]}" for rule in found for node in rule["nodes"]]


@pytest.mark.parametrize("sheet", [None, "file.open", "file.saveAs", "window.keys", "file.examples"])
def test_axe_finds_nothing_to_say(editor, sheet):
    editor.show(SUM)
    editor.until("tab.cost.peek().of === 2")
    if sheet is not None:
        editor.js("app.commands.run(a)", sheet)
        expect(editor.page.locator("dialog.sheet h2")).to_be_visible()
        expect(editor.page.get_by_text("Loading…")).to_have_count(0)
    assert violations(editor) == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_to_say_about_faults_in_both_themes(editor, theme):
    editor.show(flow({"half": ("Half", {"a": {"link": "nobody.value"}})}, {"out": "half.value"}))
    editor.js("app.settings.choose({theme: a})", theme)
    editor.page.get_by_role("button", name="1 fault").click()
    expect(editor.page.locator(".faults li")).to_have_count(1)
    found = violations(editor)
    editor.page.get_by_role("button", name="Close the list").click()
    assert found == []


def test_a_menu_is_used_by_keyboard_alone(editor):
    editor.show(SUM)
    editor.page.get_by_role("button", name="Edit", exact=True).focus()
    editor.page.keyboard.press("Enter")
    expect(editor.page.get_by_role("menu")).to_be_visible()
    editor.page.keyboard.press("Escape")
    expect(editor.page.get_by_role("menu")).to_have_count(0)
    expect(editor.page.get_by_role("button", name="Edit", exact=True)).to_be_focused()


def test_a_key_is_given_to_another_command_and_back(editor):
    editor.js("app.commands.run('window.keys')")
    row = editor.page.get_by_role("button", name="Keys of Duplicate", exact=False)
    row.click()
    editor.page.keyboard.press("Alt+D")
    expect(row).to_contain_text("Alt+D")
    expect(row).to_be_focused()
    expect(editor.page.get_by_text("Duplicate is Alt+D now")).to_be_visible()
    editor.page.keyboard.press("Escape")
    editor.show(SUM)
    editor.js("tab.selection.value = new Set(['add'])")
    editor.page.keyboard.press("Alt+D")
    editor.until("tab.level.peek().nodes.has('add_2')")
    editor.js("app.settings.bind('edit.duplicate', null)")
    assert editor.js("return app.commands.keysOf('edit.duplicate')") == ["Ctrl+D"]

"""Views that a pack brings for its node types: shown, told of the run, and let go where they are faulty."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import expect
from serving import served_here
from workshop import flow

from engine.store.home import Home
from web.settings import Settings

Editor = Any


@pytest.fixture(scope="module")
def address(home: Home, children_find_our_nodes: None) -> Iterator[str]:
    """A server of the pack with views."""
    settings = Settings(home=home, devices=("cpu",), registry="viewed:REGISTRY", warm=False)
    with served_here(settings) as port:
        yield f"http://127.0.0.1:{port}/"


def node(editor: Editor, name: str) -> Any:
    return editor.page.locator(f'[data-id="{name}"]')


def test_a_view_stands_on_its_node_and_is_told_of_the_run(editor, tmp_path):
    opens = tmp_path / "open"
    editor.show(flow({"steps": ("Steps", {"count": 4, "opens": str(opens)})}, {"out": "steps.value"}))
    view = node(editor, "steps").locator(".node-view")
    expect(view).to_contain_text("idle null/null: nothing")
    assert editor.js("return app.view.rectOf('steps').width") == 320
    low = editor.js("return app.view.rectOf('steps').height")
    editor.page.keyboard.press("Control+Enter")
    expect(view.locator(".bar")).to_have_count(5)
    expect(view).to_contain_text("running 4/4: ")
    assert editor.js("return app.view.rectOf('steps').height") == low + 60
    opens.touch()
    expect(view).to_contain_text("ran null/null: ")
    editor.visit()
    expect(view).to_contain_text("ran null/null: ")  # the last state is kept with the run
    expect(view.locator(".bar").first).to_have_css("width", "8px")


def test_a_view_writes_inputs_as_one_step_of_undo_and_ends_its_run(editor, tmp_path):
    editor.show(flow({"steps": ("Steps", {"count": 2, "opens": str(tmp_path / "never")})}, {"out": "steps.value"}))
    editor.page.get_by_role("button", name="One more").click()
    assert editor.js("return [tab.document.peek().levels.get('').nodes.get('steps').inputs.get('count')]") == [3]
    assert editor.js("return tab.undo()") == "Change count"
    editor.page.keyboard.press("Control+Enter")
    editor.until("tab.nodeRun('steps').peek().step === 2")
    editor.page.get_by_role("button", name="Enough").click()
    editor.until("tab.run.peek().status === 'succeeded' && tab.run.peek().partial")


def test_what_is_typed_into_a_view_is_no_key_of_the_editor(editor):
    editor.show(flow({"steps": ("Steps", {})}, {"out": "steps.value"}))
    editor.js("tab.selection.value = new Set(['steps'])")
    field = node(editor, "steps").locator(".node-view input")
    field.click()
    editor.page.keyboard.type("no x")
    editor.page.keyboard.press("Delete")
    expect(field).to_have_value("no x")
    assert editor.js("return tab.level.peek().nodes.size") == 1


def test_a_view_goes_with_its_element_and_what_it_remembers_stays(editor):
    editor.show(flow({"steps": ("Steps", {})}, {"out": "steps.value"}))
    view = node(editor, "steps").locator(".node-view")
    expect(view).to_contain_text("seen 1")
    editor.js("tab.camera.value = {x: 99999, y: 99999, zoom: 1}")
    expect(node(editor, "steps")).to_have_count(0)
    assert editor.js("return unmounted") >= 1
    editor.js("app.view.fit()")
    expect(view).to_contain_text("seen 2")


@pytest.mark.parametrize(
    ("type", "why"),
    [
        ("Missing", "none.js"),
        ("Broken", "no view today"),
        ("Empty", "its module's default export has no function mount"),
    ],
)
def test_a_faulty_view_leaves_a_plain_node_that_says_why(editor, type, why):
    editor.show(flow({"it": (type, {"a": 5})}, {"out": "it.value"}))
    expect(node(editor, "it").locator(".node-notice")).to_contain_text(why)
    expect(node(editor, "it").locator(".node-view")).to_have_count(0)
    editor.page.keyboard.press("Control+Enter")
    editor.until("tab.nodeRun('it').peek().outputs?.out[0].value === 5")


def test_a_view_that_throws_later_is_taken_away_and_the_node_stays(editor):
    editor.show(flow({"it": ("Late", {"a": 12}), "other": ("Late", {"a": 1})}, {"out": "it.value"}))
    expect(node(editor, "it").locator(".node-view")).to_contain_text("a is 12")
    editor.set("it", "a", 13)
    expect(node(editor, "it").locator(".node-notice")).to_contain_text("13 is too much")
    expect(editor.page.locator(".node-view")).to_have_count(0)
    editor.set("it", "a", 14)
    expect(node(editor, "it").locator("input").first).to_have_value("14")

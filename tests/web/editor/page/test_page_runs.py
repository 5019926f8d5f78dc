"""Runs on the page: states, results, what is stale, keys, and a server that dies."""

from typing import Any

from playwright.sync_api import expect
from workshop import flow

Editor = Any


def summed(b: int) -> Any:
    """A workflow that no other test has run: what is cached is not run again."""
    return flow(
        {"add": ("Add", {"a": 1, "b": b}), "half": ("Half", {"a": {"link": "add.value"}})}, {"out": "half.value"}
    )


def gated(path: str, a: int = 1) -> Any:
    return flow(
        {"gate": ("Gate", {"a": a, "opens": path}), "after": ("Add", {"a": {"link": "gate.value"}})},
        {"out": "after.value"},
    )


def test_run_shows_what_it_costs_first_and_nothing_to_do_after(editor):
    editor.show(summed(100))
    words = editor.page.locator(".run-words")
    expect(words).to_have_text("2 of 2 nodes would run")
    editor.page.get_by_role("button", name="Run", exact=True).click()
    expect(words).to_have_text("Nothing changed: 0 of 2 nodes would run")
    assert editor.js("return [tab.nodeRun('add').peek().state, tab.nodeRun('half').peek().outputs.out[0].value]") == [
        "ran",
        50,
    ]
    assert "done in" in editor.page.get_by_role("status").last.inner_text()


def test_an_edit_marks_what_is_stale_with_its_reason(editor):
    editor.show(summed(200))
    editor.page.keyboard.press("Control+Enter")
    editor.until("tab.cost.peek().of === 2 && tab.cost.peek().run === 0")
    editor.set("add", "a", 5)
    why = editor.until("tab.plan.peek().get('add')?.state === 'stale' && tab.plan.peek().get('add').why")
    assert "1 → 5" in why
    editor.js("tab.undo()")
    editor.until("tab.cost.peek().run === 0")


def test_a_run_is_cancelled_by_its_button(editor, tmp_path):
    editor.show(gated(str(tmp_path / "never")))
    editor.page.keyboard.press("Control+Enter")
    editor.until("tab.nodeRun('gate').peek().step > 2")
    editor.page.get_by_role("button", name="Cancel").click()
    editor.until("tab.run.peek().status === 'cancelled'")
    assert editor.js("return [tab.nodeRun('gate').peek().state, tab.waiting.peek().length]") == ["idle", 0]


def test_a_stopped_run_keeps_its_best(editor, tmp_path):
    editor.show(gated(str(tmp_path / "never"), 2))
    editor.page.keyboard.press("Control+Enter")
    editor.until("tab.nodeRun('gate').peek().step > 2")
    editor.js("app.commands.run('run.stop')")
    editor.until("tab.run.peek().status === 'succeeded' && tab.run.peek().partial")
    assert editor.js("return tab.nodeRun('after').peek().outputs.out[0].value") >= 3


def test_only_what_a_target_needs_is_run(editor):
    editor.show(summed(300))
    editor.js("tab.selection.value = new Set(['add'])")
    editor.page.keyboard.press("Shift+Enter")
    editor.until("tab.nodeRun('add').peek().state === 'ran' && tab.run.peek().status === 'succeeded'")
    assert editor.js("return tab.nodeRun('half').peek().state") == "idle"


def test_every_change_runs_where_that_was_asked_for(editor):
    editor.show(summed(400))
    editor.js("app.commands.run('run.onChange')")
    editor.set("add", "a", 9)
    editor.until("tab.nodeRun('half').peek().outputs?.out[0].value === 204")
    editor.set("add", "a", 19)
    editor.until("tab.nodeRun('half').peek().outputs?.out[0].value === 209")


def test_a_run_with_a_fault_is_refused_in_words_and_marked_at_the_node(editor):
    editor.show(
        flow(
            {"half": ("Scale", {"x": 1, "by": 2}), "mix": ("Blend", {"one": {"link": "half.value"}})},
            {"out": "mix.paint"},
        )
    )
    editor.page.keyboard.press("Control+Enter")
    editor.until("app.said.peek()?.how === 'assertive'")
    assert editor.js("return tab.faults.peek().has('mix') && tab.run.peek() === null")


def test_a_reload_in_the_middle_of_a_run_finds_it_again(editor, tmp_path):
    opens = tmp_path / "open"
    editor.show(gated(str(opens), 4))
    editor.page.keyboard.press("Control+Enter")
    editor.until("tab.nodeRun('gate').peek().step > 2")
    editor.visit()
    editor.until("tab.run.peek()?.status === 'running'")
    opens.touch()
    editor.until("tab.run.peek().status === 'succeeded'")
    assert editor.js("return tab.nodeRun('after').peek().outputs.out[0].value") == 5


def test_results_are_back_after_a_reload(editor):
    editor.show(summed(500))
    editor.page.keyboard.press("Control+Enter")
    editor.until("tab.run.peek()?.status === 'succeeded'")
    editor.visit()
    editor.until("tab.nodeRun('half').peek().outputs?.out[0].value === 250")
    assert editor.js("return tab.run.peek().status") == "succeeded"

"""Nodes that are frozen: what they gave is used whatever their inputs are, and is seen to be."""

from typing import Any

from playwright.sync_api import expect
from workshop import flow

Editor = Any


def painted(red: float) -> Any:
    nodes = {"paint": ("Paint", {"red": red}), "dark": ("Darken", {"swatch": {"link": "paint.swatch"}, "by": 0.0})}
    return flow(nodes, {"image": "dark.swatch"}, title=f"painted {red}")


def ran(editor: Editor) -> Any:
    """Run all, and give the run when it is over."""
    before = editor.js("return tab.run.peek()?.id ?? ''")
    editor.js("app.commands.run('run.graph')")
    editor.until("tab.run.peek().id !== a && tab.run.peek().id && !tab.active.peek()", before)
    return editor.js("return app.api.run(tab.run.peek().id)")


def picture(editor: Editor, run: Any) -> Any:
    """The colour that a run's picture has: what is written in its file beside tells of what was frozen."""
    return editor.js(
        """const made = await createImageBitmap(await (await fetch(a)).blob());
        const canvas = new OffscreenCanvas(made.width, made.height).getContext('2d');
        canvas.drawImage(made, 0, 0);
        return [...canvas.getImageData(0, 0, 1, 1).data];""",
        run["outputs"]["image"][0]["url"],
    )


def test_a_frozen_node_gives_what_it_gave_until_it_is_unfrozen_in_one_step_each(editor):
    page = editor.page
    editor.show(painted(0.25))
    first = ran(editor)
    node, below = page.locator('.node[data-id="paint"]'), page.locator('.node[data-id="dark"]')
    editor.js("tab.selection.value = new Set(['paint'])")
    page.keyboard.press("Alt+i")
    expect(node.locator(".node-words")).to_have_text("❄ frozen")
    assert list(editor.document()["ui"]["nodes"]["paint"]["frozen"]) == [""]

    editor.set("paint", "red", 0.75)
    expect(node.locator(".node-ice")).to_contain_text("what it gave then is used")
    expect(below.locator(".node-ice")).to_contain_text("from what paint gave when frozen")
    assert editor.js("return tab.cost.peek().run") == 0
    assert editor.violations() == []
    editor.js("app.settings.choose({theme: 'light'})")
    assert editor.violations() == []
    editor.js("app.settings.choose({theme: 'dark'})")

    frozen = ran(editor)
    assert picture(editor, frozen) == picture(editor, first) == [64, 0, 0, 255]
    editor.set("dark", "by", 0.5)
    other = ran(editor)
    assert picture(editor, other) == [32, 0, 0, 255]
    assert list(other["made_with"]["frozen"]) == ["paint"]
    assert other["nodes"]["paint"]["state"] == "cached"

    node.locator(".node-title").click(button="right")
    page.get_by_role("menuitem", name="Freeze what it gave, or unfreeze").click()
    expect(node.locator(".node-ice")).to_have_count(0)
    expect(below.locator(".node-words")).to_contain_text("stale")
    expect(below.locator(".node-why")).to_contain_text("upstream: paint")
    assert "frozen" not in editor.document()["ui"]["nodes"]["paint"]
    editor.js("tab.undo()")
    expect(node.locator(".node-words")).to_have_text("❄ frozen")
    editor.js("app.commands.run('node.unfreezeAll')")
    free = ran(editor)
    assert picture(editor, free) == [96, 0, 0, 255]
    assert free["frozen"] == {}


def test_queue_and_full_view_say_which_results_come_from_what_is_frozen(editor):
    page = editor.page
    editor.show(painted(0.125))
    ran(editor)
    editor.js("app.commands.run('node.freeze', {id: 'paint'})")
    editor.until("tab.frozen.peek().size === 1")
    editor.set("paint", "red", 1.0)
    editor.set("dark", "by", 0.875)
    made = ran(editor)
    page.locator('.node[data-id="dark"]').get_by_role("button", name="Open picture 1").click()
    expect(page.locator(".viewer")).to_contain_text("From frozen")
    page.keyboard.press("Escape")
    editor.js("app.commands.run('queue.toggle')")
    expect(page.locator(".queue-row").first).to_contain_text("❄ frozen: paint")
    assert list(made["frozen"]) == ["paint"]
    assert editor.violations() == []


def test_the_use_of_a_sub_workflow_is_frozen_as_a_whole(editor):
    page = editor.page
    nodes = {"use": ("workflow:paint", {}), "dark": ("Darken", {"swatch": {"link": "use.out"}, "by": 0.25})}
    inner = {"nodes": {"one": {"type": "Paint", "inputs": {"red": 0.5}}}, "outputs": {"out": {"link": "one.swatch"}}}
    editor.show({**flow(nodes, {"image": "dark.swatch"}), "workflows": {"paint": inner}})
    first = ran(editor)
    editor.js("app.commands.run('node.freeze', {id: 'use'})")
    use = page.locator('.node[data-id="use"]')
    expect(use.locator(".node-words")).to_have_text("❄ frozen")
    editor.js("tab.edit('Value', (draft) => draft.level('paint').setInput('one', 'red', 0.9))")
    expect(use.locator(".node-ice")).to_contain_text("what it gave then is used")
    assert picture(editor, ran(editor)) == picture(editor, first)
    editor.js("tab.enter(['use'])")
    expect(page.locator('.node[data-id="one"] .node-words')).to_have_text("❄ frozen")


def test_what_gave_nothing_yet_is_not_frozen_and_the_page_says_why(editor):
    editor.show(painted(0.0625))
    editor.js("await app.commands.run('node.freeze', {id: 'paint'})")
    assert "run it first" in editor.js("return app.said.peek().text")
    assert editor.js("return tab.frozen.peek().size") == 0


def test_a_mark_whose_value_is_elsewhere_is_told_on_the_node_and_fails_the_run_in_a_sentence(editor):
    page = editor.page
    elsewhere = {**painted(0.03125), "ui": {"nodes": {"paint": {"x": 0, "y": 0, "frozen": {"": f"{'0' * 32}:Swatch"}}}}}
    editor.show(elsewhere)
    node = page.locator('.node[data-id="paint"]')
    expect(node.locator(".node-notice")).to_contain_text("not remembered any more: unfreeze it")
    failed = ran(editor)
    assert [(fault["code"], fault["node"]) for fault in failed["faults"]] == [("frozen_gone", "paint")]
    expect(node.locator(".node-faults")).to_contain_text("unfreeze it")
    editor.js("app.commands.run('node.unfreezeAll')")
    assert ran(editor)["status"] == "succeeded"


def test_on_a_phone_a_frozen_node_says_so_too(editor):
    page = editor.page
    page.set_viewport_size({"width": 360, "height": 740})
    editor.show(painted(0.9))
    ran(editor)
    editor.js("app.commands.run('node.freeze', {id: 'paint'})")
    editor.until("tab.frozen.peek().size === 1")
    editor.js("app.view.fit()")
    editor.js("app.view.center('paint'); tab.camera.value = {...tab.camera.peek(), zoom: 1}; app.view.center('paint')")
    expect(page.locator('.node[data-id="paint"] .node-words')).to_have_text("❄ frozen")
    assert editor.violations() == []
    page.set_viewport_size({"width": 1280, "height": 800})

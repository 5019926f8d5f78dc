"""The canvas by keyboard alone, and what a screen reader meets there."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

Canvas = Any
AXE = Path(__file__).parents[4] / ".venv/npm/node_modules/axe-core/axe.min.js"


def violations(canvas: Canvas) -> list[str]:
    """What axe-core finds wrong, in words."""
    canvas.page.evaluate(AXE.read_text(encoding="utf-8"))
    found = canvas.js("axe.run(document, {resultTypes: ['violations']}).then(({violations}) => violations)")
    return [f"{one['id']}: {one['help']} ({node['html'][:120]})" for one in found for node in one["nodes"]]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_on_the_canvas(canvas: Canvas, theme: str) -> None:
    canvas.js("document.documentElement.dataset.theme = a", theme)
    fault = {"code": "c", "node": "size", "input": "width", "message": "width is too small"}
    canvas.js("tab.runs.together(() => tab.runs.set('size', {state: 'failed', fault: a}))", fault)
    canvas.js("tab.runs.together(() => tab.runs.set('prompt', {state: 'ran', seconds: 1}))")
    canvas.js("tab.selection.value = new Set(['prompt', 'negative'])")
    canvas.js("app.commands.run('frame.add')")
    canvas.js("app.commands.run('view.outline')")
    canvas.settled()
    assert violations(canvas) == []


@pytest.mark.parametrize("command", ["node.add", "view.commands", "view.find"])
def test_axe_finds_nothing_in_the_lists(canvas: Canvas, command: str) -> None:
    canvas.page.locator(".stage").focus()
    canvas.js("void app.commands.run(a)", command)
    expect(canvas.page.get_by_role("combobox", expanded=True)).to_be_focused()
    assert violations(canvas) == []


def test_tab_adds_a_node_and_enter_and_escape_lead_in_and_out_of_its_fields(canvas: Canvas) -> None:
    canvas.page.locator(".stage").focus()
    canvas.page.keyboard.press("Tab")
    canvas.page.keyboard.type("text")
    canvas.page.keyboard.press("Enter")
    node = canvas.page.locator('[data-id="text"]')
    expect(node).to_be_focused()
    canvas.page.keyboard.press("Enter")
    expect(canvas.field("text", "value")).to_be_focused()
    canvas.page.keyboard.type("a green cone")
    canvas.page.keyboard.press("Escape")
    expect(node).to_be_focused()
    assert canvas.input("text", "value") == "a green cone"


def test_tab_takes_only_what_was_searched_for(canvas: Canvas) -> None:
    before = canvas.nodes()
    canvas.page.locator(".stage").focus()
    canvas.page.keyboard.press("Tab")
    search = canvas.page.get_by_role("combobox", expanded=True)
    expect(search).to_be_focused()
    canvas.page.keyboard.press("Tab")
    expect(search).to_have_count(0)
    expect(canvas.page.locator(".stage")).to_be_focused()
    assert canvas.nodes() == before
    canvas.page.keyboard.press("Tab")
    canvas.page.keyboard.type("text")
    canvas.page.keyboard.press("Tab")
    expect(canvas.page.locator('[data-id="text"]')).to_be_focused()


def test_arrows_move_the_selected_node_and_shift_moves_it_a_little(canvas: Canvas) -> None:
    canvas.page.mouse.click(*canvas.header("size"))
    before = canvas.nodes()["size"]["ui"]
    canvas.page.keyboard.press("ArrowRight")
    canvas.page.keyboard.press("Shift+ArrowUp")
    after = canvas.nodes()["size"]["ui"]
    assert (after["x"] - before["x"], after["y"] - before["y"]) == (10, -1)
    canvas.page.keyboard.press("Control+z")
    assert canvas.nodes()["size"]["ui"] == before


def test_alt_and_arrows_follow_the_wires(canvas: Canvas) -> None:
    canvas.page.mouse.click(*canvas.header("sampler"))
    canvas.page.keyboard.press("Alt+ArrowRight")
    canvas.until("tab.selection.peek().has('decode')")
    expect(canvas.page.locator('[data-id="decode"]')).to_be_focused()
    canvas.page.keyboard.press("Alt+ArrowLeft")
    canvas.until("!tab.selection.peek().has('decode')")
    assert canvas.selected() <= {"sampler", "model"}


def test_connect_to_lists_what_fits_and_connects_it(canvas: Canvas) -> None:
    canvas.js("tab.edit('', draft => draft.level('').setInput('decode', 'latent', undefined))")
    canvas.page.mouse.click(*canvas.header("decode"))
    canvas.page.keyboard.press("c")
    options = canvas.page.get_by_role("option")
    expect(options.filter(has_text="KSampler · latent")).to_have_count(1)
    expect(options.filter(has_text="conditioning")).to_have_count(0)
    canvas.page.keyboard.type("KSampler · latent")
    canvas.page.keyboard.press("Enter")
    canvas.until("tab.level.peek().nodes.get('decode').inputs.has('latent')")
    assert canvas.input("decode", "latent") == {"link": "sampler.latent"}


def test_disconnect_lists_the_wires_of_a_node_and_takes_one_off(canvas: Canvas) -> None:
    canvas.page.mouse.click(*canvas.header("decode"))
    canvas.page.keyboard.press("Shift+C")
    options = canvas.page.get_by_role("option")
    expect(options).to_contain_text(["from KSampler · latent", "from Load model · vae"])
    canvas.page.keyboard.type("latent")
    expect(options.first).to_contain_text("KSampler")
    canvas.page.keyboard.press("Enter")
    canvas.until("!tab.level.peek().nodes.get('decode').inputs.has('latent')")
    assert canvas.input("decode", "vae") == {"link": "model.vae"}
    expect(canvas.page.locator('[data-id="decode"]')).to_be_focused()


def test_the_outline_has_all_nodes_and_leads_to_each(canvas: Canvas) -> None:
    canvas.js("tab.camera.value = {x: 90000, y: 90000, zoom: 1}")
    canvas.page.keyboard.press("Control+Shift+o")
    items = canvas.page.get_by_role("treeitem")
    expect(items).to_have_count(6)
    expect(items.first).to_be_focused()
    canvas.page.keyboard.press("ArrowDown")
    assert canvas.selected() == {"sampler"}
    canvas.page.keyboard.press("Enter")
    node = canvas.page.locator('[data-id="sampler"]')
    expect(node).to_be_focused()
    expect(node).to_be_in_viewport()


def test_find_leads_to_a_node_by_the_words_of_its_prompt(canvas: Canvas) -> None:
    canvas.page.locator(".stage").focus()
    canvas.page.keyboard.press("Control+f")
    expect(canvas.page.get_by_role("combobox", expanded=True)).to_be_focused()
    canvas.page.keyboard.type("blue sphere")
    canvas.page.keyboard.press("Enter")
    expect(canvas.page.locator('[data-id="prompt"]')).to_be_focused()


def test_the_menu_key_opens_the_menu_of_the_node_and_escape_gives_the_focus_back(canvas: Canvas) -> None:
    canvas.page.mouse.click(*canvas.header("size"))
    node = canvas.page.locator('[data-id="size"]')
    node.dispatch_event("contextmenu", {"clientX": 0, "clientY": 0})
    expect(canvas.page.get_by_role("menuitem").first).to_be_focused()
    canvas.page.keyboard.press("Escape")
    expect(node).to_be_focused()
    node.dispatch_event("contextmenu", {"clientX": 0, "clientY": 0})
    canvas.page.keyboard.press("b")
    canvas.page.keyboard.press("Enter")
    canvas.until("tab.level.peek().nodes.get('size').mode === 'bypass'")


def test_camera_bookmarks_and_the_trail_lead_back(canvas: Canvas) -> None:
    canvas.page.locator(".stage").focus()
    canvas.page.keyboard.press("Alt+Shift+Digit1")
    home = canvas.js("({...stage.camera})")
    canvas.js("tab.camera.value = {x: 5000, y: 5000, zoom: 0.3}")
    canvas.page.keyboard.press("Alt+Digit1")
    canvas.until("Math.abs(stage.camera.x - a.x) < 2 && Math.abs(stage.camera.zoom - a.zoom) < 0.01", home)
    canvas.js("tab.camera.value = {x: 5000, y: 5000, zoom: 0.3}")
    canvas.page.keyboard.press("Home")
    canvas.until("stage.camera.x < 1000")
    canvas.page.keyboard.press("Alt+BracketLeft")
    canvas.until("stage.camera.x === 5000")

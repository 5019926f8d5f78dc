"""Nodes, frames and notes by mouse and keyboard, on the canvas alone."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

Canvas = Any
Show = Callable[[dict[str, Any]], Canvas]


def place(canvas: Canvas, node: str) -> tuple[float, float]:
    ui = canvas.nodes()[node]["ui"]
    return ui["x"], ui["y"]


def test_every_socket_and_row_stands_where_the_geometry_says(canvas: Canvas) -> None:
    assert canvas.js("stage.camera.zoom") != 1
    off = canvas.js(
        """[...document.querySelectorAll('article.node')].flatMap(article => {
            const id = article.dataset.id;
            const box = article.getBoundingClientRect();
            const rect = stage.rectOf(id);
            const high = [...article.querySelectorAll('.media, .field, .sockets')].at(-1).getBoundingClientRect().bottom;
            const sockets = [...article.querySelectorAll('.socket')].map(dot => {
                const at = dot.getBoundingClientRect();
                const side = dot.classList.contains('in') ? 'input' : 'output';
                const wanted = stage.toScreen(stage.geometry.socket(id, side, dot.dataset.port));
                return Math.hypot(at.x + at.width / 2 - wanted.x, at.y + at.height / 2 - wanted.y);
            });
            const zoom = stage.camera.zoom;
            return [Math.abs(box.height - rect.height * zoom), Math.abs(box.bottom - 8 * zoom - high), ...sockets];
        })"""
    )
    assert len(off) > 30
    assert max(off) < 1.5


def test_a_drag_moves_what_is_selected_as_one_step(canvas: Canvas) -> None:
    (x1, y1), (x2, y2) = place(canvas, "prompt"), place(canvas, "negative")
    canvas.page.mouse.click(*canvas.header("prompt"))
    canvas.page.keyboard.down("Shift")
    canvas.page.mouse.click(*canvas.header("negative"))
    canvas.page.keyboard.up("Shift")
    assert canvas.selected() == {"prompt", "negative"}
    x, y = canvas.header("negative")
    zoom = canvas.js("stage.camera.zoom")
    canvas.drag((x, y), (x + 50 * zoom, y - 20 * zoom))
    for node, (was_x, was_y) in {"prompt": (x1, y1), "negative": (x2, y2)}.items():
        now_x, now_y = place(canvas, node)
        assert abs(now_x - was_x - 50) <= 1
        assert abs(now_y - was_y + 20) <= 1
    canvas.page.keyboard.press("Control+z")
    assert (place(canvas, "prompt"), place(canvas, "negative")) == ((x1, y1), (x2, y2))


def test_escape_during_a_drag_puts_it_back(canvas: Canvas) -> None:
    before = canvas.nodes()
    x, y = canvas.header("size")
    canvas.drag((x, y), (x + 90, y + 40), release=False)
    assert canvas.nodes() != before
    canvas.page.keyboard.press("Escape")
    canvas.page.mouse.up()
    assert canvas.nodes() == before


def test_a_box_selects_what_it_touches_and_a_press_on_empty_ground_nothing(canvas: Canvas) -> None:
    prompt = canvas.js("stage.rectOf('prompt')")
    corner = canvas.at(prompt["x"] - 20, prompt["y"] - 20)
    canvas.drag(corner, canvas.at(prompt["x"] + 30, prompt["y"] + 300))
    assert canvas.selected() == {"prompt", "negative"}
    canvas.page.mouse.click(*corner)
    assert canvas.selected() == set()


def test_a_double_click_searches_and_enter_adds_the_node_at_the_pointer(canvas: Canvas) -> None:
    x, y = canvas.at(700, 600)
    canvas.page.mouse.dblclick(x, y)
    canvas.page.keyboard.type("ks")
    canvas.page.keyboard.press("Enter")
    assert canvas.nodes()["ksampler"]["type"] == "KSampler"
    px, py = place(canvas, "ksampler")
    assert abs(px - 700) <= 2
    assert abs(py - 600) <= 2
    expect(canvas.page.locator('[data-id="ksampler"]')).to_be_focused()
    assert canvas.js("app.settings.usesOf('KSampler')") == 1


def test_what_is_not_found_is_said(canvas: Canvas) -> None:
    canvas.page.mouse.dblclick(*canvas.at(700, 620))
    canvas.page.keyboard.type("zzzz")
    expect(canvas.page.get_by_role("status").filter(has_text="No node is called “zzzz”")).to_be_visible()
    canvas.page.keyboard.press("Enter")
    assert len(canvas.nodes()) == 6


def test_an_empty_canvas_says_what_to_do(show: Show) -> None:
    canvas = show({"format": "latentloom", "version": 1, "nodes": {}})
    expect(canvas.page.get_by_text("Nothing here yet")).to_be_visible()
    canvas.page.get_by_role("button", name="Add a node").click()
    canvas.page.keyboard.type("text")
    canvas.page.keyboard.press("Enter")
    assert len(canvas.nodes()) == 1
    expect(canvas.page.get_by_text("Nothing here yet")).to_be_hidden()


def test_a_node_collapses_keeps_its_wires_and_is_renamed_in_place(canvas: Canvas) -> None:
    canvas.page.get_by_role("button", name="Collapse KSampler").click()
    canvas.settled()
    assert canvas.js("stage.rectOf('sampler').height") == 34
    assert canvas.input("sampler", "latent") == {"link": "size.latent"}
    canvas.page.keyboard.press("Control+z")
    canvas.page.mouse.click(*canvas.header("sampler"))
    canvas.page.keyboard.press("F2")
    canvas.page.keyboard.type("The <b>sampler</b>")
    canvas.page.keyboard.press("Enter")
    expect(canvas.page.locator('[data-id="sampler"] h3')).to_have_text("The <b>sampler</b>")


def test_an_unknown_node_shows_what_it_had_and_offers_a_replacement(show: Show) -> None:
    nodes = {
        "a": {"type": "gone:Blur", "inputs": {"image": {"link": "l.image"}, "radius": 3}},
        "l": {"type": "LoadImage", "inputs": {}},
        "s": {"type": "SaveImage", "inputs": {"image": {"link": "a.blurred"}}},
    }
    ui = {"nodes": {"l": {"x": 0, "y": 0}, "a": {"x": 300, "y": 0}, "s": {"x": 600, "y": 0}}}
    canvas = show({"format": "latentloom", "version": 1, "nodes": nodes, "ui": ui})
    node = canvas.page.locator('[data-id="a"]')
    expect(node).to_contain_text("not installed: gone:Blur")
    expect(node.get_by_role("spinbutton")).to_have_value("3")
    node.get_by_role("button", name="Replace…").click()
    canvas.page.keyboard.type("resize")
    canvas.page.keyboard.press("Enter")
    canvas.until("tab.level.peek().nodes.get('a').type === 'ImageResize'")
    assert canvas.input("s", "image") == {"link": "a.image"}
    assert canvas.input("a", "image") == {"link": "l.image"}


def test_states_faults_and_the_reason_of_staleness_are_told_on_the_node(canvas: Canvas) -> None:
    canvas.js(
        """tab.runs.together(() => {
            tab.runs.set('model', {state: 'cached'});
            tab.runs.set('prompt', {state: 'ran', seconds: 1.234});
            tab.runs.set('sampler', {state: 'running', step: 5, of: 20});
        })"""
    )
    words = canvas.page.locator(".node-words")
    expect(canvas.page.locator('[data-id="sampler"]').locator(words)).to_have_text("5 / 20")
    expect(canvas.page.locator('[data-id="prompt"]').locator(words)).to_have_text("1.2 s")
    expect(canvas.page.locator('[data-id="model"]').locator(words)).to_have_text("cached")
    fault = {"code": "failed", "node": "sampler", "input": "steps", "message": "steps is 5, at least 8 are wanted"}
    canvas.js("tab.runs.together(() => tab.runs.set('sampler', {state: 'failed', fault: a}))", fault)
    node = canvas.page.locator('[data-id="sampler"]')
    expect(node.get_by_role("list", name="Faults")).to_have_text(fault["message"])
    expect(node.locator('[data-input="steps"]')).to_have_class(re.compile(r"\bfaulty\b"))
    expect(canvas.field("sampler", "steps")).to_have_attribute("aria-invalid", "true")


def test_what_the_check_notices_is_told_on_the_node(canvas: Canvas) -> None:
    notice = {
        "code": "unknown_words",
        "node": "prompt",
        "input": "text",
        "message": "node 'prompt': dragon is not known",
    }
    canvas.js("tab.checked.value = {faults: [], notices: [a], plan: new Map()}", notice)
    expect(canvas.page.locator('[data-id="prompt"] .node-notice')).to_have_text("dragon is not known")
    expect(canvas.page.locator('[data-id="prompt"]')).to_have_class("node")


def test_a_result_is_shown_in_its_node_and_a_click_asks_for_it_large(canvas: Canvas) -> None:
    picture = {"asset": "image.png", "url": "/models/solids/samples.png", "width": 600, "height": 300, "type": "Image"}
    canvas.js(
        "tab.runs.together(() => tab.runs.set('decode', {state: 'ran', seconds: 1, outputs: {image: [a]}}))", picture
    )
    canvas.settled()
    rect = canvas.js("stage.rectOf('decode')")
    canvas.js(
        "app.commands.add([{id: 'view.openPicture', title: '', group: '', run: (_, asked) => (window.asked = asked)}])"
    )
    canvas.page.get_by_role("button", name="Open picture 1 of 1 of VAE decode").click()
    asked = canvas.js("window.asked")
    assert (asked["width"], asked["height"]) == (600, 300)
    assert asked["url"] == picture["url"]
    assert rect["height"] == 34 + 4 + 48 + 8 + 112 + 8


def test_a_frame_takes_its_nodes_along_and_is_renamed(canvas: Canvas) -> None:
    canvas.js("tab.selection.value = new Set(['prompt', 'negative'])")
    canvas.page.keyboard.press("Control+g")
    canvas.settled()
    before = place(canvas, "prompt")
    head = canvas.page.locator(".frame-head").bounding_box()
    start = head["x"] + head["width"] - 10, head["y"] + 8
    canvas.drag(start, (start[0] + 40, start[1] + 30))
    assert place(canvas, "prompt") != before
    canvas.page.mouse.dblclick(start[0] + 40, start[1] + 30)
    canvas.page.keyboard.type("Prompts")
    canvas.page.keyboard.press("Enter")
    expect(canvas.page.get_by_role("region", name="Prompts")).to_be_visible()


def test_a_corner_makes_a_node_wider_and_its_text_higher(canvas: Canvas) -> None:
    canvas.js("tab.camera.value = {x: 200, y: -60, zoom: 1}")
    canvas.settled()
    before = canvas.js("stage.rectOf('prompt')")
    corner = canvas.at(before["x"] + before["width"] - 6, before["y"] + before["height"] - 5)
    canvas.drag(corner, (corner[0] + 60, corner[1] + 40))
    canvas.settled()
    after = canvas.js("stage.rectOf('prompt')")
    assert (after["width"] - before["width"], after["height"] - before["height"]) == (60, 40)


@pytest.mark.parametrize(("gap", "how"), [(10, "tight"), (30, "short"), (400, "")])
def test_words_below_a_node_keep_to_the_room_above_the_next_one(show, gap, how):
    canvas = show(
        {
            "format": "latentloom",
            "version": 1,
            "nodes": {"up": {"type": "Integer", "inputs": {}}, "down": {"type": "Integer", "inputs": {}}},
            "ui": {"nodes": {"up": {"x": 0, "y": 0}, "down": {"x": 40, "y": 1000}}},
        }
    )
    why = "value 1 → 2, and so many other reasons that they take more than one line of words below a node"
    canvas.js("tab.checked.value = {faults: [], notices: [], plan: new Map([['up', {state: 'stale', why: a}]])}", why)
    canvas.js(
        "tab.edit('Move', (draft) => draft.level('').place('down', {x: 40, y: stage.rectOf('up').height + a}))", gap
    )
    words = canvas.page.locator('[data-id="up"] .node-below')
    expect(words).to_have_class(f"node-below {how}".strip())
    text, next_ = words.locator(".node-why").bounding_box(), canvas.page.locator('[data-id="down"]').bounding_box()
    assert text["y"] + text["height"] <= next_["y"] + 1 or text["width"] <= 1
    expect(words).to_contain_text(why)  # who listens has all of them
    canvas.page.locator('[data-id="up"]').hover()
    expect(words.locator(".node-why")).to_have_css("display", "block")
    assert words.locator(".node-why").bounding_box()["height"] > 28


def test_a_fault_is_cut_between_lines_where_the_next_node_is_near_and_whole_when_pointed_at(show):
    canvas = show(
        {
            "format": "latentloom",
            "version": 1,
            "nodes": {"up": {"type": "Integer", "inputs": {}}, "down": {"type": "Integer", "inputs": {}}},
            "ui": {"nodes": {"up": {"x": 0, "y": 0}, "down": {"x": 0, "y": 1000}}},
        }
    )
    message = (
        "node 'up': input 'value': there is no such thing, neither here nor there, and what there is has other names"
    )
    faults = [{"code": "c", "node": "up", "input": "value", "message": message}] * 2
    canvas.js("tab.camera.value = {x: 100, y: 60, zoom: 1}")
    canvas.js("tab.checked.value = {faults: a, notices: [], plan: new Map()}", faults)
    canvas.js("tab.edit('Move', (draft) => draft.level('').place('down', {x: 0, y: stage.rectOf('up').height + 42}))")
    words = canvas.page.locator('[data-id="up"] .node-below')
    expect(words).to_have_class("node-below short")
    told = words.locator(".node-faults")
    assert told.bounding_box()["height"] == 33  # two lines
    assert told.bounding_box()["y"] + 33 <= canvas.page.locator('[data-id="down"]').bounding_box()["y"]
    canvas.page.locator('[data-id="up"]').hover()
    expect(told.locator("li").last).to_have_css("display", "block")
    assert told.bounding_box()["height"] > 100

"""Wires by mouse, on the canvas alone."""

from collections.abc import Callable
from typing import Any

from playwright.sync_api import expect

Canvas = Any
Show = Callable[[dict[str, Any]], Canvas]


def flow(nodes: dict[str, tuple[str, dict[str, Any], int, int]]) -> dict[str, Any]:
    return {
        "format": "latentloom",
        "version": 1,
        "nodes": {name: {"type": kind, "inputs": inputs} for name, (kind, inputs, _, _) in nodes.items()},
        "ui": {"nodes": {name: {"x": x, "y": y} for name, (_, _, x, y) in nodes.items()}},
    }


def test_a_wire_dropped_on_a_socket_connects_it(show: Show) -> None:
    canvas = show(flow({"i": ("Integer", {}, 0, 0), "m": ("Math", {}, 400, 0)}))
    canvas.drag(canvas.socket("i", "output", "value"), canvas.socket("m", "input", "b"))
    assert canvas.input("m", "b") == {"link": "i.value"}


def test_a_wire_dropped_on_a_body_takes_the_first_free_input_that_fits(show: Show) -> None:
    canvas = show(flow({"i": ("Integer", {}, 0, 0), "m": ("Math", {"a": {"link": "i.value"}}, 400, 0)}))
    canvas.drag(canvas.socket("i", "output", "value"), canvas.header("m"))
    assert canvas.input("m", "b") == {"link": "i.value"}


def test_ten_pixels_beside_a_socket_is_still_the_socket(show: Show) -> None:
    canvas = show(flow({"i": ("Integer", {}, 0, 0), "m": ("Math", {}, 400, 0)}))
    (x1, y1), (x2, y2) = canvas.socket("i", "output", "value"), canvas.socket("m", "input", "b")
    canvas.drag((x1 + 10, y1 - 9), (x2 - 10, y2 + 8))
    assert canvas.input("m", "b") == {"link": "i.value"}


def test_a_wire_that_does_not_fit_says_why_at_the_pointer_and_changes_nothing(canvas: Canvas) -> None:
    before = canvas.nodes()
    canvas.drag(canvas.socket("decode", "output", "image"), canvas.socket("sampler", "input", "model"), release=False)
    expect(canvas.page.locator(".draft-words")).to_have_text("model takes Model, not Image")
    canvas.page.mouse.up()
    assert canvas.nodes() == before
    assert canvas.js("said.at(-1)") == "model takes Model, not Image"
    expect(canvas.page.locator(".draft-wire")).to_have_count(0)


def test_dragged_off_its_input_a_wire_is_gone_and_one_undo_brings_it_back(canvas: Canvas) -> None:
    before = canvas.nodes()
    x, y = canvas.socket("decode", "input", "latent")
    canvas.drag((x, y), (x - 30, y + 250))
    assert canvas.input("decode", "latent") is None
    canvas.page.keyboard.press("Control+z")
    assert canvas.nodes() == before


def test_dragged_off_its_input_a_wire_can_go_to_another(show: Show) -> None:
    canvas = show(flow({"i": ("Integer", {}, 0, 0), "m": ("Math", {"a": {"link": "i.value"}}, 400, 0)}))
    canvas.drag(canvas.socket("m", "input", "a"), canvas.socket("m", "input", "b"))
    assert (canvas.input("m", "a"), canvas.input("m", "b")) == (None, {"link": "i.value"})


def test_a_wire_can_be_drawn_backwards(show: Show) -> None:
    canvas = show(flow({"i": ("Integer", {}, 0, 0), "m": ("Math", {}, 400, 0)}))
    canvas.drag(canvas.socket("m", "input", "a"), canvas.header("i"))
    assert canvas.input("m", "a") == {"link": "i.value"}


def test_with_shift_all_wires_of_an_output_move(canvas: Canvas) -> None:
    canvas.page.keyboard.down("Shift")
    canvas.drag(canvas.socket("sampler", "output", "latent"), canvas.socket("sampler", "output", "x0"))
    canvas.page.keyboard.up("Shift")
    assert canvas.input("decode", "latent") == {"link": "sampler.x0"}


def test_escape_takes_a_wire_back_while_it_is_drawn(canvas: Canvas) -> None:
    before = canvas.nodes()
    canvas.drag(canvas.socket("decode", "input", "latent"), canvas.at(900, 700), release=False)
    canvas.page.keyboard.press("Escape")
    canvas.page.mouse.up()
    assert canvas.nodes() == before
    expect(canvas.page.locator(".draft-wire")).to_have_count(0)


def test_dropped_on_empty_ground_a_wire_asks_what_takes_it_and_connects_what_is_chosen(canvas: Canvas) -> None:
    x, y = canvas.at(1100, 560)
    canvas.drag(canvas.socket("decode", "output", "image"), (x, y))
    options = canvas.page.get_by_role("option")
    expect(options.filter(has_text="Save image")).to_have_count(1)
    expect(options.filter(has_text="Load model")).to_have_count(0)
    canvas.page.keyboard.type("save")
    canvas.page.keyboard.press("Enter")
    assert canvas.input("save_image", "image") == {"link": "decode.image"}
    canvas.settled()
    landed = canvas.socket("save_image", "input", "image")
    assert abs(landed[0] - x) <= 2
    assert abs(landed[1] - y) <= 2
    canvas.page.keyboard.press("Control+z")
    assert "save_image" not in canvas.nodes()


def test_escape_from_that_search_leaves_no_trace(canvas: Canvas) -> None:
    before, history = canvas.nodes(), canvas.js("tab.history.peek().done.length")
    canvas.drag(canvas.socket("decode", "output", "image"), canvas.at(1100, 560))
    expect(canvas.page.get_by_role("combobox")).to_be_focused()
    canvas.page.keyboard.press("Escape")
    assert canvas.nodes() == before
    assert canvas.js("tab.history.peek().done.length") == history
    expect(canvas.page.locator(".draft-wire, .picker")).to_have_count(0)


def test_a_node_dropped_on_a_wire_is_led_through(show: Show) -> None:
    nodes = {
        "i": ("LoadImage", {}, 0, 0),
        "s": ("SaveImage", {"image": {"link": "i.image"}}, 700, 0),
        "r": ("ImageResize", {}, 300, 400),
    }
    canvas = show(flow(nodes))
    (x1, y1), (x2, y2) = canvas.socket("i", "output", "image"), canvas.socket("s", "input", "image")
    canvas.drag(canvas.header("r"), ((x1 + x2) / 2, (y1 + y2) / 2))
    assert canvas.input("r", "image") == {"link": "i.image"}
    assert canvas.input("s", "image") == {"link": "r.image"}
    canvas.settled()
    resized, saved = canvas.js("stage.rectOf('r')"), canvas.js("stage.rectOf('s')")
    assert resized["x"] + resized["width"] <= saved["x"]
    canvas.page.keyboard.press("Control+z")
    assert canvas.input("s", "image") == {"link": "i.image"}


def test_the_menu_of_a_wire_takes_it_away(canvas: Canvas) -> None:
    (x1, y1), (x2, y2) = canvas.socket("sampler", "output", "latent"), canvas.socket("decode", "input", "latent")
    canvas.page.mouse.click((x1 + x2) / 2, (y1 + y2) / 2, button="right")
    canvas.page.get_by_role("menuitem", name="Disconnect").click()
    assert canvas.input("decode", "latent") is None


def test_a_double_click_on_a_wire_gives_it_a_bend(canvas: Canvas) -> None:
    (x1, y1), (x2, y2) = canvas.socket("sampler", "output", "latent"), canvas.socket("decode", "input", "latent")
    canvas.page.mouse.dblclick((x1 + x2) / 2, (y1 + y2) / 2)
    canvas.until("tab.level.peek().nodes.has('reroute')")
    assert canvas.input("reroute", "value") == {"link": "sampler.latent"}
    assert canvas.input("decode", "latent") == {"link": "reroute.value"}
    canvas.page.keyboard.press("Control+z")
    assert canvas.input("decode", "latent") == {"link": "sampler.latent"}


def test_a_wire_led_out_of_the_level_makes_an_input_or_an_output_of_the_workflow(canvas: Canvas) -> None:
    canvas.drag(canvas.socket("size", "input", "width"), canvas.at(200, 700))
    canvas.page.get_by_role("option", name="Input of the workflow").click()
    assert canvas.js("tab.level.peek().inputs.get('width').to") == ["size.width"]
    x, y = canvas.socket("sampler", "output", "x0")
    canvas.drag((x, y), (x + 40, y + 300))
    canvas.page.get_by_role("option", name="Output of the workflow").click()
    assert canvas.js("tab.level.peek().outputs.get('x0').link") == "sampler.x0"
    row = canvas.page.locator('[data-id="sampler"] [data-output="x0"]')
    expect(row).to_have_class("out-row exposed")
    row.click(button="right")
    canvas.page.get_by_role("menuitem", name="“x0” is no output of the workflow").click()
    assert canvas.js("tab.level.peek().outputs.has('x0')") is False

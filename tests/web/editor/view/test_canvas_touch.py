"""The canvas by fingers: what Chromium makes of touches is what the canvas gets."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

Canvas = Any
Point = tuple[float, float]
Show = Callable[[dict[str, Any]], Canvas]


class Hand:
    """Fingers on a canvas, by their places on the screen."""

    def __init__(self, canvas: Canvas) -> None:
        self.canvas = canvas
        self.page = canvas.page
        self.session = self.page.context.new_cdp_session(self.page)

    def send(self, kind: str, *points: Point) -> None:
        touches = [{"x": x, "y": y, "id": number} for number, (x, y) in enumerate(points)]
        self.session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": touches})

    def down(self, *points: Point) -> None:
        self.send("touchStart", *points)

    def move(self, *points: Point) -> None:
        self.send("touchMove", *points)

    def up(self, *left: Point) -> None:
        self.send("touchEnd", *left)
        self.canvas.settled()

    def tap(self, at: Point) -> None:
        self.down(at)
        self.up()

    def press(self, button: Locator) -> None:
        """A tap on the middle of it."""
        box = button.bounding_box()
        assert box is not None
        self.tap((box["x"] + box["width"] / 2, box["y"] + box["height"] / 2))

    def drag(self, start: Point, end: Point, steps: int = 4) -> None:
        self.down(start)
        for step in range(1, steps + 1):
            self.move(*[(start[0] + (end[0] - start[0]) * step / steps, start[1] + (end[1] - start[1]) * step / steps)])
        self.up()

    def hold(self, at: Point) -> None:
        """A press until the menu is there."""
        self.down(at)
        expect(self.page.get_by_role("menu")).to_be_visible()
        self.up()


@pytest.fixture
def hand(canvas: Canvas) -> Hand:
    """Fingers on the text-to-image example, near enough to read it."""
    canvas.js("tab.camera.value = {x: -40, y: -60, zoom: 0.8}")
    canvas.settled()
    return Hand(canvas)


def camera(canvas: Canvas) -> dict[str, float]:
    found: dict[str, float] = canvas.js("({...tab.camera.peek()})")
    return found


def place(canvas: Canvas, node: str) -> Point:
    ui = canvas.nodes()[node]["ui"]
    return float(ui["x"]), float(ui["y"])


def middle(canvas: Canvas, node: str) -> Point:
    """A point of a node's body where neither a control nor a socket is near."""
    rect = canvas.js("stage.rectOf(a)", node)
    at: Point = canvas.at(rect["x"] + rect["width"] / 2, rect["y"] + 46)
    return at


def shift(at: Point, dx: float, dy: float) -> Point:
    return at[0] + dx, at[1] + dy


@pytest.mark.parametrize("on", ["ground", "body", "field"])
def test_one_finger_moves_the_drawing_from_anywhere_but_what_a_hand_moves(hand, on):
    canvas = hand.canvas
    field = canvas.field("sampler", "steps").bounding_box()
    starts = {"ground": (40.0, 700.0), "body": middle(canvas, "model"), "field": (field["x"] + 20, field["y"] + 8)}
    before, document = camera(canvas), canvas.nodes()
    hand.drag(starts[on], shift(starts[on], -60, -40))
    after = camera(canvas)
    assert after["zoom"] == before["zoom"]
    assert 0 < (after["x"] - before["x"]) * before["zoom"] <= 60
    assert 0 < (after["y"] - before["y"]) * before["zoom"] <= 40
    assert canvas.nodes() == document
    expect(hand.page.get_by_role("listbox")).to_have_count(0)


@pytest.mark.parametrize("on", ["ground", "title"])
def test_two_fingers_zoom_and_what_is_between_them_stays_there(hand, on):
    canvas = hand.canvas
    x, y = {"ground": (400.0, 700.0), "title": canvas.header("sampler")}[on]
    between = canvas.js("stage.world({clientX: a[0], clientY: a[1]})", [x, y])
    document = canvas.nodes()
    hand.down((x - 30, y))
    hand.down((x - 30, y), (x + 30, y))
    hand.move((x - 50, y), (x + 50, y))
    hand.move((x - 60, y), (x + 60, y))
    hand.up()
    assert camera(canvas)["zoom"] == pytest.approx(1.6, rel=0.01)
    assert canvas.js("stage.world({clientX: a[0], clientY: a[1]})", [x, y]) == pytest.approx(between, abs=4)
    assert canvas.nodes() == document
    assert canvas.js("tab.history.peek().done.length") == 0


def test_a_node_is_moved_by_its_title_or_once_it_is_selected(hand):
    canvas = hand.canvas
    x, y = place(canvas, "model")
    hand.drag(canvas.header("model"), shift(canvas.header("model"), 0, 80))
    assert place(canvas, "model") == (x, y + 100)
    body = middle(canvas, "size")
    hand.tap(body)
    assert canvas.selected() == {"size"}
    x, y = place(canvas, "size")
    hand.drag(body, shift(body, 0, 40))
    assert place(canvas, "size") == (x, y + 50)
    hand.tap((40, 700))
    assert canvas.selected() == set()


def test_a_tap_goes_to_a_node_that_is_too_far_off_to_be_read(hand):
    canvas = hand.canvas
    canvas.js("tab.camera.value = {x: -900, y: -1200, zoom: 0.22}")
    canvas.settled()
    hand.tap(middle(canvas, "sampler"))
    assert camera(canvas)["zoom"] > 0.6
    assert canvas.selected() == {"sampler"}
    assert canvas.js("document.activeElement.dataset.id") == "sampler"


def test_a_wire_is_made_by_tapping_one_socket_and_then_the_other(hand):
    canvas = hand.canvas
    canvas.js("tab.edit('Off', (draft) => draft.level('').setInput('decode', 'latent', undefined))")
    canvas.settled()
    words = hand.page.locator(".draft-words")
    hand.tap(shift(canvas.socket("sampler", "output", "latent"), -14, 2))
    expect(words).to_have_text("Tap where it goes")
    hand.drag((400, 700), (340, 680))  # the drawing can be moved in between
    expect(words).to_be_visible()
    hand.tap(shift(canvas.socket("decode", "input", "latent"), 16, 3))
    assert canvas.input("decode", "latent") == {"link": "sampler.latent"}
    expect(words).to_have_count(0)
    canvas.js("tab.undo()")
    assert canvas.input("decode", "latent") is None


def test_a_wire_that_was_taken_up_hangs_on_while_two_fingers_zoom(hand):
    canvas = hand.canvas
    document = canvas.nodes()
    hand.tap(shift(canvas.socket("model", "output", "vae"), -10, 0))
    hand.down((400, 700))
    hand.down((400, 700), (460, 700))
    hand.move((400, 700), (500, 700))  # one finger rests
    hand.up()
    expect(hand.page.locator(".draft-words")).to_be_visible()
    assert camera(canvas)["zoom"] > 0.8
    assert canvas.nodes() == document


def test_a_key_presses_a_button_after_a_finger_has_moved_something(hand):
    page, canvas = hand.page, hand.canvas
    page.evaluate("""() => {
        const button = document.body.appendChild(document.createElement('button'));
        button.onclick = () => (window.pressed = true);
        window.button = button;
    }""")
    hand.drag(canvas.header("sampler"), shift(canvas.header("sampler"), 40, 40))
    page.evaluate("window.button.focus()")
    page.keyboard.press("Enter")
    assert page.evaluate("window.pressed")


def test_a_socket_beside_a_control_is_the_socket(hand):
    canvas = hand.canvas
    canvas.js("tab.camera.value = {x: -40, y: -60, zoom: 0.55}")
    canvas.settled()
    hand.tap(canvas.socket("model", "output", "vae"))
    expect(hand.page.locator(".draft-words")).to_be_visible()
    expect(hand.page.get_by_role("combobox")).to_have_count(0)


def test_a_wire_that_was_taken_up_is_refused_in_words_and_put_down_on_nothing(hand):
    canvas = hand.canvas
    document = canvas.nodes()
    words = hand.page.locator(".draft-words")
    hand.tap(shift(canvas.socket("model", "output", "vae"), -10, 0))
    expect(words).to_be_visible()
    hand.tap(shift(canvas.socket("sampler", "input", "latent"), 10, 0))
    assert canvas.js("said.at(-1)") == "latent takes Latent, not VAE"
    expect(words).to_be_visible()
    hand.tap((40, 700))
    expect(words).to_have_count(0)
    hand.tap(shift(canvas.socket("model", "output", "vae"), -10, 0))
    expect(words).to_be_visible()
    hand.page.keyboard.press("Escape")
    expect(words).to_have_count(0)
    assert canvas.nodes() == document


def test_a_tap_on_a_row_ends_a_wire_there_and_does_not_open_its_control(show):
    canvas = show(
        {
            "format": "latentloom",
            "version": 1,
            "nodes": {"i": {"type": "Integer", "inputs": {}}, "m": {"type": "Math", "inputs": {}}},
            "ui": {"nodes": {"i": {"x": 0, "y": 0}, "m": {"x": 400, "y": 0}}},
        }
    )
    hand = Hand(canvas)
    hand.tap(shift(canvas.socket("i", "output", "value"), -10, 0))
    box = canvas.field("m", "b").bounding_box()
    hand.tap((box["x"] + box["width"] - 20, box["y"] + box["height"] / 2))
    assert canvas.input("m", "b") == {"link": "i.value"}
    assert canvas.js("document.activeElement.tagName") != "INPUT"


@pytest.mark.parametrize("on", ["canvas", "node", "wire", "input"])
def test_a_long_press_opens_the_menu_of_what_is_under_it(hand, on):
    canvas = hand.canvas
    label = hand.page.locator('[data-id="sampler"] [data-input="cfg"] .field-name').bounding_box()
    ends = [canvas.socket("sampler", "output", "latent"), canvas.socket("decode", "input", "latent")]
    wire = ((ends[0][0] + ends[1][0]) / 2, (ends[0][1] + ends[1][1]) / 2)
    at = {
        "canvas": (40.0, 700.0),
        "node": canvas.header("model"),
        "wire": wire,
        "input": (label["x"] + 30, label["y"] + 8),
    }[on]
    hand.hold(at)
    wanted = {"canvas": "Add a node", "node": "Rename", "wire": "reroute", "input": "Sweep"}[on]
    menu = hand.page.get_by_role("menu")
    expect(menu).to_contain_text(wanted)
    hand.tap((5, 5))
    expect(menu).to_have_count(0)


def test_a_long_press_moves_nothing_and_a_tap_on_a_number_edits_it(hand):
    canvas = hand.canvas
    document = canvas.nodes()
    hand.hold(canvas.header("sampler"))
    hand.page.keyboard.press("Escape")
    assert canvas.nodes() == document
    box = canvas.field("sampler", "steps").bounding_box()
    hand.tap((box["x"] + box["width"] / 2, box["y"] + box["height"] / 2))
    expect(canvas.field("sampler", "steps")).to_be_focused()
    hand.page.keyboard.type("7")
    hand.page.keyboard.press("Enter")
    assert canvas.input("sampler", "steps") == 7


def choosing(hand: Hand) -> Locator:
    """The bar that is there while nodes are selected by tapping."""
    hand.session.send("Emulation.setTouchEmulationEnabled", {"enabled": True})
    hand.hold(hand.canvas.header("model"))
    hand.press(hand.page.get_by_role("menuitem", name="Select by tapping"))
    bar: Locator = hand.page.get_by_role("group", name="Selecting by tapping")
    expect(bar).to_contain_text("1 selected")
    return bar


def test_taps_add_to_the_selection_and_take_out_of_it_once_that_was_asked_for(hand):
    canvas = hand.canvas
    bar = choosing(hand)
    document = canvas.nodes()
    field = canvas.field("sampler", "steps").bounding_box()
    hand.tap((field["x"] + 30, field["y"] + 8))  # a control is part of its node
    hand.tap(shift(canvas.socket("size", "output", "latent"), -8, 0))  # and so is a socket
    assert canvas.selected() == {"model", "sampler", "size"}
    hand.tap((40, 700))  # nothing is no wish to begin anew
    hand.tap(canvas.header("model"))
    assert canvas.selected() == {"sampler", "size"}
    expect(bar).to_contain_text("2 selected")
    assert canvas.js("document.activeElement.matches('input')") is False
    assert canvas.nodes() == document
    hand.hold(middle(canvas, "decode"))
    expect(hand.page.get_by_role("menu")).to_contain_text("Put a frame around")
    hand.page.keyboard.press("Escape")
    expect(bar).to_be_visible()
    hand.press(bar.get_by_role("button", name="Done"))
    expect(bar).to_have_count(0)
    assert canvas.selected() == {"decode", "sampler", "size"}
    hand.tap(middle(canvas, "decode"))
    hand.tap((40, 700))
    assert canvas.selected() == set()


def test_what_was_selected_by_tapping_moves_together_and_escape_ends_it(hand):
    canvas = hand.canvas
    bar = choosing(hand)
    hand.tap(middle(canvas, "size"))
    before = [place(canvas, node) for node in ("model", "size", "sampler")]
    hand.drag(middle(canvas, "size"), shift(middle(canvas, "size"), 40, 40))
    after = [place(canvas, node) for node in ("model", "size", "sampler")]
    assert after == [shift(before[0], 50, 50), shift(before[1], 50, 50), before[2]]
    hand.page.keyboard.press("Escape")
    expect(bar).to_have_count(0)
    assert canvas.selected() == {"model", "size"}


def test_a_link_is_taken_off_by_tapping_its_input_and_then_nothing(hand):
    canvas = hand.canvas
    words = hand.page.locator(".draft-words")
    end = shift(canvas.socket("decode", "input", "latent"), 12, 0)
    for elsewhere in (end, shift(canvas.socket("sampler", "output", "latent"), -8, 0)):  # where it was, it stays
        hand.tap(end)
        expect(words).to_have_text("Tap where it goes; on nothing takes it off")
        hand.tap(elsewhere)
        expect(words).to_have_count(0)
        assert canvas.input("decode", "latent") == {"link": "sampler.latent"}
    hand.tap(end)
    hand.tap((40, 700))
    expect(words).to_have_count(0)
    assert canvas.input("decode", "latent") is None
    assert canvas.js("said.at(-1)") == "Taken off"
    canvas.js("tab.undo()")
    assert canvas.input("decode", "latent") == {"link": "sampler.latent"}


def test_a_finger_scrubs_a_number_of_a_selected_node_and_a_second_one_takes_that_back(hand):
    canvas = hand.canvas
    hand.tap(middle(canvas, "sampler"))
    steps = canvas.input("sampler", "steps")
    box = canvas.field("sampler", "steps").bounding_box()
    at = (box["x"] + 20, box["y"] + 8)
    before = camera(canvas)
    hand.drag(at, shift(at, 60, 2))
    assert canvas.input("sampler", "steps") == steps + 10
    assert camera(canvas) == before
    assert canvas.js("document.activeElement.matches('input')") is False
    canvas.js("tab.undo()")
    hand.down(at)
    hand.move(shift(at, 60, 0))
    hand.down(shift(at, 60, 0), shift(at, 60, 300))
    hand.up()
    assert canvas.input("sampler", "steps") == steps
    hand.tap(at)
    expect(canvas.field("sampler", "steps")).to_be_focused()

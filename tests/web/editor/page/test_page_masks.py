"""The mask painter, in front of a server with the nodes that ship: what is painted is what the nodes get."""

import json
from collections.abc import Iterator
from io import BytesIO
from typing import Any
from urllib.request import Request, urlopen

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect
from serving import served_here
from workshop import flow

from engine.store.home import Home
from nodes.ops.files import read_picture
from nodes.ops.masks import from_channel
from web.settings import Settings

Editor = Any
WIDTH, HEIGHT = 120, 80


@pytest.fixture(scope="module")
def address(home: Home) -> Iterator[str]:
    """A server of the nodes that ship."""
    with served_here(Settings(home=home, devices=("cpu",), third_party=False, warm=False)) as port:
        yield f"http://127.0.0.1:{port}/"


def uploaded(address: str, color: str, size: tuple[int, int] = (WIDTH, HEIGHT)) -> dict[str, str]:
    """A picture of one colour among the server's assets, as an input names it."""
    data = BytesIO()
    Image.new("RGB", size, color).save(data, "PNG")
    url = f"{address}api/assets?name={color}.png"
    with urlopen(Request(url, data.getvalue(), {"Content-Type": "image/png"}, method="POST")) as answer:
        asset = json.load(answer)
    return {"asset": asset["asset"], "sha256": asset["sha256"]}


def scene(address: str) -> dict[str, Any]:
    """White laid over black where a mask says so."""
    nodes = {
        "below": ("LoadImage", {"file": uploaded(address, "black")}),
        "above": ("LoadImage", {"file": uploaded(address, "white")}),
        "over": ("ImageComposite", {"below": {"link": "below.image"}, "above": {"link": "above.image"}}),
    }
    return flow(nodes, {"image": "over.image"})


def open_painter(editor: Editor, node: str) -> None:
    """By its key, as who looks at the node does."""
    editor.js("tab.selection.value = new Set([a]); app.view.stage.root.focus()", node)
    editor.page.keyboard.press("p")
    editor.page.locator(".painter canvas[data-ready]").wait_for()


def on_picture(editor: Editor, x: float, y: float) -> tuple[float, float]:
    """Where a pixel of the mask is on the screen, with all of it fitted into the painter."""
    box = editor.page.locator(".painter canvas").bounding_box()
    zoom = min((box["width"] - 48) / WIDTH, (box["height"] - 48) / HEIGHT)
    left, top = (box["width"] - WIDTH * zoom) / 2, (box["height"] - HEIGHT * zoom) / 2
    return box["x"] + left + x * zoom, box["y"] + top + y * zoom


def drag(editor: Editor, *points: tuple[float, float]) -> None:
    mouse = editor.page.mouse
    mouse.move(*on_picture(editor, *points[0]))
    mouse.down()
    for point in points[1:]:
        mouse.move(*on_picture(editor, *point), steps=4)
    mouse.up()


def painted(editor: Editor, node: str = "load_mask") -> bytes:
    """The file that was painted."""
    sha256 = editor.document()["nodes"][node]["inputs"]["file"]["sha256"]
    with urlopen(f"{editor.address}api/assets/{sha256}") as answer:
        data: bytes = answer.read()
    return data


def mask_of(editor: Editor, node: str = "load_mask") -> Any:
    """The same as bytes of grey, (H, W)."""
    return np.asarray(Image.open(BytesIO(painted(editor, node))).convert("L"))


def test_what_is_painted_is_what_the_nodes_get_and_one_step_of_undo(editor, address, tmp_path):
    editor.show(scene(address))
    open_painter(editor, "over")
    editor.page.get_by_role("button", name="Box").click()
    drag(editor, (30, 20), (90, 60))
    editor.page.get_by_role("button", name="Eraser").click()
    drag(editor, (60, 40), (61, 40))
    editor.page.keyboard.press("Control+z")
    editor.page.get_by_role("button", name="Apply").click()
    editor.until("tab.level.peek().nodes.has('load_mask')")
    mask = mask_of(editor)
    assert mask.shape == (HEIGHT, WIDTH)
    assert mask[24:56, 40:80].min() == 255
    assert mask[:10].max() == 0
    assert editor.document()["nodes"]["over"]["inputs"]["mask"] == {"link": "load_mask.mask"}
    assert editor.js("return tab.history.peek().done.map((step) => step.title)") == ["Paint a mask"]
    (tmp_path / "mask.png").write_bytes(painted(editor))
    read = from_channel(read_picture(tmp_path / "mask.png").pixels, "brightness")
    assert np.array_equal(np.rint(read[0].numpy() * 255), mask)
    editor.js("tab.undo()")
    assert sorted(editor.document()["nodes"]) == ["above", "below", "over"]


def test_a_mask_is_painted_by_keyboard_alone(editor, address):
    editor.show(scene(address))
    open_painter(editor, "over")
    assert editor.violations() == []
    for key in ["Enter", "ArrowRight", "ArrowRight", "Enter", "]", "i", "Control+Enter"]:
        editor.page.keyboard.press(key)
    editor.until("tab.level.peek().nodes.has('load_mask')")
    mask = mask_of(editor)
    assert mask[HEIGHT // 2, WIDTH // 2] == 0
    assert mask[:4, :4].min() == 255
    editor.page.locator(".painter").wait_for(state="detached")


def test_a_picture_of_another_size_asks_before_the_mask_is_scaled(editor, address):
    document = scene(address)
    small = uploaded(address, "gray", (WIDTH // 2, HEIGHT // 2))
    document["nodes"]["mask"] = {"type": "LoadMask", "inputs": {"file": small}}
    document["nodes"]["over"]["inputs"]["mask"] = {"link": "mask.mask"}
    editor.show(document)
    open_painter(editor, "mask")
    expect(editor.page.get_by_role("alertdialog")).to_contain_text("the mask was painted at 60 × 40")
    expect(editor.page.get_by_role("button", name="Apply", exact=True)).to_be_disabled()
    editor.page.get_by_role("button", name="Scale the mask").click()
    expect(editor.page.get_by_label("Size")).to_have_attribute("aria-valuetext", "8 px")  # of 80; it was 4 of 40
    editor.page.keyboard.press("Control+Enter")
    editor.until("tab.history.peek().done.length === 1")
    mask = mask_of(editor, "mask")
    assert mask.shape == (HEIGHT, WIDTH)
    assert set(np.unique(mask)) == {128}


def test_what_was_painted_is_not_thrown_away_unasked(editor, address):
    editor.show(scene(address))
    open_painter(editor, "over")
    drag(editor, (30, 20), (60, 40))
    editor.page.keyboard.press("Escape")
    expect(editor.page.get_by_role("alertdialog")).to_contain_text("not applied")
    editor.page.get_by_role("button", name="Throw it away").click()
    editor.page.locator(".painter").wait_for(state="detached")
    assert editor.js("return tab.history.peek().done.length") == 0


def test_a_stroke_outlives_the_picture_that_comes_while_it_is_drawn(editor, address):
    document = scene(address)
    document["nodes"]["small"] = {"type": "ImageResize", "inputs": {"image": {"link": "below.image"}, "width": 60}}
    document["nodes"]["over"]["inputs"] = {name: {"link": "small.image"} for name in ("below", "above")}
    editor.show(document)
    open_painter(editor, "over")
    editor.page.keyboard.press("Enter")
    editor.page.keyboard.press("ArrowRight")  # the brush is down
    editor.page.get_by_role("button", name="Make the picture").click()
    expect(editor.page.get_by_role("alertdialog")).to_contain_text("The picture is 60 × 40 now")
    editor.page.get_by_role("button", name="Scale the mask").click()
    editor.page.keyboard.press("Escape")
    expect(editor.page.get_by_role("alertdialog")).to_contain_text("not applied")
    editor.page.get_by_role("button", name="Apply it").click()
    editor.until("tab.level.peek().nodes.has('load_mask')")
    mask = mask_of(editor)
    assert mask.shape == (40, 60)
    assert mask[20, 30] == 255


def test_a_picture_of_the_folder_of_inputs_lies_beneath_and_its_mask_is_begun_with(editor, address, home):
    home.inputs.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (1500, 20), "white").save(home.inputs / "wide one.png")
    Image.new("L", (1500, 20), 77).save(home.inputs / "mask.png")
    editor.until("['mask.png', 'wide one.png'].every((name) => app.inputs.peek().includes(name))")
    document = scene(address)
    for node in ("below", "above"):
        document["nodes"][node]["inputs"]["file"] = {"asset": "wide one.png"}
    document["nodes"]["mask"] = {"type": "LoadMask", "inputs": {"file": {"asset": "mask.png"}}}
    document["nodes"]["over"]["inputs"]["mask"] = {"link": "mask.mask"}
    editor.show(document)
    open_painter(editor, "over")
    expect(editor.page.get_by_role("button", name="Make the picture")).to_have_count(0)  # it is there
    expect(editor.page.get_by_role("alertdialog")).to_have_count(0)  # and of the same size
    editor.page.keyboard.press("i")
    editor.page.keyboard.press("Control+Enter")
    editor.until("tab.history.peek().done.length === 1")
    mask = mask_of(editor, "mask")
    assert mask.shape == (20, 1500)
    assert set(np.unique(mask)) == {255 - 77}


def test_who_leaves_while_the_picture_is_made_has_its_run_cancelled(editor, address):
    document = scene(address)
    document["nodes"]["small"] = {"type": "ImageResize", "inputs": {"image": {"link": "below.image"}, "width": 44}}
    document["nodes"]["over"]["inputs"] = {name: {"link": "small.image"} for name in ("below", "above")}
    editor.show(document)
    editor.js("await (await load('session/history.js')).changeQueue(app.api, 'pause')")
    try:
        open_painter(editor, "over")
        for unanswered in (False, True):
            editor.page.get_by_role("button", name="Make the picture").click()
            if not unanswered:
                editor.until("tab.waiting.peek().length === 1")
            editor.page.keyboard.press("Escape")
            editor.page.locator(".painter").wait_for(state="detached")
            editor.until("tab.run.peek()?.status === 'cancelled' && !tab.active.peek()")
            open_painter(editor, "over")
        editor.page.keyboard.press("Escape")
    finally:
        editor.js("await (await load('session/history.js')).changeQueue(app.api, 'resume')")


def test_the_painter_has_room_in_a_window_of_360_pixels(editor, address):
    page = editor.page
    editor.show(scene(address))
    page.set_viewport_size({"width": 360, "height": 740})
    try:
        open_painter(editor, "over")
        undo = page.get_by_role("button", name="Undo")  # nothing has to be scrolled to it
        for part in (page.get_by_role("button", name="Apply"), page.locator(".painter canvas"), undo):
            box = part.bounding_box()
            assert box["x"] >= 0
            assert box["x"] + box["width"] <= 360
        assert editor.violations() == []
        page.keyboard.press("Escape")
        expect(page.locator(".painter")).to_have_count(0)
    finally:
        page.set_viewport_size({"width": 1280, "height": 800})

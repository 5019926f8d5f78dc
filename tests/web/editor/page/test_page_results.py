"""What runs made, in the whole page: gallery, full view, comparison, a workflow loaded from a picture, the queue, a sweep."""

import io
import json
import re
import zipfile
from typing import Any
from urllib.request import Request, urlopen

import pytest
from accessibility import violations
from PIL import Image
from playwright.sync_api import expect
from workshop import flow

Editor = Any


def paint(red: float, seed: int = 0, size: int = 16) -> Any:
    return flow(
        {"paint": ("Paint", {"red": red, "seed": seed, "size": size})},
        {"image": "paint.swatch"},
        {"seed": "paint.seed"},
        title="Swatches",
    )


def call(address: str, method: str, path: str, body: Any = None) -> Any:
    data = None if body is None else json.dumps(body).encode()
    request = Request(f"{address}api/{path}", data, {"Content-Type": "application/json"}, method=method)
    with urlopen(request) as answer:
        return json.loads(answer.read() or b"null")


def made(editor: Editor, address: str, *workflows: Any) -> list[str]:
    """Have workflows run one after the other; the SHA-256 of their pictures."""
    found = []
    for workflow in workflows:
        id = call(address, "POST", "runs", {"workflow": workflow, "document": "Swatches"})["id"]
        editor.until("app.api.run(a).then((run) => run.status === 'succeeded')", id)
        found.append(call(address, "GET", f"runs/{id}")["outputs"]["image"][0]["sha256"])
    return found


@pytest.fixture
def gallery(editor, address):
    """The panel, open beside a workflow, and closed afterwards."""
    for one in call(address, "GET", "results?limit=100")["results"]:
        call(address, "DELETE", f"assets/{one['sha256']}")
    editor.js(
        "const { resultsOf } = await load('results/store.js'); await resultsOf(app).refresh();"
    )  # none of them is shown
    yield editor
    editor.js("const { dockOf } = await load('results/dock.js'); (await dockOf(app)).close();")


def open_panel(editor: Editor, panel: str) -> None:
    editor.js(f"const {{ dockOf }} = await load('results/dock.js'); (await dockOf(app)).open({json.dumps(panel)});")


def test_pictures_are_told_by_their_edits_starred_and_deleted_by_keyboard(gallery, address):
    page = gallery.page
    _, second = made(gallery, address, paint(0.5, 1), paint(0.25, 1))
    gallery.show(paint(0.25, 1))
    page.keyboard.press("Alt+r")
    tiles = page.locator(".tile-open")
    expect(tiles).to_have_count(2)
    expect(tiles.nth(0)).to_contain_text("red: 0.5 → 0.25")
    tiles.nth(0).focus()
    page.keyboard.press("s")
    expect(page.get_by_role("button", name="Star: red: 0.5 → 0.25")).to_have_attribute("aria-pressed", "true")
    assert [one["sha256"] for one in call(address, "GET", "results?starred=true")["results"]] == [second]
    page.keyboard.press("ArrowRight")
    expect(tiles.nth(1)).to_be_focused()
    page.keyboard.press("Delete")
    expect(page.locator(".panel-question")).to_be_visible()
    page.keyboard.press("Escape")  # leaves the question, not the panel
    expect(page.locator(".panel-question")).to_have_count(0)
    expect(tiles.nth(1)).to_be_focused()
    page.keyboard.press("Delete")
    page.keyboard.press("Enter")
    expect(tiles).to_have_count(1)
    expect(tiles).to_be_focused()
    assert [one["sha256"] for one in call(address, "GET", "results")["results"]] == [second]


def test_two_pictures_are_held_against_each_other_pixel_by_pixel(gallery, address):
    page = gallery.page
    made(gallery, address, paint(1.0, 10), paint(0.0, 10))
    open_panel(gallery, "results")
    expect(page.locator(".tile-open")).to_have_count(2)
    for place in (0, 1):
        page.locator(".tile-check").nth(place).check(force=True)
        expect(page.locator(".tile-check").nth(place)).to_be_checked()
    page.locator(".panel-foot").get_by_role("button", name="Compare").click()
    viewer = page.get_by_role("dialog", name="Picture")
    expect(viewer.get_by_role("button", name="Slider")).to_have_attribute("aria-pressed", "true")
    viewer.get_by_role("button", name="Difference").click()
    expect(viewer).to_contain_text("255 of 255")
    expect(viewer).to_contain_text("100 %")
    viewer.get_by_role("button", name="Blink").click()
    first, second = viewer.locator("h2").get_attribute("title").split("  |  ")
    for name in (second, first):  # whichever is seen says what it is
        expect(viewer.locator("h2")).to_have_text(name)
    viewer.get_by_role("button", name="Difference").click()
    page.locator(".plate").focus()
    page.keyboard.press("Shift+ArrowRight")
    expect(page.locator(".viewer-pixel")).to_contain_text("#000a00  0 10 0")
    expect(page.locator(".viewer-pixel")).to_contain_text("#ff0a00  255 10 0")
    page.keyboard.press("c")
    expect(viewer.get_by_role("button", name="Difference")).to_have_count(0)
    page.keyboard.press("ArrowRight")
    expect(viewer.locator("h2")).to_contain_text(re.compile("First version|red"))  # other tests may have run before
    page.keyboard.press("Escape")
    expect(viewer).to_have_count(0)


def test_a_finger_rests_for_the_menu_and_strokes_to_the_next_picture(gallery, address):
    page = gallery.page
    made(gallery, address, paint(0.75), paint(0.5))
    open_panel(gallery, "results")
    tiles = page.locator(".tile-open")
    expect(tiles).to_have_count(2)
    session = page.context.new_cdp_session(page)

    def touch(kind: str, *points: tuple[float, float]) -> None:
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y} for x, y in points]})

    tiles.nth(0).scroll_into_view_if_needed()  # it has come to rest
    box = tiles.nth(0).bounding_box()
    at = (box["x"] + box["width"] / 2, box["y"] + 60)
    touch("touchStart", at)
    expect(page.get_by_role("menu")).to_be_visible()
    touch("touchEnd")
    page.keyboard.press("Escape")
    expect(page.locator(".viewer")).to_have_count(0)

    touch("touchStart", at)
    touch("touchEnd")
    name = page.locator(".viewer h2")
    expect(name).to_have_text("red: 0.75 → 0.5")
    plate = page.locator(".plate").bounding_box()
    middle = (plate["x"] + plate["width"] / 2, plate["y"] + plate["height"] / 2)
    gallery.until("document.querySelector('.viewer-zoom .percent')?.textContent !== '100 %'")  # it is fitted
    zoom = page.locator(".viewer-zoom .percent").inner_text()

    def stroke(way: int) -> None:
        touch("touchStart", middle)
        for step in (30, 60, 90):
            touch("touchMove", (middle[0] + way * step, middle[1] + 4))
        touch("touchEnd")

    stroke(-1)
    expect(name).to_have_text(re.compile(r"First version|→ 0\.75"))  # other tests may have run before
    stroke(1)  # and back: it is seen whole as before
    expect(name).to_have_text("red: 0.75 → 0.5")
    expect(page.locator(".viewer-zoom .percent")).to_have_text(zoom)
    touch("touchStart", middle)
    touch("touchEnd")
    expect(page.locator(".viewer-pixel")).to_contain_text("#800000  128 0 0")
    page.keyboard.press("Escape")


def test_the_full_view_keeps_within_a_window_that_turns(gallery, address):
    page = gallery.page
    made(gallery, address, paint(0.75), paint(0.5))
    open_panel(gallery, "results")
    page.locator(".tile-open").nth(0).click()
    page.get_by_role("button", name="Compare").click()
    try:
        for width, height in ((820, 1180), (1180, 820), (360, 740)):
            page.set_viewport_size({"width": width, "height": height})
            page.locator(".plate").hover(position={"x": width // 3, "y": 200})
            boxes = [page.locator(part).bounding_box() for part in (".plate", ".viewer-facts", ".viewer-foot")]
            plate, facts, foot = boxes
            assert plate["y"] + plate["height"] <= foot["y"] + 0.5
            assert facts["x"] >= plate["x"] + plate["width"] - 0.5 or facts["y"] >= plate["y"] + plate["height"] - 0.5
            pixel = page.locator(".viewer-pixel")
            assert pixel.evaluate("each => each.scrollWidth <= each.clientWidth"), pixel.inner_text()
    finally:
        page.keyboard.press("Escape")
        page.set_viewport_size({"width": 1280, "height": 800})


def test_a_picture_gives_its_values_or_its_whole_workflow(gallery, address):
    page = gallery.page
    made(gallery, address, paint(0.75, 20))
    gallery.show(paint(0.1, 99))
    open_panel(gallery, "results")
    expect(page.locator(".tile-open")).to_have_count(1)
    page.locator(".tile-open").click(button="right")
    page.get_by_role("menuitem", name="Take only its values").click()
    gallery.until("tab.document.peek().levels.get('').nodes.get('paint').inputs.get('red') === 0.75")
    assert gallery.document()["nodes"]["paint"]["inputs"]["seed"] == 20
    gallery.js("tab.undo()")
    assert gallery.document()["nodes"]["paint"]["inputs"]["red"] == 0.1
    tabs = gallery.js("return app.tabs.peek().length")
    page.locator(".tile-open").click(button="right")
    page.get_by_role("menuitem", name="Load its workflow").click()
    gallery.until(f"app.tabs.peek().length === {tabs + 1}")
    assert gallery.document()["nodes"]["paint"]["inputs"]["red"] == 0.75


def test_a_picture_is_dragged_out_as_a_file(gallery, address):
    page = gallery.page
    (sha256,) = made(gallery, address, paint(0.35, 31))
    gallery.show(paint(0.1, 97))
    open_panel(gallery, "results")
    expect(page.locator(".tile-open img")).to_have_count(1)
    told = page.evaluate(
        """() => {
            const dataTransfer = new DataTransfer();
            document.querySelector(".tile img").dispatchEvent(new DragEvent("dragstart", {dataTransfer, bubbles: true}));
            return ["DownloadURL", "text/uri-list"].map((type) => dataTransfer.getData(type));
        }"""
    )
    file = f"{address}api/assets/{sha256}.png"
    assert told == [f"image/png:Swatches {sha256[:6]}.png:{file}", file]


def test_what_is_done_on_the_canvas_is_seen_though_the_panel_covered_it(gallery, address):
    page = gallery.page
    made(gallery, address, paint(0.75, 21))
    gallery.show(paint(0.1, 98))
    panel, picture = page.locator(".dock"), page.locator(".tile-open")

    def take_values() -> None:
        picture.click(button="right")
        page.get_by_role("menuitem", name="Take only its values").click()

    open_panel(gallery, "results")
    page.get_by_role("button", name="As wide as the window").click()
    expect(panel).to_have_class("dock is-wide")
    take_values()
    expect(panel).to_have_class("dock")
    expect(panel).to_be_visible()
    page.get_by_role("button", name="As wide as the window").click()
    expect(panel).to_have_class("dock is-wide")
    gallery.js(
        """const { dockOf } = await load('results/dock.js');
        for (const _ of [1, 2]) await new Promise(requestAnimationFrame);
        (await dockOf(app)).makeRoom();
        app.view.fit(['paint']);"""
    )
    gallery.until(
        """(() => {
            const box = (one) => document.querySelector(one).getBoundingClientRect();
            const [node, canvas] = [box('[data-id=paint]'), box('.canvas')];
            return canvas.right < innerWidth && Math.abs(node.left + node.right - canvas.left - canvas.right) < 4;
        })()"""
    )
    try:
        for width in (820, 360):
            open_panel(gallery, "results")
            page.set_viewport_size({"width": width, "height": 800})
            take_values()
            expect(panel).to_be_hidden()
    finally:
        page.set_viewport_size({"width": 1280, "height": 800})


def test_a_picture_is_downloaded_without_its_workflow_or_with_all_that_it_needs(gallery, address):
    page = gallery.page
    made(gallery, address, paint(0.3, 30))
    open_panel(gallery, "results")
    expect(page.locator(".tile-open")).to_have_count(1)

    def downloaded(title: str) -> bytes:
        page.locator(".tile-open").click(button="right")
        with page.expect_download() as coming:
            page.get_by_role("menuitem", name=title, exact=True).click()
        return bytes(coming.value.path().read_bytes())

    whole, plain = downloaded("Download"), downloaded("Download without the workflow")
    assert b"latentloom" in whole
    assert b"latentloom" not in plain
    with Image.open(io.BytesIO(whole)) as a, Image.open(io.BytesIO(plain)) as b:
        assert a.tobytes() == b.tobytes()
    bundle = downloaded("Download with its pictures")
    with zipfile.ZipFile(io.BytesIO(bundle)) as archive:
        assert archive.read("pictures/1_image.png") == whole
    tabs = gallery.js("return app.tabs.peek().length")
    gallery.js(
        "await app.openFiles([new File([new Uint8Array(a)], 'it.loom.zip')], {x: 0, y: 0})",
        list(bundle),
    )
    assert gallery.js("return app.tabs.peek().length") == tabs + 1
    assert gallery.document()["nodes"]["paint"]["inputs"]["seed"] == 30


def test_the_queue_is_reordered_by_keys_and_cleared_and_the_same_after_a_reload(gallery, address):
    page = gallery.page
    call(address, "POST", "queue/pause")
    try:
        ids = [call(address, "POST", "runs", {"workflow": paint(0.9, seed)})["id"] for seed in (41, 42, 43)]
        open_panel(gallery, "queue")
        rows = page.locator(".is-waiting .queue-row")
        expect(rows).to_have_count(3)
        page.locator(".queue-grip").nth(2).focus()
        page.keyboard.press("Home")
        expect(rows.nth(0)).to_have_attribute("data-run", ids[2])
        box, target = page.locator(".queue-grip").nth(2).bounding_box(), rows.nth(1).bounding_box()
        page.mouse.move(box["x"] + 8, box["y"] + 8)
        page.mouse.down()
        page.mouse.move(target["x"] + 8, target["y"] + 4, steps=4)
        page.mouse.up()
        expect(rows.nth(1)).to_have_attribute("data-run", ids[1])
        gallery.visit()
        open_panel(gallery, "queue")
        expect(rows).to_have_count(3)
        assert [row.get_attribute("data-run") for row in rows.all()] == [ids[2], ids[1], ids[0]]
        expect(page.get_by_role("button", name="Resume")).to_be_visible()
        page.get_by_role("button", name="Clear what waits").click()
        expect(rows).to_have_count(0)
    finally:
        call(address, "POST", "queue/resume")


def test_a_run_of_the_queue_is_seen_at_its_new_place_while_it_is_dragged_and_keeps_the_keyboard(gallery, address):
    page = gallery.page
    call(address, "POST", "queue/pause")
    try:
        ids = [call(address, "POST", "runs", {"workflow": paint(0.9, seed)})["id"] for seed in (44, 45, 46)]
        open_panel(gallery, "queue")
        rows, grips = page.locator(".is-waiting .queue-row"), page.locator(".queue-grip")
        expect(rows).to_have_count(3)
        box, target = grips.nth(2).bounding_box(), rows.nth(0).bounding_box()
        page.mouse.move(box["x"] + 8, box["y"] + 8)
        page.mouse.down()
        page.mouse.move(target["x"] + 8, target["y"] + 4, steps=4)
        expect(rows.nth(0)).to_have_attribute("data-run", ids[2])
        call(address, "POST", f"runs/{ids[0]}/cancel")  # the list is told anew while the run is held
        expect(rows).to_have_count(2)
        assert [row.get_attribute("data-run") for row in rows.all()] == [ids[2], ids[1]]
        page.mouse.up()
        gallery.until("app.api._json('GET', '/queue').then(({waiting}) => waiting[0].id === a)", ids[2])
        expect(grips.nth(0)).to_be_focused()
        for key, place in (("ArrowDown", 1), ("ArrowUp", 0)):
            page.keyboard.press(key)
            expect(rows.nth(place)).to_have_attribute("data-run", ids[2])
            expect(grips.nth(place)).to_be_focused()
        rows.nth(0).get_by_role("button", name="Cancel").press("Enter")
        expect(rows).to_have_count(1)
        expect(rows.nth(0).get_by_role("button", name="Cancel")).to_be_focused()
        page.get_by_role("button", name="Clear what waits").press("Enter")
        expect(rows).to_have_count(0)
        expect(page.get_by_role("button", name="Resume")).to_be_focused()
    finally:
        call(address, "POST", "queue/clear")
        call(address, "POST", "queue/resume")


def test_what_the_queue_answers_is_no_reason_to_ask_again(gallery):
    page = gallery.page
    with page.expect_response("**/api/queue"):
        open_panel(gallery, "queue")
    expect(page.locator(".panel-bar")).to_contain_text("waiting")
    known = "window.known = app.queue.peek();"
    for keep in (known, ""):  # as the second answer comes, the first one has been worked in
        with page.expect_response("**/api/queue"):
            gallery.js(f"{keep} app.history.value += 1;")
    assert gallery.js("return app.queue.peek() === window.known")


def test_the_right_button_on_a_field_sweeps_its_value_and_is_the_browsers_while_text_is_edited(gallery):
    page = gallery.page
    gallery.show(paint(0.5, 50))
    field = page.locator("[data-id=paint]").get_by_label("red", exact=True)
    field.click(button="right")
    page.get_by_role("menuitem", name="Sweep…").click()
    sheet = page.get_by_role("dialog", name="Sweep red")
    expect(sheet.get_by_label("Values of red")).to_be_focused()
    page.keyboard.press("Escape")
    expect(sheet).to_have_count(0)
    field.click()
    expect(field).to_be_focused()
    field.click(button="right")
    expect(field).to_be_focused()
    expect(page.get_by_role("menu")).to_have_count(0)
    page.keyboard.press("Escape")


def test_a_sweep_comes_back_as_a_labelled_grid_whose_cells_restore_their_values(gallery):
    page = gallery.page
    gallery.show(paint(0.5, 50))
    gallery.js("tab.selection.value = new Set(['paint'])")
    page.get_by_role("button", name="More ways to run").click()
    page.get_by_role("menuitem", name="Sweep…").click()
    page.get_by_label("What is swept").select_option("paint.seed")
    sheet = page.get_by_role("dialog", name="Sweep seed")
    sheet.get_by_label("Values of seed").fill("51..52")
    sheet.get_by_label("And, for each of them").select_option("paint.red")
    sheet.get_by_label("Values of red").fill("0, 0.5, 2")
    expect(sheet).to_contain_text("2 is not a number from 0 to 1")
    expect(sheet.get_by_role("button", name="Run them")).to_be_disabled()
    sheet.get_by_label("Values of red").fill("0, 0.5, 1")
    expect(sheet).to_contain_text("6 runs")
    sheet.get_by_role("button", name="Run them").click()
    expect(page.get_by_role("columnheader")).to_have_text(["red 0", "red 0.5", "red 1"])
    expect(page.get_by_role("rowheader")).to_have_text(["seed 51", "seed 52"])
    expect(page.locator(".sweep-cell img")).to_have_count(6)
    page.get_by_role("button", name="seed 52, red 1").click()
    values = gallery.document()["nodes"]["paint"]["inputs"]
    assert (values["seed"], values["red"]) == (52, 1)
    gallery.js("tab.undo()")
    assert gallery.document()["nodes"]["paint"]["inputs"]["seed"] == 50


@pytest.mark.parametrize(("theme", "width"), [("light", 1920), ("dark", 360)])
def test_axe_finds_nothing_to_say_about_the_panels(gallery, address, theme, width):
    page = gallery.page
    made(gallery, address, paint(0.2, 60), paint(0.4, 60))
    gallery.show(paint(0.4, 60))
    gallery.js("app.settings.choose({theme: a})", theme)
    page.set_viewport_size({"width": width, "height": 800})
    found = {}
    try:
        open_panel(gallery, "results")
        expect(page.locator(".tile-open")).to_have_count(2)
        page.locator(".tile-check").nth(0).check(force=True)
        found["results"] = violations(page)
        page.locator(".tile-open").nth(0).click()
        expect(page.get_by_role("dialog", name="Picture")).to_be_visible()
        gallery.until("document.activeElement?.closest('dialog') !== null")
        page.keyboard.press("c")
        expect(page.get_by_role("button", name="Slider")).to_be_visible()
        found["viewer"] = violations(page)
        page.keyboard.press("Escape")
        call(address, "POST", "queue/pause")
        call(address, "POST", "runs", {"workflow": paint(0.9, 61)})
        open_panel(gallery, "queue")
        expect(page.locator(".queue-grip")).to_have_count(1)
        found["queue"] = violations(page)
        gallery.js("app.commands.run('run.sweep', {id: 'paint', input: 'seed'})")
        sheet = page.get_by_role("dialog", name="Sweep seed")
        expect(sheet).to_be_visible()
        found["sheet"] = violations(page)
        sheet.get_by_role("button", name="Run them").click()
        expect(page.locator(".sweep-cell")).to_have_count(4)
        found["sweep"] = violations(page)
    finally:
        call(address, "POST", "queue/clear")
        call(address, "POST", "queue/resume")
        page.set_viewport_size({"width": 1280, "height": 800})
        gallery.js("app.settings.choose({theme: 'system'})")
    assert found == {"results": [], "viewer": [], "queue": [], "sheet": [], "sweep": []}

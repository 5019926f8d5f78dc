"""RewardOptimize's view: what it shows while pictures are made, and what can be done there."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import expect
from serving import served_here
from workshop import flow

from engine.packs import find_registry
from engine.store.home import Home
from web.settings import Settings

Editor = Any


@pytest.fixture(scope="module")
def address(home: Home, children_find_our_nodes: None) -> Iterator[str]:
    """A server of a node that tells of itself as RewardOptimize does."""
    settings = Settings(home=home, devices=("cpu",), registry="climbing:REGISTRY", warm=False)
    with served_here(settings) as port:
        yield f"http://127.0.0.1:{port}/"


SIZES = """(place) => {
    const [view] = place.shadowRoot.firstChild.children;
    const pressed = [...view.querySelectorAll("button, input[type=number], label")];
    const edge = view.getBoundingClientRect().right + 0.5;
    return {
        small: pressed.filter((one) => one.offsetHeight < 44 || one.offsetWidth < 44).map((one) => one.outerHTML),
        wide: [...view.children].filter((one) => one.getBoundingClientRect().right > edge).map((one) => one.outerHTML),
        spare: place.clientHeight - 8 - view.offsetHeight,
    };
}"""


def fits(editor: Editor) -> bool:
    """Whether nothing of the view is cut off."""
    found: bool = editor.page.locator(".node-view").evaluate(
        "(place) => place.shadowRoot.firstChild.getBoundingClientRect().bottom <= place.getBoundingClientRect().bottom + 0.5"
    )
    return found


def test_the_node_that_ships_brings_the_view_and_its_module_is_there():
    registry = find_registry(third_party=False)
    view = registry.types["RewardOptimize"].view
    folder = next(offer.views for offer in registry.offers() if offer.views is not None)
    assert view is not None
    assert (folder / view).is_file()


def test_an_optimisation_is_watched_ranked_anew_compared_stopped_and_gone_on_with(editor, tmp_path):
    document = flow({"it": ("Climb", {"opens": str(tmp_path)})}, {"image": "it.image", "frames": "it.frames"})
    editor.show(document)
    view = editor.page.locator(".node-view")
    view.get_by_text("come here as it runs").wait_for()
    editor.page.keyboard.press("Control+Enter")
    for number in range(4):
        (tmp_path / str(number)).touch()
        view.get_by_role("button", name=f"Picture {number} best").wait_for()
    assert fits(editor)

    chart = view.get_by_role(
        "img", name="Scores of 4 pictures: redness 0 to 0.3; symmetry 0.2 to 0.2; brightness (held out) 0.5 to 0.35"
    )
    expect(chart.locator("polyline")).to_have_count(4)
    expect(chart.locator("polyline.held")).to_have_count(1)
    expect(view.locator(".warn.gone")).to_contain_text("Norm left what noise has: the reward may be hacked")
    expect(view.locator(".warn").nth(1)).to_contain_text("“brightness” was held out and fell from 0.5 to 0.35")
    expect(view).to_contain_text("Reward models have bias")

    frame = view.get_by_role("button", name="Picture 1, total")
    frame.click()
    expect(frame).to_have_attribute("aria-pressed", "true")
    expect(view.get_by_role("columnheader", name="Number 1")).to_be_visible()
    expect(view.locator(".gauge").first).to_contain_text("64.1 of 64")
    expect(view.locator(".warn.gone")).to_have_count(0)
    frame.click()

    before = editor.document()
    weight = view.get_by_role("spinbutton", name="Weight of symmetry")
    weight.fill("10")
    weight.press("Enter")
    expect(view).to_contain_text("By these weights 1 is best, instead of 3, then 3, 2, 0")
    view.get_by_label("best first").check()
    expect(view.locator(".frame").first).to_have_attribute("aria-label", "Picture 1 best, total 3.1")
    view.get_by_role("button", name="The run's weights").click()
    expect(view).to_contain_text("number 3 is best, 0.4")
    assert editor.document() == before
    assert editor.js("return tab.nodeRun('it').peek().step") == 4

    box = view.locator(".compare").bounding_box()
    editor.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 40)
    editor.page.mouse.down()
    editor.page.mouse.move(box["x"] + box["width"] * 0.2, box["y"] + 40)
    editor.page.mouse.up()
    slider = view.get_by_role("slider", name="First picture to the left")
    cut = int(slider.input_value())
    assert 5 < cut < 35
    slider.press("ArrowRight")
    expect(view.locator(".compare img").nth(1)).to_have_css("clip-path", f"inset(0px 0px 0px {cut + 1}%)")
    assert editor.js("return tab.level.peek().nodes.get('it').ui.x") == 0  # dragging there moved no node

    for theme in ("light", "dark"):
        editor.js("app.settings.choose({theme: a})", theme)
        assert editor.violations() == []

    view.get_by_role("button", name="Stop and keep the best").click()
    editor.until("tab.run.peek().status === 'succeeded' && tab.run.peek().partial")
    expect(view).to_contain_text("Stopped: the best so far is kept")
    for number in range(24):
        (tmp_path / str(number)).touch()
    expect(view).to_contain_text("It was stopped: the 4 are made again")
    view.get_by_role("button", name="20 more").click()
    editor.until("tab.nodeRun('it').peek().data.rows.length === 24 && !tab.active.peek()")
    assert editor.document()["nodes"]["it"]["inputs"]["iterations"] == 24
    expect(view).to_contain_text("24 pictures; number 23 is best")

    editor.visit()  # the last state is kept with the run
    expect(view).to_contain_text("24 pictures; number 23 is best")


def test_what_comes_from_the_cache_brings_what_the_node_showed(editor, tmp_path):
    for number in range(6):
        (tmp_path / str(number)).touch()
    nodes = {"it": ("Climb", {"opens": str(tmp_path)})}
    for names, state in (("image", "ran"), ("again", "cached")):
        editor.show(flow(nodes, {names: "it.image"}))
        editor.page.locator(".node-view").get_by_text("come here as it runs").wait_for()
        editor.page.keyboard.press("Control+Enter")
        editor.until("tab.nodeRun('it').peek().state === a && !tab.active.peek()", state)
        expect(editor.page.locator(".node-view")).to_contain_text("6 pictures; number 5 is best")
        assert fits(editor)
    editor.show(flow(nodes, {"later": "it.image"}))
    editor.page.locator(".node-view").get_by_text("come here as it runs").wait_for()
    cached = "tab.runs.together(() => tab.runs.set('it', {...tab.nodeRun('it').peek(), state: 'cached'}))"
    editor.js(cached)  # its data are gone
    expect(editor.page.locator(".node-view")).to_contain_text("run it with another seed to watch it")


def test_a_finger_finds_what_it_presses_and_a_phone_shows_the_whole_node(editor, tmp_path):
    for number in range(6):
        (tmp_path / str(number)).touch()
    session = editor.page.context.new_cdp_session(editor.page)
    session.send("Emulation.setTouchEmulationEnabled", {"enabled": True})
    try:
        for size, many in (((360, 740), 6), ((1024, 768), 5)):
            editor.page.set_viewport_size({"width": size[0], "height": size[1]})
            document = flow(
                {"it": ("Climb", {"opens": str(tmp_path), "iterations": many})},
                {"image": "it.image", "frames": "it.frames"},
            )
            editor.show(document)
            editor.js("app.commands.run('run.graph')")
            view = editor.page.locator(".node-view")
            expect(view).to_contain_text(f"number {many - 1} is best", timeout=30000)
            assert editor.js("return document.querySelector('.node').offsetWidth") <= size[0]
            for pinned in (False, True):
                found = view.evaluate(SIZES)
                assert found["small"] == []
                assert found["wide"] == []
                assert 0 <= found["spare"] < 100
                weight = view.get_by_role("spinbutton", name="Weight of symmetry")
                if not pinned:
                    weight.fill("10")
                    weight.press("Enter")
                    view.locator(".frame").first.click(timeout=9000)
                    expect(view.get_by_role("columnheader")).to_have_count(5)
    finally:
        session.send("Emulation.setTouchEmulationEnabled", {"enabled": False})
        editor.page.set_viewport_size({"width": 1280, "height": 800})


def test_a_node_takes_another_room_as_soon_as_the_pointer_or_the_window_changes(editor, tmp_path):
    for number in range(6):
        (tmp_path / str(number)).touch()
    session = editor.page.context.new_cdp_session(editor.page)
    editor.show(flow({"it": ("Climb", {"opens": str(tmp_path)})}, {"image": "it.image"}))
    editor.js("app.commands.run('run.graph')")
    expect(editor.page.locator(".node-view")).to_contain_text("is best", timeout=30000)
    wide, high = "document.querySelector('.node').offsetWidth", "document.querySelector('.node').offsetHeight"
    before = editor.js(f"return [{wide}, {high}]")
    try:
        session.send("Emulation.setTouchEmulationEnabled", {"enabled": True})
        editor.until(f"{high} > a[1]", before)
        editor.page.set_viewport_size({"width": 360, "height": 740})
        editor.until(f"{wide} < a[0]", before)
    finally:
        session.send("Emulation.setTouchEmulationEnabled", {"enabled": False})
        editor.page.set_viewport_size({"width": 1280, "height": 800})
    editor.until(f"{wide} === a[0] && {high} === a[1]", before)


def test_20_more_are_20_more_each_time_wherever_and_whenever_it_is_pressed(editor, tmp_path):
    for number in range(6):
        (tmp_path / str(number)).touch()
    editor.show(flow({"it": ("Climb", {"opens": str(tmp_path)})}, {"image": "it.image"}))
    editor.page.keyboard.press("Control+Enter")
    editor.until("tab.nodeRun('it').peek().state === 'ran'")
    more = editor.page.locator('[data-id="it"]').get_by_role("button", name="20 more")

    def press() -> None:
        editor.js("app.view.focusNode('it')")  # the view goes to what is new
        more.click()

    press()
    editor.until("tab.nodeRun('it_2').peek().state === 'running'")
    press()  # while the first twenty are made
    press()
    for number in range(6, 66):
        (tmp_path / str(number)).touch()
    editor.until("tab.nodeRun('it_4').peek().data?.rows.length === 66 && !tab.active.peek()")
    editor.until("tab.plan.peek().get('it_4').state === 'cached'")
    document = editor.document()
    assert set(document["nodes"]) == {"it", "it_2", "it_3", "it_4"}
    assert document["outputs"]["image"]["link"] == "it_4.image"
    press()
    editor.until("tab.nodeRun('it_5').peek().state === 'running'")
    editor.js("app.commands.run('run.stop')")
    editor.until("!tab.active.peek()")
    press()  # what was stopped is made to its end, before there are more
    for number in range(66, 86):
        (tmp_path / str(number)).touch()
    editor.until("tab.nodeRun('it_5').peek().data?.rows.length === 86 && !tab.active.peek()")
    assert len(editor.document()["nodes"]) == 5

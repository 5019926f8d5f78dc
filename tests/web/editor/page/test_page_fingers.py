"""The page under fingers, on a phone and on tablets: what is pressed is large enough, whole, and nothing for axe to say."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import expect
from workshop import flow

Editor = Any
PHONE, UPRIGHT, ACROSS = (360, 740), (820, 1180), (1180, 820)
SMALLER = [".tab-close", ".tile-check", ".fold"]  # beside what is large, or a place of their own that is
FAULTS = """([smaller, where]) => {
    const fields = "input:not([type=checkbox], [type=file]), select, textarea";
    const pressed = `button, ${fields}, [role=treeitem], [role=option], [role=menuitem]`;
    const name = (one) => `${one.getAttribute("aria-label") || one.textContent.trim().slice(0, 30)} .${one.className}`;
    const seen = [...document.querySelectorAll(pressed)].filter((one) => {
        const box = one.getBoundingClientRect();
        const hit = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
        return one.closest(where) && !one.closest(".stage") && box.width > 0 && one.contains(hit);
    });
    return [...seen.flatMap((one) => {
        const { width, height, left, right } = one.getBoundingClientRect();
        const small = Math.min(width, height) < 43.9 && !smaller.some((kind) => one.matches(kind));
        const cut = (left < 0 || right > innerWidth) && !one.closest(".tabs, .painter-tools");
        return [...(small ? [`${name(one)} is ${width} × ${height}`] : []), ...(cut ? [`${name(one)} is cut off`] : [])];
    }), ...(document.documentElement.scrollWidth > innerWidth ? ["the page is wider than the window"] : []),
        ...(seen.length === 0 ? ["nothing is there to be pressed"] : [])];
}"""
BAR = """() => {
    const seen = [...document.querySelectorAll(".bar > :not(.tabs) button, .tabs > button, .is-active button")];
    const boxes = seen.map((one) => one.getBoundingClientRect());
    const name = (one) => one.getAttribute("aria-label") || one.textContent.trim();
    const apart = (a, b) => a.right <= b.left || b.right <= a.left || a.bottom <= b.top || b.bottom <= a.top;
    return seen.flatMap((one, i) => [
        ...(boxes[i].left < 0 || boxes[i].right > innerWidth ? [`${name(one)} is cut off`] : []),
        ...seen.filter((_, j) => j > i && !apart(boxes[i], boxes[j])).map((it) => `${name(one)} lies on ${name(it)}`),
    ]);
}"""


def painting(red: float = 0.5) -> Any:
    return flow(
        {"paint": ("Paint", {"red": red, "seed": 1, "size": 16})},
        {"image": "paint.swatch"},
        {"red": "paint.red", "seed": "paint.seed"},
        title="A workflow of a long name",
    )


@pytest.fixture
def fingers(editor: Editor) -> Iterator[Editor]:
    """The page in front of a workflow that has run twice, once fingers point at it."""
    session = editor.page.context.new_cdp_session(editor.page)
    session.send("Emulation.setTouchEmulationEnabled", {"enabled": True})
    for red in (0.25, 0.5):
        editor.show(painting(red))
        editor.js("app.commands.run('run.graph')")
        editor.until("tab.run.peek()?.status === 'succeeded'")
    editor.until("getComputedStyle(document.querySelector('.zoom-bar button')).height === '44px'")
    yield editor
    editor.js(
        """const { dockOf } = await load('results/dock.js');
        document.querySelectorAll('dialog').forEach((one) => one.close());
        (await dockOf(app)).wide.value = false;
        (await dockOf(app)).close();
        app.settings.choose({theme: 'system'});"""
    )
    session.send("Emulation.setTouchEmulationEnabled", {"enabled": False})
    editor.page.set_viewport_size({"width": 1280, "height": 800})


def resized(editor: Editor, size: tuple[int, int], theme: str) -> None:
    editor.page.set_viewport_size({"width": size[0], "height": size[1]})
    editor.js(
        "app.settings.choose({theme: a}); for (const _ of [1, 2]) await new Promise(requestAnimationFrame)", theme
    )


def wrong(editor: Editor, where: str) -> list[str]:
    """What a finger would find too small, or only half of, and what axe finds."""
    found: list[str] = editor.page.evaluate(FAULTS, [SMALLER, where])
    return [*found, *editor.violations()]


LOOKS = pytest.mark.parametrize(("size", "theme"), [(PHONE, "dark"), (UPRIGHT, "light"), (ACROSS, "dark")])


@LOOKS
def test_what_stands_beside_the_canvas_is_large_enough_for_fingers(fingers, size, theme):
    page, found = fingers.page, {}
    resized(fingers, size, theme)
    found["page"] = [*wrong(fingers, "body"), *page.evaluate(BAR)]
    fingers.js("await app.commands.run('results.toggle')")
    expect(page.locator(".tile-open")).not_to_have_count(0)
    page.locator(".tile-check").nth(0).check(force=True)
    page.locator(".tile-check").nth(1).check(force=True)
    found["results"] = wrong(fingers, ".dock")
    page.locator(".panel-foot").get_by_role("button", name="Compare").click()
    expect(page.get_by_role("button", name="Slider")).to_be_visible()
    found["compare"] = wrong(fingers, ".viewer")
    page.get_by_role("button", name="Close the picture").click()
    fingers.js("await app.commands.run('queue.toggle')")
    expect(page.locator(".queue-row")).not_to_have_count(0)
    found["queue"] = wrong(fingers, ".dock")
    fingers.js("await app.commands.run('queue.toggle'); await app.commands.run('form.show')")
    found["form"] = wrong(fingers, ".form-panel")
    page.locator(".form-panel").get_by_role("button", name="Arrange").click()
    found["arranged"] = wrong(fingers, ".form-panel")
    page.locator(".form-panel").get_by_role("button", name="Fill in").click()
    fingers.js("await app.commands.run('form.show')")
    assert {name: faults for name, faults in found.items() if faults} == {}


@LOOKS
def test_what_opens_over_the_canvas_is_large_enough_for_fingers(fingers, size, theme):
    page, found = fingers.page, {}
    resized(fingers, size, theme)
    for name in ("file.open", "file.saveAs", "devices.show", "snippet.manage"):
        fingers.js("void app.commands.run(a)", name)
        expect(page.locator("dialog h2").first).to_be_visible()
        expect(page.get_by_text("Loading…")).to_have_count(0)
        found[name] = wrong(fingers, "dialog")
        page.get_by_role("button", name="Close", exact=True).click()
    fingers.js("void app.commands.run('run.sweep', {id: 'paint', input: 'seed'})")
    expect(page.get_by_role("dialog", name="Sweep seed")).to_be_visible()
    found["sweep"] = wrong(fingers, "dialog")
    page.get_by_role("button", name="Close", exact=True).click()
    fingers.js("await app.commands.run('node.add')")
    expect(page.get_by_role("option")).not_to_have_count(0)
    found["search"] = wrong(fingers, "[role=listbox]")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="File", exact=True).click()
    found["menu"] = wrong(fingers, ".menu")
    page.keyboard.press("Escape")
    assert {name: faults for name, faults in found.items() if faults} == {}


@LOOKS
def test_legend_outline_and_zoom_do_not_lie_on_each_other(fingers, size, theme):
    page = fingers.page
    resized(fingers, size, theme)
    fingers.js("await app.commands.run('profile.seconds'); await app.commands.run('view.outline')")
    try:
        expect(page.get_by_role("treeitem")).to_have_count(1)
        boxes = [page.locator(one).bounding_box() for one in (".profile", ".outline", ".zoom-bar")]
        for n, a in enumerate(boxes):
            for b in boxes[n + 1 :]:
                beside = a["x"] + a["width"] <= b["x"] or b["x"] + b["width"] <= a["x"]
                assert beside or a["y"] + a["height"] <= b["y"] or b["y"] + b["height"] <= a["y"], (a, b)
        assert wrong(fingers, ".profile, .outline") == []
    finally:
        fingers.js("await app.commands.run('view.outline'); await app.commands.run('profile.toggle')")


def test_the_bar_of_a_phone_holds_a_running_workflow_for_fingers(fingers, tmp_path):
    gated = flow({"gate": ("Gate", {"a": 7, "opens": str(tmp_path / "never")})}, {"out": "gate.value"})
    fingers.show({**gated, "title": "A workflow whose title is longer than any bar"})
    fingers.page.keyboard.press("Control+Enter")
    try:
        fingers.until("tab.nodeRun('gate').peek().step > 2")
        for width in (360, 480, 800, 801, 900):
            fingers.page.set_viewport_size({"width": width, "height": 740})
            fingers.page.wait_for_function(f"() => innerWidth === {width}")
            assert (width, fingers.page.evaluate(BAR)) == (width, [])
    finally:
        fingers.js("app.commands.run('run.cancelAll')")

"""The bar in windows of any width, while a run is under way and several workflows are open."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import expect
from workshop import flow

Editor = Any

BUTTONS = ["File", "Edit", "Arrange", "View", "New workflow", "Cancel", "Run", "More ways to run", "Results", "Queue"]
FAULTS = """() => {
    const seen = [...document.querySelectorAll(".bar > :not(.tabs) button, .tabs > button, .is-active button")];
    const boxes = seen.map((one) => one.getBoundingClientRect());
    const name = (one) => one.getAttribute("aria-label") || one.textContent.trim();
    const hit = (box) => document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
    const apart = (a, b) => a.right <= b.left || b.right <= a.left || a.bottom <= b.top || b.bottom <= a.top;
    const bar = document.querySelector(".bar").getBoundingClientRect();
    const inside = (box) => box.left >= 0 && box.right <= innerWidth && box.bottom <= bar.bottom;
    return seen.flatMap((one, i) => [
        ...(inside(boxes[i]) ? [] : [`${name(one)} is cut off`]),
        ...(one.contains(hit(boxes[i])) ? [] : [`${name(one)} is covered`]),
        ...seen.filter((_, j) => j > i && !apart(boxes[i], boxes[j])).map((it) => `${name(one)} lies on ${name(it)}`),
    ]);
}"""


@pytest.fixture
def narrow(editor: Editor, tmp_path: Any) -> Iterator[Editor]:
    """The page with five workflows, of which the last is running."""
    for title in ("a", "b", "c"):
        editor.show({**flow({"add": ("Add", {"a": 1, "b": 2})}, {"out": "add.value"}), "title": title})
    gated = flow({"gate": ("Gate", {"a": 7, "opens": str(tmp_path / "never")})}, {"out": "gate.value"})
    editor.show({**gated, "title": "A workflow whose title is longer than any bar"})
    editor.page.keyboard.press("Control+Enter")
    editor.until("tab.nodeRun('gate').peek().step > 2")
    yield editor
    editor.js("app.commands.run('run.cancelAll')")
    editor.page.set_viewport_size({"width": 1280, "height": 800})


def test_every_button_of_the_bar_is_whole_and_free_in_a_window_of_any_width(narrow):
    for width in (360, 480, 800, 801, 900, 1280):
        narrow.page.set_viewport_size({"width": width, "height": 740})
        narrow.page.wait_for_function(f"innerWidth === {width}")
        assert (width, narrow.page.evaluate(FAULTS)) == (width, [])
        for name in BUTTONS:
            expect(narrow.page.locator(".bar").get_by_role("button", name=name, exact=name != "Cancel")).to_be_visible()
        assert narrow.page.evaluate("document.querySelector('.canvas').getBoundingClientRect().top") < 90


def test_the_buttons_of_a_bar_of_360_pixels_do_what_they_say(narrow):
    page = narrow.page
    page.set_viewport_size({"width": 360, "height": 740})
    assert narrow.violations() == []
    bar = page.locator(".bar")
    for name in ("File", "Edit", "Arrange", "View", "More ways to run"):
        bar.get_by_role("button", name=name, exact=True).click()
        menu = page.get_by_role("menu").bounding_box()
        assert menu["x"] >= 0
        assert menu["x"] + menu["width"] <= 360
        page.keyboard.press("Escape")
    for name in ("Results", "Queue"):
        bar.get_by_role("button", name=name, exact=True).click()
        expect(page.locator(".dock").get_by_role("button", name=name)).to_have_attribute("aria-pressed", "true")
    bar.get_by_role("button", name="Queue", exact=True).click()
    bar.get_by_role("button", name="Light colours").click()
    bar.get_by_role("button", name="Dark colours").click()
    bar.get_by_role("button", name="Cancel").click()
    narrow.until("tab.run.peek().status === 'cancelled'")
    bar.get_by_role("button", name="New workflow").click()
    assert narrow.js("return app.tabs.peek().length") == 6
    bar.locator(".is-active .tab-close").click()
    assert narrow.js("return app.tabs.peek().length") == 5

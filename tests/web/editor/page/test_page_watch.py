"""Values that are watched: told after each run, without running anything for it."""

from typing import Any

from playwright.sync_api import expect
from workshop import flow

Editor = Any

TENSOR = {
    "name": "samples",
    "kind": "tensor",
    "dtype": "float32",
    "shape": [1, 8, 16, 16],
    "min": -2.5,
    "max": 3.0,
    "mean": 0.1,
    "deviation": 1.0,
    "nan": 2,
    "inf": 0,
    "histogram": [1, 4, 9, 4, 1],
}


def sums(a: int) -> Any:
    nodes = {
        "add": ("Add", {"a": a, "b": 0}),
        "half": ("Half", {"a": {"link": "add.value"}}),
        "count": ("Count", {"upto": 6}),
        "picked": ("Sum", {"items": {"link": "count.value"}}),
    }
    return flow(nodes, {"out": "half.value", "sum": "picked.value"}, title=f"watched {a}")


def ran(editor: Editor) -> None:
    """Run all, and wait until it is over."""
    before = editor.js("return tab.run.peek()?.id ?? ''")
    editor.js("app.commands.run('run.graph')")
    editor.until("tab.run.peek().id !== a && tab.run.peek().id && !tab.active.peek()", before)


def test_a_watched_output_is_told_after_each_run_until_nobody_watches_it(editor):
    page = editor.page
    editor.show(sums(86))
    panel = page.get_by_role("region", name="Watched values")
    page.locator('.node[data-id="add"] [data-output="value"]').click(button="right")
    page.get_by_role("menuitem", name="Watch “value”").click()
    expect(panel).to_contain_text("Nothing was run yet.")
    ran(editor)
    expect(panel.locator("li")).to_contain_text("add.valueInt")
    expect(panel.locator(".watch-part")).to_have_text("86")

    editor.js("tab.selection.value = new Set(['count'])")
    page.keyboard.press("Alt+o")
    count = panel.locator("li").nth(1)
    expect(count).to_contain_text("6 items")
    expect(count).to_contain_text("[3]")
    assert editor.violations() == []

    editor.set("add", "a", 90)
    ran(editor)
    expect(panel.locator("li").first.locator(".watch-part")).to_have_text("90")
    ran(editor)
    expect(panel.locator("li").first.locator(".watch-part")).to_have_text("90")

    panel.get_by_role("button", name="Watch count.value no more").click()
    expect(panel.locator("li")).to_have_count(1)
    panel.get_by_role("button", name="Watch none").click()
    expect(panel).to_be_hidden()


def test_a_tensor_shows_its_range_its_histogram_and_what_is_not_finite_on_a_phone_too(editor):
    page = editor.page
    editor.show(sums(7))
    ran(editor)
    editor.js("app.api.values = async (run, ports) => ({'half.value': {type: 'Latent', rows: [a]}})", TENSOR)
    editor.js("app.commands.run('watch.toggle', {id: 'half', output: 'value'})")
    panel = page.get_by_role("region", name="Watched values")
    expect(panel).to_contain_text("float32 1 × 8 × 16 × 16")
    expect(panel).to_contain_text("−2.5 to 3, mean 0.1, deviation 1")
    expect(panel).to_contain_text("2 NaN")
    expect(panel.get_by_role("img", name="Histogram, −2.5 to 3")).to_be_visible()
    page.set_viewport_size({"width": 360, "height": 740})
    for theme in ("light", "dark"):
        editor.js("app.settings.choose({theme: a})", theme)
        assert editor.violations() == []
    box = panel.bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 360
    page.set_viewport_size({"width": 1280, "height": 800})
    editor.js("app.commands.run('watch.none'); delete app.api.values")
    expect(panel).to_be_hidden()

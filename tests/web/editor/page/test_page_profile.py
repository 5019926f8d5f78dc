"""What the last run took, as tints of nodes and order of the outline."""

from typing import Any

from playwright.sync_api import expect
from workshop import flow

Editor = Any


def nested(b: int) -> Any:
    """A node beside a use of a sub-workflow of two; nothing in it was run before."""
    made = flow(
        {
            "add": ("Add", {"a": 1, "b": b}),
            "use": ("workflow:twice", {"start": {"link": "add.value"}}),
            "later": ("Half", {"a": {"link": "use.out"}}),
        },
        {"out": "use.out", "last": "later.value"},
    )
    inner = {
        "nodes": {
            "one": {"type": "Add", "inputs": {"a": 1, "b": 2}},
            "two": {"type": "Half", "inputs": {"a": {"link": "one.value"}}},
        },
        "inputs": {"start": {"to": ["one.a"]}},
        "outputs": {"out": {"link": "two.value"}},
    }
    return {**made, "workflows": {"twice": inner}}


def painted(editor: Editor) -> list[int]:
    """The colour of the canvas in the middle of a node that has no element, as red, green and blue."""
    found: list[int] = editor.js(
        """await new Promise((go) => requestAnimationFrame(() => requestAnimationFrame(go)));
        const { stage } = app.view, rect = app.view.rectOf('add'), canvas = document.querySelector('canvas.wires');
        const at = stage.toScreen({x: rect.x + rect.width - 12, y: rect.y + rect.height - 12});
        const box = canvas.getBoundingClientRect(), root = stage.root.getBoundingClientRect();
        const scale = canvas.width / box.width;
        const [x, y] = [root.left + at.x - box.left, root.top + at.y - box.top].map((place) => Math.round(place * scale));
        const read = new OffscreenCanvas(1, 1).getContext('2d');
        read.drawImage(canvas, -x, -y);
        return [...read.getImageData(0, 0, 1, 1).data].slice(0, 3);"""
    )
    return found


def test_nodes_and_outline_show_what_the_last_run_took_inside_sub_workflows_too(editor):
    page = editor.page
    editor.show(nested(71))
    editor.js("app.commands.run('profile.toggle')")
    legend = page.get_by_role("region", name="Profile of the last run")
    expect(legend).to_contain_text("Nothing was run yet.")
    editor.js("app.commands.run('run.graph')")
    editor.until("tab.run.peek().status === 'succeeded'")
    expect(legend).to_contain_text("4 ran in")
    took = editor.js("return (await app.api.run(tab.run.peek().id)).nodes")
    add = page.locator('.node[data-id="add"]')
    expect(add).to_have_class("node is-done is-tinted")
    wanted = editor.js(
        """const { levelOf } = await load('profile/measure.js'), { tintColour } = await load('view/tints.js');
        return tintColour(levelOf(a[0], a[1]), document.documentElement.dataset.theme === 'dark');""",
        [took["add"]["seconds"], max(node["seconds"] for node in took.values())],
    )
    rgb = [int(wanted[at : at + 2], 16) for at in (1, 3, 5)]
    expect(add.locator(".node-head")).to_have_css("background-color", f"rgb({rgb[0]}, {rgb[1]}, {rgb[2]})")

    editor.js("app.commands.run('view.outline')")
    rows = page.locator(".outline [data-row]")
    expect(rows).to_have_count(5)
    order = rows.evaluate_all("(rows) => rows.map((row) => row.dataset.row)")
    seconds = {row: took[row]["seconds"] for row in order if row != "use"}
    at = order.index("use")
    inside = order[at + 1 : at + 3]
    assert set(inside) == {"use/one", "use/two"}
    assert seconds[inside[0]] >= seconds[inside[1]]
    seconds["use"] = sum(seconds[row] for row in inside)
    outer = [seconds[row] for row in order if "/" not in row]
    assert outer == sorted(outer, reverse=True)
    assert editor.violations() == []

    editor.js("tab.camera.value = {...tab.camera.peek(), zoom: 0.3}")
    expect(add).to_have_count(0)
    assert painted(editor) == rgb

    editor.set("later", "a", 8)
    editor.js("app.commands.run('run.graph')")
    editor.until("tab.run.peek().status === 'succeeded' && tab.plan.peek().get('later')?.state === 'cached'")
    legend.get_by_role("button", name="Cache").click()
    expect(legend).to_contain_text("cached")
    expect(rows.first).to_have_attribute("data-row", "later")
    expect(page.locator('.outline [data-row="use"] .outline-words')).to_have_text("cached")
    editor.js("app.settings.choose({theme: 'light'})")
    assert editor.violations() == []
    editor.js("app.settings.choose({theme: 'dark'})")

    row = page.locator('.outline [data-row="use/two"]')
    row.focus()
    row.click()
    assert editor.js("return [tab.path.peek(), [...tab.selection.peek()]]") == [["use"], ["two"]]
    expect(page.locator('.outline [data-row="two"]')).to_be_focused()
    legend.get_by_role("button", name="Memory").focus()
    page.keyboard.press("Enter")
    expect(legend).to_contain_text("No node held memory that this device counts.")
    page.keyboard.press("Escape")
    expect(legend).to_be_hidden()
    expect(page.locator(".outline [data-row]").first).to_have_attribute("data-row", "two")
    assert page.locator(".is-tinted").count() == 0
    editor.js("app.commands.run('view.outline')")


def test_the_sheet_of_devices_says_what_each_does(editor):
    editor.js("app.commands.run('devices.show')")
    sheet = editor.page.get_by_role("dialog", name="Devices")
    expect(sheet.get_by_role("heading", level=3)).to_contain_text("cpu: ")
    expect(sheet).to_contain_text("nothing loaded")
    assert editor.violations() == []
    editor.page.keyboard.press("Escape")
    expect(sheet).to_have_count(0)


def test_nothing_lies_on_the_legend_in_a_window_of_360_pixels(editor):
    page = editor.page
    editor.show(nested(72))
    page.set_viewport_size({"width": 360, "height": 740})
    editor.js("tab.camera.value = {x: 0, y: 0, zoom: 1.5}; app.commands.run('profile.toggle')")
    expect(page.locator(".minimap")).to_be_visible()
    legend = page.get_by_role("region", name="Profile of the last run")
    expect(legend).to_be_visible()
    on_top = """(legend) => {
        const { left, right, top, bottom } = legend.getBoundingClientRect();
        const corners = [[left, top], [right, top], [left, bottom], [right, bottom]];
        const inner = corners.map(([x, y]) => [x + (x === left ? 14 : -14), y + (y === top ? 14 : -14)]);
        return inner.every(([x, y]) => legend.contains(document.elementFromPoint(x, y)));
    }"""
    assert legend.evaluate(on_top)
    editor.js("app.commands.run('profile.toggle')")
    page.set_viewport_size({"width": 1280, "height": 800})

"""Two thousand nodes: what the renderer does is counted, since counts are the same on every machine."""

from collections.abc import Callable
from typing import Any

import pytest

Canvas = Any
Show = Callable[[dict[str, Any]], Canvas]
NODES, COLUMNS = 2000, 50


@pytest.fixture
def large(show: Show) -> Canvas:
    """2,000 nodes in 50 columns with some 3,000 links."""
    kinds = ["LoadModel", "TextEncode", "EmptyLatent", "KSampler", "VAEDecode"]
    nodes: dict[str, Any] = {}
    for i in range(0, NODES, 5):
        model, text, size, sampler, decode = (f"n{i + k}" for k in range(5))
        inputs: list[dict[str, Any]] = [
            {"model": "solids"},
            {"encoder": {"link": f"{model}.text_encoder"}, "text": f"prompt {i}"},
            {"model": {"link": f"{model}.model"}},
            {
                "model": {"link": f"{model}.model"},
                "positive": {"link": f"{text}.conditioning"},
                "latent": {"link": f"{size}.latent"},
            },
            {"vae": {"link": f"{model}.vae"}, "latent": {"link": f"{sampler}.latent"}},
        ]
        for k, name in enumerate((model, text, size, sampler, decode)):
            nodes[name] = {"type": kinds[k], "inputs": inputs[k]}
    places = {f"n{i}": {"x": i % COLUMNS * 340, "y": i // COLUMNS * 440} for i in range(NODES)}
    return show({"format": "latentloom", "version": 1, "nodes": nodes, "ui": {"nodes": places}})


def since(canvas: Canvas, before: dict[str, int]) -> dict[str, int]:
    return {name: count - before[name] for name, count in canvas.counters().items()}


def frames(canvas: Canvas, body: str, count: int) -> None:
    """Do something in each of some frames."""
    canvas.page.evaluate(
        f"async () => {{ for (let i = 0; i < {count}; i++) {{ {body}; await new Promise(requestAnimationFrame); }} }}"
    )


def test_seen_from_afar_no_node_has_an_element(large: Canvas) -> None:
    counted = large.counters()
    assert (counted["mounts"], counted["syncs"], counted["minimap"]) == (0, 1, 0)  # a map of what is seen is not shown
    assert counted["paints"] <= 3
    assert large.js("stage.geometry.links.length") == 2800
    assert large.page.locator("article.node").count() == 0


def test_nothing_is_done_while_nothing_changes(large: Canvas) -> None:
    before = large.counters()
    frames(large, "", 20)
    assert set(since(large, before).values()) == {0}


def test_panning_shifts_what_is_painted(large: Canvas) -> None:
    before = large.counters()
    pan = "const c = tab.camera.peek(); tab.camera.value = {...c, x: c.x + 5 / c.zoom}"
    frames(large, pan, 40)
    large.settled()
    done = since(large, before)
    assert done["frames"] >= 35
    assert done["paints"] <= 1  # 200 pixels are within the canvas's margin
    assert [done[name] for name in ("mounts", "renders", "syncs", "minimap")] == [0, 0, 0, 0]


def test_coming_near_makes_a_few_elements_a_frame_and_only_those_in_view(large: Canvas) -> None:
    most = large.page.evaluate(
        """async () => {
            tab.camera.value = {x: 3000, y: 3000, zoom: 0.6};
            let most = 0;
            for (let i = 0, last = counters.mounts; i < 30; i++) {
                await new Promise(requestAnimationFrame);
                most = Math.max(most, counters.mounts - last);
                last = counters.mounts;
            }
            return most;
        }"""
    )
    large.settled()
    assert 0 < most <= 6
    assert 20 <= large.page.locator("article.node").count() <= 60
    before = large.counters()
    large.js("tab.camera.value = {x: 3000, y: 3000, zoom: 0.05}")
    large.settled()
    assert large.page.locator("article.node").count() == 0
    assert since(large, before)["mounts"] == 0


def near(canvas: Canvas) -> None:
    canvas.js("tab.camera.value = {x: 0, y: 0, zoom: 0.8}")
    canvas.settled()


def layers(canvas: Canvas) -> int:
    """How many layers the browser has made of the page."""
    session = canvas.page.context.new_cdp_session(canvas.page)
    trees: list[dict[str, Any]] = []
    session.on("LayerTree.layerTreeDidChange", lambda tree: trees.append(tree))
    session.send("DOM.enable")
    session.send("LayerTree.enable")
    while not any("layers" in tree for tree in trees):
        frames(canvas, "const c = tab.camera.peek(); tab.camera.value = {...c, x: c.x + 1}", 1)
    session.detach()
    return max(len(tree["layers"]) for tree in trees if "layers" in tree)


def test_nodes_in_view_are_one_layer(large: Canvas) -> None:
    large.js("tab.camera.value = {x: 3000, y: 3000, zoom: 0.5}")
    large.settled()
    before = layers(large)
    assert large.page.locator("article.node").count() >= 30
    assert before <= 12  # page, stage, canvas, the nodes, what lies over them
    large.drag(large.header("n412"), large.at(4200, 3300), release=False)
    large.settled()
    assert layers(large) <= before + 4  # what is dragged, its wires, and what was between them
    large.page.mouse.up()


def test_while_the_zoom_is_moving_one_element_is_made_a_frame(large: Canvas) -> None:
    most = large.page.evaluate(
        """async () => {
            tab.camera.value = {x: 3000, y: 3000, zoom: 0.3};
            await new Promise(requestAnimationFrame);
            let most = 0;
            for (let i = 0, last = counters.mounts; i < 30; i++) {
                const c = tab.camera.peek();
                tab.camera.value = {...c, zoom: c.zoom * 1.03};
                await new Promise(requestAnimationFrame);
                most = Math.max(most, counters.mounts - last);
                last = counters.mounts;
            }
            return most;
        }"""
    )
    assert most == 1
    seen = "stage.geometry.nodesIn({left: c.x, top: c.y, right: c.x + w / c.zoom, bottom: c.y + h / c.zoom})"
    large.until(
        f"((c, w, h) => {seen}.length <= stage.mounts.ids.size)(stage.camera, stage.size.width, stage.size.height)"
    )


def test_a_typed_letter_renders_one_node(large: Canvas) -> None:
    near(large)
    large.field("n1", "text").click()
    before = large.counters()
    large.page.keyboard.type("abcde")
    large.settled()
    done = since(large, before)
    assert 1 <= done["renders"] <= 5
    assert (done["mounts"], done["minimap"]) == (0, 0)


def test_a_dragged_node_is_moved_and_nothing_is_rendered(large: Canvas) -> None:
    near(large)
    large.page.mouse.click(*large.header("n0"))
    large.settled()
    before = large.counters()
    x, y = large.header("n0")
    large.drag((x, y), (x + 30, y + 60), steps=12)
    large.settled()
    done = since(large, before)
    assert (done["renders"], done["mounts"]) == (0, 0)
    assert 1 <= done["moves"] <= done["syncs"]
    assert done["paints"] <= 2  # when it is taken up, and when it is put down
    assert 1 <= done["floats"] <= done["syncs"]
    assert done["minimap"] == 1


def test_a_node_that_is_dragged_floats_until_it_is_put_down(large: Canvas) -> None:
    near(large)
    x, y = large.header("n0")
    large.drag((x, y), (x + 30, y + 60), release=False)
    large.settled()
    assert large.js("[...stage.floating.ids]") == ["n0"]
    assert large.page.locator("article.afloat").count() == 1
    area = "((canvas) => canvas.width * canvas.height)"
    assert 0 < large.js(f"4 * {area}(stage.floating.canvas)") < large.js(f"{area}(stage.surface.canvas)")
    large.page.mouse.up()
    large.settled()
    assert large.js("[stage.floating.ids.size, stage.floating.canvas.width]") == [0, 0]
    assert large.page.locator("article.afloat").count() == 0


def test_a_box_that_touches_nothing_new_needs_no_painting(large: Canvas) -> None:
    near(large)
    before = large.counters()
    large.drag(large.at(270, 100), large.at(330, 300), release=False, steps=10)
    large.settled()
    assert large.page.locator(".box-select").count() == 1
    assert since(large, before)["paints"] <= 2  # a wire under the pointer lights up, and goes out
    large.page.mouse.up()


def test_far_nodes_and_their_wires_float_too(large: Canvas) -> None:
    large.js("tab.selection.value = new Set(['n3'])")
    large.settled()
    painted = """((surface) => {
        const {width, height} = surface.canvas;
        const data = surface.context.getImageData(0, 0, width, height).data;
        return data.reduce((found, value, i) => found + (i % 4 === 3 && value > 0), 0);
    })(stage.floating)"""
    x, y = large.header("n3")
    large.drag((x - 2, y + 1), (x + 40, y + 200), release=False)
    large.settled()
    assert large.page.locator("article.node").count() == 0
    assert 0 < large.js(painted) < 20000
    large.page.mouse.up()


def test_a_zoom_paints_in_few_of_its_frames_and_once_more_when_it_rests(large: Canvas) -> None:
    for factor in ("1.1", "1 / 1.1"):
        before = large.counters()
        zoom = f"const c = tab.camera.peek(); tab.camera.value = {{...c, zoom: c.zoom * {factor}}}"
        frames(large, zoom, 12)
        done = since(large, before)
        assert done["frames"] >= 12
        assert done["paints"] <= 5
        assert large.js("stage.surface.rough")  # half as fine, since it lasts for some frames
        large.until("!stage.surface.rough && stage.surface.painted.zoom === tab.camera.peek().zoom")


def test_an_element_that_comes_needs_no_painting(large: Canvas) -> None:
    large.js("tab.camera.value = {x: 3000, y: 3000, zoom: 0.6}")
    large.settled()
    large.until("stage.surface.painted.zoom === tab.camera.peek().zoom")
    before = large.counters()
    frames(large, "const c = tab.camera.peek(); tab.camera.value = {...c, x: c.x + 12 / c.zoom}", 15)
    large.settled()
    done = since(large, before)
    assert done["mounts"] > 0
    assert done["paints"] <= 1  # 180 pixels are within the canvas's margin


def test_a_node_in_view_always_has_an_element_or_is_painted(large: Canvas) -> None:
    large.page.evaluate(
        """() => {
            const {surface} = stage;
            const paint = surface.paint.bind(surface);
            surface.paint = (drawing, ...rest) => {
                window.leftOut = new Set(drawing.mounted);
                paint(drawing, ...rest);
            };
        }"""
    )
    missing = """(() => {
        const {x: left, y: top, zoom} = stage.camera;
        const view = {left, top, right: left + stage.size.width / zoom, bottom: top + stage.size.height / zoom};
        const ids = stage.geometry.nodesIn(view).map((place) => stage.geometry.ids[place]);
        return ids.filter((id) => leftOut.has(id) && !stage.mounts.ids.has(id));
    })()"""
    large.js("tab.camera.value = {x: 3000, y: 3000, zoom: 0.6}")
    large.settled()
    for step in ("zoom: c.zoom * 1.1", "x: c.x + 200 / c.zoom", "zoom: c.zoom / 1.1", "x: c.x - 230 / c.zoom"):
        for _ in range(8):
            frames(large, f"const c = tab.camera.peek(); tab.camera.value = {{...c, {step}}}", 1)
            assert large.js(missing) == []


def test_a_hundred_messages_of_progress_render_one_node_once_a_frame(large: Canvas) -> None:
    near(large)
    before = large.counters()
    report = "tab.runs.together(() => tab.runs.set('n3', {state: 'running', step: k, of: 100}))"
    frames(large, f"for (let k = 0; k < 20; k++) {report}", 5)
    large.settled()
    done = since(large, before)
    assert 1 <= done["renders"] <= done["frames"] <= 8
    assert done["mounts"] == 0


def test_a_jump_across_the_whole_drawing_keeps_few_elements(large: Canvas) -> None:
    near(large)
    for x, y in [(12000, 9000), (200, 15000), (15000, 300)]:
        large.js("tab.camera.value = {x: a[0], y: a[1], zoom: 0.8}", [x, y])
        large.settled()
        assert large.page.locator("article.node").count() <= 40


def test_a_fault_is_seen_from_afar_and_on_the_map(large: Canvas) -> None:
    near(large)
    fault = {"code": "failed", "node": "n8", "input": None, "message": "it broke"}
    before = large.counters()
    large.js("tab.runs.together(() => tab.runs.set('n8', {state: 'failed', fault: a}))", fault)
    large.settled()
    assert since(large, before)["minimap"] == 1
    large.js("app.view.fit()")
    large.settled()
    red = """(() => {
        const {canvas: {width, height}, canvas} = stage.surface;
        const context = new OffscreenCanvas(width, height).getContext("2d");
        context.drawImage(canvas, 0, 0);
        const data = context.getImageData(0, 0, width, height).data;
        let found = 0;
        for (let i = 0; i < data.length; i += 4) found += data[i] > 200 && data[i + 1] < 140 && data[i + 2] < 150;
        return found;
    })()"""
    assert large.js(red) > 0

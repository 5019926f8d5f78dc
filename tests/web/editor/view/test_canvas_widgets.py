"""Widgets by mouse and keyboard, on the canvas alone."""

from collections.abc import Callable
from typing import Any

from playwright.sync_api import expect

Canvas = Any
Show = Callable[[dict[str, Any]], Canvas]


def test_a_number_is_typed_as_a_sum_and_kept_within_its_bounds(canvas: Canvas) -> None:
    steps = canvas.field("sampler", "steps")
    steps.click()
    canvas.page.keyboard.type("8*3")
    canvas.page.keyboard.press("Enter")
    assert canvas.input("sampler", "steps") == 24
    expect(steps).to_have_value("24")
    steps.fill("99999")
    canvas.page.keyboard.press("Enter")
    assert canvas.input("sampler", "steps") == 1000


def test_what_is_no_number_is_refused_in_words_and_the_value_stays(canvas: Canvas) -> None:
    steps = canvas.field("sampler", "steps")
    steps.click()
    canvas.page.keyboard.type("alert(1)")
    canvas.page.keyboard.press("Enter")
    assert canvas.input("sampler", "steps") == 20
    expect(steps).to_have_value("20")
    assert canvas.js("said.at(-1)") == "steps: “alert(1)” is not a number"


def test_a_number_is_scrubbed_by_dragging_as_one_step(canvas: Canvas) -> None:
    box = canvas.field("sampler", "cfg").bounding_box()
    start = box["x"] + 20, box["y"] + 8
    canvas.drag(start, (start[0] + 36, start[1]))
    assert canvas.input("sampler", "cfg") == 5.5
    canvas.page.mouse.click(*canvas.at(700, 640))
    canvas.page.keyboard.press("Control+z")
    assert canvas.input("sampler", "cfg") == 2.5


def test_the_wheel_changes_a_number_only_while_it_has_the_focus(canvas: Canvas) -> None:
    steps = canvas.field("sampler", "steps")
    zoom = canvas.js("stage.camera.zoom")
    steps.hover()
    canvas.page.mouse.wheel(0, -100)
    canvas.until("stage.camera.zoom > a", zoom)
    assert canvas.input("sampler", "steps") == 20
    steps.click()
    zoom = canvas.js("stage.camera.zoom")
    canvas.page.mouse.wheel(0, -100)
    canvas.until("tab.level.peek().nodes.get('sampler').inputs.get('steps') === 21")
    assert canvas.js("stage.camera.zoom") == zoom


def test_an_emptied_optional_number_is_none_again(canvas: Canvas) -> None:
    width = canvas.field("size", "width")
    width.fill("512")
    canvas.page.keyboard.press("Enter")
    assert canvas.input("size", "width") == 512
    width.fill("")
    canvas.page.keyboard.press("Enter")
    assert canvas.input("size", "width") is None
    expect(width).to_have_attribute("placeholder", "auto")


def test_typing_a_prompt_is_one_step_of_undo_and_keeps_the_caret(canvas: Canvas) -> None:
    before = canvas.input("prompt", "text")
    text = canvas.field("prompt", "text")
    text.evaluate("area => { area.focus(); area.setSelectionRange(2, 2); }")
    canvas.page.keyboard.type("dark ")
    assert canvas.input("prompt", "text") == f"a dark {before[2:]}"
    assert text.evaluate("area => area.selectionStart") == 7
    assert canvas.js("tab.history.peek().done.length") == 1


def test_control_and_arrows_weight_the_word_at_the_caret(canvas: Canvas) -> None:
    text = canvas.field("prompt", "text")
    text.evaluate("area => { area.focus(); area.setSelectionRange(3, 3); }")
    canvas.page.keyboard.press("Control+ArrowUp")
    canvas.page.keyboard.press("Control+ArrowUp")
    assert canvas.input("prompt", "text").startswith("a (red:1.2) cube")
    canvas.page.keyboard.press("Control+ArrowDown")
    canvas.page.keyboard.press("Control+ArrowDown")
    assert canvas.input("prompt", "text").startswith("a red cube")


def test_a_choice_is_found_by_typing(canvas: Canvas) -> None:
    canvas.field("sampler", "sampler").click()
    canvas.page.keyboard.type("anc")
    canvas.page.keyboard.press("Enter")
    assert canvas.input("sampler", "sampler") == "euler_ancestral"
    expect(canvas.field("sampler", "sampler")).to_be_focused()


def test_models_are_those_of_this_machine_and_one_that_is_gone_is_marked(canvas: Canvas) -> None:
    canvas.js("app.models.value = [{name: 'other', family: 'sd'}]")
    canvas.settled()
    expect(canvas.field("model", "model")).to_have_class("choice missing")
    canvas.field("model", "model").click()
    canvas.page.get_by_role("option", name="other").click()
    assert canvas.input("model", "model") == "other"


def test_a_seed_may_be_larger_than_a_number_and_goes_round_through_its_modes(canvas: Canvas) -> None:
    seed = canvas.field("sampler", "seed")
    seed.fill("18446744073709551615")
    canvas.page.keyboard.press("Enter")
    assert canvas.input("sampler", "seed") == "18446744073709551615"
    canvas.page.keyboard.press("ArrowUp")
    assert canvas.input("sampler", "seed") == 0
    canvas.page.get_by_role("button", name="Seed after a run: the same each run").click()
    assert canvas.nodes()["sampler"]["ui"]["seed"] == {"seed": "increment"}


def test_the_seed_that_ran_last_can_be_used_again(canvas: Canvas) -> None:
    canvas.js("tab.seeds.set('sampler.seed', 77)")
    canvas.field("sampler", "seed").fill("5")
    canvas.page.keyboard.press("Enter")
    canvas.page.get_by_role("button", name="Use the seed that ran last").click()
    assert canvas.input("sampler", "seed") == 77


def test_one_value_changes_all_selected_nodes_of_the_type(canvas: Canvas) -> None:
    canvas.js("tab.selection.value = new Set(['prompt', 'negative', 'sampler'])")
    canvas.field("prompt", "emphasis").click()
    canvas.page.keyboard.type("a1111")
    canvas.page.keyboard.press("Enter")
    assert (canvas.input("prompt", "emphasis"), canvas.input("negative", "emphasis")) == ("a1111", "a1111")


def test_a_picture_is_uploaded_and_named_in_the_file(show: Show) -> None:
    node = {"type": "LoadImage", "inputs": {}}
    canvas = show({"format": "latentloom", "version": 1, "nodes": {"load": node}})
    chosen = {"name": "cat.png", "mimeType": "image/png", "buffer": b"not read here"}
    canvas.page.locator('[data-id="load"] input[type="file"]').set_input_files(chosen)
    canvas.until("tab.level.peek().nodes.get('load').inputs.has('file')")
    assert canvas.input("load", "file") == {"asset": "cat.png", "sha256": "0" * 64}
    expect(canvas.page.locator('[data-id="load"] .drop-name')).to_have_text("cat.png")


def test_a_file_that_is_no_picture_is_refused_in_words(show: Show) -> None:
    node = {"type": "LoadImage", "inputs": {}}
    canvas = show({"format": "latentloom", "version": 1, "nodes": {"load": node}})
    chosen = {"name": "notes.txt", "mimeType": "text/plain", "buffer": b"x"}
    canvas.page.locator('[data-id="load"] input[type="file"]').set_input_files(chosen)
    canvas.until("said.length > 0")
    assert canvas.js("said.at(-1)") == "notes.txt is no PNG, JPEG or WebP"
    assert canvas.input("load", "file") is None


def test_a_linked_field_names_its_source_instead_of_a_control(show: Show) -> None:
    nodes = {"i": {"type": "Integer", "inputs": {}}, "m": {"type": "Math", "inputs": {"a": {"link": "i.value"}}}}
    canvas = show({"format": "latentloom", "version": 1, "nodes": nodes})
    field = canvas.page.locator('[data-id="m"] [data-input="a"]')
    expect(field).to_contain_text("← Integer")
    expect(field.locator("input")).to_have_count(0)


def told(canvas: Canvas, message: str) -> None:
    """Say something of the prompt, as a check does."""
    canvas.js(
        "void (tab.checked.value = {...tab.checked.peek(), notices: [{node: 'prompt', input: 'text', message: a}]})",
        message,
    )


def test_words_that_the_model_does_not_know_are_marked_in_the_text_itself(canvas: Canvas) -> None:
    text = canvas.field("prompt", "text")
    text.fill(
        "a wooden cube on a desk, and more words than a line can hold, so that there is something to scroll\n\n\nend"
    )
    told(canvas, "model 'solids' does not know 'wooden', 'desk'; it knows shapes: cube")
    marked = canvas.page.locator('[data-id="prompt"] .text-marks mark')
    expect(marked).to_have_text(["wooden", "desk"])
    text.focus()
    canvas.page.keyboard.press("Control+End")
    canvas.page.keyboard.type(" wooden")
    expect(marked).to_have_text(["wooden", "desk", "wooden"])
    expect(text).to_be_focused()
    metrics = """area => [area, area.parentElement.querySelector('.text-marks')].map((box) => {
        const style = getComputedStyle(box);
        const names = ['font', 'padding', 'borderTopWidth', 'lineHeight', 'letterSpacing', 'whiteSpace', 'overflowWrap'];
        return [box.clientWidth, box.scrollHeight, box.scrollTop, ...names.map((name) => style[name])];
    })"""
    canvas.settled()
    area, behind = text.evaluate(metrics)
    assert area[2] > 0
    assert area == behind
    told(canvas, "model 'solids' knows all of it")
    expect(marked).to_have_count(0)
    expect(text).to_be_focused()


def test_a_text_that_changes_elsewhere_leaves_the_caret_at_its_word(canvas: Canvas) -> None:
    text = canvas.field("prompt", "text")
    text.fill("a red cube")
    text.evaluate("area => area.setSelectionRange(6, 10)")
    canvas.js(
        "void tab.edit('Elsewhere', (draft) => draft.level('').setInput('prompt', 'text', 'a very dark red cube'))"
    )
    canvas.settled()
    assert text.evaluate("area => area.value.slice(area.selectionStart, area.selectionEnd)") == "cube"

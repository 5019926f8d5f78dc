"""A workflow's form, in the editor and alone; the commands that it is copied as, in front of the nodes that ship."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import expect
from serving import saved_at, served_here
from workshop import flow

from engine.store.home import Home
from web.settings import Settings

Editor = Any
BIN = Path(sys.executable).parent


@pytest.fixture(scope="module")
def address(home: Home) -> Iterator[str]:
    """A server of the nodes that ship."""
    with served_here(Settings(home=home, devices=("cpu",), third_party=False, warm=False)) as port:
        yield f"http://127.0.0.1:{port}/"


def words() -> dict[str, Any]:
    """A text, filled into another, and a number beside it."""
    nodes = {
        "name": ("Text", {"value": "nobody"}),
        "many": ("Integer", {"value": 3}),
        "greet": ("TextTemplate", {"template": "hello {a}, {b}", "a": {"link": "name.value"}}),
    }
    document = flow(nodes, {"text": "greet.value", "count": "many.value"}, {"who": "name.value"}, title="Greeting")
    document["ui"] = {"form": [{"heading": "Whom"}, {"input": "name.value", "title": "Name"}, {"input": "many.value"}]}
    return document


def save(address: str, name: str, document: dict[str, Any]) -> None:
    headers = {"Content-Type": "application/json", "If-None-Match": "*"}
    url = f"{address}api/workflows/{name}"
    with urlopen(Request(url, json.dumps(document).encode(), headers, method="PUT")) as answer:
        assert answer.status == 201


@pytest.fixture(scope="module")
def alone(address: str, shared: Editor, window: Any) -> Any:
    """The form of a saved workflow, as a page by itself; the server is there as soon as the editor is."""
    document = words()
    del document["nodes"]["greet"]
    document["outputs"] = {"text": {"link": "name.value"}, "count": {"link": "many.value"}}
    save(address, "greeting", document)
    return window(f"{address}form/greeting")


def test_a_form_is_filled_in_and_run_and_the_file_stays_as_it_was(alone, address):
    before = saved_at(address, "greeting")
    page = alone.page
    page.set_viewport_size({"width": 360, "height": 740})
    assert page.get_by_role("heading", level=1).inner_text() == "Greeting"
    assert alone.violations() == []
    page.get_by_label("Name").fill('it\'s €5 \\ "now"')
    page.get_by_role("button", name="Run", exact=True).click()
    page.locator(".form-output pre", has_text="€5").wait_for()
    assert saved_at(address, "greeting") == before
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.reload()
    page.wait_for_selector("body[data-ready]")
    assert page.get_by_label("Name").input_value() == 'it\'s €5 \\ "now"'


def test_what_comes_out_is_gone_to_on_a_phone_and_a_long_word_makes_the_page_no_wider(alone):
    page = alone.page
    page.set_viewport_size({"width": 360, "height": 500})
    results = page.locator(".form-results")
    page.evaluate("scrollTo(0, 0)")
    assert results.bounding_box()["y"] > 250
    page.get_by_role("button", name="Run", exact=True).click()
    page.wait_for_function(
        "() => document.querySelector('.form-results').getBoundingClientRect().top < innerHeight / 2"
    )
    alone.js("tab.run.value = {...tab.run.peek(), status: 'failed', faults: [{message: a}]}", "/a/folder" * 60)
    expect(page.locator(".form-words.is-wrong")).to_contain_text("/a/folder")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.locator(".form-foot").bounding_box()["height"] < 120
    alone.js("tab.run.value = null")


def copied(alone: Any, way: str) -> str:
    """What one of the copies says, for values that a careless shell would spoil."""
    text: str = alone.js(
        """const { copiedOf } = await load('copied.js'); const copies = await load('copies.js');
        tab.edit('v', (draft) => { draft.level('').setInput('name', 'value', "it's $HOME `x` \\"ü\\"\\n!"); });
        return copies[a](copiedOf(app, tab));""",
        way,
    )
    return text


VALUE = 'it\'s $HOME `x` "ü"\n!'


def test_the_copied_command_line_gives_what_the_form_gives(alone, home, tmp_path):
    command = copied(alone, "asCommand").replace("loom run -", "loom run - --json")
    environ = {**os.environ, "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}", "LOOM_HOME": str(home.root)}
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", command],
        cwd=tmp_path,
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["outputs"]["text"] == [{"value": VALUE}]


def test_the_copied_request_makes_a_run_of_the_same_values(alone, address):
    done = subprocess.run(["bash", "-c", copied(alone, "asCurl")], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    run = json.loads(done.stdout)
    with urlopen(f"{address}api/runs/{run['id']}") as answer:
        assert json.load(answer)["workflow"]["nodes"]["name"]["inputs"]["value"] == VALUE


def test_the_copied_program_runs_and_says_how_it_went(alone, tmp_path):
    program = tmp_path / "run.py"
    program.write_text(copied(alone, "asPython"), encoding="utf-8")
    done = subprocess.run([sys.executable, program], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.stdout.split() == ["succeeded"], done.stderr


def test_widgets_are_pinned_and_arranged_by_keyboard_and_by_hand(editor):
    document = words()
    editor.show(document)
    page = editor.page
    field = page.locator('[data-id="greet"] [data-input="template"]')
    field.hover()
    field.get_by_role("button", name="Pin to the form").click()
    editor.js("await app.commands.run('form.show')")
    page.get_by_role("button", name="Arrange", exact=True).last.click()
    assert editor.violations() == []
    grips = page.locator(".form-grip")
    grips.nth(3).focus()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    order = "return tab.document.peek().levels.get('').ui.get('form').map((item) => item.input ?? item.heading)"
    assert editor.js(order) == ["Whom", "greet.template", "name.value", "many.value"]
    top, low = grips.nth(0).bounding_box(), grips.nth(3).bounding_box()
    page.mouse.move(low["x"] + 10, low["y"] + 10)
    page.mouse.down()
    page.mouse.move(top["x"] + 10, top["y"] + 4, steps=6)
    page.mouse.up()
    assert editor.js(order) == ["many.value", "Whom", "greet.template", "name.value"]
    editor.js("tab.undo()")
    assert editor.js(order) == ["Whom", "greet.template", "name.value", "many.value"]
    editor.js("await app.commands.run('form.show')")

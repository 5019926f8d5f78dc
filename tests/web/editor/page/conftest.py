"""The whole page, in front of a server with the tests' own nodes: `editor` is a page that has come to life."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from serving import saved_at, served_here

from engine.store.home import Home
from web.settings import Settings

Workflow = dict[str, Any]
AXE = Path(__file__).parents[4] / ".venv" / "npm" / "node_modules" / "axe-core" / "axe.min.js"
_READY = "body[data-ready]"
PATIENCE = 150_000  # milliseconds until what should come is given up
_APP = """
    const main = document.querySelector('script[type=module]').src;
    const { app } = await import(main);
    const load = (path) => import(new URL(path, main));
"""


class Editor:
    """A page of the editor."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.address = address

    def visit(self) -> "Editor":
        """Open the page, or load it anew, and wait until it is ready."""
        self.page.goto(self.address)
        self.page.wait_for_selector(_READY)
        return self

    def js(self, body: str, argument: Any = None) -> Any:
        """What statements over `app`, `tab`, `load(module)` and the argument `a` return."""
        script = f"async (a) => {{ {_APP} const tab = app.active.peek(); {body} }}"  # the page's policy allows no eval
        return self.page.evaluate(script, argument)

    def show(self, document: Workflow) -> None:
        """A document in a tab of its own, as a file that was dropped opens."""
        self.js(
            "await app.openFiles([new File([a], 'a.json', {type: 'application/json'})], {x: 0, y: 0})",
            json.dumps(document),
        )

    def save_as(self, name: str) -> None:
        """Save what is shown into the library by the keyboard, and wait until it is there."""
        self.page.keyboard.press("Control+Shift+S")
        self.page.get_by_label("Name", exact=True).fill(name)
        self.page.keyboard.press("Enter")
        self.until(f"tab.name.peek() === {json.dumps(name)} && app.asking.peek() === null")

    def saved(self, name: str) -> Workflow:
        """A file of the library."""
        return saved_at(self.address, name)

    def set(self, node: str, name: str, value: Any) -> None:
        """Give an input a value, as a widget does."""
        self.js("tab.edit('Value', (draft) => draft.level('').setInput(a[0], a[1], a[2]))", [node, name, value])

    def document(self) -> Workflow:
        """The document that is shown, as its file."""
        document: Workflow = self.js(
            "return (await load('model/document.js')).toJson(tab.document.peek())",
        )
        return document

    def until(self, condition: str, argument: Any = None) -> Any:
        """Wait until an expression over `app`, `tab` and `a` is true, and give what it is."""
        return self.js(
            f"""for (const end = Date.now() + {PATIENCE}; Date.now() < end; ) {{
                const tab = app.active.peek();
                const found = await ({condition});
                if (found) return found;
                await new Promise((go) => setTimeout(go, 20));
            }}
            throw new Error({json.dumps("never: " + condition)});""",
            argument,
        )

    def violations(self) -> list[str]:
        """What axe finds, as `rule: element`. Its source goes in past the page's policy on scripts."""
        self.page.evaluate(AXE.read_text(encoding="utf-8"))
        found = self.page.evaluate("async () => (await axe.run(document, {resultTypes: ['violations']})).violations")
        return [f"{rule['id']}: {node['html'][:200]}" for rule in found for node in rule["nodes"]]

    def words(self, text: str) -> Locator:
        """What bears a text."""
        return self.page.get_by_text(text)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """Where the module's server keeps its data."""
    root = tmp_path_factory.mktemp("editor")
    return Home(root, (root / "models",))


@pytest.fixture(scope="module")
def address(home: Home, children_find_our_nodes: None) -> Iterator[str]:
    """A server of the tests' nodes."""
    settings = Settings(home=home, devices=("cpu",), registry="workshop:REGISTRY", warm=False)
    with served_here(settings) as port:
        yield f"http://127.0.0.1:{port}/"


@pytest.fixture(scope="module")
def window(browser: Browser) -> Iterator[Callable[[str], Editor]]:
    """`window(address)` opens the page in a window of one browser; uncaught errors fail the module's last test."""
    context = browser.new_context(viewport={"width": 1280, "height": 800}, color_scheme="dark")
    context.set_default_timeout(PATIENCE)
    expect.set_options(timeout=PATIENCE)
    errors: list[str] = []

    def open_window(address: str) -> Editor:
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(f"{error.message}\n{error.stack}"))
        return Editor(page, address).visit()

    yield open_window
    context.close()
    assert errors == []


@pytest.fixture(scope="module")
def shared(window: Callable[[str], Editor], address: str) -> Editor:
    """A page that has come to life."""
    return window(address)


@pytest.fixture
def editor(shared: Editor) -> Iterator[Editor]:
    """The module's page; what a test opened is closed after it."""
    yield shared
    shared.js(
        """const { close } = await load('session/tabs.js');
        app.asking.value = null;
        for (const tab of [...app.tabs.peek()]) close(app, tab);
        for (const tab of [...app.tabs.peek()].slice(1)) close(app, tab);"""
    )

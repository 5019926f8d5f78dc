"""Chromium for the tests of the editor, and `*.test.js` files as pytest cases.

Each `test("sentence", …)` of such a file is one case. A file runs once, in a page of its own; the cases report from that.
"""

import asyncio
import json
import mimetypes
import re
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import pytest
from chromium import launched
from playwright.sync_api import Browser, Page, Route, sync_playwright

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
ORIGIN = "http://editor.test"
_TEST = re.compile(r'^test\("((?:[^"\\]|\\.)*)"', re.MULTILINE)


class _Loop:
    """Playwright's event loop, which waits in a greenlet of its own but counts as running in this thread all the while.

    Tests that await could not run beside it; so it is put forward only while a test of the editor runs.
    """

    held: asyncio.AbstractEventLoop | None = None

    @classmethod
    def put_forward(cls) -> None:
        asyncio._set_running_loop(cls.held)

    @classmethod
    def put_back(cls) -> None:
        cls.held = asyncio._get_running_loop() or cls.held
        asyncio._set_running_loop(None)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Around each test of this folder. pytest asks for every test of the session, since it runs them by no folder's hooks."""
    if not item.path.is_relative_to(HERE):
        return (yield)
    _Loop.put_forward()
    try:
        return (yield)
    finally:
        _Loop.put_back()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One headless Chromium for all tests of this process."""
    with sync_playwright() as playwright:
        browser = launched(playwright)
        yield browser
        _Loop.put_forward()  # the session may end after a test of another folder
        browser.close()
    _Loop.held = None


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page of its own, with its own storage; an error that no code catches fails the test."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(f"{error.name}: {error.message}\n{error.stack}"))
    yield page
    context.close()
    assert errors == []


@pytest.fixture
def modules(page: Page) -> Page:
    """A blank page that can import the editor's modules, by their path in the repository."""
    page.route("**/*", _serve)
    page.goto(f"{ORIGIN}/blank.html")
    return page


@pytest.fixture(scope="session")
def results_of(browser: Browser) -> Any:
    """What the tests of a JavaScript file gave, by sentence; each file runs once."""
    known: dict[Path, dict[str, str | None]] = {}

    def results(path: Path) -> dict[str, str | None]:
        if path not in known:
            known[path] = _run(browser, path)
        return known[path]

    return results


def _run(browser: Browser, path: Path) -> dict[str, str | None]:
    page = browser.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(error.message))
    page.route("**/*", _serve)
    page.goto(f"{ORIGIN}/blank.html")
    script = """async ([file, harness]) => {
        await import(file);
        const { run } = await import(harness);
        return run();
    }"""
    here = f"/{path.relative_to(ROOT).as_posix()}"
    results: dict[str, str | None] = page.evaluate(script, [here, "/tests/web/editor/js/harness.js"])
    page.close()
    assert errors == []
    return results


def _serve(route: Route) -> None:
    """Answer from the repository; no server is needed for modules that only compute."""
    wanted = route.request.url.removeprefix(ORIGIN + "/").partition("?")[0]
    path = ROOT / wanted
    if wanted == "blank.html":
        route.fulfill(body="<!doctype html><title>tests</title>", content_type="text/html")
    elif wanted == "catalogue.json":
        route.fulfill(body=json.dumps(_catalogue()), content_type="application/json")
    elif path.is_file():
        kind = "text/javascript" if path.suffix == ".mjs" else mimetypes.guess_type(path.name)[0]
        route.fulfill(body=path.read_bytes(), content_type=kind or "application/octet-stream")
    else:
        route.fulfill(status=404, body=f"there is no {wanted}")


def _catalogue() -> Any:
    """The catalogue as the server answers it: the tests' nodes are those that ship."""
    from engine.graph.catalogue import catalogue
    from engine.packs import find_registry

    registry = find_registry(third_party=False)
    return catalogue(registry.types, registry.values, [])


class JavaScriptFile(pytest.File):
    """A file of tests in JavaScript."""

    def collect(self) -> "Iterator[JavaScriptTest]":
        """A case for each sentence."""
        for found in _TEST.finditer(self.path.read_text(encoding="utf-8")):
            yield JavaScriptTest.from_parent(self, name=json.loads(f'"{found[1]}"'))


class JavaScriptTest(pytest.Function):
    """One `test(…)` of a file."""

    @classmethod
    def from_parent(cls, parent: Any, **given: Any) -> Any:
        """A case whose body asks what the file's run gave."""
        name = given["name"]

        def body(results_of: Any) -> None:
            results = results_of(parent.path)
            assert name in results, f"the file did not run this test; it ran: {', '.join(results)}"
            if results[name] is not None:
                pytest.fail(results[name], pytrace=False)

        return super().from_parent(parent, name=name, callobj=body)


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> JavaScriptFile | None:
    """Files that end in `.test.js` are tests."""
    if file_path.name.endswith(".test.js"):
        return JavaScriptFile.from_parent(parent, path=file_path)
    return None

"""The canvas alone in a page: a document, the shipped catalogue, no server."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page

ROOT = Path(__file__).parents[4]
PAGE = "tests/web/editor/view/page"
Workflow = dict[str, Any]


class Canvas:
    """A page that shows one document; points are given in names and in units of the drawing."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def js(self, body: str, argument: Any = None) -> Any:
        """What an expression over `tab`, `app`, `stage`, `counters` and the argument `a` is."""
        return self.page.evaluate(f"(a) => ({body})", argument)

    def until(self, condition: str, argument: Any = None) -> None:
        """Wait, frame by frame, until an expression holds."""
        script = f"async (a) => {{ while (!({condition})) await new Promise(requestAnimationFrame); }}"
        self.page.evaluate(script, argument)

    def settled(self) -> None:
        """Wait until the canvas is up to date and nothing more is asked for."""
        self.page.evaluate(
            """async () => {
                const next = () => new Promise(requestAnimationFrame);
                for (let still = 0, last = -1; still < 2; ) {
                    await next();
                    still = counters.frames === last ? still + 1 : 0;
                    last = counters.frames;
                }
            }"""
        )

    def nodes(self) -> Workflow:
        """The nodes of the level, as the file has them."""
        nodes: Workflow = self.js(
            """Object.fromEntries([...tab.level.peek().nodes].map(
                ([id, node]) => [id, {type: node.type, ui: node.ui, ...Object.fromEntries(node.inputs)}]))"""
        )
        return nodes

    def input(self, node: str, name: str) -> Any:
        """What an input is given; None where it is given nothing."""
        return self.nodes()[node].get(name)

    def socket(self, node: str, side: str, name: str) -> tuple[float, float]:
        """Where a socket is on the screen."""
        point = self.js("stage.toScreen(stage.geometry.socket(...a))", [node, side, name])
        return point["x"], point["y"]

    def at(self, x: float, y: float) -> tuple[float, float]:
        """Where a point of the drawing is on the screen."""
        point = self.js("stage.toScreen({x: a[0], y: a[1]})", [x, y])
        return point["x"], point["y"]

    def header(self, node: str) -> tuple[float, float]:
        """A point of a node's header where nothing else is."""
        rect = self.js("stage.rectOf(a)", node)
        return self.at(rect["x"] + rect["width"] - 20, rect["y"] + 17)

    def drag(
        self, start: tuple[float, float], end: tuple[float, float], *, release: bool = True, steps: int = 6
    ) -> None:
        """Press, move and, unless told otherwise, release."""
        self.page.mouse.move(*start)
        self.page.mouse.down()
        self.page.mouse.move(*end, steps=steps)
        if release:
            self.page.mouse.up()

    def field(self, node: str, name: str) -> Locator:
        """The control of an input."""
        return self.page.locator(f'[data-id="{node}"] [data-input="{name}"]').locator("input, textarea, button").first

    def selected(self) -> set[str]:
        """The selection."""
        return set(self.js("[...tab.selection.peek()]"))

    def counters(self) -> dict[str, int]:
        """What the renderer has done since the page opened."""
        counted: dict[str, int] = self.js("({...counters})")
        return counted


@pytest.fixture
def show(page: Page, modules: Page) -> Callable[[Workflow], Canvas]:
    """Show a workflow on the canvas."""

    def showing(workflow: Workflow) -> Canvas:
        page.goto(f"http://editor.test/{PAGE}.html")
        page.evaluate(f"async (workflow) => (await import('/{PAGE}.js')).show(workflow)", workflow)
        canvas = Canvas(page)
        canvas.settled()
        return canvas

    return showing


@pytest.fixture
def canvas(show: Callable[[Workflow], Canvas]) -> Canvas:
    """The text-to-image example."""
    return show(json.loads((ROOT / "workflows/text_to_image.json").read_text(encoding="utf-8")))

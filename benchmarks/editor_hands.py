"""Hands that do the same to every editor: pan, zoom, drag a node, jump to the whole, scroll a gallery."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias, TypeVar

from playwright.sync_api import Page

T = TypeVar("T")
Button: TypeAlias = Literal["left", "middle"]
SIZE = (1280, 800)
STRETCH = 20.0  # seconds that a drag may take
TURN, SCROLL = 1800, 7200  # pixels a second by which a wheel is turned, to zoom and to scroll
STRETCHES = ("pan", "zoom", "drag", "gallery")
DRAWN = "for (let frame = 0; frame < 3; frame += 1) await new Promise(requestAnimationFrame)"


@dataclass(frozen=True)
class Editor:
    """An editor's page, how its canvas is moved, and the statements that go to the whole graph and near a node."""

    name: str
    address: str
    before: str = ""
    pan_button: Button = "left"
    fit: str = "bench.fit()"
    near: str = "bench.near(i)"
    header: str = "bench.header(i)"
    gallery: str | None = None


@dataclass(frozen=True)
class Hands:
    """What is done: which stretches, how many moves each has, and the number of the node that is dragged."""

    stretches: tuple[str, ...]
    moves: int
    node: int

    def of(self, editor: Editor) -> list[str]:
        """The stretches of an editor: not all have a gallery."""
        return [name for name in self.stretches if name != "gallery" or editor.gallery]


def move(page: Page, editor: Editor, hands: Hands) -> dict[str, str]:
    """The script: pan and zoom the whole graph, drag a node from near, jump back to the whole, scroll the gallery.

    Gives what is to be said of each stretch: "" where it went to its end.
    """
    said = {}
    width, height = SIZE
    for name in hands.of(editor):
        at = _ready(page, editor, hands, name)
        page.wait_for_timeout(500)
        with _Marked(page, name):
            if name == "pan":
                said[name] = _drag(page, (width - 40, height // 2), hands.moves, editor.pan_button)
            elif name == "zoom":
                _wheel(page, (width // 2, height // 2), [-30 * hands.moves, 30 * hands.moves], TURN)
            elif name == "drag":
                said[name] = _drag(page, at, hands.moves, "left")
            else:
                _wheel(page, (width - 200, height // 2), [240 * hands.moves], SCROLL)
        if name == "drag":
            _do(page, f"performance.mark('bench:jump'); {editor.fit}; {DRAWN}")
    return said


def _ready(page: Page, editor: Editor, hands: Hands, name: str) -> tuple[float, float]:
    """Bring the page to where a stretch begins; gives where the node is that is to be dragged."""
    if name == "gallery":
        _do(page, editor.gallery or "")
        page.wait_for_selector(".tile")
    elif name == "drag":
        _do(page, editor.near, hands.node)
        page.wait_for_timeout(500)
        at = _do(page, f"return {editor.header}", hands.node)
        return at["x"], at["y"]
    else:
        _do(page, editor.fit)
    return 0, 0


class _Marked:
    """Marks in the trace around what is done."""

    def __init__(self, page: Page, name: str) -> None:
        self._mark: Callable[[str], object] = lambda end: page.evaluate(f"performance.mark('bench:{name}:{end}')")

    def __enter__(self) -> None:
        self._mark("start")

    def __exit__(self, *_: object) -> None:
        self._mark("end")


def _in_time(steps: Iterable[T], said: list[str]) -> Iterator[T]:
    """The steps, as long as there is time; what is to be said of an early end goes into `said`."""
    begun = time.monotonic()
    all_steps = list(steps)
    for done, step in enumerate(all_steps):
        if time.monotonic() > begun + STRETCH:
            said.append(f"ended after {done} of {len(all_steps)} steps, {STRETCH:.0f} s")
            return
        yield step


def _drag(page: Page, start: tuple[float, float], moves: int, button: Button) -> str:
    x, y = start
    said: list[str] = []
    page.mouse.move(x, y)
    page.mouse.down(button=button)
    for step in _in_time(range(moves), said):
        away = step if step < moves // 2 else moves - step
        page.mouse.move(x - 4 * away, y + 2 * away)
    page.mouse.up(button=button)
    return "".join(said)


def _wheel(page: Page, at: tuple[float, float], ways: Sequence[int], speed: int) -> None:
    """Turn the wheel by so many pixels, one way after another.

    The browser turns it itself, a step for each frame that the screen could show. A driver waits until each step is dealt
    with, and so brings a page that has nothing to do no more than 30 a second.
    """
    session = page.context.new_cdp_session(page)
    for way in ways:
        turn = {"x": at[0], "y": at[1], "yDistance": -way, "speed": speed, "preventFling": True}
        session.send("Input.synthesizeScrollGesture", {**turn, "gestureSourceType": "mouse"})
    session.detach()


def _do(page: Page, statements: str, node: int = 0) -> Any:
    """Run statements with a node's number `i`, and `app`, which only our page has."""
    script = f"""async (i) => {{
        const header = (stage, at) => {{
            const {{left, top}} = stage.root.getBoundingClientRect();
            const {{x, y}} = stage.toScreen({{x: at.x + at.width / 2, y: at.y + 17}});
            return {{x: left + x, y: top + y}};
        }};
        const main = document.querySelector('script[src$="/main.js"]');
        const app = main && (await import(main.src)).app;
        {statements};
    }}"""
    return page.evaluate(script, node)

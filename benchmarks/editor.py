"""The editor beside litegraph.js and React Flow: the same graph, the same hands, read from the browser's own trace.

    python -m benchmarks.editor [--nodes 2000] [--links 3000] [--pictures 50] [--moves 120] [--only NAME]

Prints: milliseconds from the beginning of the navigation to the first frame that shows the graph; between frames while the
whole graph is panned and zoomed and one node is dragged (half of the frames, 95 of 100), with what the main thread was busy
for each; from asking for the whole graph to the frame that shows it; the JavaScript heap after a collection; what a first
visit loads of scripts, styles and pages, packed. The others' packages come from npm, pinned, into `.cache/benchmarks/editor`.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeAlias

from playwright.sync_api import Browser, Page, Playwright, sync_playwright

from benchmarks.editor_graph import Box, boxes
from benchmarks.editor_sites import KEY, others, ours
from benchmarks.editor_trace import CATEGORIES, Stretch, Trace

Button: TypeAlias = Literal["left", "middle"]
SIZE = (1280, 800)
PATIENCE = 300_000  # milliseconds
SHOWN = "bench:shown"
READY = "body[data-ready]"
DRAWN = "for (let frame = 0; frame < 3; frame += 1) await new Promise(requestAnimationFrame)"
WATCH = f"""new MutationObserver((_, watch) => {{
    if (document.body?.dataset.ready === undefined) return;
    watch.disconnect();
    performance.mark("{SHOWN}");
}}).observe(document, {{attributes: true, childList: true, subtree: true}});"""


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


@contextmanager
def latent_loom(graph: list[Box]) -> Iterator[Editor]:
    """Ours, with the draft open as it was left."""
    opened = json.dumps(json.dumps({"keys": [KEY], "active": KEY}))
    with ours(graph) as address:
        yield Editor(
            "Latent Loom",
            address,
            before=f"localStorage.setItem('latentloom.open', {opened})",
            pan_button="middle",
            fit="app.view.fit()",
            near="app.view.center(`n${i}`)",
            header="((at) => app.view.stage.toScreen({x: at.x + at.width / 2, y: at.y + 17}))(app.view.rectOf(`n${i}`))",
        )


@contextmanager
def peer(name: str, page: str, graph: list[Box]) -> Iterator[Editor]:
    """Another editor, in a page of its own."""
    with others(graph) as site:
        yield Editor(name, site + page)


SITES: dict[str, Callable[[list[Box]], AbstractContextManager[Editor]]] = {
    "Latent Loom": latent_loom,
    "litegraph.js": lambda graph: peer("litegraph.js", "litegraph.html", graph),
    "React Flow": lambda graph: peer("React Flow", "reactflow.html", graph),
}


@dataclass(frozen=True)
class Measured:
    """One column of the table."""

    name: str
    first: float
    pan: Stretch
    zoom: Stretch
    drag: Stretch
    jump: float
    heap: float
    loaded: float


def measure(browser: Browser, editor: Editor, node: int, moves: int, folder: Path) -> Measured:
    """Open the page, move, and read what the trace says."""
    context = browser.new_context(viewport={"width": SIZE[0], "height": SIZE[1]})
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    page.add_init_script(f"{editor.before};{WATCH}")
    loaded = _count_bytes(page)
    trace = folder / "trace.json"
    browser.start_tracing(page=page, path=trace, categories=list(CATEGORIES))
    page.goto(editor.address)
    page.wait_for_selector(READY)
    packed = sum(loaded)
    page.wait_for_timeout(1000)
    _move(page, editor, node, moves)
    browser.stop_tracing()
    heap = _heap(page)
    context.close()
    read = Trace(trace, SHOWN)
    pan, zoom, drag = (read.stretch(f"bench:{name}") for name in ("pan", "zoom", "drag"))
    first, jump = read.first_frame(SHOWN), read.next_frame("bench:jump", animation=True)
    return Measured(editor.name, first, pan, zoom, drag, jump, heap, packed)


def _move(page: Page, editor: Editor, node: int, moves: int) -> None:
    """The script: pan and zoom the whole graph, drag a node from near, jump back to the whole."""
    width, height = SIZE
    _do(page, editor.fit)
    page.wait_for_timeout(500)
    with _Marked(page, "pan"):
        _drag(page, (width - 40, height // 2), moves, editor.pan_button)
    _do(page, editor.fit)
    page.wait_for_timeout(500)
    page.mouse.move(width // 2, height // 2)
    with _Marked(page, "zoom"):
        for step in range(moves):
            page.mouse.wheel(0, -60 if step < moves // 2 else 60)
    _do(page, editor.near, node)
    page.wait_for_timeout(500)
    at = _do(page, f"return {editor.header}", node)
    with _Marked(page, "drag"):
        _drag(page, (at["x"], at["y"]), moves, "left")
    _do(page, f"performance.mark('bench:jump'); {editor.fit}; {DRAWN}")
    page.wait_for_timeout(500)


class _Marked:
    """Marks in the trace around what is done."""

    def __init__(self, page: Page, name: str) -> None:
        self._mark: Callable[[str], object] = lambda end: page.evaluate(f"performance.mark('bench:{name}:{end}')")

    def __enter__(self) -> None:
        self._mark("start")

    def __exit__(self, *_: object) -> None:
        self._mark("end")


def _drag(page: Page, start: tuple[float, float], moves: int, button: Button) -> None:
    x, y = start
    page.mouse.move(x, y)
    page.mouse.down(button=button)
    for step in range(moves):
        away = step if step < moves // 2 else moves - step
        page.mouse.move(x - 4 * away, y + 2 * away)
    page.mouse.up(button=button)


def _do(page: Page, statements: str, node: int = 0) -> Any:
    """Run statements with a node's number `i`, and `app`, which only our page has."""
    script = f"""async (i) => {{
        const main = document.querySelector('script[src$="/main.js"]');
        const app = main && (await import(main.src)).app;
        {statements};
    }}"""
    return page.evaluate(script, node)


def _count_bytes(page: Page) -> list[float]:
    """Grows by the bytes that came over the wire of each page, script and style."""
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    kinds: dict[str, str] = {}
    loaded: list[float] = []
    session.on("Network.responseReceived", lambda event: kinds.__setitem__(event["requestId"], event["type"]))

    def finished(event: dict[str, object]) -> None:
        if kinds.get(str(event["requestId"])) in ("Document", "Script", "Stylesheet"):
            loaded.append(float(str(event["encodedDataLength"])))

    session.on("Network.loadingFinished", finished)
    return loaded


def _heap(page: Page) -> float:
    """Bytes in use after a collection."""
    session = page.context.new_cdp_session(page)
    session.send("HeapProfiler.collectGarbage")
    return float(session.send("Runtime.getHeapUsage")["usedSize"])


ROWS: tuple[tuple[str, Callable[[Measured], float]], ...] = (
    ("first frame, ms", lambda each: each.first),
    ("pan p50, ms", lambda each: each.pan.p50),
    ("pan p95, ms", lambda each: each.pan.p95),
    ("pan, main thread a frame, ms", lambda each: each.pan.busy),
    ("zoom p50, ms", lambda each: each.zoom.p50),
    ("zoom p95, ms", lambda each: each.zoom.p95),
    ("zoom, main thread a frame, ms", lambda each: each.zoom.busy),
    ("drag p50, ms", lambda each: each.drag.p50),
    ("drag p95, ms", lambda each: each.drag.p95),
    ("drag, main thread a frame, ms", lambda each: each.drag.busy),
    ("jump to the whole graph, ms", lambda each: each.jump),
    ("heap, MB", lambda each: each.heap / 1e6),
    ("first visit, kB packed", lambda each: each.loaded / 1e3),
)


def table(columns: list[Measured]) -> str:
    """The figures, each of a peer with its ratio to ours, which come first."""
    head = ["", *(each.name for each in columns)]
    lines = [head, ["---"] * len(head)]
    for title, of in ROWS:
        base = of(columns[0])
        ratios = [f"{of(each):.1f} ({of(each) / base:.1f} ×)" if base else f"{of(each):.1f}" for each in columns[1:]]
        lines.append([title, f"{base:.1f}", *ratios])
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def main() -> None:
    """Measure each editor, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, default in (("nodes", 2000), ("links", 3000), ("pictures", 50), ("moves", 120)):
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--only", choices=list(SITES))
    given = parser.parse_args()
    graph = boxes(given.nodes, given.links, given.pictures)
    columns, version = [], ""
    for name, site in SITES.items():
        if given.only not in (None, name):
            continue
        with tempfile.TemporaryDirectory() as folder, site(graph) as editor, sync_playwright() as driver:
            browser = _launched(driver)
            version = browser.version
            columns.append(measure(browser, editor, _in_the_middle(graph), given.moves, Path(folder)))
            browser.close()
    print(
        json.dumps({"nodes": given.nodes, "links": given.links, "pictures": given.pictures, "load": os.getloadavg()[0]})
    )
    print(f"Chromium {version}, {sys.platform}, {os.cpu_count()} processors")
    print(table(columns))


def _in_the_middle(graph: list[Box]) -> int:
    """A node without a picture near the middle of the drawing."""
    x, y = (max(getattr(box, axis) for box in graph) / 2 for axis in ("x", "y"))
    plain = [i for i, box in enumerate(graph) if box.picture is None]
    return min(plain, key=lambda i: (graph[i].x - x) ** 2 + (graph[i].y - y) ** 2)


def _launched(driver: Playwright) -> Browser:
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    return driver.chromium.launch(
        executable_path=os.environ.get("CHROMIUM") or shutil.which("chromium"), args=arguments
    )


if __name__ == "__main__":
    main()

"""The editor beside litegraph.js and React Flow: the same graph, the same hands, read from the browser's own trace.

    python -m benchmarks.editor [--nodes 2000] [--links 3000] [--pictures 50] [--results 1000] [--moves 120]
        [--only NAME] [--stretches pan,zoom,drag,gallery]

Prints: milliseconds from the beginning of the navigation to the first frame that shows the graph; between frames while the
whole graph is panned and zoomed, one node is dragged, and the gallery, which only ours has, is scrolled (half of the frames,
95 of 100), with how long the main thread was busy for each, and how much of that it had a processor; from asking for the
whole graph to the frame that shows it; the JavaScript heap after a collection; what had come of pages, scripts and styles,
packed, when all could be used. A drag ends after so many seconds, and the table then says how far it came; a wheel turns as
fast for every page, whether it keeps up or not. The others' packages come from npm, pinned, into `.cache/benchmarks/editor`.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeAlias, TypeVar

from playwright.sync_api import Browser, Page, Playwright, sync_playwright
from playwright.sync_api import TimeoutError as TookTooLong

from benchmarks.editor_graph import Box, boxes
from benchmarks.editor_hands import SIZE, STRETCHES, Editor, Hands, move
from benchmarks.editor_sites import KEY, others, ours
from benchmarks.editor_trace import CATEGORIES, Stretch, Trace

T = TypeVar("T")
PATIENCE = 60_000  # milliseconds
SHOWN = "bench:shown"
READY = "body[data-ready]"
WATCH = f"""new MutationObserver((_, watch) => {{
    if (document.body?.dataset.ready === undefined) return;
    watch.disconnect();
    performance.mark("{SHOWN}");
}}).observe(document, {{attributes: true, childList: true, subtree: true}});
performance.setResourceTimingBufferSize(10_000)"""
LOADED = """() => {
    const all = [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")];
    const code = all.filter(({name, entryType}) => entryType === "navigation" || /\\.(m?js|css)$/.test(name));
    return code.reduce((sum, {encodedBodySize}) => sum + encodedBodySize, 0);
}"""


@contextmanager
def latent_loom(graph: list[Box], results: int) -> Iterator[Editor]:
    """Ours, with the draft open as it was left."""
    opened = json.dumps(json.dumps({"keys": [KEY], "active": KEY}))
    with ours(graph, results) as address:
        yield Editor(
            "Latent Loom",
            address,
            before=f"localStorage.setItem('latentloom.open', {opened})",
            pan_button="middle",
            fit="app.view.fit()",
            near="app.view.center(`n${i}`)",
            header="header(app.view.stage, app.view.rectOf(`n${i}`))",
            gallery="(await (await import(new URL('results/dock.js', main.src))).dockOf(app)).open('results')",
        )


@contextmanager
def peer(name: str, page: str, graph: list[Box]) -> Iterator[Editor]:
    """Another editor, in a page of its own."""
    with others(graph) as site:
        yield Editor(name, site + page)


SITES: dict[str, Callable[[list[Box], int], AbstractContextManager[Editor]]] = {
    "Latent Loom": latent_loom,
    "litegraph.js": lambda graph, _: peer("litegraph.js", "litegraph.html", graph),
    "React Flow": lambda graph, _: peer("React Flow", "reactflow.html", graph),
}


@dataclass(frozen=True)
class Measured:
    """One column of the table; None is what could not be measured. `notes` say why, and what came to an early end."""

    name: str
    first: float | None
    stretches: dict[str, Stretch]
    jump: float | None
    heap: float
    loaded: float
    notes: list[str]


def measure(browser: Browser, editor: Editor, hands: Hands, folder: Path) -> Measured:
    """Open the page, move, and read what the trace says. Raises ValueError, with the page's errors, where it doesn't open."""
    context = browser.new_context(viewport={"width": SIZE[0], "height": SIZE[1]})
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    page.add_init_script(f"{editor.before};{WATCH}")
    trace = folder / "trace.json"
    browser.start_tracing(page=page, path=trace, categories=list(CATEGORIES))
    try:
        _open(page, editor)
        loaded = float(page.evaluate(LOADED))
        page.wait_for_timeout(1000)
        notes = [f"{name} {words}" for name, words in move(page, editor, hands).items() if words]
    finally:
        browser.stop_tracing()
    heap = _heap(page)
    context.close()
    read = Trace(trace, SHOWN)
    found = {name: _found(partial(read.stretch, f"bench:{name}")) for name in hands.of(editor)}
    stretches = {name: stretch for name, stretch in found.items() if stretch is not None}
    first = _found(partial(read.first_frame, SHOWN))
    jump = _found(partial(read.next_frame, "bench:jump", animation=True))
    return Measured(editor.name, first, stretches, jump, heap, loaded, notes)


def _found(read: Callable[[], T]) -> T | None:
    """What a trace says; None where it doesn't."""
    try:
        return read()
    except ValueError:
        return None


def _open(page: Page, editor: Editor) -> None:
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    try:
        page.goto(editor.address)
        page.wait_for_selector(READY)
    except TookTooLong:
        raise ValueError(f"{editor.name} did not open within {PATIENCE // 1000} s: {'; '.join(errors)}") from None


def _heap(page: Page) -> float:
    """Bytes in use after a collection."""
    session = page.context.new_cdp_session(page)
    session.send("HeapProfiler.collectGarbage")
    return float(session.send("Runtime.getHeapUsage")["usedSize"])


Row: TypeAlias = tuple[str, Callable[[Measured], float | None]]


def _of_stretch(name: str) -> Iterator[Row]:
    """The rows of a stretch."""
    titles = {
        "p50": "p50, ms",
        "p95": "p95, ms",
        "busy": "main thread a frame, ms",
        "worked": "of that on a processor, ms",
    }
    for field, title in titles.items():
        yield f"{name}: {title}", partial(_read, name, field)


def _read(name: str, field: str, column: Measured) -> float | None:
    stretch = column.stretches.get(name)
    return None if stretch is None else float(getattr(stretch, field))


ROWS: tuple[Row, ...] = (
    ("first frame, ms", lambda each: each.first),
    *(row for name in STRETCHES for row in _of_stretch(name)),
    ("jump to the whole graph, ms", lambda each: each.jump),
    ("heap, MB", lambda each: each.heap / 1e6),
    ("loaded when all can be used, kB packed", lambda each: each.loaded / 1e3),
)


def table(columns: Sequence[Measured]) -> str:
    """The figures, each of a peer with its ratio to ours, which come first; below, what came to an early end."""
    head = ["", *(each.name for each in columns)]
    lines = [head, ["---"] * len(head)]
    for title, of in ROWS:
        base, *others = (of(each) for each in columns)
        lines.append([title, _cell(base, None), *(_cell(value, base) for value in others)])
    notes = [f"{each.name}: {note}" for each in columns for note in each.notes]
    return "\n".join([*(f"| {' | '.join(line)} |" for line in lines), *notes])


def _cell(value: float | None, base: float | None) -> str:
    if value is None:
        return "–"
    return f"{value:.1f} ({value / base:.1f} ×)" if base else f"{value:.1f}"


def main() -> None:
    """Measure each editor, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, default in (("nodes", 2000), ("links", 3000), ("pictures", 50), ("results", 1000), ("moves", 120)):
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--only", choices=list(SITES))
    parser.add_argument("--stretches", type=_stretches, default=STRETCHES, metavar="NAME,…")
    given = parser.parse_args()
    graph = boxes(given.nodes, given.links, given.pictures)
    hands = Hands(given.stretches, given.moves, _in_the_middle(graph))
    columns, version = [], ""
    for name, site in SITES.items():
        if given.only not in (None, name):
            continue
        with tempfile.TemporaryDirectory() as folder, site(graph, given.results) as editor, sync_playwright() as driver:
            browser = _launched(driver)
            version = browser.version
            try:
                columns.append(measure(browser, editor, hands, Path(folder)))
            except ValueError as error:
                print(error)
            browser.close()
    shown = {name: getattr(given, name) for name in ("nodes", "links", "pictures", "results", "moves")}
    print(json.dumps({**shown, "load": os.getloadavg()[0]}))
    print(f"Chromium {version}, {sys.platform}, {os.cpu_count()} processors")
    if columns:
        print(table(columns))


def _stretches(words: str) -> tuple[str, ...]:
    """Those that are named, in their order. Raises ArgumentTypeError where one is unknown."""
    unknown = set(words.split(",")) - set(STRETCHES)
    if unknown:
        raise argparse.ArgumentTypeError(f"unknown: {', '.join(sorted(unknown))}; there are: {', '.join(STRETCHES)}")
    return tuple(name for name in STRETCHES if name in words.split(","))


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

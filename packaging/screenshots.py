"""Take the screenshots of the documentation.

    python packaging/screenshots.py [NAME …]      # all without a name: docs/editor/NAME.webp

A server with a data folder of its own is started and examples are run, which takes a few minutes on a processor. Look at
what comes out. Needs Chromium (`make browser`), as the editor's tests do.
"""

from __future__ import annotations

import argparse
import io
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).parent.parent
sys.path.append(str(ROOT / "tests" / "support"))  # how a server and Chromium are started stands there

from chromium import launched  # noqa: E402
from serving import served  # noqa: E402

DOCS = ROOT / "docs" / "editor"
QUALITY = 82
WAIT = 120_000  # milliseconds
APP = """
    const main = document.querySelector('script[type=module]').src;
    const { app } = await import(main);
    const tab = app.active.peek();
"""


class Editor:
    """A page of the editor, to be photographed."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def js(self, body: str, argument: Any = None) -> Any:
        """What statements over `app`, `tab` and the argument `a` return."""
        return self.page.evaluate(f"async (a) => {{ {APP} {body} }}", argument)

    def open(self, example: str) -> None:
        """An example in a tab of its own, all of it in the window."""
        text = (ROOT / "workflows" / f"{example}.json").read_text(encoding="utf-8")
        self.js("await app.openFiles([new File([a], 'a.json', {type: 'application/json'})], {x: 0, y: 0})", text)

    def set(self, node: str, name: str, value: Any) -> None:
        """Give an input a value."""
        self.js("tab.edit('Value', (draft) => draft.level('').setInput(...a))", [node, name, value])

    def run(self) -> None:
        """Run all, and wait until it is over."""
        self.js(
            """const before = tab.run.peek()?.id;
            app.commands.run('run.graph');
            while (tab.active.peek() || tab.run.peek()?.id === before) await new Promise((go) => setTimeout(go, 100));
            if (tab.run.peek().status !== 'succeeded') throw new Error(tab.run.peek().status);"""
        )

    def fit(self) -> None:
        """All of it into what a panel has left of the window."""
        self.js("for (const _ of [1, 2, 3]) await new Promise(requestAnimationFrame); app.view.fit()")

    def save(self, name: str) -> None:
        """Save what is shown into the library."""
        self.page.keyboard.press("Control+Shift+S")
        self.page.get_by_label("Name", exact=True).fill(name)
        self.page.keyboard.press("Enter")
        self.page.get_by_text(f"{name} is saved").first.wait_for()

    def drag(self, *points: tuple[float, float], release: bool = True) -> None:
        """Press and move, by shares of the painter's width and height."""
        box = self.page.locator(".painter canvas").bounding_box()
        assert box is not None
        for n, (x, y) in enumerate(points):
            self.page.mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"], steps=8)
            if n == 0:
                self.page.mouse.down()
        if release:
            self.page.mouse.up()

    def shot(self, theme: str, *, settle: int = 1500, away: bool = True) -> Image.Image:
        """The window in a theme, once what is loaded late is there and, unless told otherwise, nothing has the pointer."""
        self.js("app.settings.choose({theme: a})", theme)
        if away:
            self.page.mouse.move(4, 300)
        self.page.wait_for_timeout(settle)
        return Image.open(io.BytesIO(self.page.screenshot())).convert("RGB")


def run(editor: Editor) -> Image.Image:
    """The workflow of a first visit, which has run twice: what had not changed was cached."""
    editor.run()
    editor.set("sampler", "seed", 2)
    editor.run()
    editor.js("app.view.fit(); tab.selection.value = new Set()")
    return editor.shot("dark")


def stale(editor: Editor) -> Image.Image:
    """What an edit makes stale, and why."""
    editor.set("sampler", "steps", 12)
    image = editor.shot("light")
    editor.js("tab.undo()")
    return image


def faults(editor: Editor) -> Image.Image:
    """What is wrong, at its nodes and in a list."""
    editor.js(
        """tab.edit('Faults', (draft) => {
            const level = draft.level('');
            level.setInput('decode', 'vae', undefined);
            const inputs = new Map([['image', {link: 'decode.image'}], ['factor', 2]]);
            const { x, y } = level.nodes.get('decode').ui;
            level.nodes.set('old', { type: 'other:Upscale', version: 1, mode: null, inputs, ui: { x: x + 320, y } });
        });
        app.view.fit();"""
    )
    editor.page.get_by_role("button", name="2 faults").click()
    image = editor.shot("dark")
    editor.page.get_by_role("button", name="Close the list").click()
    editor.js("tab.undo(); app.view.fit()")
    return image


def profile(editor: Editor) -> Image.Image:
    """Nodes tinted by their seconds, and the outline sorted by them."""
    editor.js(
        """await app.commands.run('profile.seconds');
        await app.commands.run('view.outline');
        const { left, top } = app.view.bounds(); // all of it to the right of the outline
        tab.camera.value = { x: left - 310 / 0.72, y: top - 90 / 0.72, zoom: 0.72 };"""
    )
    image = editor.shot("dark")
    editor.js("await app.commands.run('view.outline'); await app.commands.run('profile.toggle'); app.view.fit()")
    return image


def freezing(editor: Editor) -> Image.Image:
    """A sampler that is frozen while the prompt is changed: what rests on it says so."""
    editor.js("await app.commands.run('node.freeze', {id: 'sampler'})")
    editor.set("prompt", "text", "a green cone left of a blue sphere on sand")
    image = editor.shot("light", settle=2500)
    editor.js("tab.undo(); tab.undo()")
    return image


def results(editor: Editor) -> Image.Image:
    """The gallery beside a workflow."""
    for node, name, value in (
        ("sampler", "cfg", 4),
        ("prompt", "text", "a green cone left of a blue sphere on sand"),
        ("sampler", "seed", 5),
        ("prompt", "text", "a yellow cylinder behind a red cube"),
    ):
        editor.set(node, name, value)
        editor.run()
    editor.js("await app.commands.run('results.toggle')")
    editor.page.locator(".tile-open img").nth(5).wait_for()
    editor.fit()
    image = editor.shot("dark")
    editor.js("await app.commands.run('results.toggle')")
    return image


def compare(editor: Editor) -> Image.Image:
    """Two pictures of the gallery, held against each other."""
    editor.js("await app.commands.run('results.toggle')")
    for place in (1, 2):
        editor.page.locator(".tile-check").nth(place).check(force=True)
    editor.page.locator(".panel-foot").get_by_role("button", name="Compare").click()
    image = editor.shot("dark")
    editor.page.keyboard.press("Escape")
    editor.js("await app.commands.run('results.toggle')")
    return image


def queue(editor: Editor) -> Image.Image:
    """What waits, in its order, and what is done."""
    editor.js("await app.commands.run('queue.pause')")
    for seed in (21, 22, 23):
        editor.set("sampler", "seed", seed)
        editor.js("await app.commands.run('run.graph')")
    editor.js("await app.commands.run('queue.toggle')")
    editor.fit()
    editor.page.locator(".is-waiting .queue-row").nth(2).wait_for()
    image = editor.shot("dark")
    editor.page.get_by_role("button", name="Clear what waits").click()
    editor.js("await app.commands.run('queue.toggle'); await app.commands.run('queue.resume')")
    return image


def sweep(editor: Editor) -> Image.Image:
    """Seeds by prompts, a picture each."""
    editor.js("void app.commands.run('run.sweep', {id: 'sampler', input: 'seed'})")
    sheet = editor.page.get_by_role("dialog")
    sheet.get_by_label("Values of seed").fill("1..3")
    sheet.get_by_label("And, for each of them").select_option("prompt.text")
    sheet.get_by_label("Values of text").fill("a red cube\na blue sphere\na green cone and a ring")
    sheet.get_by_role("button", name="Run them").click()
    editor.page.locator(".sweep-cell img").nth(8).wait_for()
    image = editor.shot("dark", settle=3000)
    editor.page.get_by_role("button", name="Close the panel").click()
    return image


def form(editor: Editor) -> Image.Image:
    """The form beside the canvas."""
    editor.open("text_to_image")
    editor.run()
    editor.js("await app.commands.run('form.show')")
    editor.fit()
    image = editor.shot("dark")
    editor.js("await app.commands.run('form.show')")
    return image


def form_alone(editor: Editor) -> Image.Image:
    """The same by itself, with what it made."""
    editor.open("text_to_image")
    editor.save("Two solids")
    address = editor.page.url.partition("?")[0]
    editor.page.goto(f"{address.rstrip('/')}/form/Two solids")
    editor.page.get_by_role("button", name="Run", exact=True).click()
    editor.page.locator(".form-pictures img").wait_for()
    image = editor.shot("light")
    editor.page.goto(address)
    editor.page.wait_for_selector("body[data-ready]")
    return image


def library(editor: Editor) -> Image.Image:
    """Versions of a workflow whose file was changed outside."""
    editor.open("text_to_image")
    editor.save("Portrait")
    for name, value in (("steps", 30), ("cfg", 4.5)):
        editor.set("sampler", name, value)
        editor.page.keyboard.press("Control+S")
        editor.page.wait_for_function("() => document.querySelector('.is-active .tab-dirty') === null")
    editor.set("sampler", "steps", 24)
    editor.js(
        """const there = await fetch('/api/workflows/Portrait'), etag = there.headers.get('ETag'), file = await there.json();
        file.nodes.prompt.inputs.text = 'a green cone on a grey floor';
        const headers = {'Content-Type': 'application/json', 'If-Match': etag};
        await fetch('/api/workflows/Portrait', {method: 'PUT', headers, body: JSON.stringify(file)});"""
    )
    editor.page.locator(".outside").wait_for()
    editor.js("await app.commands.run('library.versions')")
    editor.fit()
    editor.page.locator(".versions").get_by_role("button", name="Compare").first.click()
    image = editor.shot("dark")
    editor.page.get_by_role("button", name="Close the panel").click()
    return image


def mask(editor: Editor) -> Image.Image:
    """A stroke of the brush, and a lasso on its way."""
    editor.open("change_colour")
    editor.js("await app.commands.run('mask.paint', {id: 'inpaint'})")
    page = editor.page
    page.get_by_text("128 × 128").wait_for()
    editor.drag((0.4, 0.45), (0.46, 0.6))
    page.get_by_role("button", name="Lasso").click()
    editor.drag((0.54, 0.4), (0.62, 0.5), (0.57, 0.64), (0.5, 0.56), release=False)
    image = editor.shot("dark", away=False)
    page.mouse.up()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Throw it away").click()
    return image


def optimizing(editor: Editor) -> Image.Image:
    """RewardOptimize after twelve pictures, in both colours beside each other."""
    editor.open("redder")
    for name, value in (("iterations", 12), ("keep_every", 2)):
        editor.set("optimize", name, value)
    editor.run()
    editor.page.set_viewport_size({"width": 520, "height": 900})
    editor.js(
        """await app.commands.run('view.minimap'); // it would lie on the node
        const { x, y, height } = app.view.rectOf('optimize');
        tab.selection.value = new Set();
        const lookAt = async (top) => {
            tab.camera.value = { x: x - 30, y: top, zoom: 1 };
            while (!document.querySelector('[data-id="optimize"] .node-view')) await new Promise(requestAnimationFrame);
        };
        await lookAt(y + height / 2);
        await lookAt(y + document.querySelector('[data-id="optimize"] .node-view').offsetTop - 12);"""
    )
    halves = [editor.shot(theme) for theme in ("light", "dark")]
    sheet = Image.new("RGB", (1040, 900))
    for place, half in enumerate(halves):
        sheet.paste(half, (520 * place, 0))
    return sheet


SCENES: dict[str, Callable[[Editor], Image.Image]] = {
    scene.__name__: scene
    for scene in (
        *(run, stale, faults, profile, freezing, results, compare, queue, sweep),
        *(form, form_alone, library, mask, optimizing),
    )
}
ALONE = ("form", "form_alone", "library", "mask", "optimizing")  # the others show the workflow that `run` has run


@contextmanager
def page_of(browser: Browser) -> Iterator[Editor]:
    """The editor in front of a server of its own."""
    with tempfile.TemporaryDirectory() as folder, served(Path(folder)) as address:
        shutil.copytree(ROOT / "workflows", Path(folder) / "inputs", dirs_exist_ok=True)
        context = browser.new_context(viewport={"width": 1280, "height": 800}, color_scheme="dark")
        context.set_default_timeout(WAIT)
        page = context.new_page()
        page.goto(address)
        page.wait_for_selector("body[data-ready]")
        yield Editor(page)
        context.close()


def main() -> None:
    """Take what was asked for, or all."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", choices=[[], *SCENES], metavar="NAME")
    wanted = parser.parse_args().names or list(SCENES)
    shows = {"run": set(SCENES) - set(ALONE), "results": {"compare", "queue"}}  # what needs the runs of another
    needed = [name for name in SCENES if name in wanted or shows.get(name, set()) & set(wanted)]
    with sync_playwright() as playwright:
        browser = launched(playwright)
        with page_of(browser) as editor:
            for name in needed:
                image = SCENES[name](editor)
                if name in wanted:
                    image.save(DOCS / f"{name.replace('_', '-')}.webp", quality=QUALITY, method=6)
        browser.close()


if __name__ == "__main__":
    main()

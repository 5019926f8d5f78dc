import { fitted, held, pixelAt, zoomedAt } from "../../../../web/editor/results/lens.js";
import { difference } from "../../../../web/editor/results/pixels.js";
import { readLines, readNumbers } from "../../../../web/editor/results/ranges.js";
import { axesOf } from "../../../../web/editor/results/sweepgrid.js";
import { stripped } from "../../../../web/editor/results/strip.js";
import { Tiles } from "../../../../web/editor/results/tiles.js";
import { changeWords, editWords, nameOf } from "../../../../web/editor/results/words.js";
import { signal } from "../../../../web/editor/vendor/signals-core/signals-core.mjs";
import { equal, ok, property, test } from "./harness.js";

const SIZE = { width: 128, height: 96 };
const VIEW = { width: 900, height: 600 };

test("what is at a point of the screen stays there while it is zoomed", () => {
  property(50, (random) => {
    const lens = { x: random.below(400) - 200, y: random.below(400) - 200, zoom: 0.5 + random.below(8) };
    const at = { x: random.below(900), y: random.below(600) };
    const before = { x: (at.x - lens.x) / lens.zoom, y: (at.y - lens.y) / lens.zoom };
    const after = zoomedAt(lens, at, 0.3 + random.below(5));
    ok(Math.abs((at.x - after.x) / after.zoom - before.x) < 1e-6 && Math.abs((at.y - after.y) / after.zoom - before.y) < 1e-6);
  });
});

test("a small picture is enlarged by a whole factor, and none is ever pushed out of sight", () => {
  equal(fitted(SIZE, VIEW).zoom, 5);
  ok(fitted({ width: 4000, height: 1000 }, VIEW).zoom < 0.25);
  const far = held({ x: -1e6, y: 1e6, zoom: 2 }, SIZE, VIEW);
  ok(far.x + SIZE.width * 2 > 0 && far.y < VIEW.height);
  equal(pixelAt({ x: 10, y: 10, zoom: 4 }, { x: 17, y: 10 }, SIZE), { x: 1, y: 0 });
  equal(pixelAt({ x: 10, y: 10, zoom: 4 }, { x: 9, y: 10 }, SIZE), null);
});

test("values of a sweep are typed as lists, ranges and ranges with a step", () => {
  const whole = { whole: true, min: 0, max: 100 };
  equal(readNumbers("10, 20,30", whole), { values: [10, 20, 30] });
  equal(readNumbers("1..4; 4; 9..7", whole), { values: [1, 2, 3, 4, 9, 8, 7] });
  equal(readNumbers("0..1 by 0.25", { whole: false }), { values: [0, 0.25, 0.5, 0.75, 1] });
  equal(readNumbers("0 .. 0.3 step 0.1", { whole: false }), { values: [0, 0.1, 0.2, 0.3] });
  equal(readNumbers("", whole), { values: [] });
  equal(readLines(" a red cube \n\n a red cube\nb"), { values: ["a red cube", "b"] });
});

test("values that cannot be are refused in words", () => {
  const fault = (/** @type {string} */ text, port = { whole: true, min: 0, max: 100 }) => {
    const read = readNumbers(text, port);
    return "fault" in read ? read.fault : "none";
  };
  equal(fault("1, two"), "“two” is no number and no range such as 1..8");
  equal(fault("1.5"), "1.5 is not a whole number from 0 to 100");
  equal(fault("101"), "101 is not a whole number from 0 to 100");
  equal(fault("1..9 by -1"), "1..9 by -1: the step never gets there");
  equal(fault("1..99999999"), "At most 400 values");
});

test("a sweep's axes are read from its runs, inputs and values in their order", () => {
  const runs = [1, 2].flatMap((a) => ["x", "y"].map((b) => ({ id: `${a}${b}`, status: "queued", inputs: { "n.a": a, "n.b": b } })));
  equal(axesOf(runs), [
    { address: "n.a", values: [1, 2] },
    { address: "n.b", values: ["x", "y"] },
  ]);
});

test("an edit is told by what differs in it", () => {
  const change = (/** @type {string} */ message) => changeWords({ node: "prompt", message });
  equal(change('prompt.text: "a red cube on sand" → "a blue cube on sand"'), "text: red → blue");
  equal(change('prompt.text: "a cube" → "a cube on sand"'), "text: (nothing) → on sand");
  equal(change("prompt.steps: 20 → 30"), "steps: 20 → 30");
  equal(editWords(null), "First version");
  const frame = { asset: "frames.png", changes: null, item: 2 };
  equal([1, 12, null].map((of) => nameOf({ ...frame, of })), ["First version", "3 of 12 · First version", "frames.png"]);
  equal(editWords([{ node: "a", message: "a.x: 1 → 2" }, { node: "b", message: "node 'b' (Add) added" }]), "x: 1 → 2, and 1 more");
});

test("two pictures differ by their channels, and the share of pixels that do is told", () => {
  const pixels = (/** @type {number[]} */ data) => ({ width: 2, height: 1, canvas: new OffscreenCanvas(2, 1), data: new Uint8ClampedArray(data) });
  const apart = difference(pixels([10, 20, 30, 255, 0, 0, 0, 255]), pixels([10, 25, 0, 255, 0, 0, 0, 255]), 2);
  equal([apart.changed, apart.largest], [0.5, 30]);
  const shown = apart.canvas.getContext("2d")?.getImageData(0, 0, 2, 1).data ?? [];
  equal([...shown], [0, 10, 60, 255, 0, 0, 0, 255]);
});

test("what is no picture, or is cut short, is not stripped", async () => {
  for (const bytes of [[], [1, 2, 3], [0xff, 0xd8, 0xff, 0xe1, 0, 4, 0, 0]]) {
    let refused = false;
    try {
      stripped(new Uint8Array(bytes));
    } catch (error) {
      refused = error instanceof RangeError;
    }
    ok(refused, `${bytes} was taken`);
  }
});

test("scrolling within a row draws no tile anew, and a star draws them", () => {
  let drawn = 0;
  const items = Array.from({ length: 100 }, (_, place) => ({
    asset: "image.png", sha256: `${place}`, url: "/blank.html", width: 64, height: 64, created: 0, starred: false, changes: null,
    get title() {
      drawn += 1;
      return `number ${place}`;
    },
  }));
  const results = /** @type {any} */ ({ items: signal(items), selected: signal(new Set()), more: () => {} });
  const element = document.createElement("div");
  element.style.cssText = "position: relative; width: 640px; height: 600px; overflow: auto";
  document.body.append(element);
  const tiles = new Tiles(results, element, { open: () => {}, menu: () => {}, remove: () => {} });
  /** How often titles are read when it is scrolled to here. @param {number} top */
  const read = (top) => {
    drawn = 0;
    element.scrollTop = top;
    tiles.draw();
    return drawn;
  };
  ok(read(0) > 0); // now there is something to scroll, and a bar that takes room
  tiles.draw();
  ok(read(3 * tiles.row + 2) > 0);
  equal(read(3 * tiles.row + 8), 0);
  ok(read(5 * tiles.row + 2) > 0);
  results.items.value = items.map((item) => item);
  ok(read(5 * tiles.row + 2) > 0, "other items are drawn");
  tiles.dispose();
  element.remove();
});

test("of a thousand pictures only those in view are on the page, and the last is reached by a key", async () => {
  const items = Array.from({ length: 1000 }, (_, place) => ({
    number: 1000 - place, asset: "image.png", sha256: `${place}`, url: "/blank.html", width: 64, height: 64, bytes: 1, created: 0,
    run: null, output: null, document: "", starred: false, title: `number ${place}`, sweep: null, changes: null,
  }));
  const selected = signal(/** @type {ReadonlySet<string>} */ (new Set()));
  let asked = 0;
  const results = /** @type {any} */ ({
    items: signal(items),
    selected,
    more: () => (asked += 1),
    selectRange: (/** @type {number} */ from, /** @type {number} */ to) => (selected.value = new Set(items.slice(from, to + 1).map(({ sha256 }) => sha256))),
  });
  const element = document.createElement("div");
  element.style.cssText = "position: relative; width: 640px; height: 600px; overflow: auto";
  document.body.append(element);
  const tiles = new Tiles(results, element, { open: () => {}, menu: () => {}, remove: () => {} });
  tiles.draw();
  ok(element.querySelectorAll("li").length < 60, `${element.querySelectorAll("li").length} tiles`);
  equal(asked, 0);
  tiles.list.dispatchEvent(new KeyboardEvent("keydown", { key: "End", bubbles: true }));
  tiles.draw();
  ok(document.activeElement?.textContent?.includes("number 999"), "the last has the focus");
  ok(element.querySelectorAll("li").length < 60);
  ok(asked > 0, "more is asked for near the end");
  tiles.list.dispatchEvent(new KeyboardEvent("keydown", { key: "a", ctrlKey: true, bubbles: true }));
  equal(selected.peek().size, 1000);
  tiles.dispose();
  element.remove();
});

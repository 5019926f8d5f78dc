import { levelOf } from "../../../../web/editor/model/document.js";
import { putMask } from "../../../../web/editor/mask/apply.js";
import { Painting } from "../../../../web/editor/mask/painting.js";
import { Raster, fromPixels, scaled } from "../../../../web/editor/mask/raster.js";
import { Stroke } from "../../../../web/editor/mask/strokes.js";
import { targetAt } from "../../../../web/editor/mask/target.js";
import { transact } from "../../../../web/editor/model/transact.js";
import { equal, ok, property, test } from "./harness.js";
import { after, catalogue, documentOf, given, link } from "./sample.js";

/** @typedef {import("../../../../web/editor/model/document.js").Document} Document */

const SIZE = 24;
const FILE = { asset: "cat.png", sha256: "a".repeat(64) };
const PAINTED = { asset: "mask.png", sha256: "b".repeat(64) };

/** @param {Document} document */
const at = (document) => ({ catalogue, document, level: "" });

test("the middle of a hard dab is whole, and beyond its radius nothing changes", () => {
  const raster = new Raster(SIZE, SIZE);
  new Stroke(raster, { opacity: 1, erases: false }).dab({ x: 12, y: 12 }, 5, 0);
  raster.values.forEach((value, place) => {
    const away = Math.hypot((place % SIZE) + 0.5 - 12, Math.floor(place / SIZE) + 0.5 - 12);
    if (away <= 4) equal(value, 255);
    if (away >= 6) equal(value, 0);
  });
});

test("going over a place twice in one stroke covers it once; a second stroke covers half of what is left", () => {
  const raster = new Raster(SIZE, SIZE);
  for (const wanted of [128, 192]) {
    const stroke = new Stroke(raster, { opacity: 0.5, erases: false });
    stroke.dab({ x: 12, y: 12 }, 6, 0);
    stroke.line({ x: 12, y: 12, radius: 6 }, { x: 13, y: 12, radius: 6 }, 0);
    equal(raster.values[12 * SIZE + 12], wanted);
  }
});

test("a lasso around a box covers what a box does, and half a pixel half", () => {
  const points = [
    { x: 2, y: 3 },
    { x: 9.5, y: 3 },
    { x: 9.5, y: 8 },
    { x: 2, y: 8 },
  ];
  const raster = new Raster(SIZE, SIZE);
  new Stroke(raster, { opacity: 1, erases: false }).area(points, 0);
  const wanted = (/** @type {number} */ x, /** @type {number} */ y) => (y < 3 || y >= 8 || x < 2 || x > 9 ? 0 : x < 9 ? 255 : 128);
  raster.values.forEach((value, place) => equal(value, wanted(place % SIZE, Math.floor(place / SIZE)), `pixel ${place}`));
});

test("undo gives every step's mask back to the byte, redo every later one", () =>
  property(30, (random) => {
    const painting = new Painting(new Raster(SIZE, SIZE));
    const seen = [painting.raster.values.slice()];
    for (let step = 0; step < 12; step += 1) {
      const before = painting.history.done.length;
      act(painting, random);
      if (painting.history.done.length > before) seen.push(painting.raster.values.slice());
      ok(painting.history.done.length <= before + 1, "one act is at most one step");
    }
    for (const values of [...seen].reverse().slice(1)) {
      painting.undo();
      equal([...painting.raster.values], [...values]);
    }
    for (const values of seen.slice(1)) {
      painting.redo();
      equal([...painting.raster.values], [...values]);
    }
  }));

/** @param {Painting} painting @param {import("./harness.js").Random} random */
function act(painting, random) {
  const touch = () => ({ x: random.below(40) - 8, y: random.below(40) - 8, pressure: random.next() });
  const whole = random.pick([null, null, null, /** @type {const} */ ("invert"), /** @type {const} */ ("fill")]);
  if (whole !== null) return void painting.whole(whole);
  Object.assign(painting.choices, {
    tool: random.pick(["brush", "eraser", "box", "lasso", "hand"]),
    size: 1 + random.below(20),
    softness: random.next(),
    opacity: random.next(),
  });
  painting.begin(touch());
  for (let move = 0; move < 4; move += 1) painting.move(touch());
  if (random.next() < 0.2) painting.cancel();
  else painting.end(random.next() < 0.5);
}

test("a stroke that is given up leaves the mask as it was", () => {
  const painting = new Painting(new Raster(SIZE, SIZE));
  painting.begin({ x: 5, y: 5 });
  painting.move({ x: 15, y: 5 });
  ok(painting.raster.share > 0);
  painting.cancel();
  equal(painting.raster.share, 0);
  equal(painting.history.done.length, 0);
});

test("what is being drawn is a step of its own before anything else is done with the mask", () => {
  const whole = new Raster(SIZE, SIZE, new Uint8Array(SIZE * SIZE).fill(90));
  /** @type {((painting: Painting) => void)[]} */
  const deeds = [(painting) => painting.whole("invert"), (painting) => painting.become(whole)];
  for (const deed of deeds) {
    const painting = new Painting(new Raster(SIZE, SIZE));
    painting.begin({ x: 5, y: 5 });
    painting.move({ x: 15, y: 5 });
    const drawn = [...painting.raster.values];
    deed(painting);
    painting.move({ x: 15, y: 15 });
    painting.end(); // the hand lets go of what is over already
    equal(painting.history.done.length, 2);
    painting.undo();
    equal([...painting.raster.values], drawn);
  }
});

test("undo in the middle of a stroke takes it away, and redo brings it back", () => {
  const painting = new Painting(new Raster(SIZE, SIZE));
  painting.begin({ x: 5, y: 5 });
  const drawn = [...painting.raster.values];
  painting.undo();
  equal(painting.raster.share, 0);
  painting.redo();
  equal([...painting.raster.values], drawn);
});

test("a pen that is pressed lightly draws a thinner line", () => {
  const drawn = [0.1, 1].map((pressure) => {
    const painting = new Painting(new Raster(SIZE, SIZE));
    painting.choices.size = 16;
    painting.begin({ x: 12, y: 12, pressure });
    painting.end();
    return painting.raster.share;
  });
  ok(/** @type {number} */ (drawn[0]) < /** @type {number} */ (drawn[1]) / 4, `${drawn}`);
});

test("a mask of one value stays it at any size; at its own size it stays itself", () => {
  equal([...new Set(scaled(new Raster(3, 5, new Uint8Array(15).fill(200)), 11, 2).values)], [200]);
  const raster = new Raster(4, 3, Uint8Array.from({ length: 12 }, (_, place) => 20 * place));
  equal([...scaled(raster, 4, 3).values], [...raster.values]);
});

test("a file's channels are read as the node reads them", () => {
  const pixels = { width: 1, height: 1, data: Uint8ClampedArray.of(10, 200, 30, 55) };
  const values = ["brightness", "red", "green", "blue", "alpha"].map((channel) => fromPixels(pixels, channel).values[0]);
  equal(values, [200, 10, 200, 30, 200]);
});

const SCENE = documentOf({
  picture: ["LoadImage", { file: FILE }],
  small: ["ImageResize", { image: link("picture.image") }],
  encode: ["VAEEncode", { image: link("small.image") }],
  set: ["SetNoiseMask", { latent: link("encode.latent"), mask: link("picture.mask") }],
  paint: ["Inpaint", { image: link("picture.image") }],
});

test("the picture beneath is what the mask's taker gets: a file where it is only read, else what comes out upstream", () => {
  equal(targetAt(at(SCENE), { node: "paint" })?.beneath, { file: FILE, port: { node: "picture", output: "image" } });
  equal(targetAt(at(SCENE), { node: "set" })?.beneath, { file: null, port: { node: "small", output: "image" } });
});

test("a mask input without a mask gets a node that holds it, as one edit", () => {
  const target = targetAt(at(SCENE), { node: "paint", input: "mask" });
  ok(target !== null && target.start === null && target.file === null);
  const document = after(SCENE, (draft) => void putMask(draft, "", "paint", target, PAINTED, catalogue));
  equal(given(document, "paint", "mask"), link("load_mask.mask"));
  equal(given(document, "load_mask", "file"), PAINTED);
});

test("the node that holds a mask stands clear of what is there", () => {
  const target = targetAt(at(SCENE), { node: "paint", input: "mask" });
  const { x = 0, y = 0 } = levelOf(SCENE, "").nodes.get("paint")?.ui ?? {};
  const rects = [0, 300, 700].map((down) => ({ x: x - 400, y: y + down, width: 300, height: 280 }));
  const document = after(SCENE, (draft) => void putMask(draft, "", "paint", /** @type {any} */ (target), PAINTED, catalogue, rects));
  const node = levelOf(document, "").nodes.get("load_mask")?.ui;
  equal([node?.x, (node?.y ?? 0) >= y + 980], [x - 300, true]);
});

test("painting over a picture's transparency begins with it and leads all who took it to the painted mask", () => {
  const target = targetAt(at(SCENE), { node: "picture" });
  equal(target?.start, { source: { file: FILE, port: { node: "picture", output: "mask" } }, channel: "alpha" });
  const { document } = transact(SCENE, (draft) => void putMask(draft, "", "picture", /** @type {any} */ (target), PAINTED, catalogue));
  equal(given(document, "set", "mask"), link("load_mask.mask"));
});

test("painting again changes the file alone, from whichever node it begins", () => {
  const painted = documentOf({
    picture: ["LoadImage", { file: FILE }],
    mask: ["LoadMask", { file: PAINTED, channel: "red" }],
    wider: ["MaskEdit", { mask: link("mask.mask"), grow: 4 }],
    paint: ["Inpaint", { image: link("picture.image"), mask: link("wider.mask") }],
  });
  for (const node of ["mask", "wider"]) {
    const target = targetAt(at(painted), { node });
    equal(target?.beneath?.file, FILE);
    equal(target?.start?.channel, "red");
    const document = after(painted, (draft) => void putMask(draft, "", node, /** @type {any} */ (target), FILE, catalogue));
    equal(given(document, "mask", "file"), FILE);
    equal(given(document, "mask", "channel"), "brightness");
    equal(document.levels.get("")?.nodes.size, 4);
  }
});

test("what takes no mask cannot be painted on", () => {
  equal(targetAt(at(SCENE), { node: "encode" }), null);
});

import {
  camera,
  centred,
  contains,
  fitted,
  panned,
  seen,
  toScreen,
  toWorld,
  zoomed,
} from "../../../../web/editor/view/camera.js";
import { bezier, distanceSquared, handle } from "../../../../web/editor/view/curves.js";
import { Geometry } from "../../../../web/editor/view/geometry.js";
import { FIELD, HEADER, SOCKETS, TEXT, WIDE, WIDTH, shapeOf } from "../../../../web/editor/view/shape.js";
import { portsOf } from "../../../../web/editor/model/ports.js";
import { linksOf } from "../../../../web/editor/model/links.js";
import { levelOf } from "../../../../web/editor/model/document.js";
import { equal, ok, property, test } from "./harness.js";
import { TEXT_TO_IMAGE, catalogue, documentOf } from "./sample.js";

/** @typedef {import("./harness.js").Random} Random */

const SIZE = { width: 1280, height: 800 };
const near = (/** @type {number} */ a, /** @type {number} */ b) =>
  Math.abs(a - b) < 1e-6 * Math.max(1, Math.abs(a), Math.abs(b));
const anywhere = (/** @type {Random} */ random) =>
  camera(random.next() * 4000 - 2000, random.next() * 4000 - 2000, 0.05 + random.next() * 2.5);
const point = (/** @type {Random} */ random) => ({ x: random.next() * 2000 - 500, y: random.next() * 2000 - 500 });

/** A level's geometry, without a page. @param {import("./sample.js").Document} document */
function drawn(document) {
  const level = levelOf(document, "");
  const geometry = new Geometry();
  geometry.setNodes([...level.nodes.keys()]);
  const linked = new Set(linksOf(level).map(({ to }) => `${to.node}.${to.input}`));
  [...level.nodes].forEach(([id, node], i) => {
    const shape = shapeOf(portsOf(catalogue, document, "", id), node, (input) => linked.has(`${id}.${input}`), 0);
    geometry.setNode(i, node.ui.x, node.ui.y, shape);
  });
  geometry.setLinks(linksOf(level));
  return geometry;
}

test("a point goes to the screen and back", () => {
  property(100, (random) => {
    const at = anywhere(random);
    const world = point(random);
    const back = toWorld(at, toScreen(at, world));
    ok(near(back.x, world.x) && near(back.y, world.y));
  });
});

test("what is under the pointer stays under it while zooming, at the ends of the range too", () => {
  property(100, (random) => {
    const at = anywhere(random);
    const screen = point(random);
    const world = toWorld(at, screen);
    const then = toScreen(zoomed(at, 2 ** (random.next() * 16 - 8), screen), world);
    ok(near(then.x, screen.x) && near(then.y, screen.y));
  });
});

test("panning moves the drawing by as many pixels, at any zoom", () => {
  property(50, (random) => {
    const at = anywhere(random);
    const world = point(random);
    const [from, to] = [toScreen(at, world), toScreen(panned(at, 30, -7), world)];
    ok(near(to.x - from.x, 30) && near(to.y - from.y, -7));
  });
});

test("a box that is fitted is seen whole and centred", () => {
  property(50, (random) => {
    const a = point(random);
    const box = {
      left: a.x,
      top: a.y,
      right: a.x + 10 + random.next() * 9000,
      bottom: a.y + 10 + random.next() * 9000,
    };
    const at = fitted(box, SIZE);
    const view = seen(at, SIZE);
    ok(contains(view, { x: box.left, y: box.top }) && contains(view, { x: box.right, y: box.bottom }));
    ok(near(view.left + view.right, box.left + box.right) && near(view.top + view.bottom, box.top + box.bottom));
  });
});

test("a point that is centred is in the middle", () => {
  const at = centred({ x: 500, y: -40 }, SIZE, 0.5);
  equal(toScreen(at, { x: 500, y: -40 }), { x: 640, y: 400 });
});

test("the distance from a wire is nothing on it, and never more than that from its ends", () => {
  property(60, (random) => {
    const [a, b, p] = [point(random), point(random), point(random)];
    const reach = handle(a.x, a.y, b.x, b.y);
    const t = random.next();
    const on = { x: bezier(t, a.x, a.x + reach, b.x - reach, b.x), y: bezier(t, a.y, a.y, b.y, b.y) };
    ok(distanceSquared(on.x, on.y, a.x, a.y, b.x, b.y) < 30);
    const away = distanceSquared(p.x, p.y, a.x, a.y, b.x, b.y);
    ok(away <= (p.x - a.x) ** 2 + (p.y - a.y) ** 2 + 1e-6 && away <= (p.x - b.x) ** 2 + (p.y - b.y) ** 2 + 1e-6);
  });
});

test("a node is as high as its rows, and a text that is linked takes one row", () => {
  const document = documentOf({ t: ["TextEncode", {}] });
  const node = /** @type {import("../../../../web/editor/model/document.js").Node} */ (
    levelOf(document, "").nodes.get("t")
  );
  const ports = portsOf(catalogue, document, "", "t");
  const free = shapeOf(ports, node, () => false, 0);
  equal(free.width, WIDE);
  equal(free.height, HEADER + 4 + SOCKETS + TEXT + 2 * FIELD + 8);
  equal(free.height - shapeOf(ports, node, (input) => input === "text", 0).height, TEXT - FIELD);
  equal(shapeOf(ports, node, () => false, 1).height, free.height + 8 + WIDE - 16);
});

test("a collapsed node has its header only, and all its sockets beside it", () => {
  const document = documentOf({ k: ["KSampler", {}] });
  const node = { ...levelOf(document, "").nodes.get("k"), ui: { x: 0, y: 0, collapsed: true } };
  const shape = shapeOf(portsOf(catalogue, document, "", "k"), /** @type {any} */ (node), () => false, 1);
  equal([shape.width, shape.height, shape.media], [WIDTH, HEADER, null]);
  equal(new Set([...shape.inputs.values()].map((row) => row.y)), new Set([HEADER / 2]));
});

test("every socket is found where it is, and every wire between its ends", () => {
  const geometry = drawn(TEXT_TO_IMAGE);
  for (const id of geometry.ids) {
    for (const socket of geometry.socketsOf(geometry.places.get(id) ?? -1)) {
      const found = geometry.socketAt(socket.x, socket.y, 12);
      ok(found && found.x === socket.x && found.y === socket.y, `${id}.${socket.name}`);
    }
  }
  const ends = new Float64Array(4);
  geometry.links.forEach((link, i) => {
    ok(geometry.wire(i, ends), "a wire has ends");
    const from = geometry.socket(link.from.node, "output", link.from.output);
    const to = geometry.socket(link.to.node, "input", link.to.input);
    equal([...ends], [from?.x, from?.y, to?.x, to?.y]);
  });
});

test("the topmost node is found, and nothing beside it", () => {
  const document = documentOf(
    { a: ["Integer", {}], b: ["Integer", {}] },
    { ui: { nodes: { a: { x: 0, y: 0 }, b: { x: 100, y: 0 } } } },
  );
  const geometry = drawn(document);
  equal(
    [geometry.nodeAt(50, 20), geometry.nodeAt(150, 20), geometry.nodeAt(-1, 20), geometry.nodeAt(50, 900)],
    ["a", "b", null, null],
  );
});

test("a node that moves takes its wires along", () => {
  const geometry = drawn(TEXT_TO_IMAGE);
  const ends = new Float64Array(4);
  const wire = geometry.links.findIndex((link) => link.to.node === "decode" && link.to.input === "latent");
  geometry.wire(wire, ends);
  const before = [...ends];
  const place = /** @type {number} */ (geometry.places.get("decode"));
  geometry.move(place, geometry.x[place] + 5, geometry.y[place] - 3);
  geometry.wire(wire, ends);
  equal([...ends], [before[0], before[1], before[2] + 5, before[3] - 3]);
});

test("a wire whose node is not there is kept and not drawn", () => {
  const geometry = drawn(documentOf({ d: ["VAEDecode", { latent: { link: "gone.latent" } }] }));
  equal([geometry.links.length, geometry.wire(0, new Float64Array(4)), geometry.wireAt(0, 0, 1e6)], [1, false, -1]);
});

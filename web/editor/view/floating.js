/**
 * Nodes that are being dragged: they and their wires are painted on a canvas of their own, so that the large one, with all
 * other wires, stays as it is until they are put down. It is no larger than what it shows: a browser copies a canvas whole, and
 * draws again all that lies under it.
 */

import { counters } from "./counters.js";
import { handle } from "./curves.js";
import { joined } from "./geometry.js";
import { paint } from "./painter.js";
import { onPixels } from "./surface.js";

/** @typedef {import("./camera.js").Box} Box */
/** @typedef {import("./camera.js").Camera} Camera */
/** @typedef {import("./stage.js").Stage} Stage */

/** CSS pixels: lines reach so far over their ends, and the canvas grows by so many at a time. */
const EDGE = 8;
const STEP = 128;

export class Floating {
  /** @type {ReadonlySet<string>} */ ids = new Set();
  /** Whether what floats has moved since it was painted. */
  stale = false;
  /** What stands on the canvas was painted for this camera. @type {Camera | null} */ #painted = null;
  /** The wires of what floats, and the links among which they were found. @type {readonly number[]} */ #wires = [];
  /** @type {unknown} */ #links = null;

  /** @param {Stage} stage */
  constructor(stage) {
    this.stage = stage;
    this.canvas = document.createElement("canvas");
    this.canvas.className = "wires";
    this.canvas.setAttribute("aria-hidden", "true");
    this.canvas.width = this.canvas.height = 0;
    this.context = /** @type {CanvasRenderingContext2D} */ (this.canvas.getContext("2d"));
    stage.layer.before(this.canvas);
  }

  /** Take nodes up; none puts down all that float. @param {Iterable<string>} ids */
  take(ids) {
    const { mounts } = this.stage;
    mounts.float(this.ids, false);
    this.ids = new Set(ids);
    mounts.float(this.ids, true);
    this.canvas.width = this.canvas.height = 0;
    this.#links = null;
    this.stale = this.ids.size > 0;
    this.stage.askPaint();
  }

  /** Whether all of these float, and there are some. @param {ReadonlySet<string>} moved */
  holds(moved) {
    return moved.size > 0 && [...moved].every((id) => this.ids.has(id));
  }

  /** Bring the canvas up to what has moved, the camera included. */
  follow() {
    const { camera } = this.stage;
    if (!this.ids.size || (!this.stale && this.#painted === camera)) return;
    this.stale = false;
    this.#painted = camera;
    this.#findWires();
    const box = this.#box();
    if (box) this.#paint(box, camera);
    else this.canvas.width = this.canvas.height = 0;
  }

  #findWires() {
    const { links } = this.stage.geometry;
    if (links === this.#links) return;
    this.#links = links;
    this.#wires = [...links.keys()].filter((i) => this.ids.has(links[i].from.node) || this.ids.has(links[i].to.node));
  }

  /** What is to be painted, in the world; null where there is nothing. */
  #box() {
    const { geometry, mounts } = this.stage;
    const ends = new Float64Array(4);
    let box = geometry.bounds([...this.ids].filter((id) => !mounts.ids.has(id)));
    for (const i of this.#wires) {
      if (!geometry.wire(i, ends)) continue;
      const [x1, y1, x2, y2] = ends;
      const swing = handle(x1, y1, x2, y2);
      const [left, right] = [Math.min(x1, x2 - swing), Math.max(x2, x1 + swing)];
      box = joined(box, { left, right, top: Math.min(y1, y2), bottom: Math.max(y1, y2) });
    }
    return box;
  }

  /** @param {Box} box in the world @param {Camera} camera */
  #paint(box, { x, y, zoom }) {
    const { stage, canvas } = this;
    const left = onPixels(Math.max(0, (box.left - x) * zoom - EDGE));
    const top = onPixels(Math.max(0, (box.top - y) * zoom - EDGE));
    const right = Math.min(stage.size.width, (box.right - x) * zoom + EDGE);
    const bottom = Math.min(stage.size.height, (box.bottom - y) * zoom + EDGE);
    if (right <= left || bottom <= top) return void (canvas.width = canvas.height = 0);
    counters.floats += 1;
    const size = this.#cover(right - left, bottom - top);
    canvas.style.transform = `translate(${left}px, ${top}px)`;
    const camera = { x: x + left / zoom, y: y + top / zoom, zoom };
    paint(this.context, { ...stage.drawing(), floating: this.#wires, camera, size }, devicePixelRatio);
  }

  /** Be no smaller than this; gives how large the canvas is, in CSS pixels. @param {number} width @param {number} height */
  #cover(width, height) {
    const { canvas } = this;
    const wanted = [width, height].map((side) => Math.ceil(side / STEP) * STEP);
    const [wide, high] = wanted.map((side) => Math.ceil(side * devicePixelRatio));
    if (canvas.width < wide) canvas.width = wide;
    if (canvas.height < high) canvas.height = high;
    const size = { width: canvas.width / devicePixelRatio, height: canvas.height / devicePixelRatio };
    canvas.style.width = `${size.width}px`;
    canvas.style.height = `${size.height}px`;
    return size;
  }
}

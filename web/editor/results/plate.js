/**
 * The canvas of the full view: one picture or two, as near as is wanted, with the pixel that is pointed at.
 *
 * Drag pans, the wheel and two fingers zoom; the line of the slider is dragged where it is. A finger that taps reads the pixel; one
 * that strokes across a picture which is seen whole goes to the next, and leaves it where it was.
 *
 * @typedef {import("./lens.js").Lens} Lens
 * @typedef {import("./pixels.js").Pixels} Pixels
 * @typedef {import("./pixels.js").Difference} Difference
 * @typedef {"one" | "slider" | "difference" | "blink"} Mode
 * @typedef {{a: Pixels | null, b: Pixels | null, mode: Mode, split: number, second: boolean, apart: Difference | null}} Shown
 *   `split`: the slider's place, 0 to 1 of the picture's width; `second`: blink shows the second
 */

import { centred, fitted, held, pixelAt, zoomedAt } from "./lens.js";

const NEAR = 12; // pixels from the slider's line at which it is taken hold of
const FINGER_NEAR = 28;
const STROKE = 48; // pixels
const CHECKER = 8;

export class Plate {
  /** @type {Shown} */
  shown = { a: null, b: null, mode: "one", split: 0.5, second: false, apart: null };
  /** @type {Lens} */
  lens = { x: 0, y: 0, zoom: 1 };
  /** @type {{x: number, y: number} | null} */
  cursor = null;
  #asked = false;
  #fits = true;
  /** @type {Map<number, {x: number, y: number}>} */
  #fingers = new Map();
  #splitting = false;
  /** Where a finger came down that may be stroking. @type {{x: number, y: number} | null} */
  #stroke = null;

  /**
   * @param {HTMLCanvasElement} canvas
   * @param {{looked: () => void, split: (at: number) => void, next: (way: 1 | -1) => void}} told
   *   the lens or the cursor moved; the slider is dragged; a stroke asks for a neighbour
   */
  constructor(canvas, told) {
    this.canvas = canvas;
    this.told = told;
    this.watcher = new ResizeObserver(() => (this.#fits ? this.fit() : this.ask()));
    this.watcher.observe(canvas);
    canvas.addEventListener("wheel", (event) => this.#wheel(event), { passive: false });
    canvas.addEventListener("pointerdown", (event) => this.#down(event));
    canvas.addEventListener("pointermove", (event) => this.#move(event));
    for (const type of /** @type {const} */ (["pointerup", "pointercancel"])) canvas.addEventListener(type, (event) => this.#up(event));
    canvas.addEventListener("dblclick", () => (this.#fits ? this.actual() : this.fit()));
  }

  dispose() {
    this.watcher.disconnect();
  }

  get view() {
    return { width: this.canvas.clientWidth, height: this.canvas.clientHeight };
  }

  /** Other pictures, or another way to show them. @param {Partial<Shown>} change */
  show(change) {
    const before = this.shown.a;
    this.shown = { ...this.shown, ...change };
    const { a } = this.shown;
    if (a && (before?.width !== a.width || before.height !== a.height)) this.fit();
    else this.ask();
  }

  fit() {
    if (this.shown.a) this.#look(fitted(this.shown.a, this.view), true);
  }

  /** A pixel of the picture is a pixel of the page. */
  actual() {
    if (this.shown.a) this.#look(centred(this.shown.a, this.view, 1));
  }

  /** @param {number} factor */
  zoom(factor) {
    const { width, height } = this.view;
    this.#look(zoomedAt(this.lens, { x: width / 2, y: height / 2 }, factor));
  }

  /** Move the pixel that is looked at. @param {number} x @param {number} y */
  step(x, y) {
    const { a } = this.shown;
    if (!a) return;
    const from = this.cursor ?? { x: Math.floor(a.width / 2) - x, y: Math.floor(a.height / 2) - y };
    this.cursor = {
      x: Math.max(0, Math.min(a.width - 1, from.x + x)),
      y: Math.max(0, Math.min(a.height - 1, from.y + y)),
    };
    this.#reveal(this.cursor);
    this.told.looked();
    this.ask();
  }

  /** @param {{x: number, y: number}} pixel */
  #reveal(pixel) {
    const { x, y, zoom } = this.lens;
    const { width, height } = this.view;
    const at = { x: x + (pixel.x + 0.5) * zoom, y: y + (pixel.y + 0.5) * zoom };
    const move = { x: outside(at.x, width), y: outside(at.y, height) };
    if (move.x !== 0 || move.y !== 0) this.#look({ x: x - move.x, y: y - move.y, zoom });
  }

  /** @param {Lens} lens @param {boolean} [fits] */
  #look(lens, fits = false) {
    const { a } = this.shown;
    this.#fits = fits;
    this.lens = a ? held(lens, a, this.view) : lens;
    this.told.looked();
    this.ask();
  }

  ask() {
    if (this.#asked) return;
    this.#asked = true;
    requestAnimationFrame(() => {
      this.#asked = false;
      this.draw();
    });
  }

  draw() {
    const { a, b, mode, split, second, apart } = this.shown;
    const context = this.#context();
    if (!context || !a) return;
    const { x, y, zoom } = this.lens;
    context.imageSmoothingEnabled = zoom < 1;
    context.imageSmoothingQuality = "high";
    const put = (/** @type {OffscreenCanvas} */ image) => context.drawImage(image, x, y, a.width * zoom, a.height * zoom);
    if (mode === "difference" && apart) put(apart.canvas);
    else put(mode === "blink" && second && b ? b.canvas : a.canvas);
    if (mode === "slider" && b) this.#drawSecond(context, put, b, x + split * a.width * zoom);
    if (this.cursor) this.#drawCursor(context, this.cursor);
  }

  /** The canvas at the screen's own pixels, emptied. */
  #context() {
    const { width, height } = this.view;
    const ratio = devicePixelRatio;
    const [w, h] = [Math.round(width * ratio), Math.round(height * ratio)];
    if (this.canvas.width !== w || this.canvas.height !== h) Object.assign(this.canvas, { width: w, height: h });
    const context = this.canvas.getContext("2d");
    context?.setTransform(ratio, 0, 0, ratio, 0, 0);
    context?.clearRect(0, 0, width, height);
    if (context) this.#checker(context);
    return context;
  }

  /** What is transparent is seen as squares. @param {CanvasRenderingContext2D} context */
  #checker(context) {
    const { a } = this.shown;
    if (!a) return;
    const { x, y, zoom } = this.lens;
    context.save();
    context.beginPath();
    context.rect(x, y, a.width * zoom, a.height * zoom);
    context.clip();
    context.fillStyle = checkered(context);
    context.fillRect(0, 0, this.view.width, this.view.height);
    context.restore();
  }

  /** @param {CanvasRenderingContext2D} context @param {(image: OffscreenCanvas) => void} put @param {Pixels} b @param {number} line */
  #drawSecond(context, put, b, line) {
    const { width, height } = this.view;
    context.save();
    context.beginPath();
    context.rect(line, 0, width - line, height);
    context.clip();
    put(b.canvas);
    context.restore();
    for (const [style, wide] of /** @type {const} */ ([["#000", 4], ["#fff", 2]])) {
      context.fillStyle = style;
      context.fillRect(line - wide / 2, 0, wide, height);
    }
    context.beginPath();
    context.arc(line, height / 2, 9, 0, 2 * Math.PI);
    context.fillStyle = "#fff";
    context.strokeStyle = "#000";
    context.fill();
    context.stroke();
  }

  /** @param {CanvasRenderingContext2D} context @param {{x: number, y: number}} cursor */
  #drawCursor(context, cursor) {
    const { x, y, zoom } = this.lens;
    const side = Math.max(zoom, 7);
    const middle = { x: x + (cursor.x + 0.5) * zoom, y: y + (cursor.y + 0.5) * zoom };
    for (const [style, grow] of /** @type {const} */ ([["#000", 1.5], ["#fff", 0.5]])) {
      context.strokeStyle = style;
      context.lineWidth = 1;
      const length = side + 2 * grow;
      context.strokeRect(middle.x - length / 2, middle.y - length / 2, length, length);
    }
  }

  /** @param {PointerEvent} event */
  #onLine(event) {
    const { a, mode, split } = this.shown;
    const near = event.pointerType === "touch" ? FINGER_NEAR : NEAR;
    return mode === "slider" && a !== null && Math.abs(event.offsetX - (this.lens.x + split * a.width * this.lens.zoom)) < near;
  }

  /** @param {WheelEvent} event */
  #wheel(event) {
    event.preventDefault();
    const step = event.deltaMode === 1 ? event.deltaY * 20 : event.deltaY;
    this.#look(zoomedAt(this.lens, { x: event.offsetX, y: event.offsetY }, Math.exp(-step * 0.002)));
  }

  /** @param {PointerEvent} event */
  #down(event) {
    if (event.button > 1) return;
    this.canvas.setPointerCapture(event.pointerId);
    const first = this.#fingers.size === 0;
    this.#splitting = first && this.#onLine(event);
    this.#stroke = first && this.#fits && !this.#splitting && event.pointerType === "touch" ? { x: event.offsetX, y: event.offsetY } : null;
    this.#fingers.set(event.pointerId, { x: event.offsetX, y: event.offsetY });
    if (first && !this.#splitting) this.#point(event);
  }

  /** @param {PointerEvent} event */
  #move(event) {
    const now = { x: event.offsetX, y: event.offsetY };
    const { a } = this.shown;
    const before = this.#fingers.get(event.pointerId);
    if (before) this.#fingers.set(event.pointerId, now);
    if (a && before && this.#splitting) return this.told.split(Math.max(0, Math.min(1, (now.x - this.lens.x) / (a.width * this.lens.zoom))));
    if (before) this.#dragged(event.pointerId, before, now);
    else this.canvas.classList.toggle("on-line", this.#onLine(event));
    this.#point(event);
  }

  /** The pixel that is pointed at is the one that is read. @param {PointerEvent} event */
  #point(event) {
    const { a } = this.shown;
    this.cursor = a ? pixelAt(this.lens, { x: event.offsetX, y: event.offsetY }, a) : null;
    this.told.looked();
    this.ask();
  }

  /** One finger pans, two zoom about the middle between them. @param {number} id @param {{x: number, y: number}} before @param {{x: number, y: number}} now */
  #dragged(id, before, now) {
    const { x, y, zoom } = this.lens;
    const other = [...this.#fingers].find(([each]) => each !== id)?.[1];
    if (!other) return this.#look({ x: x + now.x - before.x, y: y + now.y - before.y, zoom });
    const apart = Math.hypot(now.x - other.x, now.y - other.y) / Math.max(1, Math.hypot(before.x - other.x, before.y - other.y));
    const middle = { x: (now.x + other.x) / 2, y: (now.y + other.y) / 2 };
    const moved = { x: x + (now.x - before.x) / 2, y: y + (now.y - before.y) / 2, zoom };
    this.#look(zoomedAt(moved, middle, apart));
  }

  /** @param {PointerEvent} event */
  #up(event) {
    this.#fingers.delete(event.pointerId);
    this.#splitting = false;
    const from = this.#stroke;
    this.#stroke = null;
    if (from === null) return;
    if (!this.#fits) this.fit(); // it followed the finger
    if (event.type === "pointercancel") return;
    const across = event.offsetX - from.x;
    if (Math.abs(across) <= STROKE || Math.abs(across) <= 2 * Math.abs(event.offsetY - from.y)) return;
    this.cursor = null; // it was no pixel that was meant
    this.told.next(across < 0 ? 1 : -1);
  }
}

/** How far a place is outside of a length, with some room. @param {number} at @param {number} length */
function outside(at, length) {
  const room = Math.min(32, length / 4);
  if (at < room) return at - room;
  return at > length - room ? at - length + room : 0;
}

/** @type {CanvasPattern | null} */
let squares = null;

/** @param {CanvasRenderingContext2D} context @returns {CanvasPattern | string} */
function checkered(context) {
  if (squares) return squares;
  const tile = document.createElement("canvas");
  Object.assign(tile, { width: 2 * CHECKER, height: 2 * CHECKER });
  const draw = tile.getContext("2d");
  if (!draw) return "#999";
  draw.fillStyle = "#9a9a9a";
  draw.fillRect(0, 0, 2 * CHECKER, 2 * CHECKER);
  draw.fillStyle = "#bdbdbd";
  draw.fillRect(0, 0, CHECKER, CHECKER);
  draw.fillRect(CHECKER, CHECKER, CHECKER, CHECKER);
  squares = context.createPattern(tile, "repeat");
  return squares ?? "#999";
}

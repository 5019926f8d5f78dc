/**
 * A mask that is being painted: tools, their settings, strokes and undo. It knows neither page nor server.
 *
 * @typedef {import("./raster.js").Point} Point
 * @typedef {import("./raster.js").Rect} Rect
 * @typedef {"brush" | "eraser" | "box" | "lasso" | "hand"} Tool
 * @typedef {{tool: Tool, size: number, softness: number, opacity: number, takesAway: boolean}} Choices
 *   size: the brush's diameter in pixels of the mask; softness and opacity 0…1; takesAway: boxes and lassos erase
 * @typedef {Point & {readonly pressure?: number, readonly erases?: boolean}} Touch  pressure 0…1, where the device tells it
 */

import { PaintHistory } from "./history.js";
import { NOWHERE, around } from "./raster.js";
import { Stroke } from "./strokes.js";

export const LARGEST = 1024;
const SOFT_EDGE = 0.25; // how much of the size is the edge of a box or lasso at full softness
const LIGHTEST = 0.15; // the share of the size that the lightest press of a pen leaves
const FULL = 255;

export class Painting {
  /** @type {Choices} */
  choices = { tool: "brush", size: 48, softness: 0.3, opacity: 1, takesAway: false };
  history = new PaintHistory();
  /** The corners of a box or lasso that is being drawn. @type {readonly Point[]} */
  outline = [];
  /** @type {{stroke: Stroke, last: Point & {radius: number}} | null} */
  _stroke = null;

  /** @param {import("./raster.js").Raster} raster */
  constructor(raster) {
    this.raster = raster;
  }

  /** Whether something is being drawn. */
  get drawing() {
    return this._stroke !== null || this.outline.length > 0;
  }

  /** @param {Touch} touch @returns {Rect}  what changed */
  begin(touch) {
    const { tool } = this.choices;
    if (tool === "hand") return NOWHERE;
    if (tool === "box" || tool === "lasso") {
      this.outline = [touch];
      return NOWHERE;
    }
    const erases = tool === "eraser" || touch.erases === true;
    const stroke = new Stroke(this.raster, { opacity: this.choices.opacity, erases });
    this._stroke = { stroke, last: { x: touch.x, y: touch.y, radius: this._radius(touch) } };
    return stroke.dab(touch, this._stroke.last.radius, this.choices.softness);
  }

  /** @param {Touch} touch @returns {Rect} */
  move(touch) {
    if (this._stroke !== null) return this._draw(this._stroke, touch);
    const [first] = this.outline;
    if (first === undefined) return NOWHERE;
    this.outline = this.choices.tool === "box" ? box(first, touch) : [...this.outline, touch];
    return NOWHERE;
  }

  /** What is being drawn is done: one step of undo. @param {boolean} [turned]  the box or lasso does the opposite @returns {Rect} */
  end(turned = false) {
    if (this._stroke === null) return this._close(turned);
    const { stroke } = this._stroke;
    this._stroke = null;
    this._keep(stroke);
    return stroke.rect;
  }

  /** What is being drawn is given up. @returns {Rect} */
  cancel() {
    const stroke = this._stroke?.stroke;
    this._stroke = null;
    this.outline = [];
    stroke?.undo();
    return stroke?.rect ?? NOWHERE;
  }

  /** What is being drawn, as far as it came, is a step of undo. @returns {Rect}  what changed */
  finish() {
    return this.drawing ? this.end() : NOWHERE;
  }

  /** All of it, anew. @param {"invert" | "fill" | "clear"} how @returns {Rect} */
  whole(how) {
    return this._anew((raster) => raster.map((value) => (how === "invert" ? FULL - value : how === "fill" ? FULL : 0)));
  }

  /** Another mask of the same size in its place: one step of undo. @param {import("./raster.js").Raster} other @returns {Rect} */
  become(other) {
    return this._anew((raster) => raster.put(raster.all, other.values));
  }

  /** @returns {Rect} */
  undo() {
    const drawn = this.finish();
    return around(drawn, this.history.undo(this.raster) ?? NOWHERE);
  }

  /** @returns {Rect} */
  redo() {
    const drawn = this.finish();
    return around(drawn, this.history.redo(this.raster) ?? NOWHERE);
  }

  /**
   * The next larger or smaller brush: by an eighth, at least a pixel.
   *
   * @param {1 | -1} way
   */
  resize(way) {
    const { size } = this.choices;
    const next = way > 0 ? Math.max(size + 1, size * 1.125) : Math.min(size - 1, size / 1.125);
    this.choices = { ...this.choices, size: Math.round(Math.min(LARGEST, Math.max(1, next))) };
  }

  /** @param {(raster: import("./raster.js").Raster) => void} change @returns {Rect} */
  _anew(change) {
    this.finish();
    const rect = this.raster.all;
    const before = this.raster.cut(rect);
    change(this.raster);
    const after = this.raster.cut(rect);
    if (before.some((value, place) => value !== after[place])) this.history.add({ rect, before, after });
    return rect;
  }

  /** @param {{stroke: Stroke, last: Point & {radius: number}}} drawn @param {Touch} touch */
  _draw(drawn, touch) {
    const to = { x: touch.x, y: touch.y, radius: this._radius(touch) };
    const rect = drawn.stroke.line(drawn.last, to, this.choices.softness);
    drawn.last = to;
    return rect;
  }

  /** @param {boolean} turned */
  _close(turned) {
    const { takesAway, opacity, softness, size } = this.choices;
    const points = this.outline;
    this.outline = [];
    if (points.length < 3) return NOWHERE;
    const stroke = new Stroke(this.raster, { opacity, erases: takesAway !== turned });
    const rect = around(NOWHERE, stroke.area(points, softness * size * SOFT_EDGE));
    this._keep(stroke);
    return rect;
  }

  /** @param {Stroke} stroke */
  _keep(stroke) {
    const patch = stroke.patch();
    if (patch !== null) this.history.add(patch);
  }

  /** @param {Touch} touch */
  _radius({ pressure = 1 }) {
    return (this.choices.size / 2) * (LIGHTEST + (1 - LIGHTEST) * Math.min(1, pressure));
  }
}

/**
 * @param {Point} a
 * @param {Point} b
 * @returns {Point[]}
 */
function box(a, b) {
  return [a, { x: b.x, y: a.y }, b, { x: a.x, y: b.y }];
}

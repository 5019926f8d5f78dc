/**
 * What a hand leaves in a mask: dabs of a brush, boxes and lassos. Pure.
 *
 * A stroke gathers how far it covers each pixel and is laid over the mask as it was before, so that going over the same place
 * twice within one stroke does not cover it twice.
 *
 * @typedef {import("./raster.js").Point} Point
 * @typedef {import("./raster.js").Rect} Rect
 * @typedef {{readonly opacity: number, readonly erases: boolean}} Laying  opacity 0…1
 */

import { NOWHERE, Raster, around, isEmpty, within } from "./raster.js";

const FULL = 255;
const ROWS_A_PIXEL = 4; // lines through each row of pixels, along which a lasso's edge is measured

export class Stroke {
  /**
   * @param {Raster} raster
   * @param {Laying} laying
   */
  constructor(raster, laying) {
    this._raster = raster;
    this._laying = laying;
    this._before = raster.values.slice();
    this._covered = new Uint8Array(raster.values.length);
    this.rect = NOWHERE;
  }

  /**
   * A round dab: whole up to the soft part of its radius, from there it ends like a cosine.
   *
   * @param {Point} at
   * @param {number} radius  in pixels
   * @param {number} softness  0 a hard edge, 1 soft up to the middle
   * @returns {Rect}  what changed
   */
  dab({ x, y }, radius, softness) {
    const reach = radius + 1;
    const rect = this._inside({ left: x - reach, top: y - reach, right: x + reach, bottom: y + reach });
    const inner = Math.min(radius * (1 - softness), radius - 0.5);
    const outer = Math.max(radius, inner + 1);
    for (let row = rect.top; row < rect.bottom; row += 1) {
      for (let column = rect.left; column < rect.right; column += 1) {
        const away = Math.hypot(column + 0.5 - x, row + 0.5 - y);
        if (away < outer) this._cover(row * this._raster.width + column, FULL * ending((away - inner) / (outer - inner)));
      }
    }
    return this._lay(rect);
  }

  /**
   * Dabs along a line, close enough to look like one.
   *
   * @param {Point & {readonly radius: number}} from
   * @param {Point & {readonly radius: number}} to
   * @param {number} softness
   * @returns {Rect}
   */
  line(from, to, softness) {
    const spacing = Math.max(0.5, Math.min(from.radius, to.radius) / 5);
    const steps = Math.max(1, Math.ceil(Math.hypot(to.x - from.x, to.y - from.y) / spacing));
    let rect = NOWHERE;
    for (let step = 1; step <= steps; step += 1) {
      const part = step / steps;
      const at = { x: from.x + (to.x - from.x) * part, y: from.y + (to.y - from.y) * part };
      rect = around(rect, this.dab(at, from.radius + (to.radius - from.radius) * part, softness));
    }
    return rect;
  }

  /**
   * What lies inside a closed line; with a soft edge of some pixels to each side.
   *
   * @param {readonly Point[]} points
   * @param {number} edge  in pixels
   * @returns {Rect}
   */
  area(points, edge) {
    const margin = Math.ceil(edge) + 1;
    const [xs, ys] = [points.map(({ x }) => x), points.map(({ y }) => y)];
    const rect = this._inside({
      left: Math.min(...xs) - margin,
      top: Math.min(...ys) - margin,
      right: Math.max(...xs) + margin,
      bottom: Math.max(...ys) + margin,
    });
    if (points.length < 3 || isEmpty(rect)) return NOWHERE;
    const [wide, high] = [rect.right - rect.left, rect.bottom - rect.top];
    const inside = softened(insideOf(points, rect), wide, high, edge);
    for (let place = 0; place < inside.length; place += 1) {
      const row = rect.top + Math.floor(place / wide);
      this._cover(row * this._raster.width + rect.left + (place % wide), FULL * inside[place]);
    }
    return this._lay(rect);
  }

  /** Take all of it back. */
  undo() {
    this._raster.values.set(this._before);
  }

  /** What it changed, to be undone and done again; null where it changed nothing. */
  patch() {
    if (isEmpty(this.rect)) return null;
    const before = new Raster(this._raster.width, this._raster.height, this._before).cut(this.rect);
    const after = this._raster.cut(this.rect);
    return before.every((value, place) => value === after[place]) ? null : { rect: this.rect, before, after };
  }

  /** @param {Rect} rect */
  _inside({ left, top, right, bottom }) {
    const whole = { left: Math.floor(left), top: Math.floor(top), right: Math.ceil(right), bottom: Math.ceil(bottom) };
    return within(whole, this._raster.all);
  }

  /** @param {number} place @param {number} value */
  _cover(place, value) {
    if (value > this._covered[place]) this._covered[place] = Math.round(value);
  }

  /** @param {Rect} rect */
  _lay(rect) {
    const { opacity, erases } = this._laying;
    for (let row = rect.top; row < rect.bottom; row += 1) {
      for (let place = row * this._raster.width + rect.left; place < row * this._raster.width + rect.right; place += 1) {
        const part = (this._covered[place] / FULL) * opacity;
        this._raster.values[place] = Math.round(this._before[place] * (1 - part) + (erases ? 0 : FULL * part));
      }
    }
    this.rect = around(this.rect, rect);
    return rect;
  }
}

/** From 1 at 0 to 0 at 1, without a corner. @param {number} place */
function ending(place) {
  if (place <= 0) return 1;
  return place >= 1 ? 0 : 0.5 + 0.5 * Math.cos(Math.PI * place);
}

/**
 * How much of each pixel of a rectangle lies inside a closed line, 0…1, by the even-odd rule.
 *
 * @param {readonly Point[]} points
 * @param {Rect} rect
 */
function insideOf(points, rect) {
  const wide = rect.right - rect.left;
  const inside = new Float32Array(wide * (rect.bottom - rect.top));
  for (let line = 0; line < (rect.bottom - rect.top) * ROWS_A_PIXEL; line += 1) {
    const cuts = crossings(points, rect.top + (line + 0.5) / ROWS_A_PIXEL);
    const row = Math.floor(line / ROWS_A_PIXEL) * wide;
    for (let cut = 0; cut + 1 < cuts.length; cut += 2) span(inside, row, wide, cuts[cut] - rect.left, cuts[cut + 1] - rect.left);
  }
  return inside;
}

/**
 * Where a closed line crosses a height, from left to right.
 *
 * @param {readonly Point[]} points
 * @param {number} y
 */
function crossings(points, y) {
  /** @type {number[]} */
  const found = [];
  points.forEach((from, place) => {
    const to = points[(place + 1) % points.length];
    if (from.y <= y === to.y <= y) return;
    found.push(from.x + ((y - from.y) / (to.y - from.y)) * (to.x - from.x));
  });
  return found.sort((a, b) => a - b);
}

/**
 * @param {Float32Array} inside
 * @param {number} row  where it begins
 * @param {number} wide
 * @param {number} from
 * @param {number} to
 */
function span(inside, row, wide, from, to) {
  for (let x = Math.max(0, Math.floor(from)); x < Math.min(wide, Math.ceil(to)); x += 1) {
    inside[row + x] += Math.max(0, Math.min(to, x + 1) - Math.max(from, x)) / ROWS_A_PIXEL;
  }
}

/**
 * Averaged over a square of `edge` pixels to each side, twice: close to a Gaussian.
 *
 * @param {Float32Array} values
 * @param {number} wide
 * @param {number} high
 * @param {number} edge
 */
function softened(values, wide, high, edge) {
  const reach = Math.floor(edge / 2);
  if (reach < 1) return values;
  let made = values;
  for (let turn = 0; turn < 2; turn += 1) {
    made = averaged(made, wide, high, 1, wide, reach);
    made = averaged(made, high, wide, wide, 1, reach);
  }
  return made;
}

/**
 * A running mean along one axis; beyond the edge it goes on as at the edge.
 *
 * @param {Float32Array} values
 * @param {number} along  how many values a line has
 * @param {number} lines
 * @param {number} step  from one value of a line to the next
 * @param {number} stride  from one line to the next
 * @param {number} reach
 */
function averaged(values, along, lines, step, stride, reach) {
  const made = new Float32Array(values.length);
  const at = (/** @type {number} */ line, /** @type {number} */ place) =>
    values[line * stride + Math.min(along - 1, Math.max(0, place)) * step];
  for (let line = 0; line < lines; line += 1) {
    let sum = 0;
    for (let place = -reach; place <= reach; place += 1) sum += at(line, place);
    for (let place = 0; place < along; place += 1) {
      made[line * stride + place * step] = sum / (2 * reach + 1);
      sum += at(line, place + reach + 1) - at(line, place - reach);
    }
  }
  return made;
}

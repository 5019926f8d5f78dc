/**
 * A mask while it is painted: one byte a pixel, 255 where the picture may change. Pure: it knows no canvas.
 *
 * @typedef {{readonly x: number, readonly y: number}} Point  in pixels of the mask, its left upper corner at (0, 0)
 * @typedef {{readonly left: number, readonly top: number, readonly right: number, readonly bottom: number}} Rect
 *   whole pixels, right and bottom are outside
 */

const FULL = 255;

export class Raster {
  /**
   * @param {number} width
   * @param {number} height
   * @param {Uint8Array} [values]
   */
  constructor(width, height, values = new Uint8Array(width * height)) {
    this.width = width;
    this.height = height;
    this.values = values;
  }

  /** @returns {Rect} */
  get all() {
    return { left: 0, top: 0, right: this.width, bottom: this.height };
  }

  /** How much of it is covered, 0…1. */
  get share() {
    let sum = 0;
    for (const value of this.values) sum += value;
    return this.values.length === 0 ? 0 : sum / (FULL * this.values.length);
  }

  /** The values of a part, row by row. @param {Rect} rect */
  cut({ left, top, right, bottom }) {
    const part = new Uint8Array(Math.max(0, right - left) * Math.max(0, bottom - top));
    for (let y = top; y < bottom; y += 1) {
      const row = y * this.width;
      part.set(this.values.subarray(row + left, row + right), (y - top) * (right - left));
    }
    return part;
  }

  /** Put back what `cut` gave. @param {Rect} rect @param {Uint8Array} part */
  put({ left, top, right, bottom }, part) {
    const wide = right - left;
    for (let y = top; y < bottom; y += 1)
      this.values.set(part.subarray((y - top) * wide, (y - top + 1) * wide), y * this.width + left);
  }

  /** Each value, anew. @param {(value: number) => number} change */
  map(change) {
    this.values.forEach((value, place) => (this.values[place] = change(value)));
  }
}

/**
 * The part of a rectangle that lies in another.
 *
 * @param {Rect} a
 * @param {Rect} b
 * @returns {Rect}
 */
export function within(a, b) {
  const [left, top] = [Math.max(a.left, b.left), Math.max(a.top, b.top)];
  return {
    left,
    top,
    right: Math.max(left, Math.min(a.right, b.right)),
    bottom: Math.max(top, Math.min(a.bottom, b.bottom)),
  };
}

/**
 * The smallest rectangle around two; an empty one adds nothing.
 *
 * @param {Rect} a
 * @param {Rect} b
 * @returns {Rect}
 */
export function around(a, b) {
  if (isEmpty(a)) return b;
  if (isEmpty(b)) return a;
  return {
    left: Math.min(a.left, b.left),
    top: Math.min(a.top, b.top),
    right: Math.max(a.right, b.right),
    bottom: Math.max(a.bottom, b.bottom),
  };
}

/** @param {Rect} rect */
export function isEmpty({ left, top, right, bottom }) {
  return right <= left || bottom <= top;
}

/** @type {Rect} */
export const NOWHERE = Object.freeze({ left: 0, top: 0, right: 0, bottom: 0 });

/**
 * The same mask at another size, each value between its four neighbours (bilinear, as pictures are stretched).
 *
 * @param {Raster} raster
 * @param {number} width
 * @param {number} height
 */
export function scaled(raster, width, height) {
  const result = new Raster(width, height);
  const [stepX, stepY] = [raster.width / width, raster.height / height];
  const at = (/** @type {number} */ row, /** @type {number} */ column) => raster.values[row * raster.width + column];
  for (let y = 0; y < height; y += 1) {
    const [top, below, down] = between((y + 0.5) * stepY - 0.5, raster.height);
    for (let x = 0; x < width; x += 1) {
      const [left, beside, along] = between((x + 0.5) * stepX - 0.5, raster.width);
      const above = at(top, left) * (1 - along) + at(top, beside) * along;
      const under = at(below, left) * (1 - along) + at(below, beside) * along;
      result.values[y * width + x] = Math.round(above * (1 - down) + under * down);
    }
  }
  return result;
}

/**
 * @param {number} place
 * @param {number} count
 * @returns {[number, number, number]}  the two pixels around a place, and how far it is from the first to the second
 */
function between(place, count) {
  const held = Math.min(count - 1, Math.max(0, place));
  const first = Math.floor(held);
  return [first, Math.min(count - 1, first + 1), held - first];
}

/**
 * A mask out of a picture's bytes (red, green, blue, alpha), as the node reads it: the brightest colour, one of them, or what
 * is transparent.
 *
 * @param {{readonly data: Uint8ClampedArray, readonly width: number, readonly height: number}} pixels
 * @param {string} channel  "brightness", "red", "green", "blue" or "alpha"
 */
export function fromPixels({ data, width, height }, channel) {
  const raster = new Raster(width, height);
  const place = ["red", "green", "blue"].indexOf(channel);
  for (let i = 0; i < raster.values.length; i += 1) {
    const [red, green, blue, alpha] = [data[4 * i], data[4 * i + 1], data[4 * i + 2], data[4 * i + 3]];
    if (channel === "alpha") raster.values[i] = FULL - alpha;
    else raster.values[i] = place < 0 ? Math.max(red, green, blue) : data[4 * i + place];
  }
  return raster;
}

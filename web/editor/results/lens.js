/**
 * Zooming and panning of a picture, as values: screen = picture × zoom + (x, y). Pure.
 *
 * @typedef {{readonly x: number, readonly y: number, readonly zoom: number}} Lens
 * @typedef {{readonly width: number, readonly height: number}} Size
 * @typedef {{readonly x: number, readonly y: number}} Point
 */

export const CLOSEST = 64; // screen pixels a pixel
const MARGIN = 24;

/**
 * All of the picture in the middle; a small one is enlarged by whole factors, so that its pixels are squares.
 *
 * @param {Size} picture
 * @param {Size} view
 * @returns {Lens}
 */
export function fitted(picture, view) {
  const room = { width: Math.max(1, view.width - 2 * MARGIN), height: Math.max(1, view.height - 2 * MARGIN) };
  const most = Math.min(room.width / picture.width, room.height / picture.height);
  const zoom = most >= 2 ? Math.min(CLOSEST, Math.floor(most)) : most;
  return centred(picture, view, zoom);
}

/** @param {Size} picture @param {Size} view @param {number} zoom @returns {Lens} */
export function centred(picture, view, zoom) {
  return { x: Math.round((view.width - picture.width * zoom) / 2), y: Math.round((view.height - picture.height * zoom) / 2), zoom };
}

/**
 * Closer or farther, with what is at a point of the screen staying there.
 *
 * @param {Lens} lens
 * @param {Point} at
 * @param {number} factor
 * @returns {Lens}
 */
export function zoomedAt(lens, at, factor) {
  const zoom = Math.max(0.02, Math.min(CLOSEST, lens.zoom * factor));
  const by = zoom / lens.zoom;
  return { x: at.x - (at.x - lens.x) * by, y: at.y - (at.y - lens.y) * by, zoom };
}

/**
 * So that some of the picture is always to be seen.
 *
 * @param {Lens} lens
 * @param {Size} picture
 * @param {Size} view
 * @returns {Lens}
 */
export function held({ x, y, zoom }, picture, view) {
  const keep = 40;
  const within = (/** @type {number} */ at, /** @type {number} */ length, /** @type {number} */ room) =>
    Math.max(keep - length * zoom, Math.min(room - keep, at));
  return { x: within(x, picture.width, view.width), y: within(y, picture.height, view.height), zoom };
}

/**
 * The pixel at a point of the screen; null beside the picture.
 *
 * @param {Lens} lens
 * @param {Point} at
 * @param {Size} picture
 * @returns {Point | null}
 */
export function pixelAt({ x, y, zoom }, at, picture) {
  const pixel = { x: Math.floor((at.x - x) / zoom), y: Math.floor((at.y - y) / zoom) };
  const inside = pixel.x >= 0 && pixel.y >= 0 && pixel.x < picture.width && pixel.y < picture.height;
  return inside ? pixel : null;
}

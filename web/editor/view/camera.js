/**
 * Where the canvas is looked at from: a value that never changes, and the arithmetic of it.
 *
 * (x, y) is the point of the drawing (the world) in the stage's top left corner; a world point stands on the screen at
 * ((wx − x) · zoom, (wy − y) · zoom), in CSS pixels. No event and no element is known here.
 */

/** @typedef {Readonly<{x: number, y: number, zoom: number}>} Camera */
/** @typedef {Readonly<{x: number, y: number}>} Point */
/** @typedef {Readonly<{left: number, top: number, right: number, bottom: number}>} Box */
/** @typedef {Readonly<{width: number, height: number}>} Size */

export const MIN_ZOOM = 0.02;
export const MAX_ZOOM = 3;

/** @param {number} zoom */
export function clampedZoom(zoom) {
  return Math.min(MAX_ZOOM, Math.max(MIN_ZOOM, zoom));
}

/** @param {number} x @param {number} y @param {number} zoom @returns {Camera} */
export function camera(x, y, zoom) {
  return Object.freeze({ x, y, zoom: clampedZoom(zoom) });
}

/** @param {Camera} at @param {Point} screen @returns {Point} */
export function toWorld(at, screen) {
  return { x: screen.x / at.zoom + at.x, y: screen.y / at.zoom + at.y };
}

/** @param {Camera} at @param {Point} world @returns {Point} */
export function toScreen(at, world) {
  return { x: (world.x - at.x) * at.zoom, y: (world.y - at.y) * at.zoom };
}

/** @param {Camera} at @param {number} dx @param {number} dy screen pixels by which the drawing moves */
export function panned(at, dx, dy) {
  return camera(at.x - dx / at.zoom, at.y - dy / at.zoom, at.zoom);
}

/**
 * Zoomed by a factor; what is under the screen point stays under it.
 * @param {Camera} at @param {number} factor @param {Point} screen
 */
export function zoomed(at, factor, screen) {
  const zoom = clampedZoom(at.zoom * factor);
  const world = toWorld(at, screen);
  return camera(world.x - screen.x / zoom, world.y - screen.y / zoom, zoom);
}

/**
 * The camera with a world point in the middle of the stage.
 * @param {Point} world @param {Size} size of the stage @param {number} zoom
 */
export function centred(world, size, zoom) {
  const clamped = clampedZoom(zoom);
  return camera(world.x - size.width / 2 / clamped, world.y - size.height / 2 / clamped, clamped);
}

/**
 * The camera that shows a box whole and centred, never nearer than `most`.
 * @param {Box} box @param {Size} size of the stage @param {number} [margin] in screen pixels @param {number} [most]
 */
export function fitted(box, size, margin = 56, most = 1) {
  const width = Math.max(1, box.right - box.left);
  const height = Math.max(1, box.bottom - box.top);
  const room = { width: Math.max(1, size.width - 2 * margin), height: Math.max(1, size.height - 2 * margin) };
  const zoom = Math.min(most, room.width / width, room.height / height);
  return centred({ x: (box.left + box.right) / 2, y: (box.top + box.bottom) / 2 }, size, zoom);
}

/**
 * The part of the world that is on the screen, grown by a margin in screen pixels.
 * @param {Camera} at @param {Size} size @param {number} [margin]
 * @returns {Box}
 */
export function seen(at, size, margin = 0) {
  const from = toWorld(at, { x: -margin, y: -margin });
  const to = toWorld(at, { x: size.width + margin, y: size.height + margin });
  return { left: from.x, top: from.y, right: to.x, bottom: to.y };
}

/** @param {Box} box @param {Point} point */
export function contains(box, point) {
  return point.x >= box.left && point.x <= box.right && point.y >= box.top && point.y <= box.bottom;
}

/** @param {Box} a @param {Box} b */
export function overlap(a, b) {
  return a.left <= b.right && a.right >= b.left && a.top <= b.bottom && a.bottom >= b.top;
}

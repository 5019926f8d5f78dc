/**
 * Frames and notes: parts of the drawing, without a say in what is computed. They stand in the file sorted by id.
 *
 * @typedef {import("../json.js").Json} Json
 * @typedef {import("../document.js").Level} Level
 * @typedef {import("../draft.js").Draft} Draft
 * @typedef {{x: number, y: number, width: number, height: number}} Rect
 * @typedef {Readonly<Rect> & {readonly id: string, readonly title?: string, readonly text?: string,
 *   readonly color?: string, readonly [key: string]: Json | undefined}} Drawn  a frame has a title, a note a text
 * @typedef {"frames" | "notes"} DrawnKey
 */

import { byCodePoint, isObject } from "../json.js";
import { freeName } from "../names.js";

/** The two kinds, with what marks them in a selection. @type {readonly {key: DrawnKey, prefix: string}[]} */
export const DRAWN = Object.freeze([
  { key: "frames", prefix: "frame:" },
  { key: "notes", prefix: "note:" },
]);

/**
 * The frames or notes of a level.
 *
 * @param {Level} level
 * @param {DrawnKey} key
 * @returns {readonly Drawn[]}
 */
export function drawnOf(level, key) {
  const items = level.ui.get(key);
  return Array.isArray(items) ? items.filter((item) => isObject(item) && typeof item.id === "string") : [];
}

/**
 * Put the frames or notes of a level.
 *
 * @param {Draft} draft
 * @param {string} level
 * @param {DrawnKey} key
 * @param {readonly Drawn[]} items
 */
export function withDrawn(draft, level, key, items) {
  const sorted = [...items].sort((a, b) => byCodePoint(a.id, b.id));
  if (sorted.length === 0) draft.level(level).ui.delete(key);
  else draft.level(level).ui.set(key, /** @type {Json} */ (/** @type {unknown} */ (sorted)));
}

/**
 * @param {Draft} draft
 * @param {string} level
 * @param {DrawnKey} key
 * @param {Rect} rect
 * @param {{[field: string]: Json}} [fields]
 * @returns {string}  its id
 */
export function addDrawn(draft, level, key, rect, fields = {}) {
  const items = drawnOf(draft.level(level).level, key);
  const id = freeName(key === "frames" ? "frame" : "note", new Set(items.map((item) => item.id)));
  withDrawn(draft, level, key, [...items, { ...rect, ...fields, id }]);
  return id;
}

/**
 * Change fields of a frame or note; undefined takes one away.
 *
 * @param {Draft} draft
 * @param {string} level
 * @param {DrawnKey} key
 * @param {string} id
 * @param {{[field: string]: Json | undefined}} fields
 */
export function patchDrawn(draft, level, key, id, fields) {
  const items = drawnOf(draft.level(level).level, key).map((item) => {
    if (item.id !== id) return item;
    const entries = Object.entries({ ...item, ...fields }).filter(([, value]) => value !== undefined);
    return /** @type {Drawn} */ (Object.fromEntries(entries));
  });
  withDrawn(draft, level, key, items);
}

/**
 * Take frames and notes away, by their marks in a selection.
 *
 * @param {Draft} draft
 * @param {string} level
 * @param {Iterable<string>} keys  `frame:ID`, `note:ID`
 */
export function deleteDrawn(draft, level, keys) {
  const gone = new Set(keys);
  for (const { key, prefix } of DRAWN) {
    const items = drawnOf(draft.level(level).level, key);
    const left = items.filter((item) => !gone.has(prefix + item.id));
    if (left.length < items.length) withDrawn(draft, level, key, left);
  }
}

/**
 * The nodes whose middle lies in a frame.
 *
 * @param {Level} level
 * @param {Rect} frame
 * @param {(id: string) => Rect} rectOf
 * @returns {string[]}
 */
export function frameMembers(level, frame, rectOf) {
  return [...level.nodes.keys()].filter((id) => {
    const { x, y, width, height } = rectOf(id);
    const inX = x + width / 2 >= frame.x && x + width / 2 <= frame.x + frame.width;
    return inX && y + height / 2 >= frame.y && y + height / 2 <= frame.y + frame.height;
  });
}

/**
 * The rectangle that encloses these with a margin; room above for a frame's title.
 *
 * @param {readonly Rect[]} rects
 * @param {number} [margin]
 * @returns {Rect}
 */
export function around(rects, margin = 24) {
  const left = Math.min(...rects.map((rect) => rect.x)) - margin;
  const top = Math.min(...rects.map((rect) => rect.y)) - margin - 28;
  const right = Math.max(...rects.map((rect) => rect.x + rect.width)) + margin;
  const bottom = Math.max(...rects.map((rect) => rect.y + rect.height)) + margin;
  return { x: left, y: top, width: right - left, height: bottom - top };
}

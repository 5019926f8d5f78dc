/** Frames and notes as things that lie on the stage, under the keys that a selection has for them. */

import { drawnOf } from "../model/edits/drawing.js";

/** Frames and notes of a level under their keys. @param {import("../model/document.js").Level} level */
export function itemsOf(level) {
  const frames = drawnOf(level, "frames").map((item) => ({ ...item, key: `frame:${item.id}` }));
  return [...frames, ...drawnOf(level, "notes").map((item) => ({ ...item, key: `note:${item.id}` }))];
}

/** @typedef {{x: number, y: number, width: number, height: number}} Rect */

/** @param {Rect} item @param {import("./camera.js").Box} box */
export function within(item, box) {
  return (
    item.x >= box.left && item.y >= box.top && item.x + item.width <= box.right && item.y + item.height <= box.bottom
  );
}

/** @param {Rect} item @param {import("./camera.js").Box} box */
export function touches(item, box) {
  return (
    item.x <= box.right && item.y <= box.bottom && item.x + item.width >= box.left && item.y + item.height >= box.top
  );
}

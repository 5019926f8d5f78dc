/** Frames and notes as things that lie on the stage, under the keys that a selection has for them. */

import { drawnOf } from "../model/edits/drawing.js";

/** Frames and notes of a level under their keys. @param {import("../model/document.js").Level} level */
export function itemsOf(level) {
  const frames = drawnOf(level, "frames").map((item) => ({ ...item, key: `frame:${item.id}` }));
  return [...frames, ...drawnOf(level, "notes").map((item) => ({ ...item, key: `note:${item.id}` }))];
}

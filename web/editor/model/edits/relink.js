/**
 * Every link of a level, changed in one go.
 *
 * @typedef {import("../json.js").Json} Json
 * @typedef {import("../draft.js").Draft} Draft
 * @typedef {import("../shapes.js").OutputRef} OutputRef
 */

import { mapLinks } from "../shapes.js";

/**
 * Change every link of a level; null takes one away.
 *
 * @param {Draft} draft
 * @param {string} level
 * @param {(from: OutputRef) => OutputRef | null} change
 */
export function relink(draft, level, change) {
  for (const [id, node] of [...draft.level(level).nodes.entries]) {
    for (const [input, value] of node.inputs) {
      const changed = typeof value === "object" ? mapLinks(value, change) : value;
      if (changed !== value) draft.level(level).setInput(id, input, emptied(value, changed) ? undefined : changed);
    }
  }
}

/**
 * Whether links were all that an array held.
 *
 * @param {Json} before
 * @param {Json | undefined} after
 */
function emptied(before, after) {
  return Array.isArray(after) && after.length === 0 && Array.isArray(before);
}

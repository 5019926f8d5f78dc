/**
 * Places for nodes that come without one.
 *
 * @typedef {import("../document.js").Level} Level
 * @typedef {import("../draft.js").Draft} Draft
 */

import { linksOf } from "../links.js";

/**
 * Columns for the nodes that no drawing places, by how far they are from a source: a file written by hand opens readable.
 *
 * @param {Draft} draft
 * @param {string} level
 */
export function placeUnplaced(draft, level) {
  const body = draft.level(level).level;
  const ids = [...body.nodes]
    .filter(([, node]) => node.ui.x === undefined || node.ui.y === undefined)
    .map(([id]) => id);
  if (ids.length === 0) return;
  const depths = depthsOf(body);
  const placed = [...body.nodes.values()].filter((node) => node.ui.x !== undefined);
  const top = placed.length === 0 ? 0 : Math.max(...placed.map((node) => node.ui.y)) + 480;
  /** @type {Map<number, number>} */
  const filled = new Map();
  for (const id of ids) {
    const column = depths.get(id) ?? 0;
    const y = filled.get(column) ?? top;
    draft.level(level).place(id, { x: column * 340, y });
    filled.set(column, y + 110 + 32 * (body.nodes.get(id)?.inputs.size ?? 0));
  }
}

/**
 * The longest way from a node without sources to each node.
 *
 * @param {Level} level
 * @returns {Map<string, number>}
 */
function depthsOf(level) {
  const depths = new Map([...level.nodes.keys()].map((id) => [id, 0]));
  const links = linksOf(level).filter(({ from }) => depths.has(from.node));
  for (let round = 0, changed = true; changed && round < depths.size; round += 1) {
    changed = false;
    for (const { from, to } of links) {
      const depth = /** @type {number} */ (depths.get(from.node)) + 1;
      if (depth > /** @type {number} */ (depths.get(to.node))) {
        depths.set(to.node, depth);
        changed = true;
      }
    }
  }
  return depths;
}

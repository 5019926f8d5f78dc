/** What of the level a hand can take hold of: where things lie, what a box touches, the wires that a node would fit into. */

import { firstFit, firstFitOutput } from "../model/edits/wires.js";
import { itemsOf } from "../view/items.js";

/** @typedef {import("../view/stage.js").Stage} Stage */
/** @typedef {import("../view/camera.js").Box} Box */
/** @typedef {{x: number, y: number, width: number, height: number}} Rect */

/** Where a node, frame or note lies. @param {Stage} stage @param {string} key @returns {import("../view/camera.js").Point | null} */
export function placeOf(stage, key) {
  const drawn = itemsOf(stage.tab.level.peek()).find((item) => item.key === key);
  if (drawn) return { x: drawn.x, y: drawn.y };
  return stage.geometry.rectOf(key);
}

/** What a box touches: nodes and notes, and frames that lie in it whole. @param {Stage} stage @param {Box} box @returns {string[]} */
export function touching({ geometry, tab }, box) {
  const items = itemsOf(tab.level.peek()).filter((item) =>
    item.key.startsWith("frame:") ? within(item, box) : touches(item, box),
  );
  return [...geometry.nodesIn(box).map((place) => geometry.ids[place]), ...items.map((item) => item.key)];
}

/** Whether an unlinked node fits into a wire. @param {Stage} stage @param {string} id @param {number} wire */
export function fitsWire({ geometry, place }, id, wire) {
  const link = geometry.links[wire];
  if (link.from.node === id || link.to.node === id) return false;
  return firstFit(place, link.from, id) !== null && firstFitOutput(place, link.to, id) !== null;
}

/** @param {Rect} item @param {Box} box */
function within(item, box) {
  return (
    item.x >= box.left && item.y >= box.top && item.x + item.width <= box.right && item.y + item.height <= box.bottom
  );
}

/** @param {Rect} item @param {Box} box */
function touches(item, box) {
  return (
    item.x <= box.right && item.y <= box.bottom && item.x + item.width >= box.left && item.y + item.height >= box.top
  );
}

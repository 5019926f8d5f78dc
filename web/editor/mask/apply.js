/**
 * A painted mask goes into the document as one edit: into the node that holds it, or into a new one that feeds whoever wants it.
 *
 * @typedef {import("../model/draft.js").Draft} Draft
 * @typedef {import("./target.js").Target} Target
 */

import { addNode } from "../model/edits/nodes.js";
import { connect } from "../model/edits/wires.js";
import { loaderType } from "./target.js";

/** @typedef {import("../model/edits/insert.js").Rect} Rect */

const BESIDE = { x: -300, y: 80 };
const SIZE = { width: 240, height: 280 }; // about what the node takes
const GAP = 24;

/**
 * Throws Error, in a sentence, where no installed node reads a mask from a file.
 *
 * @param {Draft} draft
 * @param {string} level
 * @param {string} node  where painting began
 * @param {Target} target
 * @param {{readonly asset: string, readonly sha256: string}} asset
 * @param {import("../model/catalogue.js").Catalogue} catalogue
 * @param {readonly Rect[]} [rects]  what a new node is to stand clear of
 * @returns {string}  the node that holds the mask now
 */
export function putMask(draft, level, node, target, { asset, sha256 }, catalogue, rects = []) {
  const value = { asset, sha256 };
  if (target.file !== null) {
    draft.level(level).setInput(target.file.node, target.file.input, value);
    if (draft.level(level).node(target.file.node).inputs.get("channel") !== undefined)
      draft.level(level).setInput(target.file.node, "channel", "brightness");
    return target.file.node;
  }
  const loader = loaderType(catalogue);
  if (loader === null) throw new Error("No installed node reads a mask from a file");
  const { x, y } = draft.level(level).node(node).ui;
  const inputs = { [loader.input]: value };
  const id = addNode(draft, level, loader.type, clearOf(rects, { x: x + BESIDE.x, y: y + BESIDE.y }), catalogue, inputs);
  for (const input of target.inputs) connect(draft, level, { node: id, output: loader.output }, input, catalogue);
  return id;
}

/** The first place from there downwards. @param {readonly Rect[]} rects @param {{x: number, y: number}} from */
function clearOf(rects, { x, y }) {
  const column = rects.filter((rect) => rect.x < x + SIZE.width + GAP && rect.x + rect.width + GAP > x);
  let top = y;
  for (const rect of column.sort((a, b) => a.y - b.y)) {
    const bottom = rect.y + rect.height + GAP;
    if (rect.y < top + SIZE.height + GAP && bottom > top) top = bottom;
  }
  return { x, y: top };
}

/**
 * What is frozen in a document: what a node gave once stands in for what its inputs would give, in every run from the editor.
 * The marks lie in the drawing, `frozen` of a node's entry: so that they are saved and undone as all else is, and the workflow
 * means the same to whoever runs it elsewhere. A mark is by the address from that node on ("" itself, `inner` in the use of a
 * sub-workflow), and holds what the server calls the result. Pure.
 *
 * @typedef {import("./document.js").Document} Document
 * @typedef {import("./document.js").Level} Level
 * @typedef {ReadonlyMap<string, string>} Marks  by address
 */

import { levelOf } from "./document.js";
import { isObject } from "./json.js";

/** @type {WeakMap<Level, Marks>} */
const known = new WeakMap();

/** @param {Document} document @returns {Marks}  of nodes that are neither muted nor bypassed */
export function frozenOf(document) {
  const level = levelOf(document, "");
  let marks = known.get(level);
  if (marks === undefined) known.set(level, (marks = read(level)));
  return marks;
}

/** @param {Level} level @returns {Marks} */
function read(level) {
  /** @type {Map<string, string>} */
  const marks = new Map();
  for (const [id, { mode, ui }] of level.nodes) {
    if (mode !== null || !isObject(ui.frozen)) continue;
    for (const [inner, token] of Object.entries(ui.frozen))
      if (typeof token === "string") marks.set(inner === "" ? id : `${id}/${inner}`, token);
  }
  return marks;
}

/** What goes with a run and with a check; nothing where nothing is frozen. @param {Document} document @returns {{frozen?: {[address: string]: string}}} */
export function frozenIn(document) {
  const marks = frozenOf(document);
  return marks.size === 0 ? {} : { frozen: Object.fromEntries(marks) };
}

/** Whether a node is frozen, or something in the use that it is. @param {Marks} marks @param {string} address */
export function isFrozen(marks, address) {
  if (marks.size === 0) return false;
  return marks.has(address) || [...marks.keys()].some((mark) => mark.startsWith(`${address}/`));
}

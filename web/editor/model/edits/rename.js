/**
 * Another id for a node; wires, exposed inputs, outputs and what uses say to it follow.
 *
 * @typedef {import("../draft.js").Draft} Draft
 */

import { freeName } from "../names.js";
import { portOf } from "../shapes.js";
import { relink } from "./relink.js";
import { isInside, renameGiven } from "./uses.js";

/**
 * @param {Draft} draft
 * @param {string} level
 * @param {string} id
 * @param {string} wanted
 * @returns {string}  the id that it has now
 */
export function renameNode(draft, level, id, wanted) {
  if (wanted === id) return id;
  const node = draft.level(level).node(id);
  const fresh = freeName(wanted, draft.level(level).nodes);
  draft.level(level).nodes.delete(id);
  draft.level(level).nodes.set(fresh, node);
  relink(draft, level, (from) => (from.node === id ? { node: fresh, output: from.output } : from));
  const moved = (/** @type {string} */ port) => (portOf(port).node === id ? `${fresh}.${portOf(port).output}` : port);
  for (const [name, output] of [...draft.level(level).outputs.entries]) {
    draft.level(level).outputs.set(name, { ...output, link: moved(output.link) });
  }
  for (const [name, exposed] of [...draft.level(level).inputs.entries]) {
    draft.level(level).inputs.set(name, { ...exposed, to: exposed.to.map(moved) });
  }
  renameGiven(draft, level, (given) => (isInside(given, id) ? fresh + given.slice(id.length) : given));
  return fresh;
}

/**
 * Nodes are frozen, and are free again.
 *
 * @typedef {import("../draft.js").Draft} Draft
 * @typedef {import("../json.js").Json} Json
 */

import { isObject } from "../json.js";

/**
 * Mark what these addresses gave. Where there is no such node any more, nothing is marked.
 *
 * @param {Draft} draft
 * @param {{readonly [address: string]: string}} tokens
 */
export function freeze(draft, tokens) {
  for (const [address, token] of Object.entries(tokens)) {
    const [id, inner] = parted(address);
    if (draft.level("").nodes.has(id)) mark(draft, id, { ...marksOf(draft, id), [inner]: token });
  }
}

/**
 * Take away the marks of these addresses, and of all that is in them.
 *
 * @param {Draft} draft
 * @param {Iterable<string>} addresses
 */
export function unfreeze(draft, addresses) {
  for (const address of addresses) {
    const [id, inner] = parted(address);
    const marks = Object.entries(marksOf(draft, id));
    const left = marks.filter(([place]) => inner !== "" && place !== inner && !place.startsWith(`${inner}/`));
    if (left.length < marks.length) mark(draft, id, Object.fromEntries(left));
  }
}

/** @param {Draft} draft @param {string} id @returns {{[inner: string]: Json}} */
function marksOf(draft, id) {
  const marks = draft.level("").nodes.get(id)?.ui.frozen;
  return isObject(marks) ? marks : {};
}

/** @param {Draft} draft @param {string} id @param {{[inner: string]: Json}} marks */
function mark(draft, id, marks) {
  draft.level("").draw(id, { frozen: Object.keys(marks).length === 0 ? undefined : marks });
}

/** The node of the file's own level, and the way from there. @param {string} address @returns {[id: string, inner: string]} */
function parted(address) {
  const cut = address.indexOf("/");
  return cut < 0 ? [address, ""] : [address.slice(0, cut), address.slice(cut + 1)];
}

/**
 * What the uses of a sub-workflow must follow when the sub-workflow changes: names that it exposes, ids inside it.
 *
 * @typedef {import("../document.js").Document} Document
 * @typedef {import("../draft.js").Draft} Draft
 * @typedef {{readonly level: string, readonly id: string}} UseRef
 */

import { USE } from "../document.js";
import { renamePinned } from "./form.js";
import { relink } from "./relink.js";

/**
 * All uses of a sub-workflow.
 *
 * @param {Document} document
 * @param {string} name
 * @returns {UseRef[]}
 */
export function usesOf(document, name) {
  if (name === "") return [];
  return [...document.levels].flatMap(([level, body]) =>
    [...body.nodes].filter(([, node]) => node.type === USE + name).map(([id]) => ({ level, id })),
  );
}

/**
 * Expose an input no more, and take back what uses gave to it.
 *
 * @param {Draft} draft
 * @param {string} level
 * @param {string} name
 */
export function dropInput(draft, level, name) {
  draft.level(level).inputs.delete(name);
  renameGiven(draft, level, (given) => (given === name ? null : given));
}

/**
 * Give an output no more, and take away the wires from it.
 *
 * @param {Draft} draft
 * @param {string} level
 * @param {string} name
 */
export function dropOutput(draft, level, name) {
  draft.level(level).outputs.delete(name);
  for (const use of usesOf(draft.document, level)) {
    relink(draft, use.level, (from) => (from.node === use.id && from.output === name ? null : from));
  }
}

/**
 * Inner nodes are gone: uses say nothing to them any more.
 *
 * @param {Draft} draft
 * @param {string} level
 * @param {ReadonlySet<string>} ids
 */
export function forgetInner(draft, level, ids) {
  const inner = (/** @type {string} */ given) => given.slice(0, Math.max(0, given.search(/[/.]/)));
  renameGiven(draft, level, (given) => (ids.has(inner(given)) ? null : given));
}

/**
 * Whether a name given to a use is an address at or within an inner node.
 *
 * @param {string} given
 * @param {string} id
 */
export function isInside(given, id) {
  return given.startsWith(`${id}.`) || given.startsWith(`${id}/`);
}

/**
 * Change the names under which the uses of a sub-workflow are given values, and the form knows them; null takes a value back.
 *
 * @param {Draft} draft
 * @param {string} level
 * @param {(given: string) => string | null} change
 */
export function renameGiven(draft, level, change) {
  renamePinned(draft, level, change);
  for (const use of usesOf(draft.document, level)) {
    const node = draft.level(use.level).node(use.id);
    const inputs = [...node.inputs].flatMap(([given, value]) => {
      const name = change(given);
      return name === null ? [] : [/** @type {const} */ ([name, value])];
    });
    draft.level(use.level).patch(use.id, { inputs: new Map(inputs) });
  }
}

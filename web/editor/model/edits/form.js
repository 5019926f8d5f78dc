/**
 * The form of a workflow: which widgets somebody sees who never looks at the graph, in which order, under which headings. It is
 * part of the file's drawing, so it changes nothing that is computed.
 *
 *     "form": [{"heading": "Picture"}, {"input": "prompt.text"}, {"input": "outer/sampler.steps", "title": "Quality"}]
 *
 * An address is that of `--set`. A file that says nothing of a form has one of all inputs that it takes from outside.
 *
 * @typedef {import("../json.js").Json} Json
 * @typedef {import("../document.js").Document} Document
 * @typedef {import("../draft.js").Draft} Draft
 * @typedef {{readonly input: string, readonly title?: string} | {readonly heading: string}} FormItem
 */

import { definitionOf, levelOf } from "../document.js";
import { isObject, same } from "../json.js";

const KEY = "form";

/**
 * The form as it stands.
 *
 * @param {Document} document
 * @returns {readonly FormItem[]}
 */
export function formOf(document) {
  const level = levelOf(document, "");
  const written = level.ui.get(KEY);
  if (!Array.isArray(written)) return [...level.inputs.values()].flatMap(({ to }) => to.slice(0, 1).map((input) => ({ input })));
  return /** @type {FormItem[]} */ (/** @type {unknown} */ (written.filter(isItem)));
}

/** @param {Json} item */
function isItem(item) {
  return isObject(item) && (typeof item.input === "string" || typeof item.heading === "string");
}

/** @param {Document} document @param {string} address */
export function isPinned(document, address) {
  return formOf(document).some((item) => "input" in item && item.input === address);
}

/**
 * Inputs in a level have other addresses there: what is pinned of them follows. One that is gone stays pinned, for undo and for
 * the form to say so.
 *
 * @param {Draft} draft
 * @param {string} level
 * @param {(address: string) => string | null} change  addresses as that level has them, `inner/node.input`
 */
export function renamePinned(draft, level, change) {
  if (!levelOf(draft.document, "").ui.has(KEY)) return;
  const items = formOf(draft.document);
  const changed = items.map((item) =>
    "input" in item ? { ...item, input: renamedIn(draft.document, item.input, level, change) } : item,
  );
  if (!same(items, changed)) writeForm(draft, changed);
}

/**
 * @param {Document} document
 * @param {string} address
 * @param {string} level
 * @param {(address: string) => string | null} change
 */
function renamedIn(document, address, level, change) {
  const steps = address.split("/");
  let at = "";
  for (let depth = 0; depth < steps.length; depth += 1) {
    const inner = steps.slice(depth).join("/");
    if (at === level) return [...steps.slice(0, depth), change(inner) ?? inner].join("/");
    const node = document.levels.get(at)?.nodes.get(steps[depth] ?? "");
    const next = node === undefined ? null : definitionOf(node);
    if (next === null) return address;
    at = next;
  }
  return address;
}

/** @param {Draft} draft @param {readonly FormItem[]} items */
export function writeForm(draft, items) {
  draft.level("").ui.set(KEY, /** @type {Json} */ (/** @type {unknown} */ (items)));
}

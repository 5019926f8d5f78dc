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
 * Put a widget at the end of the form.
 *
 * @param {Draft} draft
 * @param {string} address  `outer/node.input`
 */
export function pin(draft, address) {
  if (!isPinned(draft.document, address)) write(draft, [...formOf(draft.document), { input: address }]);
}

/** @param {Draft} draft @param {string} address */
export function unpin(draft, address) {
  write(
    draft,
    formOf(draft.document).filter((item) => !("input" in item) || item.input !== address),
  );
}

/** @param {Draft} draft @param {string} heading */
export function addHeading(draft, heading) {
  write(draft, [...formOf(draft.document), { heading }]);
}

/**
 * Move an item to another place; both are counted in the form as it is.
 *
 * @param {Draft} draft
 * @param {number} from
 * @param {number} to
 */
export function moveItem(draft, from, to) {
  const items = [...formOf(draft.document)];
  const [item] = items.splice(from, 1);
  if (item === undefined) return;
  items.splice(Math.max(0, Math.min(items.length, to)), 0, item);
  write(draft, items);
}

/** @param {Draft} draft @param {number} place */
export function removeItem(draft, place) {
  write(
    draft,
    formOf(draft.document).filter((_, at) => at !== place),
  );
}

/**
 * Another name for what is there; an empty one gives a field its own name back.
 *
 * @param {Draft} draft
 * @param {number} place
 * @param {string} words
 */
export function nameItem(draft, place, words) {
  const items = formOf(draft.document).map((item, at) => {
    if (at !== place) return item;
    if ("heading" in item) return { heading: words };
    return words === "" ? { input: item.input } : { input: item.input, title: words };
  });
  write(draft, items);
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
  if (!same(items, changed)) write(draft, changed);
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
function write(draft, items) {
  draft.level("").ui.set(KEY, /** @type {Json} */ (/** @type {unknown} */ (items)));
}

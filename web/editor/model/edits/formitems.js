/**
 * Items of the form come, go, move and get other names.
 *
 * @typedef {import("../draft.js").Draft} Draft
 */

import { formOf, isPinned, writeForm } from "./form.js";

/**
 * Put a widget at the end of the form.
 *
 * @param {Draft} draft
 * @param {string} address  `outer/node.input`
 */
export function pin(draft, address) {
  if (!isPinned(draft.document, address)) writeForm(draft, [...formOf(draft.document), { input: address }]);
}

/** @param {Draft} draft @param {string} address */
export function unpin(draft, address) {
  writeForm(
    draft,
    formOf(draft.document).filter((item) => !("input" in item) || item.input !== address),
  );
}

/** @param {Draft} draft @param {string} heading */
export function addHeading(draft, heading) {
  writeForm(draft, [...formOf(draft.document), { heading }]);
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
  writeForm(draft, items);
}

/** @param {Draft} draft @param {number} place */
export function removeItem(draft, place) {
  writeForm(
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
  writeForm(draft, items);
}

/**
 * A document becomes another one: as one change, in which only what differs is touched.
 *
 * @typedef {import("../document.js").Document} Document
 * @typedef {import("../draft.js").Draft} Draft
 */

import { difference } from "../transact.js";

/**
 * @param {Draft} draft
 * @param {Document} wanted
 */
export function become(draft, wanted) {
  for (const { level, table, key, after } of difference(draft.document, wanted)) draft.put(level, table, key, after);
}

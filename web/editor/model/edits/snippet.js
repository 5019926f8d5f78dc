/**
 * A part of a workflow as a workflow of its own, to be put into others.
 *
 * @typedef {import("../document.js").Document} Document
 */

import { EMPTY } from "../document.js";
import { transact } from "../transact.js";
import { copyText, paste, readClipboard } from "./clipboard.js";

/**
 * What is selected, with the wires between and the sub-workflows that it uses; wires from elsewhere stay where they are. Its corner
 * lies at (0, 0), so that the same part makes the same file wherever it was drawn.
 *
 * @param {Document} document
 * @param {string} level
 * @param {Iterable<string>} keys  node ids, `frame:ID`, `note:ID`
 * @returns {Document}
 */
export function snippetOf(document, level, keys) {
  const copied = readClipboard(copyText(document, level, keys));
  if (copied === null) throw new Error("What is selected can't be written as a workflow");
  return transact(EMPTY, (draft) => void paste(draft, "", copied, { x: 0, y: 0 })).document;
}

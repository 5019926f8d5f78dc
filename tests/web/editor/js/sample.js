/** The shipped catalogue and a workflow of shipped nodes, for tests of edits. */

import { readCatalogue } from "../../../../web/editor/model/catalogue.js";
import { canonical } from "../../../../web/editor/model/canonical.js";
import { levelOf, parseDocument } from "../../../../web/editor/model/document.js";
import { applyDiff, reverse, transact } from "../../../../web/editor/model/transact.js";
import { equal } from "./harness.js";

/** @typedef {import("../../../../web/editor/model/document.js").Document} Document */
/** @typedef {import("../../../../web/editor/model/draft.js").Draft} Draft */

export const catalogue = readCatalogue(await (await fetch("/catalogue.json")).json());

export const TEXT_TO_IMAGE = parseDocument(await (await fetch("/workflows/text_to_image.json")).json());

/**
 * A document of nodes, each `{id: [type, inputs]}`.
 *
 * @param {{[id: string]: [string, {[input: string]: import("../../../../web/editor/model/json.js").Json}]}} nodes
 * @param {object} [more]
 */
export function documentOf(nodes, more = {}) {
  const entries = Object.entries(nodes);
  return parseDocument({
    format: "latentloom",
    version: 1,
    nodes: Object.fromEntries(entries.map(([id, [type, inputs]]) => [id, { type, inputs }])),
    ui: { nodes: Object.fromEntries(entries.map(([id], place) => [id, { x: 300 * place, y: 10 * place }])) },
    ...more,
  });
}

/**
 * The document after a change; that undoing it gives the same bytes back is checked on the way.
 *
 * @param {Document} document
 * @param {(draft: Draft) => void} change
 */
export function after(document, change) {
  const done = transact(document, change);
  equal(canonical(applyDiff(done.document, reverse(done.diff)), catalogue), canonical(document, catalogue), "undone,");
  return done.document;
}

/**
 * What an input of a node is given.
 *
 * @param {Document} document
 * @param {string} id
 * @param {string} input
 * @param {string} [level]
 */
export function given(document, id, input, level = "") {
  return levelOf(document, level).nodes.get(id)?.inputs.get(input);
}

/** @param {string} link */
export const link = (link) => ({ link });

/**
 * What a document holds now, as commands and programs are given it.
 *
 * @typedef {import("../session/app.js").App} App
 * @typedef {import("../session/tab.js").Tab} Tab
 * @typedef {import("../model/document.js").Document} Document
 * @typedef {import("./copies.js").Copied} Copied
 * @typedef {import("./fields.js").Field} Field
 */

import { toJson } from "../model/document.js";
import { isObject, same } from "../model/json.js";
import { transact } from "../model/transact.js";
import { settable } from "./copies.js";
import { heldBy, onlyFields } from "./fields.js";

const HERE = new Set(["localhost", "127.0.0.1", "[::1]"]);

/**
 * @param {App} app
 * @param {Tab} tab
 * @param {Location} [where]  of the server
 * @returns {Copied}
 */
export function copiedOf(app, tab, where = location) {
  const document = tab.document.peek();
  const fields = onlyFields(app.catalogue.peek(), document).filter((field) => heldBy(field) !== undefined);
  const values = new Map(fields.map((field) => [field.name, heldBy(field) ?? null]));
  const saved = tab.name.peek() !== null && onlyValuesDiffer(tab.saved.peek(), document, fields);
  return {
    server: `${where.origin}/`,
    guarded: !HERE.has(where.hostname),
    saved: saved ? tab.name.peek() : null,
    workflow: computed(document),
    values: [...values].map(([name, value]) => ({ name, value })),
  };
}

/**
 * Whether a document is the saved one but for what the form's fields hold, and these can be told to `--set`.
 *
 * @param {Document} saved
 * @param {Document} now
 * @param {readonly Field[]} fields
 */
function onlyValuesDiffer(saved, now, fields) {
  const before = (/** @type {Field} */ { id, port }) => saved.levels.get("")?.nodes.get(id)?.inputs.get(port.name);
  const held = fields.filter(({ id }) => saved.levels.get("")?.nodes.has(id));
  const untold = held.some((field) => !tellable(field) && !same(before(field), heldBy(field)));
  if (held.length < fields.length || untold) return false;
  const { document } = transact(saved, (draft) => {
    for (const { id, node, port, also } of held) {
      const value = node.inputs.get(port.name);
      draft.level("").setInput(id, port.name, value);
      for (const other of also) draft.level("").setInput(other.id, other.input, value);
    }
  });
  return same(computed(document), computed(now));
}

/** @param {Field} field */
function tellable(field) {
  const value = heldBy(field) ?? null;
  return settable(value) !== null && !(value === null && field.port.type === "Text");
}

/**
 * The workflow without its drawing, which nothing that runs it needs.
 *
 * @param {Document} document
 * @returns {Copied["workflow"]}
 */
function computed(document) {
  const { ui: _, workflows, ...file } = toJson(document);
  if (!isObject(workflows)) return file;
  const inner = Object.entries(workflows).map(([name, level]) => {
    const { ui: __, ...body } = /** @type {any} */ (level);
    return [name, body];
  });
  return { ...file, workflows: Object.fromEntries(inner) };
}

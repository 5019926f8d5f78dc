/**
 * What a widget is about: one input of one node in one document, and how it is read and written.
 *
 * A value that is changed on a selected node changes on all selected nodes of the same type, as one step of undo.
 */

import { readValue } from "../model/shapes.js";

/** @typedef {import("../model/json.js").Json} Json */
/** @typedef {import("../model/document.js").Node} Node */
/** @typedef {import("../model/draft.js").Draft} Draft */
/** @typedef {import("../model/ports.js").InputPort} InputPort */

/**
 * @typedef {object} Subject
 * @property {import("../session/app.js").App} app
 * @property {import("../session/tab.js").Tab} tab
 * @property {string} id of the node @property {Node} node @property {string} address of the node
 * @property {InputPort} port
 * @property {string} label element id of the label
 * @property {readonly string[]} faults sentences about this input
 * @property {readonly string[]} [notices] sentences that are worth a word about it; absent where nothing is marked
 */

/**
 * The literal that stands in the file, else the default; undefined where there is neither.
 *
 * @param {Subject} subject
 * @returns {Json | undefined}
 */
export function valueOf({ node, port }) {
  const written = node.inputs.get(port.name);
  if (written === undefined) return port.default;
  const shape = readValue(written);
  return shape.kind === "literal" ? shape.value : written;
}

/** The nodes that a change is for. @param {Subject} subject @returns {readonly string[]} */
export function alike({ tab, id, node }) {
  const chosen = tab.selection.peek();
  if (!chosen.has(id) || chosen.size < 2) return [id];
  const nodes = tab.level.peek().nodes;
  return [...chosen].filter((other) => nodes.get(other)?.type === node.type);
}

/** @param {Subject} subject @param {Json | undefined} value @returns {(draft: Draft) => void} */
export function writing(subject, value) {
  const level = subject.tab.levelName.peek();
  const ids = alike(subject);
  return (draft) => {
    for (const id of ids) {
      const read = draft.level(level).node(id).inputs.get(subject.port.name);
      if (id !== subject.id && read !== undefined && readValue(read).kind === "link") continue;
      draft.level(level).setInput(id, subject.port.name, value);
    }
  };
}

/** @param {Subject} subject @param {Json | undefined} value @param {boolean} [typing] joins the last step */
export function write(subject, value, typing = false) {
  const merge = typing ? { merge: `${subject.address}.${subject.port.name}` } : undefined;
  subject.tab.edit(`Change ${subject.port.title}`, writing(subject, value), merge);
}

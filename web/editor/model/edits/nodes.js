/**
 * Nodes come, go, and change what they look like.
 *
 * @typedef {import("../json.js").Json} Json
 * @typedef {import("../catalogue.js").Catalogue} Catalogue
 * @typedef {import("../document.js").Document} Document
 * @typedef {import("../document.js").Node} Node
 * @typedef {import("../draft.js").Draft} Draft
 * @typedef {import("../shapes.js").OutputRef} OutputRef
 */

import { levelOf } from "../document.js";
import { freeName, idOfType } from "../names.js";
import { portsOf } from "../ports.js";
import { linksIn, portOf } from "../shapes.js";
import { relink } from "./relink.js";
import { dropInput, dropOutput, forgetInner } from "./uses.js";

/**
 * A new node of a type, with its left upper corner at a place.
 *
 * @param {Draft} draft
 * @param {string} level
 * @param {string} type
 * @param {{x: number, y: number}} at
 * @param {Catalogue} catalogue
 * @param {{[input: string]: Json}} [inputs]
 * @returns {string}  its id
 */
export function addNode(draft, level, type, at, catalogue, inputs = {}) {
  const id = freeName(idOfType(type), draft.level(level).nodes);
  const version = catalogue.nodes.get(type)?.version ?? 1;
  draft.level(level).nodes.set(id, {
    type,
    version,
    mode: null,
    inputs: new Map(Object.entries(inputs)),
    ui: { x: Math.round(at.x), y: Math.round(at.y) },
  });
  return id;
}

/**
 * Take nodes away, with every wire, exposed input and output that led to them.
 *
 * @param {Draft} draft
 * @param {string} level
 * @param {Iterable<string>} ids
 */
export function deleteNodes(draft, level, ids) {
  const gone = new Set(ids);
  relink(draft, level, (from) => (gone.has(from.node) ? null : from));
  for (const id of gone) draft.level(level).nodes.delete(id);
  forgetInner(draft, level, gone);
  dropPorts(draft, level, gone);
}

/**
 * Take nodes away and close the gaps: a wire past a node is led on from the node's first linked input of the same type.
 *
 * @param {Draft} draft
 * @param {string} level
 * @param {Iterable<string>} ids
 * @param {Catalogue} catalogue
 */
export function healNodes(draft, level, ids, catalogue) {
  const gone = new Set(ids);
  const before = draft.document;
  /** @type {(from: OutputRef) => OutputRef | null} */
  const past = (from) => {
    let at = /** @type {OutputRef | null} */ (from);
    for (let steps = 0; at !== null && gone.has(at.node) && steps <= gone.size; steps += 1) {
      at = passThrough(catalogue, before, level, at);
    }
    return at;
  };
  relink(draft, level, past);
  for (const [name, output] of [...draft.level(level).outputs.entries]) {
    const to = past(portOf(output.link));
    if (to !== null) draft.level(level).outputs.set(name, { ...output, link: `${to.node}.${to.output}` });
  }
  deleteNodes(draft, level, gone);
}

/**
 * What a bypassed node gives at an output: its first linked input of the same type; null where it has none.
 *
 * @param {Catalogue} catalogue
 * @param {Document} document
 * @param {string} level
 * @param {OutputRef} at
 * @returns {OutputRef | null}
 */
export function passThrough(catalogue, document, level, at) {
  const node = levelOf(document, level).nodes.get(at.node);
  const ports = portsOf(catalogue, document, level, at.node);
  const wanted = ports.outputs.get(at.output)?.type;
  for (const port of node === undefined ? [] : ports.inputs.values()) {
    const [link] = linksIn(node?.inputs.get(port.name) ?? null);
    if (port.type === wanted && link !== undefined) return link.from;
  }
  return null;
}

/**
 * @param {Draft} draft
 * @param {string} level
 * @param {Set<string>} gone
 */
function dropPorts(draft, level, gone) {
  for (const [name, exposed] of [...draft.level(level).inputs.entries]) {
    const to = exposed.to.filter((port) => !gone.has(portOf(port).node));
    if (to.length === 0) dropInput(draft, level, name);
    else if (to.length < exposed.to.length) draft.level(level).inputs.set(name, { ...exposed, to });
  }
  for (const [name, output] of [...draft.level(level).outputs.entries]) {
    if (gone.has(portOf(output.link).node)) dropOutput(draft, level, name);
  }
}

/**
 * Bypass, mute, or neither (null).
 *
 * @param {Draft} draft
 * @param {string} level
 * @param {Iterable<string>} ids
 * @param {Node["mode"]} mode
 */
export function setMode(draft, level, ids, mode) {
  for (const id of ids) draft.level(level).patch(id, { mode });
}

/**
 * Give nodes an entry of their drawing (title, color, collapsed, width); undefined takes it away.
 *
 * @param {Draft} draft
 * @param {string} level
 * @param {Iterable<string>} ids
 * @param {{[key: string]: Json | undefined}} fields
 */
export function drawNodes(draft, level, ids, fields) {
  for (const id of ids) draft.level(level).draw(id, fields);
}

/**
 * Move nodes by a step, in graph units.
 *
 * @param {Draft} draft
 * @param {string} level
 * @param {Iterable<string>} ids
 * @param {{x: number, y: number}} step
 */
export function moveNodes(draft, level, ids, step) {
  for (const id of ids) {
    const { x, y } = draft.level(level).node(id).ui;
    draft.level(level).place(id, { x: x + step.x, y: y + step.y });
  }
}

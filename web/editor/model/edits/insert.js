/**
 * A node dropped on a wire is put in between, and its neighbours make room.
 *
 * @typedef {import("../catalogue.js").Catalogue} Catalogue
 * @typedef {import("../draft.js").Draft} Draft
 * @typedef {import("../links.js").Link} Link
 * @typedef {{x: number, y: number, width: number, height: number}} Rect
 */

import { levelOf } from "../document.js";
import { downstream } from "../links.js";
import { portsOf } from "../ports.js";
import { connect, firstFit, firstFitOutput } from "./wires.js";

const GAP = 40;

/**
 * Lead a wire through a node.
 *
 * @param {Draft} draft
 * @param {string} level
 * @param {string} id
 * @param {Link} link
 * @param {Catalogue} catalogue
 * @returns {string | null}  why it cannot; then nothing was changed
 */
export function insertOnWire(draft, level, id, link, catalogue) {
  const place = { catalogue, document: draft.document, level };
  const input = firstFit(place, link.from, id);
  if (input === null) return "This node takes nothing from that wire";
  const output = firstFitOutput(place, link.to, id) ?? throughVariable(place, id, input);
  if (output === null) return "This node gives nothing that the wire's end takes";
  connect(draft, level, link.from, { node: id, input }, catalogue);
  return connect(draft, level, { node: id, output }, link.to, catalogue);
}

/**
 * The output whose type follows an input's.
 *
 * @param {import("./wires.js").Place} place
 * @param {string} id
 * @param {string} input
 */
function throughVariable({ catalogue, document, level }, id, input) {
  const ports = portsOf(catalogue, document, level, id);
  const type = ports.inputs.get(input)?.type;
  return [...ports.outputs.values()].find((port) => port.type === type)?.name ?? null;
}

/**
 * Push what comes after a node to the right, until the nodes that it feeds stand clear of it.
 *
 * @param {Draft} draft
 * @param {string} level
 * @param {string} id
 * @param {(id: string) => Rect} rectOf
 */
export function makeRoom(draft, level, id, rectOf) {
  const body = levelOf(draft.document, level);
  const own = rectOf(id);
  const after = downstream(body, [id]);
  after.delete(id);
  const right = own.x + own.width + GAP;
  const near = [...after].map(rectOf).filter((rect) => rect.y < own.y + own.height && rect.y + rect.height > own.y);
  const shift = Math.max(0, ...near.map((rect) => right - rect.x));
  for (const other of shift > 0 ? after : []) {
    const { x, y } = draft.level(level).node(other).ui;
    draft.level(level).place(other, { x: x + shift, y });
  }
}

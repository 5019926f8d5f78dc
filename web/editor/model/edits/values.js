/**
 * Values taken over from another workflow, such as the one that made a picture: what is written there is written here, wires and
 * nodes stay.
 *
 * @typedef {import("../json.js").Json} Json
 * @typedef {import("../document.js").Document} Document
 * @typedef {import("../document.js").Level} Level
 * @typedef {import("../document.js").Node} Node
 * @typedef {import("../draft.js").Draft} Draft
 */

import { same } from "../json.js";
import { linksIn } from "../shapes.js";

/**
 * Take the values of a workflow, level by level and node by node: nodes are the same by id and type, else by a type that both
 * levels have once.
 *
 * @param {Draft} draft
 * @param {Document} from
 * @returns {{taken: number, missing: string[]}}  how many values changed, and the ids of nodes that found no counterpart
 */
export function takeValues(draft, from) {
  let taken = 0;
  /** @type {string[]} */
  const missing = [];
  for (const [name, theirs] of from.levels) {
    const ours = draft.document.levels.get(name);
    if (ours === undefined) continue;
    const partners = counterparts(ours, theirs);
    for (const [id, node] of theirs.nodes) {
      const partner = partners.get(id);
      if (partner === undefined) missing.push(id);
      else taken += takeNode(draft, name, partner, node);
    }
  }
  return { taken, missing };
}

/**
 * @param {Level} ours
 * @param {Level} theirs
 * @returns {Map<string, string>}  from their ids to ours
 */
function counterparts(ours, theirs) {
  const found = new Map();
  for (const [id, node] of theirs.nodes) {
    if (ours.nodes.get(id)?.type === node.type) found.set(id, id);
    else {
      const [mine, ...others] = idsOfType(ours, node.type);
      if (mine !== undefined && others.length === 0 && idsOfType(theirs, node.type).length === 1) found.set(id, mine);
    }
  }
  return found;
}

/** @param {Level} level @param {string} type */
function idsOfType(level, type) {
  return [...level.nodes].filter(([, node]) => node.type === type).map(([id]) => id);
}

/**
 * @param {Draft} draft
 * @param {string} level
 * @param {string} id
 * @param {Node} node
 */
function takeNode(draft, level, id, node) {
  let taken = 0;
  for (const [input, value] of node.inputs) {
    const now = draft.level(level).node(id).inputs.get(input);
    if (linksIn(value).length > 0 || linksIn(now ?? null).length > 0 || same(now, value)) continue;
    draft.level(level).setInput(id, input, value);
    taken += 1;
  }
  return taken;
}

/**
 * Set inputs by address, as a run of a sweep names them (`outer/node.input`): inside of a sub-workflow, its definition changes.
 *
 * @param {Draft} draft
 * @param {{readonly [address: string]: Json}} values
 * @returns {string[]}  addresses that lead nowhere any more
 */
export function setByAddress(draft, values) {
  return Object.entries(values)
    .filter(([address, value]) => !setOne(draft, address, value))
    .map(([address]) => address);
}

/**
 * @param {Draft} draft
 * @param {string} address
 * @param {Json} value
 */
function setOne(draft, address, value) {
  const dot = address.lastIndexOf(".");
  const path = address.slice(0, dot).split("/");
  const id = /** @type {string} */ (path.pop());
  let level = "";
  for (const use of path) {
    const type = draft.document.levels.get(level)?.nodes.get(use)?.type ?? "";
    if (!type.startsWith("workflow:")) return false;
    level = type.slice("workflow:".length);
  }
  const node = draft.document.levels.get(level)?.nodes.get(id);
  const input = address.slice(dot + 1);
  if (node === undefined || linksIn(node.inputs.get(input) ?? null).length > 0) return false;
  draft.level(level).setInput(id, input, value);
  return true;
}

/**
 * The wires of a level, found once for each record and kept as long as it lives.
 *
 * @typedef {import("./document.js").Level} Level
 * @typedef {import("./document.js").Node} Node
 * @typedef {import("./shapes.js").OutputRef} OutputRef
 * @typedef {{readonly node: string, readonly input: string, readonly index: number | null}} InputRef
 *   `index`: the place in an array of values, null for a lone one
 * @typedef {{readonly from: OutputRef, readonly to: InputRef}} Link
 * @typedef {{readonly all: readonly Link[], readonly incoming: ReadonlyMap<string, readonly Link[]>,
 *   readonly outgoing: ReadonlyMap<string, readonly Link[]>}} Wiring
 */

import { linksIn } from "./shapes.js";

/** @type {WeakMap<Node["inputs"], readonly {input: string, index: number | null, from: OutputRef}[]>} */
const ofInputs = new WeakMap();
/** @type {WeakMap<Level["nodes"], Wiring>} */
const ofNodes = new WeakMap();

/**
 * All wires of a level, and the same by the node where they end and where they begin.
 *
 * @param {Level} level
 * @returns {Wiring}
 */
export function wiring(level) {
  const known = ofNodes.get(level.nodes);
  if (known !== undefined) return known;
  /** @type {Link[]} */
  const all = [];
  /** @type {Map<string, Link[]>} */
  const incoming = new Map();
  /** @type {Map<string, Link[]>} */
  const outgoing = new Map();
  for (const [node, record] of level.nodes) {
    for (const { input, index, from } of linksOfNode(record)) {
      const link = { from, to: { node, input, index } };
      all.push(link);
      append(incoming, node, link);
      append(outgoing, from.node, link);
    }
  }
  const found = { all, incoming, outgoing };
  ofNodes.set(level.nodes, found);
  return found;
}

/** @param {Level} level */
export const linksOf = (level) => wiring(level).all;
/** @param {Level} level */
export const incoming = (level) => wiring(level).incoming;
/** @param {Level} level */
export const outgoing = (level) => wiring(level).outgoing;

/**
 * @param {Node} node
 */
function linksOfNode(node) {
  const known = ofInputs.get(node.inputs);
  if (known !== undefined) return known;
  const found = [...node.inputs].flatMap(([input, value]) =>
    typeof value === "object" ? linksIn(value).map(({ from, index }) => ({ input, index, from })) : [],
  );
  ofInputs.set(node.inputs, found);
  return found;
}

/**
 * @template V
 * @param {Map<string, V[]>} lists
 * @param {string} key
 * @param {V} item
 */
function append(lists, key, item) {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [item]);
  else list.push(item);
}

/**
 * The nodes that these are made from, these included.
 *
 * @param {Level} level
 * @param {Iterable<string>} ids
 * @returns {Set<string>}
 */
export function upstream(level, ids) {
  const { incoming: links } = wiring(level);
  return reach(ids, (id) =>
    (links.get(id) ?? []).map((link) => link.from.node).filter((node) => level.nodes.has(node)),
  );
}

/**
 * The nodes that are made from these, these included.
 *
 * @param {Level} level
 * @param {Iterable<string>} ids
 * @returns {Set<string>}
 */
export function downstream(level, ids) {
  const { outgoing: links } = wiring(level);
  return reach(ids, (id) => (links.get(id) ?? []).map((link) => link.to.node));
}

/**
 * @param {Iterable<string>} ids
 * @param {(id: string) => string[]} next
 */
function reach(ids, next) {
  const seen = new Set(ids);
  const waiting = [...seen];
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    for (const other of next(id)) {
      if (seen.has(other)) continue;
      seen.add(other);
      waiting.push(other);
    }
  }
  return seen;
}

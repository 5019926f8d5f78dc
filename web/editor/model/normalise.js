/**
 * Every literal written, each in its one form, as the server does before it writes a file.
 *
 * Nodes of known types get the defaults of inputs that they leave out; a use of a sub-workflow keeps only what it was
 * given; placeholders stay as they came.
 *
 * @typedef {import("./json.js").Json} Json
 * @typedef {import("./document.js").Document} Document
 * @typedef {import("./document.js").Node} Node
 * @typedef {import("./catalogue.js").Catalogue} Catalogue
 * @typedef {import("./catalogue.js").InputSpec} InputSpec
 */

import { definitionOf, levelOf } from "./document.js";
import { isObject } from "./json.js";
import { readValue } from "./shapes.js";

export const LITERALS = new Set(["Int", "Float", "Text", "Bool", "Data", "File", "Folder"]);
const SAFE = BigInt(Number.MAX_SAFE_INTEGER);

/** A number that is written with its point. */
export class Float {
  /** @param {number} value */
  constructor(value) {
    this.value = value;
  }
}

/**
 * @param {Document} document
 * @param {Catalogue} catalogue
 * @returns {Document}  only to be written: it holds numbers that are no JSON
 */
export function normalise(document, catalogue) {
  const levels = new Map();
  for (const [name, level] of document.levels) {
    const nodes = new Map(
      [...level.nodes].map(([id, node]) => [id, withLiterals(document, name, id, node, catalogue)]),
    );
    levels.set(name, { ...level, nodes });
  }
  return { head: document.head, levels };
}

/**
 * @param {Document} document
 * @param {string} level
 * @param {string} id
 * @param {Node} node
 * @param {Catalogue} catalogue
 * @returns {Node}
 */
function withLiterals(document, level, id, node, catalogue) {
  const inputs = new Map(node.inputs);
  for (const [name, value] of inputs) {
    const spec = specAt(document, level, id, name, catalogue);
    if (spec !== null) inputs.set(name, written(spec, value));
  }
  const type = catalogue.nodes.get(node.type);
  for (const [name, spec] of type !== undefined && type.version === node.version ? type.inputs : []) {
    if (!inputs.has(name) && LITERALS.has(spec.type) && spec.default !== undefined) {
      inputs.set(name, written(spec, spec.default));
    }
  }
  return { ...node, inputs };
}

/**
 * The record of the input at which a value given to a node arrives, through sub-workflows; null where none is known.
 *
 * @param {Document} document
 * @param {string} level
 * @param {string} id
 * @param {string} name  an input, or for a use the relative address of an inner one
 * @param {Catalogue} catalogue
 * @returns {InputSpec | null}
 */
export function specAt(document, level, id, name, catalogue) {
  for (let depth = 0; depth <= 64; depth += 1) {
    const node = document.levels.get(level)?.nodes.get(id);
    if (node === undefined) return null;
    const inner = definitionOf(node);
    if (inner === null) {
      const type = catalogue.nodes.get(node.type);
      return type !== undefined && type.version === node.version ? (type.inputs.get(name) ?? null) : null;
    }
    if (!document.levels.has(inner)) return null;
    const target = levelOf(document, inner).inputs.get(name)?.to[0] ?? name;
    const cut = target.search(/[/.]/);
    if (cut < 0) return null;
    [level, id, name] = [inner, target.slice(0, cut), target.slice(cut + 1)];
  }
  return null;
}

/**
 * One value's canonical form. Into a list, one item equals an array of it, and is written as one.
 *
 * @param {InputSpec} spec
 * @param {Json} value
 * @returns {any}
 */
function written(spec, value) {
  if (!spec.list) return readValue(value).kind === "literal" ? literal(spec, value) : value;
  if (value === null) return value;
  const items = Array.isArray(value) ? value : [value];
  return items.map((item) => (isObject(item) ? item : literal(spec, item)));
}

/**
 * @param {InputSpec} spec
 * @param {Json} value
 * @returns {any}
 */
function literal(spec, value) {
  if (spec.type === "Float" && typeof value === "number") return new Float(value);
  if (spec.type === "Int" && typeof value === "string" && /^-?[0-9]{1,20}$/.test(value)) {
    const whole = BigInt(value);
    return whole > SAFE || whole < -SAFE ? whole.toString() : Number(whole);
  }
  return value;
}

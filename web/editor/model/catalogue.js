/**
 * The node types and value types that the server offers, as Maps by name.
 *
 * @typedef {import("./json.js").Json} Json
 * @typedef {{readonly name: string, readonly type: string, readonly list: boolean, readonly optional: boolean,
 *   readonly lazy: boolean, readonly default?: Json, readonly min: number | null, readonly max: number | null,
 *   readonly step: number | null, readonly choices: readonly string[] | null, readonly choices_from: string | null,
 *   readonly widget: string | null, readonly help: string}} InputSpec  no `default` where a value must be given
 * @typedef {{readonly name: string, readonly type: string, readonly list: boolean, readonly help: string}} OutputSpec
 * @typedef {{readonly name: string, readonly title: string, readonly category: string, readonly help: string,
 *   readonly version: number, readonly pack: string, readonly flags: readonly string[],
 *   readonly peers: readonly string[], readonly inputs: ReadonlyMap<string, InputSpec>,
 *   readonly outputs: ReadonlyMap<string, OutputSpec>, readonly view: string | null}} NodeType
 * @typedef {{readonly title: string, readonly color: string, readonly shape: string,
 *   readonly accepts: readonly string[]}} ValueType
 * @typedef {{readonly name: string, readonly version: string | null, readonly error: string | null}} Pack
 * @typedef {{readonly packs: readonly Pack[], readonly types: ReadonlyMap<string, ValueType>,
 *   readonly nodes: ReadonlyMap<string, NodeType>}} Catalogue
 * @typedef {{readonly type: string, readonly title: string, readonly category: string, readonly help: string,
 *   readonly peers: readonly string[]}} SearchEntry
 */

import { deepFreeze } from "./json.js";

/** @type {Catalogue} */
export const NO_CATALOGUE = deepFreeze({ packs: [], types: new Map(), nodes: new Map() });

/**
 * @param {any} json  what `GET /api/nodes` answers
 * @returns {Catalogue}
 */
export function readCatalogue(json) {
  const nodes = Object.entries(json.nodes).map(([name, node]) => [name, readNode(name, node)]);
  return deepFreeze({
    packs: json.packs ?? [],
    types: new Map(Object.entries(json.types)),
    nodes: new Map(/** @type {[string, NodeType][]} */ (nodes)),
  });
}

/**
 * @param {string} name
 * @param {any} json
 * @returns {NodeType}
 */
function readNode(name, json) {
  return { peers: [], flags: [], view: null, ...json, name, inputs: named(json.inputs), outputs: named(json.outputs) };
}

/**
 * @param {{[name: string]: object}} ports
 * @returns {Map<string, any>}
 */
function named(ports) {
  return new Map(Object.entries(ports).map(([name, port]) => [name, { ...port, name }]));
}

/**
 * Whether an output of type `source` may be linked to an input of type `target`: equal, accepted by the target's record
 * (an integer into a number), or one of them a variable.
 *
 * @param {Catalogue} catalogue
 * @param {string} source
 * @param {string} target
 * @returns {boolean}
 */
export function fits(catalogue, source, target) {
  if (source === target || isVariable(source) || isVariable(target)) return true;
  return catalogue.types.get(target)?.accepts.includes(source) ?? false;
}

/**
 * Whether a type's name is a variable (`*T`) or takes anything (`*`).
 *
 * @param {string} type
 * @returns {boolean}
 */
export function isVariable(type) {
  return type.startsWith("*");
}

/**
 * A type as people read it.
 *
 * @param {Catalogue} catalogue
 * @param {string} type
 * @param {boolean} [list]
 * @returns {string}
 */
export function typeTitle(catalogue, type, list = false) {
  const title = isVariable(type) ? "anything" : (catalogue.types.get(type)?.title ?? type);
  return list ? `list of ${title}` : title;
}

/**
 * What a search over node types goes through.
 *
 * @param {Catalogue} catalogue
 * @returns {SearchEntry[]}
 */
export function searchEntries(catalogue) {
  return [...catalogue.nodes].map(([type, { title, category, help, peers }]) => ({
    type,
    title,
    category,
    help,
    peers,
  }));
}

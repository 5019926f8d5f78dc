/**
 * A workflow as one frozen record: levels of flat nodes, links by name.
 *
 * Level "" is the file itself, the others are its sub-workflows by name. Collections are Maps, because
 * `constructor` and `__proto__` are lawful names of nodes. Nothing changes a record; `transact` makes a new document
 * that shares all that stayed, so `===` tells what changed.
 *
 * @typedef {import("./json.js").Json} Json
 * @typedef {{readonly x: number, readonly y: number, readonly width?: number, readonly title?: string,
 *   readonly color?: string, readonly collapsed?: boolean, readonly seed?: {readonly [input: string]: string},
 *   readonly [key: string]: Json | undefined}} NodeUi  the node's entry in the file's drawing
 * @typedef {{readonly type: string, readonly version: number, readonly mode: "bypass" | "mute" | null,
 *   readonly inputs: ReadonlyMap<string, Json>, readonly ui: NodeUi}} Node
 * @typedef {{readonly to: readonly string[], readonly title?: string, readonly help?: string}} Exposed
 * @typedef {{readonly link: string, readonly title?: string}} Output
 * @typedef {{readonly nodes: ReadonlyMap<string, Node>, readonly inputs: ReadonlyMap<string, Exposed>,
 *   readonly outputs: ReadonlyMap<string, Output>, readonly ui: ReadonlyMap<string, Json>}} Level
 *   `ui` holds the drawing but for the nodes' entries: frames, notes, and what others put there
 * @typedef {{readonly head: ReadonlyMap<string, Json>, readonly levels: ReadonlyMap<string, Level>}} Document
 *   `head` holds format, version, title, requires, meta, made_with
 */

import { deepFreeze, isObject } from "./json.js";

export const USE = "workflow:";
const LEVEL_KEYS = new Set(["nodes", "inputs", "outputs", "ui"]);
const NODE_KEYS = new Set(["type", "version", "mode", "inputs"]);

/** An empty level. @type {Level} */
export const EMPTY_LEVEL = deepFreeze({ nodes: new Map(), inputs: new Map(), outputs: new Map(), ui: new Map() });

/** A new file. @type {Document} */
export const EMPTY = deepFreeze({
  head: new Map(
    /** @type {[string, Json][]} */ ([
      ["format", "latentloom"],
      ["version", 1],
    ]),
  ),
  levels: new Map([["", EMPTY_LEVEL]]),
});

/**
 * The document in a file's JSON, which the server has seen to be well formed. Throws TypeError, naming the place, for
 * what is no workflow at all, so that nothing is dropped in silence.
 *
 * @param {unknown} json
 * @returns {Document}
 */
export function parseDocument(json) {
  const file = object(json, "the file");
  const head = new Map(Object.entries(file).filter(([key]) => !LEVEL_KEYS.has(key) && key !== "workflows"));
  const levels = new Map([["", parseLevel(file, "the file")]]);
  for (const [name, level] of Object.entries(object(file.workflows ?? {}, "workflows"))) {
    levels.set(name, parseLevel(object(level, `sub-workflow '${name}'`), `sub-workflow '${name}'`));
  }
  return deepFreeze({ head, levels });
}

/**
 * @param {{readonly [key: string]: Json}} level
 * @param {string} where
 * @returns {Level}
 */
function parseLevel(level, where) {
  const ui = object(level.ui ?? {}, `ui of ${where}`);
  const places = new Map(Object.entries(object(ui.nodes ?? {}, `ui.nodes of ${where}`)));
  /** @type {Map<string, Node>} */
  const nodes = new Map();
  for (const [id, node] of Object.entries(object(level.nodes, `nodes of ${where}`))) {
    nodes.set(id, parseNode(id, object(node, `node '${id}'`), places.get(id)));
    places.delete(id);
  }
  const rest = Object.entries(ui).filter(([key]) => key !== "nodes");
  if (places.size > 0) rest.push(["nodes", Object.fromEntries(places)]);
  const inputs = /** @type {[string, Exposed][]} */ (Object.entries(level.inputs ?? {}));
  const outputs = /** @type {[string, Output][]} */ (Object.entries(level.outputs ?? {}));
  return { nodes, inputs: new Map(inputs), outputs: new Map(outputs), ui: new Map(rest) };
}

/**
 * @param {string} id
 * @param {{readonly [key: string]: Json}} node
 * @param {Json | undefined} place
 * @returns {Node}
 */
function parseNode(id, node, place) {
  const stranger = Object.keys(node).find((key) => !NODE_KEYS.has(key));
  if (stranger !== undefined) throw new TypeError(`node '${id}' has '${stranger}', which a node has not`);
  if (typeof node.type !== "string") throw new TypeError(`node '${id}' has no type`);
  return {
    type: node.type,
    version: typeof node.version === "number" ? node.version : 1,
    mode: node.mode === "bypass" || node.mode === "mute" ? node.mode : null,
    inputs: new Map(Object.entries(object(node.inputs ?? {}, `inputs of '${id}'`))),
    ui: /** @type {NodeUi} */ (isObject(place) ? place : {}),
  };
}

/**
 * @param {unknown} value
 * @param {string} where
 */
function object(value, where) {
  if (!isObject(value)) throw new TypeError(`${where} is not an object`);
  return value;
}

/**
 * The file's JSON, as it is sent to the server. What is empty is left out, as in the file.
 *
 * @param {Document} document
 * @returns {{[key: string]: Json}}
 */
export function toJson(document) {
  const { nodes, ...level } = levelJson(levelOf(document, ""));
  const inner = [...document.levels].filter(([name]) => name !== "");
  const workflows = Object.fromEntries(inner.map(([name, body]) => [name, levelJson(body)]));
  return {
    ...Object.fromEntries(document.head),
    nodes,
    ...level,
    ...(inner.length > 0 ? { workflows } : {}),
  };
}

/**
 * @param {Level} level
 * @returns {{[key: string]: Json}}
 */
function levelJson(level) {
  const places = Object.fromEntries([...level.nodes].map(([id, node]) => [id, node.ui]));
  const strays = object(level.ui.get("nodes") ?? {}, "ui.nodes");
  const drawn = Object.fromEntries(
    Object.entries({ ...places, ...strays }).filter(([, entry]) => isObject(entry) && Object.keys(entry).length > 0),
  );
  const ui = {
    ...(Object.keys(drawn).length > 0 ? { nodes: /** @type {Json} */ (drawn) } : {}),
    ...Object.fromEntries([...level.ui].filter(([key]) => key !== "nodes")),
  };
  return {
    nodes: Object.fromEntries([...level.nodes].map(([id, node]) => [id, nodeJson(node)])),
    ...(level.inputs.size > 0 ? { inputs: Object.fromEntries(level.inputs) } : {}),
    ...(level.outputs.size > 0 ? { outputs: Object.fromEntries(level.outputs) } : {}),
    ...(Object.keys(ui).length > 0 ? { ui } : {}),
  };
}

/**
 * A node as the file writes it, without its drawing.
 *
 * @param {Node} node
 * @returns {{[key: string]: Json}}
 */
export function nodeJson(node) {
  return {
    type: node.type,
    ...(node.version === 1 ? {} : { version: node.version }),
    ...(node.mode === null ? {} : { mode: node.mode }),
    ...(node.inputs.size > 0 ? { inputs: Object.fromEntries(node.inputs) } : {}),
  };
}

/**
 * A level by name. Throws RangeError where the document has none.
 *
 * @param {Document} document
 * @param {string} name
 * @returns {Level}
 */
export function levelOf(document, name) {
  const level = document.levels.get(name);
  if (level === undefined) throw new RangeError(`there is no sub-workflow '${name}'`);
  return level;
}

/**
 * The name of the sub-workflow that a node uses, or null.
 *
 * @param {Node} node
 * @returns {string | null}
 */
export function definitionOf(node) {
  return node.type.startsWith(USE) ? node.type.slice(USE.length) : null;
}

/**
 * The document's title, "" where it has none.
 *
 * @param {Document} document
 * @returns {string}
 */
export function titleOf(document) {
  const title = document.head.get("title");
  return typeof title === "string" ? title : "";
}

/**
 * An example of a node type that can be inserted and runs: cut out of a workflow that a pack brings, else put together from the
 * catalogue alone, so that a pack's nodes have one unasked. Pure.
 *
 * @typedef {import("../model/catalogue.js").Catalogue} Catalogue
 * @typedef {import("../model/document.js").Document} Document
 * @typedef {import("../model/draft.js").Draft} Draft
 * @typedef {import("../model/json.js").Json} Json
 * @typedef {import("../model/ports.js").InputPort} InputPort
 * @typedef {{readonly type: string, readonly output: string, readonly cost: number}} Source
 *   the node type that gives a value with the fewest nodes before it
 * @typedef {ReadonlyMap<string, string>} Models  the model that a node type can take, by the type's name
 */

import { fits, isVariable } from "../model/catalogue.js";
import { EMPTY, levelOf, parseDocument } from "../model/document.js";
import { copyText } from "../model/edits/clipboard.js";
import { addNode } from "../model/edits/nodes.js";
import { upstream } from "../model/links.js";
import { portsOfType } from "../model/ports.js";
import { linkTo } from "../model/shapes.js";
import { transact } from "../model/transact.js";

const COLUMN = 340;
const ROW = 300;
const SHOWN = new Set(["Image", "Mask", "Text", "Int", "Float", "Bool"]);
const SHOWS = "Preview";
const COLOURS = "#c8463c, #3c6fc8";
const WORDS = "a red cube";

/**
 * The smallest part of these workflows that has a node of the type with all that it is made from; null where none has one.
 *
 * @param {readonly Document[]} documents
 * @param {string} type
 * @returns {Document | null}
 */
export function cutOut(documents, type) {
  /** @type {{document: Document, ids: Set<string>} | null} */
  let best = null;
  for (const document of documents) {
    const level = levelOf(document, "");
    for (const [id, node] of level.nodes) {
      if (node.type !== type) continue;
      const ids = upstream(level, [id]);
      if (best === null || ids.size < best.ids.size) best = { document, ids };
    }
  }
  return best === null ? null : parseDocument(JSON.parse(copyText(best.document, "", best.ids)));
}

/**
 * The node types that must be told a model, each with the input that takes it.
 *
 * @param {Catalogue} catalogue
 * @returns {{type: string, input: string}[]}
 */
export function loaders(catalogue) {
  return [...catalogue.nodes.values()].flatMap((node) => {
    const port = [...portsOfType(node).inputs.values()].find((each) => each.choices_from === "models" && isNeeded(each));
    return port === undefined ? [] : [{ type: node.name, input: port.name }];
  });
}

/**
 * A node of the type with what it needs before it, and what it gives shown; null where it needs what nothing installed gives.
 *
 * @param {Catalogue} catalogue
 * @param {Models} models
 * @param {string} type
 * @returns {Document | null}
 */
export function putTogether(catalogue, models, type) {
  const sources = cheapest(catalogue, models);
  const made = new Builder(catalogue, models, sources);
  const { document } = transact(EMPTY, (draft) => {
    const id = made.add(draft, type, 0);
    if (id !== null) made.show(draft, type, id);
  });
  return made.failed ? null : withColumns(document, made.depths);
}

class Builder {
  failed = false;
  /** How far each node is from the one that it is all about. @type {Map<string, number>} */
  depths = new Map();
  /** @type {Map<string, string>} */
  _made = new Map();

  /**
   * @param {Catalogue} catalogue
   * @param {Models} models
   * @param {ReadonlyMap<string, Source>} sources  by type name of the value
   */
  constructor(catalogue, models, sources) {
    this._catalogue = catalogue;
    this._models = models;
    this._sources = sources;
  }

  /** @param {Draft} draft @param {string} type @param {number} depth @returns {string | null} */
  add(draft, type, depth) {
    const known = this._made.get(type);
    if (known !== undefined) {
      this.depths.set(known, Math.max(depth, this.depths.get(known) ?? 0));
      return known;
    }
    const node = this._catalogue.nodes.get(type);
    if (node === undefined) return this._give();
    const id = addNode(draft, "", type, { x: 0, y: 0 }, this._catalogue);
    this._made.set(type, id);
    this.depths.set(id, depth);
    for (const port of portsOfType(node).inputs.values()) {
      if (!isNeeded(port)) continue;
      const value = port.literal ? literal(type, port, this._models) : this._linked(draft, port, depth + 1);
      if (value === undefined && port.type !== "File" && port.type !== "Folder") return this._give();
      if (value !== undefined) draft.level("").setInput(id, port.name, value);
    }
    return id;
  }

  /** @param {Draft} draft @param {string} type @param {string} id */
  show(draft, type, id) {
    const node = /** @type {import("../model/catalogue.js").NodeType} */ (this._catalogue.nodes.get(type));
    const output = [...portsOfType(node).outputs.values()].find((port) => SHOWN.has(port.type));
    const shower = this._catalogue.nodes.get(SHOWS);
    const [input] = shower === undefined ? [] : [...shower.inputs.keys()];
    if (output === undefined || input === undefined || type === SHOWS) return;
    const shown = addNode(draft, "", SHOWS, { x: 0, y: 0 }, this._catalogue, { [input]: linkTo({ node: id, output: output.name }) });
    this.depths.set(shown, -1);
  }

  /** @param {Draft} draft @param {InputPort} port @param {number} depth @returns {Json | undefined} */
  _linked(draft, port, depth) {
    const source = sourceFor(this._catalogue, this._sources, port);
    const node = source === null ? null : this.add(draft, source.type, depth);
    return source === null || node === null ? undefined : linkTo({ node, output: source.output });
  }

  _give() {
    this.failed = true;
    return null;
  }
}

/** Whether an input must be given something. @param {InputPort} port */
function isNeeded(port) {
  return !port.optional && port.default === undefined;
}

/**
 * What is written where nothing stands by itself; undefined where only a user knows.
 *
 * @param {string} type  of the node
 * @param {InputPort} port
 * @param {Models} models
 * @returns {Json | undefined}
 */
function literal(type, port, models) {
  if (port.choices_from === "models") return models.get(type);
  if (port.choices !== null) return port.choices[0];
  if (port.type === "Text") return port.help.includes("#rrggbb") ? COLOURS : WORDS;
  if (port.type === "Int" || port.type === "Float") return port.min ?? 0;
  return port.type === "Bool" ? false : undefined;
}

/**
 * For each type of value, the node type that gives it with the fewest nodes, found by going over all until nothing changes.
 *
 * @param {Catalogue} catalogue
 * @param {Models} models
 * @returns {Map<string, Source>}
 */
function cheapest(catalogue, models) {
  /** @type {Map<string, Source>} */
  const sources = new Map();
  const nodes = [...catalogue.nodes.values()].filter((node) => !node.flags.includes("output"));
  for (let changed = true; changed; ) {
    changed = false;
    for (const node of nodes) {
      const cost = costOf(catalogue, sources, models, node);
      for (const output of node.outputs.values()) {
        if (output.list || isVariable(output.type) || cost >= (sources.get(output.type)?.cost ?? Infinity)) continue;
        sources.set(output.type, { type: node.name, output: output.name, cost });
        changed = true;
      }
    }
  }
  return sources;
}

/**
 * @param {Catalogue} catalogue
 * @param {ReadonlyMap<string, Source>} sources
 * @param {Models} models
 * @param {import("../model/catalogue.js").NodeType} node
 */
function costOf(catalogue, sources, models, node) {
  let cost = 1;
  for (const port of portsOfType(node).inputs.values()) {
    if (!isNeeded(port)) continue;
    if (port.literal) cost += literal(node.name, port, models) === undefined ? Infinity : 0;
    else cost += sourceFor(catalogue, sources, port)?.cost ?? Infinity;
  }
  return cost;
}

/**
 * @param {Catalogue} catalogue
 * @param {ReadonlyMap<string, Source>} sources
 * @param {InputPort} port
 * @returns {Source | null}
 */
function sourceFor(catalogue, sources, port) {
  const wanted = isVariable(port.type) ? sources.get("Image") : sources.get(port.type);
  if (wanted !== undefined) return wanted;
  const fitting = [...sources].filter(([type]) => fits(catalogue, type, port.type)).map(([, source]) => source);
  return fitting.sort((a, b) => a.cost - b.cost || (a.type < b.type ? -1 : 1))[0] ?? null;
}

/**
 * What comes first stands left.
 *
 * @param {Document} document
 * @param {ReadonlyMap<string, number>} depths
 */
function withColumns(document, depths) {
  const deepest = Math.max(...depths.values());
  /** @type {Map<number, number>} */
  const filled = new Map();
  return transact(document, (draft) => {
    for (const [id, depth] of depths) {
      const row = filled.get(depth) ?? 0;
      filled.set(depth, row + 1);
      draft.level("").place(id, { x: (deepest - depth) * COLUMN, y: row * ROW });
    }
  }).document;
}

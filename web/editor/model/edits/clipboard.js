/**
 * Copy and paste as text: the text is a small workflow file, so it can be kept, sent and opened as one.
 *
 * @typedef {import("../json.js").Json} Json
 * @typedef {import("../document.js").Document} Document
 * @typedef {import("../document.js").Level} Level
 * @typedef {import("../document.js").Node} Node
 * @typedef {import("../draft.js").Draft} Draft
 */

import { USE, definitionOf, levelOf, parseDocument, toJson } from "../document.js";
import { same } from "../json.js";
import { freeName } from "../names.js";
import { mapLinks } from "../shapes.js";
import { DRAWN, drawnOf, withDrawn } from "./drawing.js";

/**
 * The selected nodes, frames and notes with the sub-workflows that they use. Wires from other nodes are written too: whoever
 * pastes decides about them.
 *
 * @param {Document} document
 * @param {string} level
 * @param {Iterable<string>} keys  node ids, `frame:ID`, `note:ID`
 * @returns {string}
 */
export function copyText(document, level, keys) {
  const chosen = new Set(keys);
  const body = levelOf(document, level);
  const nodes = new Map([...body.nodes].filter(([id]) => chosen.has(id)));
  const ui = new Map(
    DRAWN.map(({ key, prefix }) => [key, drawnOf(body, key).filter((item) => chosen.has(prefix + item.id))]),
  );
  const drawn = new Map([...ui].filter(([, items]) => items.length > 0));
  const root = { nodes, inputs: new Map(), outputs: new Map(), ui: /** @type {Map<string, Json>} */ (drawn) };
  const head = new Map(
    /** @type {[string, Json][]} */ ([
      ["format", "latentloom"],
      ["version", 1],
    ]),
  );
  const levels = new Map([["", root], ...usedLevels(document, nodes.values())]);
  return `${JSON.stringify(toJson({ head, levels }), null, 2)}\n`;
}

/**
 * The sub-workflows that nodes use, and those that these use.
 *
 * @param {Document} document
 * @param {Iterable<Node>} nodes
 * @returns {Map<string, Level>}
 */
export function usedLevels(document, nodes) {
  /** @type {Map<string, Level>} */
  const used = new Map();
  const waiting = [...nodes];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    const name = definitionOf(node);
    const body = name === null ? undefined : document.levels.get(name);
    if (name === null || body === undefined || used.has(name)) continue;
    used.set(name, body);
    waiting.push(...body.nodes.values());
  }
  return used;
}

/**
 * Whether a text can be pasted as nodes.
 *
 * @param {string} text
 * @returns {Document | null}
 */
export function readClipboard(text) {
  try {
    const document = parseDocument(JSON.parse(text));
    return document.head.get("format") === "latentloom" ? document : null;
  } catch {
    return null;
  }
}

/**
 * Paste nodes under free ids, with their inner wires; with `incoming` also those from nodes that are here under their name.
 *
 * @param {Draft} draft
 * @param {string} level
 * @param {Document} from
 * @param {{x: number, y: number} | null} at  where the left upper corner comes to lie; null: where it was
 * @param {{incoming?: boolean}} [options]
 * @returns {Set<string>}  what was pasted: ids, `frame:ID`, `note:ID`
 */
export function paste(draft, level, from, at, options = {}) {
  const source = levelOf(from, "");
  const levelNames = pasteLevels(draft, from);
  const step = stepTo(source, at);
  const renamed = new Map();
  const taken = new Set(draft.level(level).nodes.entries.keys());
  for (const id of source.nodes.keys()) {
    renamed.set(id, freeName(id, taken));
    taken.add(renamed.get(id));
  }
  const here = new Set(draft.level(level).nodes.entries.keys());
  for (const [id, node] of source.nodes) {
    const inputs = linked(
      node,
      (name) => renamed.get(name) ?? (options.incoming === true && here.has(name) ? name : null),
    );
    const ui = { ...node.ui, x: (node.ui.x ?? 0) + step.x, y: (node.ui.y ?? 0) + step.y };
    draft.level(level).nodes.set(renamed.get(id), { ...node, type: typeIn(levelNames, node), inputs, ui });
  }
  return new Set([...renamed.values(), ...pasteDrawn(draft, level, source, step)]);
}

/**
 * @param {Node} node
 * @param {(id: string) => string | null} rename
 * @returns {ReadonlyMap<string, Json>}
 */
function linked(node, rename) {
  const inputs = [...node.inputs].map(([name, value]) => {
    const changed = mapLinks(value, (link) => {
      const to = rename(link.node);
      return to === null ? null : { node: to, output: link.output };
    });
    return /** @type {const} */ ([name, Array.isArray(changed) && changed.length === 0 ? undefined : changed]);
  });
  return new Map(/** @type {[string, Json][]} */ (inputs.filter(([, value]) => value !== undefined)));
}

/**
 * Sub-workflows that come along: one that is here already is used, one of the same name but other content gets a free name.
 *
 * @param {Draft} draft
 * @param {Document} from
 * @returns {Map<string, string>}
 */
function pasteLevels(draft, from) {
  const inner = [...from.levels].filter(([name]) => name !== "");
  const here = draft.document.levels;
  const names = new Map(inner.map(([name, body]) => [name, same(here.get(name), body) ? name : freeName(name, here)]));
  for (const [name, body] of inner) {
    const nodes = new Map([...body.nodes].map(([id, node]) => [id, { ...node, type: typeIn(names, node) }]));
    const put = names.get(name) ?? name;
    if (!here.has(put)) draft.putLevel(put, { ...body, nodes });
  }
  return names;
}

/**
 * @param {Map<string, string>} names
 * @param {Node} node
 */
function typeIn(names, node) {
  const name = definitionOf(node);
  return name === null ? node.type : USE + (names.get(name) ?? name);
}

/**
 * @param {Level} source
 * @param {{x: number, y: number} | null} at
 */
function stepTo(source, at) {
  if (at === null) return { x: 0, y: 0 };
  const places = [...source.nodes.values()].map((node) => node.ui);
  const drawn = DRAWN.flatMap(({ key }) => drawnOf(source, key));
  const all = [...places, ...drawn];
  const left = Math.min(...all.map((item) => item.x ?? 0));
  const top = Math.min(...all.map((item) => item.y ?? 0));
  return all.length === 0 ? { x: 0, y: 0 } : { x: Math.round(at.x - left), y: Math.round(at.y - top) };
}

/**
 * @param {Draft} draft
 * @param {string} level
 * @param {Level} source
 * @param {{x: number, y: number}} step
 * @returns {string[]}
 */
function pasteDrawn(draft, level, source, step) {
  return DRAWN.flatMap(({ key, prefix }) => {
    const here = drawnOf(draft.level(level).level, key);
    const taken = new Set(here.map((item) => item.id));
    const added = drawnOf(source, key).map((item) => {
      const id = freeName(item.id, taken);
      taken.add(id);
      return { ...item, id, x: item.x + step.x, y: item.y + step.y };
    });
    if (added.length > 0) withDrawn(draft, level, key, [...here, ...added]);
    return added.map((item) => prefix + item.id);
  });
}

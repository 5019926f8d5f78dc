/**
 * The canonical text of a document: the bytes that the server writes for it.
 *
 * Keys stand in the order of the format, ids and the keys of literals by code point; a node, an exposed input, an output
 * and an entry of the drawing take one line each; what is empty is left out, but for `nodes`. With a catalogue every
 * literal is written with its default, floats with their point. JSON as a browser reads it tells 1 from 1.0 no more, so
 * floats in placeholders and in `ui` come out as whole numbers.
 *
 * @typedef {import("./json.js").Json} Json
 * @typedef {import("./document.js").Document} Document
 * @typedef {import("./catalogue.js").Catalogue} Catalogue
 * @typedef {{[key: string]: Opened}} Opened  which objects are opened over several lines; "*" is any other key
 */

import { Float, normalise } from "./normalise.js";
import { toJson } from "./document.js";
import { byCodePoint } from "./json.js";

/** @type {Opened} */
const LEVEL = { nodes: {}, inputs: {}, outputs: {}, ui: { "*": {} } };
/** @type {Opened} */
const FILE = {
  ...LEVEL,
  requires: { packs: {}, models: {} },
  workflows: { "*": LEVEL },
  meta: {},
  made_with: {},
};
const FILE_KEYS = [
  "format",
  "version",
  "title",
  "requires",
  "nodes",
  "inputs",
  "outputs",
  "workflows",
  "ui",
  "meta",
  "made_with",
];
const FILE_ORDER = new Map(FILE_KEYS.map((key, place) => [key, place]));
const LEVEL_ORDER = order("nodes", "inputs", "outputs", "ui");
const NODE_ORDER = order("type", "version", "mode", "inputs");
const ENTRY_ORDER = order("to", "link", "title", "help");
const UI_ORDER = order("nodes", "frames", "notes");
const REQUIRES_ORDER = order("packs", "models");
const MODEL_ORDER = order("fingerprint", "family", "bytes");

/**
 * @param {Document} document
 * @param {Catalogue} [catalogue]
 * @returns {string}
 */
export function canonical(document, catalogue) {
  const file = toJson(catalogue === undefined ? document : normalise(document, catalogue));
  return write(ordered(file, FILE_ORDER, orderFile), FILE, "") + "\n";
}

/** @param {string[]} keys */
function order(...keys) {
  return new Map(keys.map((key, place) => [key, place]));
}

/**
 * @param {string} key
 * @param {any} value
 */
function orderFile(key, value) {
  if (key === "workflows") return table(value, (level) => ordered(level, LEVEL_ORDER, orderLevel));
  if (key === "requires") return ordered(value, REQUIRES_ORDER, orderRequires);
  return orderLevel(key, value);
}

/**
 * @param {string} key
 * @param {any} value
 */
function orderLevel(key, value) {
  if (key === "nodes") return table(value, (node) => ordered(node, NODE_ORDER, (_, part) => sorted(part)));
  if (key === "inputs" || key === "outputs")
    return table(value, (entry) => ordered(entry, ENTRY_ORDER, (_, part) => part));
  if (key === "ui") return ordered(value, UI_ORDER, (_, part) => sorted(part), true);
  return sorted(value);
}

/**
 * @param {string} key
 * @param {any} value
 */
function orderRequires(key, value) {
  return key === "models" ? table(value, (model) => ordered(model, MODEL_ORDER, (_, part) => part)) : sorted(value);
}

/**
 * An object as entries in a fixed order, other keys after them by code point; what is empty left out.
 *
 * @param {any} value
 * @param {Map<string, number>} places
 * @param {(key: string, value: any) => any} change
 * @param {boolean} [keep]  whether what is empty stays
 * @returns {Map<string, any>}
 */
function ordered(value, places, change, keep = false) {
  const rank = (/** @type {string} */ key) => places.get(key) ?? places.size;
  const keys = Object.keys(value).sort((a, b) => rank(a) - rank(b) || byCodePoint(a, b));
  const entries = keys.map((key) => /** @type {[string, any]} */ ([key, change(key, value[key])]));
  return new Map(entries.filter(([key, part]) => keep || key === "nodes" || !empty(part)));
}

/**
 * @param {any} value
 * @param {(entry: any) => any} change
 * @returns {Map<string, any>}
 */
function table(value, change) {
  return new Map(
    Object.keys(value)
      .sort(byCodePoint)
      .map((key) => [key, change(value[key])]),
  );
}

/**
 * @param {any} value
 * @returns {any}
 */
function sorted(value) {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null || value instanceof Float) return value;
  return table(value, sorted);
}

/** @param {any} value */
function empty(value) {
  if (value === null || value === "") return true;
  return value instanceof Map ? value.size === 0 : Array.isArray(value) && value.length === 0;
}

/**
 * @param {any} value
 * @param {Opened | undefined} opened
 * @param {string} indent
 * @returns {string}
 */
function write(value, opened, indent) {
  const inner = `${indent}  `;
  if (opened !== undefined && value instanceof Map && value.size > 0) {
    const lines = [...value].map(
      ([key, part]) => `${inner}${text(key)}: ${write(part, opened[key] ?? opened["*"], inner)}`,
    );
    return `{\n${lines.join(",\n")}\n${indent}}`;
  }
  if (opened !== undefined && Array.isArray(value) && value.length > 0) {
    return `[\n${value.map((item) => inner + inline(item)).join(",\n")}\n${indent}]`;
  }
  return inline(value);
}

/**
 * @param {any} value
 * @returns {string}
 */
function inline(value) {
  if (typeof value === "string") return text(value);
  if (typeof value === "number") return Number.isInteger(value) ? wholeText(value) : floatText(value);
  if (value instanceof Float) return floatText(value.value);
  if (Array.isArray(value)) return `[${value.map(inline).join(", ")}]`;
  if (value instanceof Map) return `{${[...value].map(([key, part]) => `${text(key)}: ${inline(part)}`).join(", ")}}`;
  return String(value);
}

/** @param {string} value */
function text(value) {
  return JSON.stringify(value);
}

/** @param {number} value */
function wholeText(value) {
  return Math.abs(value) < 1e21 ? String(value === 0 ? 0 : value) : floatText(value);
}

/**
 * A float as Python's `repr` has it: the shortest digits, with an exponent from 1e16 on and below 1e-4.
 *
 * @param {number} value
 * @returns {string}
 */
export function floatText(value) {
  if (value === 0) return Object.is(value, -0) ? "-0.0" : "0.0";
  const size = Math.abs(value);
  if (size >= 1e16 || size < 1e-4) {
    const [digits, exponent] = /** @type {[string, string]} */ (value.toExponential().split("e"));
    const sign = exponent.startsWith("-") ? "-" : "+";
    return `${digits}e${sign}${exponent.slice(1).padStart(2, "0")}`;
  }
  return Number.isInteger(value) ? `${value}.0` : String(value);
}

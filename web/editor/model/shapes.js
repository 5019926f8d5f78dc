/**
 * The shapes that an input's value takes in a file, told apart by shape alone.
 *
 *     {"link": "decode.image"}                 a link: an object whose only key is `link`
 *     {"asset": "cat.png", "sha256": "…"}      a file
 *     {"folder": "renders"}                    a folder
 *     an array that holds one of these         many
 *     anything else                            a literal
 *
 * @typedef {import("./json.js").Json} Json
 * @typedef {{readonly node: string, readonly output: string}} OutputRef
 * @typedef {{readonly kind: "link", readonly node: string, readonly output: string}} LinkShape
 * @typedef {{readonly kind: "asset", readonly name: string, readonly sha256: string | null}} AssetShape
 * @typedef {{readonly kind: "folder", readonly name: string}} FolderShape
 * @typedef {{readonly kind: "many", readonly items: readonly Shape[]}} ManyShape
 * @typedef {{readonly kind: "literal", readonly value: Json}} LiteralShape
 * @typedef {LinkShape | AssetShape | FolderShape | ManyShape | LiteralShape} Shape
 */

import { isObject } from "./json.js";

export const NAME = /^[A-Za-z0-9_-]{1,64}$/;

/**
 * Tell a value's shape.
 *
 * @param {Json} value
 * @returns {Shape}
 */
export function readValue(value) {
  if (Array.isArray(value)) {
    const items = value.map(readValue);
    return items.some((item) => item.kind !== "literal") ? { kind: "many", items } : { kind: "literal", value };
  }
  return isObject(value) ? readObject(value) : { kind: "literal", value };
}

/**
 * @param {{readonly [key: string]: Json}} value
 * @returns {Shape}
 */
function readObject(value) {
  const keys = Object.keys(value);
  if (keys.length === 1 && typeof value.link === "string") return { kind: "link", ...portOf(value.link) };
  if (keys.length === 1 && typeof value.folder === "string") return { kind: "folder", name: value.folder };
  if (typeof value.asset === "string" && (keys.length === 1 || (keys.length === 2 && "sha256" in value))) {
    return { kind: "asset", name: value.asset, sha256: typeof value.sha256 === "string" ? value.sha256 : null };
  }
  return { kind: "literal", value };
}

/**
 * `"decode.image"` as its two names.
 *
 * @param {string} port
 * @returns {OutputRef}
 */
export function portOf(port) {
  const dot = port.lastIndexOf(".");
  return { node: port.slice(0, dot), output: port.slice(dot + 1) };
}

/**
 * A link as a file writes it.
 *
 * @param {OutputRef} from
 * @returns {{readonly link: string}}
 */
export function linkTo({ node, output }) {
  return Object.freeze({ link: `${node}.${output}` });
}

/**
 * The links in a value with their places; `index` is null for a lone link, else the place in the array.
 *
 * @param {Json} value
 * @returns {{from: OutputRef, index: number | null}[]}
 */
export function linksIn(value) {
  if (!Array.isArray(value)) {
    const from = linkIn(value);
    return from === null ? [] : [{ from, index: null }];
  }
  return value.flatMap((item, index) => {
    const from = linkIn(item);
    return from === null ? [] : [{ from, index }];
  });
}

/**
 * @param {Json} value
 * @returns {OutputRef | null}
 */
function linkIn(value) {
  const shape = isObject(value) ? readObject(value) : null;
  return shape?.kind === "link" ? { node: shape.node, output: shape.output } : null;
}

/**
 * The same value with each link replaced: by another, or taken out where `change` gives null. Of a lone link nothing
 * is then left (undefined); an array keeps its other items.
 *
 * @param {Json} value
 * @param {(from: OutputRef) => OutputRef | null} change
 * @returns {Json | undefined}
 */
export function mapLinks(value, change) {
  if (Array.isArray(value)) {
    const items = value.map((item) => mapLink(item, change)).filter((item) => item !== undefined);
    return same(items, value) ? value : Object.freeze(items);
  }
  return mapLink(value, change);
}

/**
 * @param {Json} value
 * @param {(from: OutputRef) => OutputRef | null} change
 * @returns {Json | undefined}
 */
function mapLink(value, change) {
  const from = linkIn(value);
  if (from === null) return value;
  const changed = change(from);
  if (changed === null) return undefined;
  return changed.node === from.node && changed.output === from.output ? value : linkTo(changed);
}

/**
 * @param {readonly Json[]} a
 * @param {readonly Json[]} b
 */
function same(a, b) {
  return a.length === b.length && a.every((item, i) => item === b[i]);
}

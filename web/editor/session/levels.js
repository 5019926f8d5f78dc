/**
 * Where one is in a document: the level that a path of uses leads to, and the camera of each.
 *
 * @typedef {import("../model/document.js").Document} Document
 * @typedef {{readonly x: number, readonly y: number, readonly zoom: number}} Camera  screen = (graph − (x, y)) × zoom
 */

import { definitionOf } from "../model/document.js";

/** @type {Camera} */
const START = Object.freeze({ x: -80, y: -80, zoom: 1 });

/** @template T @typedef {import("../vendor/signals-core/signals-core.mjs").Signal<T>} Signal */

/**
 * The camera of the level that is shown, read and written as a signal is.
 *
 * @param {Signal<ReadonlyMap<string, Camera>>} cameras
 * @param {import("../vendor/signals-core/signals-core.mjs").ReadonlySignal<string>} prefix
 */
export function cameraOf(cameras, prefix) {
  return {
    /** @returns {Camera} */
    get value() {
      return cameras.value.get(prefix.value) ?? START;
    },
    set value(camera) {
      cameras.value = new Map(cameras.peek()).set(prefix.peek(), camera);
    },
    /** @returns {Camera} */
    peek: () => cameras.peek().get(prefix.peek()) ?? START,
  };
}

/**
 * The sub-workflow that a path of uses leads to; "" where it leads nowhere.
 *
 * @param {Document} document
 * @param {readonly string[]} path
 * @returns {string}
 */
export function levelNameAt(document, path) {
  let name = "";
  for (const id of path) {
    const node = document.levels.get(name)?.nodes.get(id);
    const inner = node === undefined ? null : definitionOf(node);
    if (inner === null || !document.levels.has(inner)) return "";
    name = inner;
  }
  return name;
}

/**
 * As much of a path as leads somewhere.
 *
 * @param {Document} document
 * @param {readonly string[]} path
 */
export function lastingPath(document, path) {
  let length = path.length;
  while (length > 0 && levelNameAt(document, path.slice(0, length)) === "") length -= 1;
  return path.slice(0, length);
}

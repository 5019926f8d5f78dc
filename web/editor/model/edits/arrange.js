/**
 * Where nodes lie: aligned, spread, laid out by their wires.
 *
 * @typedef {import("../document.js").Level} Level
 * @typedef {import("../draft.js").Draft} Draft
 * @typedef {{x: number, y: number, width: number, height: number}} Rect
 * @typedef {"left" | "center" | "right" | "top" | "middle" | "bottom" | "row" | "column"} How
 *   row and column spread with even gaps
 * @typedef {typeof import("../../vendor/dagre/dagre.esm.js")} Dagre
 */

import { linksOf } from "../links.js";

/**
 * @param {Draft} draft
 * @param {string} level
 * @param {Iterable<string>} ids
 * @param {How} how
 * @param {(id: string) => Rect} rectOf
 */
export function align(draft, level, ids, how, rectOf) {
  const items = [...ids].map((id) => ({ id, rect: rectOf(id) }));
  if (items.length < 2) return;
  const places = how === "row" || how === "column" ? spread(items, how) : lined(items, how);
  for (const [id, place] of places) draft.level(level).place(id, place);
}

/**
 * @param {{id: string, rect: Rect}[]} items
 * @param {How} how
 * @returns {Map<string, {x: number, y: number}>}
 */
function lined(items, how) {
  const rects = items.map(({ rect }) => rect);
  const left = Math.min(...rects.map(({ x }) => x));
  const top = Math.min(...rects.map(({ y }) => y));
  const right = Math.max(...rects.map(({ x, width }) => x + width));
  const bottom = Math.max(...rects.map(({ y, height }) => y + height));
  /** @param {Rect} rect */
  const place = ({ x, y, width, height }) => {
    if (how === "left") return { x: left, y };
    if (how === "right") return { x: right - width, y };
    if (how === "center") return { x: Math.round((left + right - width) / 2), y };
    if (how === "top") return { x, y: top };
    if (how === "bottom") return { x, y: bottom - height };
    return { x, y: Math.round((top + bottom - height) / 2) };
  };
  return new Map(items.map(({ id, rect }) => [id, place(rect)]));
}

/**
 * @param {{id: string, rect: Rect}[]} items
 * @param {How} how
 * @returns {Map<string, {x: number, y: number}>}
 */
function spread(items, how) {
  const [start, size] = how === "row" ? /** @type {const} */ (["x", "width"]) : /** @type {const} */ (["y", "height"]);
  const sorted = [...items].sort((a, b) => a.rect[start] - b.rect[start]);
  const first = /** @type {Rect} */ (sorted[0]?.rect);
  const last = /** @type {Rect} */ (sorted.at(-1)?.rect);
  const filled = sorted.reduce((sum, { rect }) => sum + rect[size], 0);
  const gap = Math.max(16, (last[start] + last[size] - first[start] - filled) / (sorted.length - 1));
  const places = new Map();
  let at = first[start];
  for (const { id, rect } of sorted) {
    places.set(id, { x: rect.x, y: rect.y, [start]: Math.round(at) });
    at += rect[size] + gap;
  }
  return places;
}

/**
 * Lay nodes out from left to right by their wires (dagre: Gansner et al. 1993, "A technique for drawing directed graphs").
 * The left upper corner stays.
 *
 * @param {Dagre} dagre
 * @param {Level} level
 * @param {ReadonlySet<string>} ids
 * @param {(id: string) => Rect} rectOf
 * @returns {Map<string, {x: number, y: number}>}
 */
export function layOut(dagre, level, ids, rectOf) {
  const graph = new dagre.Graph({ multigraph: false });
  graph.setGraph({ rankdir: "LR", nodesep: 32, ranksep: 72 }).setDefaultEdgeLabel(() => ({}));
  const rects = new Map([...ids].map((id) => [id, rectOf(id)]));
  for (const [id, { width, height }] of rects) graph.setNode(id, { width, height });
  for (const { from, to } of linksOf(level))
    if (ids.has(from.node) && ids.has(to.node)) graph.setEdge(from.node, to.node);
  dagre.layout(graph);
  return anchored(rects, (id) => {
    const { x, y, width, height } = graph.node(id);
    return { x: x - width / 2, y: y - height / 2 };
  });
}

/**
 * @param {Map<string, Rect>} rects
 * @param {(id: string) => {x: number, y: number}} placeOf
 */
function anchored(rects, placeOf) {
  const places = new Map([...rects.keys()].map((id) => [id, placeOf(id)]));
  const corner = (/** @type {{x: number, y: number}[]} */ all) => ({
    x: Math.min(...all.map(({ x }) => x)),
    y: Math.min(...all.map(({ y }) => y)),
  });
  const [from, to] = [corner([...places.values()]), corner([...rects.values()])];
  return new Map(
    [...places].map(([id, { x, y }]) => [id, { x: Math.round(x - from.x + to.x), y: Math.round(y - from.y + to.y) }]),
  );
}

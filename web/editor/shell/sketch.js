/**
 * A workflow as a small drawing: boxes and wires, for where no picture shows what it makes.
 *
 * @typedef {import("../model/document.js").Document} Document
 */

import { html, svg } from "../vendor/lit-html/lit-html.js";
import { levelOf } from "../model/document.js";
import { linksOf } from "../model/links.js";

const [WIDTH, HEIGHT] = [240, 110];

/** @param {Document} document  with a place for every node */
export function sketch(document) {
  const level = levelOf(document, "");
  const boxes = new Map(
    [...level.nodes].map(([id, node]) => [id, { x: node.ui.x, y: node.ui.y, height: HEIGHT + 14 * node.inputs.size }]),
  );
  if (boxes.size === 0) return html`<span class="card-blank"></span>`;
  const all = [...boxes.values()];
  const [left, top] = [Math.min(...all.map(({ x }) => x)) - 60, Math.min(...all.map(({ y }) => y)) - 60];
  const width = Math.max(...all.map(({ x }) => x)) + WIDTH + 60 - left;
  const height = Math.max(...all.map(({ y, height: tall }) => y + tall)) + 60 - top;
  const wires = linksOf(level).flatMap(({ from, to }) => {
    const [a, b] = [boxes.get(from.node), boxes.get(to.node)];
    return a === undefined || b === undefined ? [] : [curve(a.x + WIDTH, a.y + 50, b.x, b.y + 50)];
  });
  return html`<svg
    class="card-sketch"
    viewBox="${left} ${top} ${width} ${height}"
    preserveAspectRatio="xMidYMid meet"
    aria-hidden="true"
  >
    ${wires.map((path) => svg`<path d=${path} />`)}
    ${all.map((box) => svg`<rect x=${box.x} y=${box.y} width=${WIDTH} height=${box.height} rx="18" />`)}
  </svg>`;
}

/**
 * @param {number} x1
 * @param {number} y1
 * @param {number} x2
 * @param {number} y2
 */
function curve(x1, y1, x2, y2) {
  const reach = Math.max(60, Math.abs(x2 - x1) / 2);
  return `M${x1} ${y1}C${x1 + reach} ${y1} ${x2 - reach} ${y2} ${x2} ${y2}`;
}

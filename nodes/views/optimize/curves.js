/**
 * A curve a reward, over the pictures: each by its own range, since rewards have no common unit; what was held out is dashed.
 *
 * @typedef {import("./trace.js").Trace} Trace
 * @typedef {Readonly<{name: string, style: string, values: readonly number[]}>} Curve
 */

import { scoreOf, shown, totalBy } from "./trace.js";

export const WIDE = 384;
export const HIGH = 112;
const EDGE = 6;

/** @param {Trace} trace @param {import("./trace.js").Weights} weights @returns {Curve[]} */
export function curvesOf(trace, weights) {
  const terms = trace.terms.map((term, place) => ({
    name: term.name,
    style: `${term.held_out ? "held " : ""}c${place % 6}`,
    values: trace.rows.map((row) => scoreOf(row, term)),
  }));
  const total = { name: "total", style: "total", values: trace.rows.map((row) => totalBy(trace, row, weights)) };
  return trace.terms.filter((term) => !term.held_out).length > 1 || weights.size > 0 ? [...terms, total] : terms;
}

/** @param {number} picture @param {number} count how many pictures the chart is wide */
export function xOf(picture, count) {
  return EDGE + (count < 2 ? 0 : (picture / (count - 1)) * (WIDE - 2 * EDGE));
}

/**
 * A curve's points, as SVG has them.
 *
 * @param {readonly number[]} values @param {number} count
 */
export function points(values, count) {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const y = (/** @type {number} */ value) => (high > low ? HIGH - EDGE - ((value - low) / (high - low)) * (HIGH - 2 * EDGE) : HIGH / 2);
  return values.map((value, picture) => `${xOf(picture, count).toFixed(1)},${y(value).toFixed(1)}`).join(" ");
}

/**
 * What the drawing says, in words.
 *
 * @param {readonly Curve[]} curves
 */
export function inWords(curves) {
  const told = curves.map(({ name, style, values }) => {
    const range = values.length === 0 ? "nothing yet" : `${shown(values[0])} to ${shown(values[values.length - 1])}`;
    return `${name}${style.startsWith("held") ? " (held out)" : ""} ${range}`;
  });
  return `Scores of ${curves[0]?.values.length ?? 0} pictures: ${told.join("; ")}`;
}

/**
 * @param {{html: any, svg: any}} lit
 * @param {readonly Curve[]} curves
 * @param {{count: number, best: number | null, at: number | null}} marks
 */
export function chart({ html, svg }, curves, { count, best, at }) {
  const upright = (/** @type {number | null} */ picture, /** @type {string} */ style) =>
    picture === null ? "" : svg`<line class=${style} x1=${xOf(picture, count)} x2=${xOf(picture, count)} y1="0" y2=${HIGH} />`;
  return html`<svg class="chart" viewBox="0 0 ${WIDE} ${HIGH}" role="img" aria-label=${inWords(curves)}>
    ${upright(best, "mark best-mark")}${upright(at, "mark")}
    ${curves.map(({ style, values }) => {
      if (values.length === 1) return svg`<circle class="dot ${style}" r="3" cx=${xOf(0, count)} cy=${HIGH / 2} />`;
      return svg`<polyline class="curve ${style}" points=${points(values, count)} />`;
    })}
  </svg>`;
}

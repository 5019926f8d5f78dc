/**
 * What the nodes of a run took, and how much of it that is. Pure.
 *
 * @typedef {"seconds" | "memory" | "cache"} By
 * @typedef {import("../view/tints.js").Tint} Tint
 * @typedef {import("../view/tints.js").Tinted} Tinted
 * @typedef {{readonly state: string, readonly seconds?: number | null, readonly peak_bytes?: number | null}} NodeReport
 *   a node of a run's answer; `peak_bytes`: the most device memory that was held, where the device counts it
 * @typedef {{readonly seconds: number, readonly bytes: number | null, readonly ran: number, readonly cached: number,
 *   readonly failed: number}} Measure  of a node, or of all that is in a use; the last three count nodes
 * @typedef {{readonly at: ReadonlyMap<string, Measure>, readonly nodes: readonly Measure[]}} Profile  `at`: by address, uses
 *   too; `nodes`: the nodes alone
 */

import { usesAround } from "../session/checked.js";
import { duration } from "../view/status.js";

/** Where the second to the fifth tint begin, as shares of the largest: each four times the one before. */
const STEPS = Object.freeze([1 / 128, 1 / 32, 1 / 8, 1 / 2]);

/**
 * A use takes the seconds of all that is in it, and the memory of the one that held most.
 *
 * @param {{readonly [address: string]: NodeReport}} reports
 * @returns {Profile}
 */
export function profileOf(reports) {
  /** @type {Map<string, Measure>} */
  const at = new Map();
  const nodes = [];
  for (const [address, report] of Object.entries(reports)) {
    const measure = measured(report);
    nodes.push(measure);
    for (const place of [address, ...usesAround(address)]) {
      const now = at.get(place);
      at.set(place, now === undefined ? measure : joined(now, measure));
    }
  }
  return { at, nodes };
}

/** @param {NodeReport} report @returns {Measure} */
function measured({ state, seconds, peak_bytes: bytes }) {
  const took = state === "ran" || state === "failed" ? (seconds ?? 0) : 0;
  const count = (/** @type {string} */ wanted) => (state === wanted ? 1 : 0);
  return { seconds: took, bytes: bytes ?? null, ran: count("ran"), cached: count("cached"), failed: count("failed") };
}

/** @param {Measure} a @param {Measure} b @returns {Measure} */
function joined(a, b) {
  return {
    seconds: a.seconds + b.seconds,
    bytes: a.bytes === null || b.bytes === null ? (a.bytes ?? b.bytes) : Math.max(a.bytes, b.bytes),
    ran: a.ran + b.ran,
    cached: a.cached + b.cached,
    failed: a.failed + b.failed,
  };
}

/** All of a run. @param {Profile} profile @returns {Measure} */
export function wholeOf({ nodes }) {
  return nodes.reduce(joined, { seconds: 0, bytes: null, ran: 0, cached: 0, failed: 0 });
}

/** What the tints are shares of: the most that one node took; 0 where none took any. @param {Profile} profile @param {By} by */
export function largestOf({ nodes }, by) {
  return Math.max(0, ...nodes.map((measure) => amountOf(measure, by) ?? 0));
}

/** @param {Measure} measure @param {By} by @returns {number | null} seconds or bytes; null where that was not counted */
function amountOf({ seconds, bytes }, by) {
  return by === "memory" ? bytes : seconds;
}

/** The tint of an amount. @param {number} amount @param {number} largest @returns {Tint} */
export function levelOf(amount, largest) {
  if (!(amount > 0 && largest > 0)) return "";
  const passed = STEPS.filter((step) => amount >= step * largest).length;
  return /** @type {Tint} */ (String(passed + 1));
}

/** The least amounts of the second to the fifth tint. @param {number} largest */
export function limitsOf(largest) {
  return STEPS.map((step) => step * largest);
}

/**
 * What is shown of a node, or a use; undefined is one that had no part in the run.
 *
 * @param {Measure | undefined} measure
 * @param {By} by
 * @param {number} largest
 * @returns {Tinted}
 */
export function shownOf(measure, by, largest) {
  if (measure === undefined) return { tint: "", words: "not in the run" };
  const { ran, cached, failed } = measure;
  if (ran + failed === 0) return { tint: by === "cache" && cached ? "cached" : "", words: cached ? "cached" : "not run" };
  if (by === "cache") return { tint: cached ? "part" : "ran", words: cached ? `${cached} of ${ran + failed + cached} cached` : "ran" };
  const amount = amountOf(measure, by);
  if (amount === null) return { tint: "", words: "not counted" };
  return { tint: levelOf(amount, largest), words: amountWords(amount, by) };
}

/** @param {number} amount @param {By} by */
export function amountWords(amount, by) {
  if (by === "memory") return bytesWords(amount);
  return amount < 0.00095 ? `${Math.max(1, Math.round(amount * 1e6))} µs` : duration(amount);
}

/** @param {number} bytes */
export function bytesWords(bytes) {
  const power = Math.min(4, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
  const amount = bytes / 1000 ** power;
  return `${amount.toFixed(power > 0 && amount < 9.95 ? 1 : 0)} ${["B", "kB", "MB", "GB", "TB"][power]}`;
}

/**
 * What sorts nodes: the larger, the further up. What ran stands before what was cached, and that before what had no part.
 *
 * @param {Measure | undefined} measure
 * @param {By} by
 */
export function weightOf(measure, by) {
  if (measure === undefined) return -2;
  const { ran, cached, failed } = measure;
  if (ran + failed + cached === 0) return -1;
  if (by === "cache") return (ran + failed) / (ran + failed + cached);
  return amountOf(measure, by) ?? 0;
}

/**
 * The values of a sweep as they are typed: `10, 20, 30`, a range `1..8`, with a step `1..8 by 0.5`, or a text a line. Pure.
 *
 * @typedef {import("../model/json.js").Json} Json
 * @typedef {{readonly values: readonly Json[]} | {readonly fault: string}} Read
 */

export const MOST = 400; // runs of one sweep
const NUMBER = String.raw`[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?`;
const RANGE = new RegExp(`^(${NUMBER})\\s*\\.\\.\\s*(${NUMBER})(?:\\s*(?:by|step)\\s*(${NUMBER}))?$`, "i");
const ALONE = new RegExp(`^${NUMBER}$`, "i");

/**
 * Numbers as they are typed, in their order, each once.
 *
 * @param {string} text
 * @param {{whole: boolean, min?: number | null, max?: number | null}} port
 * @returns {Read}
 */
export function readNumbers(text, { whole, min = null, max = null }) {
  /** @type {number[]} */
  const values = [];
  for (const part of text.split(/[,;\n]/).map((each) => each.trim()).filter((each) => each !== "")) {
    const range = RANGE.exec(part);
    if (range === null && !ALONE.test(part)) return { fault: `“${part}” is no number and no range such as 1..8` };
    const found = range === null ? [Number(part)] : spread(Number(range[1]), Number(range[2]), range[3] === undefined ? null : Number(range[3]));
    if (found === null) return { fault: `${part}: the step never gets there` };
    values.push(...found);
    if (values.length > MOST) return { fault: `At most ${MOST} values` };
  }
  const odd = values.find((value) => (whole && !Number.isSafeInteger(value)) || (min !== null && value < min) || (max !== null && value > max));
  if (odd !== undefined) return { fault: `${odd} is not ${whole ? "a whole number" : "a number"} from ${min ?? "−∞"} to ${max ?? "∞"}` };
  return { values: [...new Set(values)] };
}

/** @param {number} from @param {number} to @param {number | null} step @returns {number[] | null} */
function spread(from, to, step) {
  const by = step ?? (to < from ? -1 : 1);
  if (by === 0 || (to - from) / by < 0) return from === to ? [from] : null;
  const count = Math.min(MOST + 1, Math.floor((to - from) / by + 1e-9) + 1);
  return Array.from({ length: count }, (_, place) => Number((from + place * by).toPrecision(12)));
}

/** A text a line, each once. @param {string} text @returns {Read} */
export function readLines(text) {
  const lines = text.split("\n").map((line) => line.trim()).filter((line) => line !== "");
  return { values: [...new Set(lines)] };
}

/**
 * A value as a heading has it.
 *
 * @param {Json | undefined} value
 */
export function valueWords(value) {
  if (typeof value === "string") return value === "" ? "(empty)" : value;
  return value === true ? "yes" : value === false ? "no" : JSON.stringify(value ?? null);
}

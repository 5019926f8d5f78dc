/**
 * What the server told of a value, in words and as a histogram. Pure.
 *
 * @typedef {{readonly name: string, readonly kind: "tensor" | "text" | "list" | "value", readonly value?: unknown,
 *   readonly length?: number, readonly cut?: boolean, readonly dtype?: string, readonly shape?: readonly number[],
 *   readonly min?: number, readonly max?: number, readonly mean?: number, readonly deviation?: number, readonly nan?: number,
 *   readonly inf?: number, readonly every?: number, readonly histogram?: readonly number[]}} Row  a part of a value
 * @typedef {{readonly type?: string | null, readonly rows?: readonly Row[] | null, readonly more?: boolean,
 *   readonly why?: string | null}} Look  `why` there is nothing to be told
 */

const WIDTH = 128;
const HEIGHT = 32;

/** What a part is: of a tensor its numbers and shape, else what it is itself. @param {Row} row */
export function partWords(row) {
  if (row.kind === "tensor") return `${row.dtype} ${row.shape?.join(" × ") || "one number"}`;
  if (row.kind === "list") return row.length === 1 ? "1 item" : `${row.length} items`;
  if (row.kind === "text") return `${row.value}${row.cut ? `… (${row.length} characters)` : ""}`;
  return String(row.value);
}

/** The range of a tensor's finite elements; "" where it has none. @param {Row} row */
export function rangeWords({ min, max, mean, deviation, every }) {
  if (min === undefined || max === undefined) return "";
  const some = every === undefined ? "" : `, of one element in ${every}`;
  return `${short(min)} to ${short(max)}, mean ${short(mean ?? 0)}, deviation ${short(deviation ?? 0)}${some}`;
}

/** What is not finite in a tensor; "" where all is. @param {Row} row */
export function strangeWords({ nan = 0, inf = 0 }) {
  return [nan ? `${nan} NaN` : "", inf ? `${inf} infinite` : ""].filter(Boolean).join(", ");
}

/**
 * The outline of the bars, in a box of 128 by 32; the highest fills it.
 *
 * @param {readonly number[]} counts
 * @returns {string}  an SVG path
 */
export function barsPath(counts) {
  const most = Math.max(1, ...counts);
  const step = WIDTH / counts.length;
  const bars = counts.map((count, i) => {
    const top = HEIGHT - (count === 0 ? 0 : Math.max(1, (HEIGHT * count) / most));
    return `V${round(top)}H${round((i + 1) * step)}`;
  });
  return `M0 ${HEIGHT}${bars.join("")}V${HEIGHT}Z`;
}

/** @param {number} value */
function round(value) {
  return Math.round(value * 100) / 100;
}

/** @param {number} value */
function short(value) {
  return String(Number(value.toPrecision(4))).replace("-", "−");
}

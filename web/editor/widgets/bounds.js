/**
 * Numbers as inputs hold them: within bounds, on steps, integers beyond 2⁵³ − 1 as decimal strings.
 */

/** @typedef {Readonly<{type: string, min: number | null, max: number | null, step: number | null}>} Bounds */

/** @param {number} value @param {Bounds} bounds */
export function bounded(value, { type, min, max }) {
  const whole = type === "Int" ? Math.round(value) : value;
  return Math.min(max ?? Infinity, Math.max(min ?? -Infinity, whole));
}

/** How much one notch of wheel or arrow key is. @param {Bounds} bounds */
export function stepOf({ type, min, max, step }) {
  if (step) return step;
  if (type === "Int") return 1;
  return min !== null && max !== null && max - min <= 2 ? 0.01 : 0.1;
}

/**
 * On the grid of steps that starts at the lower bound, within the bounds.
 *
 * @param {number} value
 * @param {Bounds} bounds
 * @param {number} [step]
 */
export function snapped(value, bounds, step = stepOf(bounds)) {
  const from = bounds.min ?? 0;
  const notches = Math.round((value - from) / step);
  return bounded(rounded(from + notches * step), bounds);
}

/** Without the tail that binary fractions leave: 0.1 + 0.2 is 0.3. @param {number} value */
export function rounded(value) {
  return Number(value.toPrecision(12));
}

/** @param {unknown} value */
export function shown(value) {
  if (value === null || value === undefined) return "";
  return typeof value === "number" ? String(rounded(value)) : String(value);
}

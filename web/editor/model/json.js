/**
 * Plain JSON as frozen data, shared freely between documents.
 *
 * @typedef {null | boolean | number | string | readonly Json[] | {readonly [key: string]: Json}} Json
 */

/**
 * Freeze a value and all that is in it; what is frozen already is taken to be frozen through.
 *
 * @template T
 * @param {T} value
 * @returns {T}
 */
export function deepFreeze(value) {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value;
  Object.freeze(value);
  if (value instanceof Map) value.forEach(deepFreeze);
  else Object.values(value).forEach(deepFreeze);
  return value;
}

/**
 * Whether two records (JSON, or Maps of them) say the same. The order of keys says nothing.
 *
 * @param {unknown} a
 * @param {unknown} b
 * @returns {boolean}
 */
export function same(a, b) {
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (a instanceof Map) return b instanceof Map && sameMaps(a, b);
  if (Array.isArray(a)) return Array.isArray(b) && a.length === b.length && a.every((item, i) => same(item, b[i]));
  if (b instanceof Map || Array.isArray(b)) return false;
  return sameMaps(new Map(Object.entries(a)), new Map(Object.entries(b)));
}

/**
 * @param {ReadonlyMap<unknown, unknown>} a
 * @param {ReadonlyMap<unknown, unknown>} b
 */
function sameMaps(a, b) {
  if (a.size !== b.size) return false;
  for (const [key, value] of a) if (!b.has(key) || !same(value, b.get(key))) return false;
  return true;
}

/**
 * Whether a value is a JSON object (not null, no array).
 *
 * @param {unknown} value
 * @returns {value is {readonly [key: string]: Json}}
 */
export function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * The order of code points, in which files are sorted.
 *
 * @param {string} a
 * @param {string} b
 * @returns {number}
 */
export function byCodePoint(a, b) {
  const limit = Math.min(a.length, b.length);
  for (let i = 0; i < limit; i += 1) {
    const left = /** @type {number} */ (a.codePointAt(i));
    const right = /** @type {number} */ (b.codePointAt(i));
    if (left !== right) return left - right;
  }
  return a.length - b.length;
}

/**
 * Tests of plain modules: `test("a sentence", …)` at the top of a `*.test.js` file becomes a pytest case that runs in Chromium.
 */

import { same } from "../../../../web/editor/model/json.js";

/** @type {Map<string, () => void | Promise<void>>} */
export const tests = new Map();

/**
 * @param {string} sentence
 * @param {() => void | Promise<void>} body
 */
export function test(sentence, body) {
  if (tests.has(sentence)) throw new Error(`two tests are named "${sentence}"`);
  tests.set(sentence, body);
}

/**
 * Run every test of the file that was imported.
 *
 * @returns {Promise<{[sentence: string]: string | null}>}  null where it passed, else what was wrong
 */
export async function run() {
  /** @type {{[sentence: string]: string | null}} */
  const results = {};
  for (const [sentence, body] of tests) {
    try {
      await body();
      results[sentence] = null;
    } catch (error) {
      results[sentence] = error instanceof Error ? `${error.stack ?? error}` : String(error);
    }
  }
  return results;
}

/**
 * @param {unknown} value
 * @param {string} [words]
 * @returns {asserts value}
 */
export function ok(value, words = "not true") {
  if (!value) throw new Error(words);
}

/**
 * Equal by content: JSON, Maps and Sets.
 *
 * @param {unknown} came
 * @param {unknown} wanted
 * @param {string} [words]
 */
export function equal(came, wanted, words = "") {
  if (!same(plain(came), plain(wanted))) throw new Error(`${words} came ${show(came)}\nwanted ${show(wanted)}`);
}

/**
 * @param {() => unknown} body
 * @param {RegExp} words
 */
export function throws(body, words) {
  try {
    body();
  } catch (error) {
    if (words.test(String(error))) return;
    throw error;
  }
  throw new Error(`nothing was thrown; wanted ${words}`);
}

/**
 * The same checks over many random choices; a failure names its seed.
 *
 * @param {number} runs
 * @param {(random: Random) => void} body
 */
export function property(runs, body) {
  for (let seed = 1; seed <= runs; seed += 1) {
    try {
      body(new Random(seed));
    } catch (error) {
      throw new Error(`with seed ${seed}: ${error instanceof Error ? error.stack : error}`);
    }
  }
}

/** Choices that a seed repeats (mulberry32). */
export class Random {
  /** @param {number} seed */
  constructor(seed) {
    this._state = seed;
  }

  /** @returns {number} from 0 up to but without 1 */
  next() {
    this._state = (this._state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this._state ^ (this._state >>> 15), 1 | this._state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  }

  /** @param {number} limit */
  below(limit) {
    return Math.floor(this.next() * limit);
  }

  /**
   * @template T
   * @param {readonly T[]} items
   * @returns {T}
   */
  pick(items) {
    return /** @type {T} */ (items[this.below(items.length)]);
  }

  /**
   * @template T
   * @param {readonly T[]} items
   * @param {number} [chance]
   * @returns {T[]}
   */
  some(items, chance = 0.5) {
    return items.filter(() => this.next() < chance);
  }
}

/**
 * @param {unknown} value
 * @returns {unknown}
 */
function plain(value) {
  return value instanceof Set ? [...value].sort() : value;
}

/** @param {unknown} value */
function show(value) {
  const maps = (/** @type {string} */ _, /** @type {unknown} */ part) =>
    part instanceof Map ? Object.fromEntries(part) : part instanceof Set ? [...part] : part;
  return JSON.stringify(value, maps, 1) ?? String(value);
}

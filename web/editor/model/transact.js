/**
 * The only way to change a document: `transact` runs a change on a draft and gives the new document with what differs.
 * Undo is the diff reversed; nothing is ever copied whole.
 *
 * @typedef {import("./json.js").Json} Json
 * @typedef {import("./document.js").Document} Document
 * @typedef {import("./document.js").Level} Level
 * @typedef {"nodes" | "inputs" | "outputs" | "ui" | "head" | "levels"} Table
 * @typedef {{readonly level: string, readonly table: Table, readonly key: string,
 *   readonly before: unknown, readonly after: unknown}} Change
 *   one record that came, went (undefined) or was replaced; `level` is "" for the tables head and levels
 * @typedef {readonly Change[]} Diff
 */

import { Draft } from "./draft.js";
import { same } from "./json.js";

const TABLES = /** @type {const} */ (["nodes", "inputs", "outputs", "ui"]);

/**
 * Run `change` on a draft of the document. A change that throws changes nothing.
 *
 * @param {Document} document
 * @param {(draft: Draft) => void} change
 * @returns {{document: Document, diff: Diff}}
 */
export function transact(document, change) {
  const draft = new Draft(document);
  change(draft);
  const after = draft.finish();
  const diff = difference(document, after);
  return diff.length === 0 ? { document, diff } : { document: after, diff };
}

/**
 * What differs between two documents that share most of their records.
 *
 * @param {Document} a
 * @param {Document} b
 * @returns {Diff}
 */
export function difference(a, b) {
  const diff = tableDiff("", "head", a.head, b.head);
  if (a.levels === b.levels) return diff;
  for (const name of new Set([...a.levels.keys(), ...b.levels.keys()])) {
    const before = a.levels.get(name);
    const after = b.levels.get(name);
    if (before === after) continue;
    if (before !== undefined && after !== undefined) {
      for (const table of TABLES) diff.push(...tableDiff(name, table, before[table], after[table]));
    } else {
      diff.push({ level: "", table: "levels", key: name, before, after });
    }
  }
  return diff;
}

/**
 * @param {string} level
 * @param {Table} table
 * @param {ReadonlyMap<string, unknown>} a
 * @param {ReadonlyMap<string, unknown>} b
 * @returns {Change[]}
 */
function tableDiff(level, table, a, b) {
  if (a === b) return [];
  /** @type {Change[]} */
  const diff = [];
  for (const [key, before] of a) {
    const after = b.get(key);
    if (before !== after && !same(before, after)) diff.push({ level, table, key, before, after });
  }
  for (const [key, after] of b) if (!a.has(key)) diff.push({ level, table, key, before: undefined, after });
  return diff;
}

/**
 * The document with a diff applied; applying the reverse afterwards gives the same document back.
 *
 * @param {Document} document
 * @param {Diff} diff
 * @returns {Document}
 */
export function applyDiff(document, diff) {
  const draft = new Draft(document);
  for (const { level, table, key, after } of diff) draft.put(level, table, key, after);
  return draft.finish();
}

/**
 * The way back.
 *
 * @param {Diff} diff
 * @returns {Diff}
 */
export function reverse(diff) {
  return diff.map((change) => ({ ...change, before: change.after, after: change.before })).reverse();
}

/**
 * Two diffs in a row as one. What the second takes back is left out.
 *
 * @param {Diff} first
 * @param {Diff} second
 * @returns {Diff}
 */
export function mergeDiffs(first, second) {
  if (touchesLevels(first) || touchesLevels(second)) return [...first, ...second];
  /** @type {Map<string, Change>} */
  const merged = new Map();
  for (const change of [...first, ...second]) {
    const place = JSON.stringify([change.level, change.table, change.key]);
    const before = merged.get(place);
    merged.set(place, before === undefined ? change : { ...change, before: before.before });
  }
  return [...merged.values()].filter((change) => !same(change.before, change.after));
}

/** @param {Diff} diff */
function touchesLevels(diff) {
  return diff.some((change) => change.table === "levels");
}

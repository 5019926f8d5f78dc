/**
 * What two people changed at once, put together: a change that was made to one version, fitted to another.
 *
 * Records are merged part by part, texts by what was replaced in them, so that only two values for the very same thing leave
 * one behind. Which of them is the caller's to say; it must say the same on both sides for both to end up alike.
 *
 * @typedef {import("./transact.js").Change} Change
 * @typedef {import("./transact.js").Diff} Diff
 * @typedef {import("./document.js").Document} Document
 * @typedef {{readonly from: number, readonly to: number, readonly text: string}} Replaced  `text` stands for [from, to)
 */

import { deepFreeze, isObject, same } from "./json.js";

/**
 * A diff of somebody else's, so that it applies to a document in which the same records may say something else by now.
 *
 * @param {Document} document
 * @param {Diff} diff
 * @param {boolean} wins  whether its values stand where both sides have changed the same
 * @returns {{diff: Diff, merged: boolean, lost: readonly string[]}}  `lost`: the places at which one value was left behind
 */
export function fitted(document, diff, wins) {
  /** @type {string[]} */
  const lost = [];
  let merged = false;
  if (diff.some(({ table }) => table === "levels")) {
    // Such a diff may change one record twice, and whole levels come and go: it is taken as it is.
    return { diff, merged: diff.some((change) => !same(recordAt(document, change), change.before)), lost };
  }
  const changes = diff.map((change) => {
    const now = recordAt(document, change);
    if (now === change.before || same(now, change.before)) return change;
    merged = true;
    const clash = (/** @type {string} */ place) => void lost.push(place);
    const after = mergeValue(change.before, change.after, now, wins, clash, change.key);
    return { ...change, before: now, after: deepFreeze(after) };
  });
  return { diff: changes.filter(({ before, after }) => before !== after), merged, lost };
}

/** @param {Document} document @param {Change} change @returns {unknown} */
function recordAt(document, { level, table, key }) {
  if (table === "head" || table === "levels") return document[table].get(key);
  return document.levels.get(level)?.[table].get(key);
}

/**
 * @param {unknown} base @param {unknown} theirs @param {unknown} ours
 * @param {boolean} wins @param {(place: string) => void} clash @param {string} place
 * @returns {unknown}
 */
function mergeValue(base, theirs, ours, wins, clash, place) {
  if (same(theirs, ours) || same(theirs, base)) return ours;
  if (same(ours, base)) return theirs;
  if (theirs === undefined || ours === undefined) return theirs ?? ours; // what was edited is not deleted
  if (typeof base === "string" && typeof theirs === "string" && typeof ours === "string")
    return mergeTexts(base, theirs, ours, wins);
  const parts = [base, theirs, ours].map(partsOf);
  if (parts.every((part) => part !== null)) {
    const [before, one, other] = /** @type {Map<string, unknown>[]} */ (parts);
    return like(ours, mergeParts(before, one, other, wins, clash, place));
  }
  clash(place);
  return wins ? theirs : ours;
}

/**
 * @param {ReadonlyMap<string, unknown>} base @param {ReadonlyMap<string, unknown>} theirs @param {ReadonlyMap<string, unknown>} ours
 * @param {boolean} wins @param {(place: string) => void} clash @param {string} place
 */
function mergeParts(base, theirs, ours, wins, clash, place) {
  /** @type {Map<string, unknown>} */
  const merged = new Map();
  for (const key of new Set([...ours.keys(), ...theirs.keys()])) {
    const inner = ["inputs", "ui"].includes(key) ? place : `${place}.${key}`;
    const value = mergeValue(base.get(key), theirs.get(key), ours.get(key), wins, clash, inner);
    const gone = value === undefined && (base.has(key) || !theirs.has(key));
    if (!gone) merged.set(key, value);
  }
  return merged;
}

/**
 * The parts of a value that is made of parts: a Map, a record, a list of things with ids. Links, files and other values that
 * mean something only as a whole have none.
 *
 * @param {unknown} value
 * @returns {Map<string, unknown> | null}
 */
function partsOf(value) {
  if (value instanceof Map) return value;
  if (Array.isArray(value))
    return value.every((item) => typeof item?.id === "string") ? new Map(value.map((item) => [item.id, item])) : null;
  if (!isObject(value) || "link" in value || "asset" in value || "folder" in value) return null;
  return new Map(Object.entries(value));
}

/** @param {unknown} model @param {Map<string, unknown>} parts */
function like(model, parts) {
  if (model instanceof Map) return parts;
  return Array.isArray(model) ? [...parts.values()] : Object.fromEntries(parts);
}

/**
 * A text in which both what one side and what the other replaced is replaced. Where they replaced the same, both stand.
 *
 * @param {string} base @param {string} theirs @param {string} ours @param {boolean} wins  theirs stands first
 */
export function mergeTexts(base, theirs, ours, wins) {
  const [first, second] = wins ? [theirs, ours] : [ours, theirs];
  const [a, b] = [replaced(base, first), replaced(base, second)];
  if (a.to <= b.from) return base.slice(0, a.from) + a.text + base.slice(a.to, b.from) + b.text + base.slice(b.to);
  if (b.to <= a.from) return base.slice(0, b.from) + b.text + base.slice(b.to, a.from) + a.text + base.slice(a.to);
  return base.slice(0, Math.min(a.from, b.from)) + a.text + b.text + base.slice(Math.max(a.to, b.to));
}

/**
 * What must be replaced in a text for it to be another.
 *
 * @param {string} before
 * @param {string} after
 * @returns {Replaced}
 */
export function replaced(before, after) {
  const shorter = Math.min(before.length, after.length);
  let from = 0;
  while (from < shorter && before[from] === after[from]) from += 1;
  let end = 0;
  while (end < shorter - from && before.at(-1 - end) === after.at(-1 - end)) end += 1;
  return { from, to: before.length - end, text: after.slice(from, after.length - end) };
}

/**
 * Where a place in a text is after the text was changed.
 *
 * @param {number} place
 * @param {Replaced} change
 */
export function movedPlace(place, { from, to, text }) {
  if (place <= from) return place;
  return place >= to ? place + text.length - (to - from) : from + text.length;
}

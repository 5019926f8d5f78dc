/**
 * What was done to a document and can be taken back: a list of diffs, each with a title. One gesture is one step; edits that
 * bear the same `merge` mark within a second (typing into one field) are one step.
 *
 * @typedef {import("./transact.js").Diff} Diff
 * @typedef {{readonly title: string, readonly diff: Diff, readonly level: string, readonly merge: string | null,
 *   readonly time: number}} Step  `level`: where it was done, so that undo can show it; `time` in milliseconds
 * @typedef {{readonly done: readonly Step[], readonly undone: readonly Step[]}} History
 */

import { mergeDiffs } from "./transact.js";

export const MERGE_MILLISECONDS = 1000;
const LIMIT = 1000;

/** @type {History} */
export const NOTHING_DONE = Object.freeze({ done: Object.freeze([]), undone: Object.freeze([]) });

/**
 * The history with one more step; what was undone can no longer be redone.
 *
 * @param {History} history
 * @param {Step} step
 * @returns {History}
 */
export function record(history, step) {
  const last = history.done.at(-1);
  if (last === undefined || !joins(last, step)) return { done: [...history.done, step].slice(-LIMIT), undone: [] };
  const diff = mergeDiffs(last.diff, step.diff);
  const before = history.done.slice(0, -1);
  return { done: diff.length > 0 ? [...before, { ...step, diff }] : before, undone: [] };
}

/**
 * @param {Step} last
 * @param {Step} step
 */
function joins(last, step) {
  return step.merge !== null && last.merge === step.merge && step.time - last.time <= MERGE_MILLISECONDS;
}

/**
 * The step to take back, and the history after it; null where there is none.
 *
 * @param {History} history
 * @returns {{step: Step, history: History} | null}
 */
export function undo(history) {
  const step = history.done.at(-1);
  if (step === undefined) return null;
  return { step, history: { done: history.done.slice(0, -1), undone: [...history.undone, step] } };
}

/**
 * The step to do again, and the history after it; null where there is none. It joins no later typing.
 *
 * @param {History} history
 * @returns {{step: Step, history: History} | null}
 */
export function redo(history) {
  const step = history.undone.at(-1);
  if (step === undefined) return null;
  const again = { ...step, merge: null };
  return { step: again, history: { done: [...history.done, again], undone: history.undone.slice(0, -1) } };
}

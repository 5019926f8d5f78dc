/**
 * Asking for further pictures. Pure.
 *
 * A run that came to its end left a state, and a node behind this one goes on from it: nothing is made twice. A run that was stopped
 * left none (what is partial is not kept), so that the node runs again with a larger budget: a longer run makes what a shorter one
 * made, and goes on.
 */

const MOST = 10_000;
/** States of a node whose state is there; idle is one that the last run did not need. */
const LEFT = new Set(["ran", "cached", "idle"]);

/** @typedef {{writes: [input: string, value: number][], behind: boolean, why: string}} More  `behind`: in a node behind this one */

/**
 * What is to be written for `by` pictures more, and where, or why that cannot be.
 *
 * @param {any} facts
 * @param {number} by
 * @returns {More}
 */
export function more(facts, by) {
  const { inputs, linked, partial = false, stale = false, state = "idle", data = null } = facts;
  const left = LEFT.has(state) && !partial && !stale && data !== null;
  const behind = left && ("resume" in inputs || linked.includes("resume"));
  for (const input of behind ? ["mode", "neighbours"] : ["iterations", "pictures", "mode", "neighbours"]) {
    if (linked.includes(input)) return refused(`Its ${input} come from a link: raise the number of pictures there`);
  }
  return behind ? goesOn(inputs, by) : again(facts, by, partial && !linked.includes("resume") ? data.rows.length : null);
}

/** @param {string} why @returns {More} */
function refused(why) {
  return { writes: [], behind: false, why };
}

/** @param {any} inputs @param {number} by @returns {More} */
function goesOn(inputs, by) {
  /** @type {[string, number][]} */
  const writes = [["iterations", roundsOf(inputs, by)]];
  if (typeof inputs.pictures === "number") writes.push(["pictures", by]);
  return { writes, behind: true, why: "Goes on in a node behind this one, or behind the last that goes on from it" };
}

/** @param {any} facts @param {number} by @param {number | null} made  pictures that there are of a run that was stopped @returns {More} */
function again({ inputs, seconds }, by, made) {
  const first = inputs.mode === "zero_order" && made !== null ? 1 : 0; // a start alone is a round
  const had = made === null ? inputs.iterations : first + roundsOf(inputs, Math.max(0, made - first));
  const iterations = had + roundsOf(inputs, by);
  if (iterations > MOST) return refused(`It has ${had} iterations, and may have ${MOST} at most`);
  /** @type {[string, number][]} */
  const writes = [["iterations", iterations]];
  if (typeof inputs.pictures === "number") writes.push(["pictures", (made ?? inputs.pictures) + by]);
  const lasting = typeof seconds === "number" ? `, which took ${lasted(seconds)}` : "";
  const why = made === null ? "Run again, to the same pictures and beyond" : `It was stopped: the ${made} are made again${lasting}`;
  return { writes, behind: false, why: `${why}; ${iterations} iterations` };
}

/** @param {any} inputs @param {number} pictures */
function roundsOf({ mode, neighbours }, pictures) {
  return mode === "zero_order" ? Math.ceil(pictures / neighbours) : pictures;
}

/** @param {number} seconds */
function lasted(seconds) {
  return seconds < 90 ? `${Math.max(1, Math.round(seconds))} s` : `${Math.round(seconds / 60)} min`;
}

/**
 * A document's run in a few words: what would run, what runs, how it ended.
 *
 * @typedef {import("../session/tab.js").Tab} Tab
 */

/**
 * @param {Tab} tab
 * @param {number} now  milliseconds since 1970
 * @returns {string}
 */
export function runWords(tab, now) {
  const run = tab.run.value;
  const waiting = tab.waiting.value.length;
  if (run?.status === "sending") return "Sending…";
  if (run?.status === "queued") return waiting > 1 ? `${waiting} runs wait` : "Waiting for its turn";
  if (run?.status === "running") {
    const more = waiting > 1 ? `, ${waiting - 1} more ${waiting === 2 ? "waits" : "wait"}` : "";
    const nodes = run.total > 0 ? `${Math.min(run.done + 1, run.total)} of ${run.total} nodes` : "Running";
    return `${nodes}, ${span((now - run.began) / 1000)}${more}`;
  }
  const cost = costWords(tab);
  if (cost !== "" || run?.status !== "succeeded" || run.seconds === null) return cost;
  return `Done in ${span(run.seconds)}`;
}

/** @param {Tab} tab */
export function costWords(tab) {
  const faults = tab.checked.value.faults.length;
  const { run, of, seconds } = tab.cost.value;
  if (of === 0) return faults > 0 ? `${faults} ${faults === 1 ? "fault" : "faults"}` : "";
  if (run === 0) return `Nothing changed: 0 of ${of} nodes would run`;
  const time = seconds !== null && seconds >= 0.05 ? `, about ${span(seconds)}` : "";
  return `${run} of ${of} nodes would run${time}`;
}

/**
 * A time as people say it.
 *
 * @param {number} seconds
 * @returns {string}
 */
export function span(seconds) {
  if (seconds < 10) return `${Math.max(0, seconds).toFixed(1)} s`;
  if (seconds < 60) return `${Math.round(seconds)} s`;
  return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}

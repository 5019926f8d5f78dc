/**
 * What is said of a node's run, in one place for header, canvas, minimap, outline and screen reader.
 */

/** @typedef {import("../session/node_run.js").NodeRun} NodeRun */
/** @typedef {import("./painter.js").Tone} Tone */
/** @typedef {import("../session/api.js").Fault} Fault */
/** @typedef {import("../session/api.js").Planned} Planned */
/** @typedef {Readonly<{tone: Tone, words: string, done: number, faults: readonly Fault[], why: string, running: boolean,
 *   notices: readonly string[], tint: import("./tints.js").Tint, ice: string}>} Status
 *  tone: its colour; words: short, for the header; done: 0 … 1; why: what makes it stale; tint: of the profile, else of what is
 *  frozen; ice: what is to be said of frozen values */

/** @type {readonly Fault[]} */
const NONE = Object.freeze([]);

/**
 * @param {NodeRun} run @param {Planned | undefined} plan @param {readonly Fault[] | undefined} faults
 * @param {readonly Fault[] | undefined} notices
 * @param {import("./tints.js").Tinted} [tinted]  what a profile says of the node, where one is shown
 * @param {boolean} [frozen]  whether it is frozen
 * @returns {Status}
 */
export function statusOf(run, plan, faults = NONE, notices = NONE, tinted, frozen = false) {
  const running = run.state === "running";
  const failed = run.state === "failed" && run.fault && plan?.state !== "stale" ? [run.fault] : NONE;
  const all = failed.length ? [...faults, ...failed] : faults;
  const stale = !running && plan?.state === "stale";
  return {
    tone: all.length ? "failed" : toneOf(run, stale),
    words: tinted && !running && !all.length ? tinted.words : frozen && !running ? "❄ frozen" : wordsOf(run, stale, plan),
    done: running && run.of ? Math.min(1, (run.step ?? 0) / run.of) : 0,
    faults: all,
    why: stale ? (plan?.why ?? "") : "",
    notices: [...new Set([...notices, ...(run.notices ?? [])].map((notice) => notice.message))],
    running,
    tint: tinted ? tinted.tint : frozen ? "frozen" : plan?.frozen ? "rests" : "",
    ice: iceWords(plan, frozen),
  };
}

/** @param {NodeRun} run @param {boolean} stale @returns {Tone} */
function toneOf(run, stale) {
  if (run.state === "running") return "running";
  if (run.state === "failed") return "failed";
  if (stale) return "stale";
  return run.state === "ran" || run.state === "cached" ? "done" : "";
}

/** @param {NodeRun} run @param {boolean} stale @param {Planned | undefined} plan */
function wordsOf(run, stale, plan) {
  if (run.state === "running") return runningWords(run);
  if (run.state === "queued" || run.state === "failed" || run.state === "skipped") return run.state;
  if (plan?.needed === false) return "not needed";
  if (stale) return plan?.seconds ? `stale, ${duration(plan.seconds)}` : "stale";
  if (run.state === "cached" || (plan?.state === "cached" && run.seconds === undefined)) return "cached";
  if (run.state !== "ran" || run.seconds === undefined) return "";
  return run.partial ? `stopped, ${duration(run.seconds)}` : duration(run.seconds);
}

/** @param {Planned | undefined} plan @param {boolean} frozen */
function iceWords(plan, frozen) {
  if (plan?.needed === false) return plan.why;
  if (frozen) return plan?.frozen ? "what it gave then is used, whatever its inputs are now" : "";
  return plan?.frozen ? `from what ${plan.frozen.join(", ")} gave when frozen` : "";
}

/** @param {NodeRun} run */
function runningWords({ step, of, secondsLeft }) {
  if (!of) return "running";
  const left = secondsLeft === undefined || secondsLeft < 1 ? "" : `, ${duration(secondsLeft)} left`;
  return `${step ?? 0} / ${of}${left}`;
}

/** @param {number} seconds */
export function duration(seconds) {
  if (seconds < 0.095) return `${Math.max(1, Math.round(seconds * 1000))} ms`;
  if (seconds < 60) return `${seconds.toFixed(seconds < 9.95 ? 1 : 0)} s`;
  return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}

/**
 * Runs that end while nobody looks: the title says so, and the icon of the tab, until somebody does.
 *
 * @typedef {import("../session/app.js").App} App
 * @typedef {import("../session/tab.js").Tab} Tab
 */

import { effect, signal } from "../vendor/signals-core/signals-core.mjs";
import { UNDER_WAY } from "../session/tab.js";
import { span } from "./words.js";

/** @type {Readonly<Record<string, {sign: string, icon: string}>>} */
const ENDS = Object.freeze({
  succeeded: { sign: "✓", icon: "mark-done.svg" },
  failed: { sign: "✗", icon: "mark-failed.svg" },
  interrupted: { sign: "✗", icon: "mark-failed.svg" },
});

/** How the last run ended that nobody has seen yet. @type {import("../vendor/signals-core/signals-core.mjs").Signal<string | null>} */
const unseen = signal(null);

/**
 * What the title begins with: how a run ended unseen, else how far one is.
 *
 * @param {Tab} tab
 * @returns {string}
 */
export function showFinished(tab) {
  const run = tab.run.value;
  if (unseen.value !== null) return `${ENDS[unseen.value]?.sign} `;
  if (run?.status !== "running" || run.total === 0) return "";
  return `${Math.floor((100 * Math.min(run.done + underWay(tab), run.total)) / run.total)} % `;
}

/** How much of its steps the node has made that runs: most of a run is one sampler's. @param {Tab} tab */
function underWay(tab) {
  const now = [...tab.runTouched.value].map((address) => tab.nodeRun(address).peek());
  const { step = 0, of } = now.find(({ state, of }) => state === "running" && of) ?? {};
  return of ? Math.min(1, step / of) : 0;
}

/** How long the last run took, behind the title. @param {Tab} tab */
export function tookWords(tab) {
  const run = tab.run.value;
  return run?.status === "succeeded" && run.seconds !== null ? ` (${span(run.seconds)})` : "";
}

/**
 * Watch the runs of all open documents; `write` puts the title, and is called anew when it changes.
 *
 * @param {App} app
 * @param {() => void} write
 */
export function followFinished(app, write) {
  /** @type {Map<string, string>} */
  const before = new Map();
  effect(() => {
    for (const { run } of app.tabs.value) {
      const { id = "", status = "" } = run.value ?? {};
      const ended = UNDER_WAY.has(before.get(id) ?? "") && status in ENDS;
      if (ended && document.visibilityState === "hidden") unseen.value = status;
      if (id !== "") before.set(id, status);
    }
  });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") unseen.value = null;
  });
  effect(() => showIcon(unseen.value));
  effect(write);
}

/** @param {string | null} status */
function showIcon(status) {
  const link = /** @type {HTMLLinkElement | null} */ (document.querySelector("link[rel=icon]"));
  const file = (status === null ? undefined : ENDS[status]?.icon) ?? "mark.svg";
  if (link !== null) link.href = new URL(`../style/${file}`, import.meta.url).href;
}

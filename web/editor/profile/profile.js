/**
 * The profile of the last run of the document that is shown: nodes and outline are tinted and sorted by it while its legend is
 * there. A run that is under way is shown as usual; its profile comes when it ends.
 *
 * @typedef {import("../session/app.js").App} App
 * @typedef {import("../session/tab.js").Tab} Tab
 * @typedef {import("./measure.js").By} By
 * @typedef {import("./measure.js").Profile} Profile
 * @typedef {"none" | "running" | "waits" | Profile} Known  what is known of the last run
 */

import { computed, effect, signal } from "../vendor/signals-core/signals-core.mjs";
import { styled } from "../palette/styles.js";
import { UNDER_WAY } from "../session/tab.js";
import { stageOf } from "../view/actions.js";
import { mountLegend } from "./legend.js";
import { largestOf, profileOf, shownOf, weightOf } from "./measure.js";
import { sortedRows } from "./rows.js";

const NAMES = Object.freeze({ seconds: "the seconds", memory: "the memory", cache: "the cache state" });

export class Profiler {
  /** What nodes are tinted by; null is not at all. */
  by = signal(/** @type {By | null} */ (null));
  /** Of each tab, the run whose profile was asked for, and what came. @type {WeakMap<Tab, {run: string, profile: Profile | null}>} */
  #asked = new WeakMap();
  #came = signal(0);
  #last = /** @type {By} */ ("seconds");
  /** @type {HTMLElement | null} */
  #returnTo = null;
  known = computed(() => this.#known());

  /** @param {App} app @param {import("../view/stage.js").Stage} stage */
  constructor(app, stage) {
    this.app = app;
    this.legend = mountLegend(this, stage);
    effect(() => {
      stage.tints.value = this.#tints();
    });
  }

  /** @param {By} by */
  show(by) {
    if (this.by.peek() === null) this.#returnTo = /** @type {HTMLElement | null} */ (document.activeElement);
    this.#last = by;
    this.by.value = by;
    this.app.say(`Nodes are tinted by ${NAMES[by]} of the last run`);
  }

  toggle() {
    if (this.by.peek() === null) this.show(this.#last);
    else this.close();
  }

  close() {
    const inside = this.legend.contains(document.activeElement);
    this.by.value = null;
    if (inside) this.#returnTo?.focus({ preventScroll: true });
    this.app.say("Nodes are no longer tinted");
  }

  /** @returns {Known} */
  #known() {
    void this.#came.value;
    if (this.by.value === null) return "none";
    const tab = this.app.active.value;
    const run = tab.run.value;
    if (run === null || run.id === "") return "none";
    if (UNDER_WAY.has(run.status)) return "running";
    const asked = this.#asked.get(tab);
    if (asked?.run === run.id) return asked.profile ?? "waits";
    void this.#ask(tab, run.id);
    return "waits";
  }

  /** @param {Tab} tab @param {string} run */
  async #ask(tab, run) {
    this.#asked.set(tab, { run, profile: null });
    const { nodes = {} } = await this.app.api.run(run).catch(() => /** @type {any} */ ({})); // a run that was deleted
    if (this.#asked.get(tab)?.run !== run) return;
    this.#asked.set(tab, { run, profile: profileOf(nodes) });
    this.#came.value += 1;
  }

  /** @returns {import("../view/tints.js").Tints | null} */
  #tints() {
    const known = this.known.value;
    const by = this.by.value;
    if (by === null || typeof known === "string") return null;
    const tab = this.app.active.value;
    const largest = largestOf(known, by);
    const of = (/** @type {string} */ address) => shownOf(known.at.get(address), by, largest);
    const rows = () => {
      const prefix = tab.prefix.peek();
      const weight = (/** @type {string} */ id) => weightOf(known.at.get(prefix + id), by);
      const found = sortedRows(tab.document.peek(), this.app.catalogue.peek(), tab.levelName.peek(), weight);
      return found.map((row) => ({ ...row, ...of(prefix + row.id) }));
    };
    return { of, rows };
  }
}

/** @type {WeakMap<App, Profiler>} */
const profilers = new WeakMap();

/** @param {App} app @returns {Promise<Profiler>} */
export async function profilerOf(app) {
  await styled("profile.css");
  let found = profilers.get(app);
  if (found === undefined)
    profilers.set(app, (found = new Profiler(app, stageOf(app))));
  return found;
}

/**
 * What outputs had in the last run, for those that are watched: told again after each run, without running anything for it.
 *
 * @typedef {import("../session/app.js").App} App
 * @typedef {import("../session/tab.js").Tab} Tab
 * @typedef {import("./looks.js").Look} Look
 * @typedef {import("./looks.js").Row} Row
 */

import { html, nothing, render } from "../vendor/lit-html/lit-html.js";
import { repeat } from "../vendor/lit-html/directives/repeat.js";
import { computed, effect, signal } from "../vendor/signals-core/signals-core.mjs";
import { errorWords } from "../model/errors.js";
import { CLOSE } from "../palette/cross.js";
import { styled } from "../palette/styles.js";
import { UNDER_WAY } from "../session/tab.js";
import { stageOf } from "../view/actions.js";
import { barsPath, partWords, rangeWords, strangeWords } from "./looks.js";

/** As many as the server looks at in one go. */
const AT_ONCE = 32;

class Watches {
  /** Of each tab, the run that was looked at, and what was found. @type {WeakMap<Tab, {run: string, looks: Map<string, Look>}>} */
  #found = new WeakMap();
  #came = signal(0);
  /** The last run that is over, of the tab that is shown; "" where there is none. */
  #run = computed(() => {
    const run = this.app.active.value.run.value;
    return run === null || UNDER_WAY.has(run.status) ? "" : run.id;
  });

  /** @param {App} app */
  constructor(app) {
    this.app = app;
    effect(() => void this.#ask(app.active.value, this.#run.value, app.active.value.watches.value));
  }

  /** What is known, of the run before too while one is under way. @returns {ReadonlyMap<string, Look>} */
  get looks() {
    void this.#came.value;
    return this.#found.get(this.app.active.value)?.looks ?? new Map();
  }

  /** @param {Tab} tab @param {string} run @param {readonly string[]} ports */
  async #ask(tab, run, ports) {
    if (run === "") return;
    let found = this.#found.get(tab);
    if (found?.run !== run) this.#found.set(tab, (found = { run, looks: new Map() }));
    const { looks } = found;
    const fresh = ports.filter((port) => !looks.has(port));
    if (fresh.length === 0) return;
    for (let at = 0; at < fresh.length; at += AT_ONCE) {
      const some = fresh.slice(at, at + AT_ONCE);
      const values = await this.#values(run, some);
      for (const port of some) looks.set(port, values[port] ?? { why: "the server said nothing of it" });
    }
    this.#came.value = this.#came.peek() + 1;
  }

  /** @param {string} run @param {readonly string[]} ports @returns {Promise<{[port: string]: Look}>} */
  async #values(run, ports) {
    try {
      return await this.app.api.values(run, ports);
    } catch (error) {
      const why = errorWords(error);
      return Object.fromEntries(ports.map((port) => [port, { why }]));
    }
  }
}

/** Show them while there are any. @param {App} app */
export async function mountWatches(app) {
  await styled("profile.css");
  const stage = stageOf(app);
  const element = document.createElement("section");
  element.className = "watches";
  element.setAttribute("aria-label", "Watched values");
  stage.root.after(element);
  element.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    stage.root.focus({ preventScroll: true });
  });
  const watches = new Watches(app);
  effect(() => {
    const tab = app.active.value;
    element.hidden = tab.watches.value.length === 0;
    if (!element.hidden) render(body(app, tab, watches.looks), element);
  });
}

/** @param {App} app @param {Tab} tab @param {ReadonlyMap<string, Look>} looks */
function body(app, tab, looks) {
  const run = tab.run.value;
  const words = run === null ? "Nothing was run yet." : UNDER_WAY.has(run.status) ? "A run is under way; these are of the one before." : "";
  const stop = () => {
    tab.watches.value = [];
    app.say("No value is watched");
    stageOf(app).root.focus({ preventScroll: true });
  };
  return html`<header class="watches-head"><h2>Watched values</h2>
      <button type="button" @click=${stop}>Watch none</button></header>
    ${words ? html`<p>${words}</p>` : nothing}
    <ul>${repeat(tab.watches.value, (port) => port, (port) => watched(app, tab, port, looks.get(port)))}</ul>`;
}

/** @param {App} app @param {Tab} tab @param {string} port @param {Look | undefined} look */
function watched(app, tab, port, look) {
  const drop = () => {
    tab.watches.value = tab.watches.peek().filter((other) => other !== port);
    app.say(`${port} is no longer watched`);
    if (tab.watches.peek().length === 0) stageOf(app).root.focus({ preventScroll: true });
  };
  return html`<li><div class="watch-head"><h3>${port}</h3><span>${look?.type ?? ""}</span>
      <button type="button" aria-label="Watch ${port} no more" title="Watch it no more" @click=${drop}>${CLOSE}</button></div>
    ${look?.why ? html`<p>${look.why}</p>` : nothing}
    ${(look?.rows ?? []).map(part)}${look?.more ? html`<p>and more parts</p>` : nothing}</li>`;
}

/** @param {Row} row */
function part(row) {
  const range = rangeWords(row);
  const strange = strangeWords(row);
  return html`<div class="watch-part">${row.name ? html`<b>${row.name}</b> ` : nothing}<span>${partWords(row)}</span>
    ${range ? html`<div>${range}</div>` : nothing} ${strange ? html`<div class="watch-strange">${strange}</div>` : nothing}
    ${row.histogram && row.histogram.length > 1 ? html`<svg class="watch-bars" role="img" aria-label="Histogram, ${range}" viewBox="0 0 128 32" preserveAspectRatio="none"><path d=${barsPath(row.histogram)} /></svg>` : nothing}</div>`;
}

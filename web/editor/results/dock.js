/**
 * The place at the right for what is not the drawing: results, the queue, a sweep's grid, versions. One is shown at a time, beside
 * the canvas or as wide as the window.
 *
 * @typedef {import("../session/app.js").App} App
 * @typedef {"results" | "queue" | "sweep" | "versions"} Panel
 */

import { html, nothing, render } from "../vendor/lit-html/lit-html.js";
import { effect, signal, untracked } from "../vendor/signals-core/signals-core.mjs";
import { mountVersions } from "../library/versions.js";
import { longPress } from "../palette/longpress.js";
import { styled } from "../palette/styles.js";
import { queue } from "../session/history.js";
import { onCanvas } from "./deeds.js";
import { mountGallery } from "./gallery.js";
import { CLOSE, WIDEN } from "./icons.js";
import { mountQueue } from "./queue.js";
import { resultsOf } from "./store.js";
import { mountSweep } from "./sweepgrid.js";
import { openViewer } from "./viewer.js";

/** @type {{readonly [panel in Panel]: string}} */
const TITLES = Object.freeze({ results: "Results", queue: "Queue", sweep: "Sweep", versions: "Versions" });

class Dock {
  /** @type {import("../vendor/signals-core/signals-core.mjs").Signal<Panel | null>} */
  shown = signal(null);
  wide = signal(false);
  /** The sweep whose grid is there. @type {import("../vendor/signals-core/signals-core.mjs").Signal<string | null>} */
  sweep = signal(null);
  /** Whether versions were ever asked for: who never does is not shown a tab for them. */
  versions = signal(false);
  /** @type {(() => void) | null} */
  #end = null;
  /** @type {HTMLElement | null} */
  #returnTo = null;

  /** @param {App} app @param {HTMLElement} middle */
  constructor(app, middle) {
    this.app = app;
    this.element = document.createElement("aside");
    this.element.className = "dock";
    this.element.setAttribute("aria-label", "Results, queue and versions");
    render(html`<header class="dock-head"></header><div class="dock-panel"></div>`, this.element);
    middle.append(this.element);
    this.element.addEventListener("keydown", (event) => this.#key(event));
    longPress(this.element, { wanted: ({ target }) => target instanceof Element && target.closest(".tile, .sweep-cell") !== null });
    effect(() => this.#head());
    effect(() => {
      const [panel, sweep] = [this.shown.value, this.sweep.value];
      untracked(() => this.#show(panel, sweep));
    });
    effect(() => void this.element.classList.toggle("is-wide", this.wide.value));
    effect(() => this.#count());
    effect(() => {
      if (onCanvas.value > 0) untracked(() => this.makeRoom());
    });
  }

  /** The canvas is to be seen. */
  makeRoom() {
    this.wide.value = false;
    this.element.classList.remove("is-wide"); // at once, to be measured
    const canvas = this.element.parentElement?.querySelector(".canvas")?.getBoundingClientRect();
    if (this.shown.peek() !== null && canvas && canvas.right > this.element.getBoundingClientRect().left + 1) this.close();
  }

  /** @param {Panel} panel */
  toggle(panel) {
    if (this.shown.peek() === panel) this.close();
    else this.open(panel);
  }

  /** @param {Panel} panel */
  open(panel) {
    if (this.shown.peek() === null) this.#returnTo = /** @type {HTMLElement | null} */ (document.activeElement);
    this.shown.value = panel;
    if (panel === "versions") this.versions.value = true;
    /** @type {HTMLElement | null} */ (this.element.querySelector('[aria-pressed="true"]'))?.focus();
  }

  close() {
    this.shown.value = null;
    this.#returnTo?.focus({ preventScroll: true });
  }

  /** The grid of a sweep. @param {string} id */
  openSweep(id) {
    this.sweep.value = id;
    this.wide.value = true;
    this.open("sweep");
  }

  #head() {
    const shown = this.shown.value;
    this.element.hidden = shown === null;
    const panels = /** @type {Panel[]} */ (["results", "queue", ...(this.sweep.value === null ? [] : ["sweep"]), ...(this.versions.value ? ["versions"] : [])]);
    const { queued, running } = this.app.queue.value;
    const count = queued + running;
    render(
      html`<h2 class="hidden">${shown === null ? "" : TITLES[shown]}</h2>
        <div class="dock-tabs" role="group" aria-label="Panel">
          ${panels.map((panel) => html`<button type="button" aria-pressed=${panel === shown ? "true" : "false"} @click=${() => this.open(panel)}>
            ${TITLES[panel]}${panel === "queue" && count > 0 ? html`<span class="dock-count">${count}</span>` : nothing}</button>`)}
        </div>
        <button type="button" class="round dock-widen" aria-pressed=${this.wide.value ? "true" : "false"} aria-label="As wide as the window" title="As wide as the window"
          @click=${() => void (this.wide.value = !this.wide.peek())}>${WIDEN}</button>
        <button type="button" class="round" aria-label="Close the panel" title="Close (Esc)" @click=${() => this.close()}>${CLOSE}</button>`,
      /** @type {HTMLElement} */ (this.element.querySelector(".dock-head")),
    );
  }

  /** How many runs there are is told by no event; the queue's own panel asks for more than that. */
  #count() {
    void this.app.history.value;
    if (this.shown.value === null || this.shown.value === "queue") return;
    const timer = setTimeout(() => void queue(this.app.api).then(({ queue: counts }) => (this.app.queue.value = counts), () => {}), 50);
    return () => clearTimeout(timer);
  }

  /** @param {Panel | null} panel @param {string | null} sweep */
  #show(panel, sweep) {
    this.#end?.();
    this.#end = null;
    const place = document.createElement("div");
    place.className = `panel panel-${panel}`;
    this.element.querySelector(".dock-panel")?.replaceChildren(place);
    if (panel === "results") this.#end = mountGallery(this.app, place, { viewer: (places) => this.#view(places), sweep: (id) => this.openSweep(id) });
    if (panel === "queue") this.#end = mountQueue(this.app, place, { sweep: (id) => this.openSweep(id) });
    if (panel === "versions") this.#end = mountVersions(this.app, place);
    if (panel === "sweep" && sweep !== null) this.#end = mountSweep(this.app, place, sweep);
  }

  /** @param {readonly number[]} places */
  #view(places) {
    openViewer(this.app, resultsOf(this.app).items.peek(), places[0] ?? 0, places[1] ?? null);
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.key !== "Escape" || event.defaultPrevented) return;
    event.preventDefault();
    event.stopPropagation();
    this.close();
  }
}

/** @type {WeakMap<App, Promise<Dock>>} */
const docks = new WeakMap();

/** The dock of a page, there from the first time that it is asked for. @param {App} app @returns {Promise<Dock>} */
export function dockOf(app) {
  let dock = docks.get(app);
  if (dock === undefined) docks.set(app, (dock = make(app)));
  return dock;
}

/** @param {App} app */
async function make(app) {
  await Promise.all([styled("results.css"), styled("library.css")]);
  return new Dock(app, /** @type {HTMLElement} */ (document.querySelector(".middle")));
}

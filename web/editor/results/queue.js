/**
 * The queue: what runs, what waits in its order, what was done last. A run that waits is dragged to another place, or moved there by
 * arrow keys on its handle.
 *
 * @typedef {import("../session/app.js").App} App
 * @typedef {import("../session/history.js").QueuedRun} QueuedRun
 * @typedef {import("../session/history.js").QueuePage} QueuePage
 * @typedef {import("../session/api.js").RunDoc} RunDoc
 */

import { html, nothing, render } from "../vendor/lit-html/lit-html.js";
import { repeat } from "../vendor/lit-html/directives/repeat.js";
import { effect, signal } from "../vendor/signals-core/signals-core.mjs";
import { same } from "../model/json.js";
import { changeQueue, deleteRun, queue, results, retry } from "../session/history.js";
import { aloud } from "./deeds.js";
import { AGAIN, CLOSE, GRIP, PAUSE, PLAY } from "./icons.js";
import { isPicture, pictureOf, thumbnail } from "./picture.js";
import { carried } from "./reorder.js";
import { openViewer } from "./viewer.js";
import { editWords, moment } from "./words.js";

class QueuePanel {
  /** @type {import("../vendor/signals-core/signals-core.mjs").Signal<QueuePage | null>} */
  known = signal(null);
  /** The order that waiting runs are dragged into, by id. @type {import("../vendor/signals-core/signals-core.mjs").Signal<readonly string[] | null>} */
  order = signal(null);
  /** Pictures of a document's last run, by document. @type {Map<string, string>} */
  faces = new Map();

  /** @param {App} app @param {{sweep: (id: string) => void}} go */
  constructor(app, go) {
    this.app = app;
    this.go = go;
  }

  async fetch() {
    const page = await queue(this.app.api);
    const documents = new Set([...page.running, ...page.waiting].map((run) => run.document));
    await Promise.all([...documents].filter((document) => !this.faces.has(document)).map((document) => this.#face(document)));
    this.known.value = page;
    if (!same(page.queue, this.app.queue.peek())) this.app.queue.value = page.queue; // what follows it asks anew
  }

  /** @param {string} document */
  async #face(document) {
    const [last] = (await results(this.app.api, { workflow: document, limit: 1 })).results;
    if (last) this.faces.set(document, thumbnail(last));
  }

  /** The runs that wait, as they are dragged. @returns {readonly QueuedRun[]} */
  get waiting() {
    const waiting = this.known.value?.waiting ?? [];
    const order = this.order.value;
    if (order === null) return waiting;
    const place = (/** @type {QueuedRun} */ { id }) => (order.includes(id) ? order.indexOf(id) : order.length);
    return [...waiting].sort((a, b) => place(a) - place(b));
  }

  /** @param {string} id @param {number} place */
  async move(id, place) {
    await this.app.api.move(id, place);
    this.app.say(`Moved to place ${place + 1} of ${this.waiting.length}`);
  }

  /** A run that was carried is let go: what it was carried past may have started meanwhile. @param {string} id */
  drop(id) {
    const [from, to] = [this.known.peek()?.waiting ?? [], this.waiting].map((runs) => runs.findIndex((run) => run.id === id));
    if (to === undefined || to < 0 || to === from) this.order.value = null;
    else this.do(() => this.move(id, to));
  }

  /** @param {() => Promise<unknown>} deed */
  do(deed) {
    void aloud(this.app, async () => {
      try {
        await deed();
      } finally {
        await this.fetch().finally(() => void (this.order.value = null));
      }
    });
  }
}

/**
 * @param {App} app
 * @param {HTMLElement} element
 * @param {{sweep: (id: string) => void}} go
 * @returns {() => void}  ends it
 */
export function mountQueue(app, element, go) {
  const panel = new QueuePanel(app, go);
  render(html`<div class="panel-bar"></div><div class="panel-body"></div>`, element);
  const part = (/** @type {string} */ name) => /** @type {HTMLElement} */ (element.querySelector(name));
  const stops = [
    effect(() => {
      void app.history.value;
      void app.queue.value;
      const timer = setTimeout(() => void aloud(app, () => panel.fetch()), 30);
      return () => clearTimeout(timer);
    }),
    effect(() => {
      const buttons = bar(panel);
      keepFocus(part(".panel-bar"), () => void render(buttons, part(".panel-bar")));
    }),
    effect(() => {
      const rows = lists(panel);
      keepFocus(part(".panel-body"), () => void render(rows, part(".panel-body")));
    }),
  ];
  return () => stops.forEach((stop) => stop());
}

/**
 * Draw anew. What has the keyboard keeps it where its row is moved; where the row goes, the next one's last button has it, and
 * where the button can't be pressed any more, the first one.
 *
 * @param {HTMLElement} element
 * @param {() => void} draw
 */
function keepFocus(element, draw) {
  const held = /** @type {HTMLElement | null} */ (document.activeElement);
  if (!element.contains(held)) return draw();
  const place = [...element.querySelectorAll("li")].findIndex((row) => row.contains(held));
  draw();
  if (held?.isConnected) held.focus();
  if (document.activeElement === held && !held?.matches(":disabled")) return;
  const rows = element.querySelectorAll("li");
  const next = rows[Math.min(place, rows.length - 1)]?.querySelector(".queue-deeds button:last-child");
  /** @type {HTMLElement | null} */ (next ?? element.querySelector("button"))?.focus();
}

/** @param {QueuePanel} panel */
function bar(panel) {
  const known = panel.known.value;
  if (known === null) return nothing;
  const { paused, queued, running } = known.queue;
  const { api } = panel.app;
  const words = [...(paused ? ["Paused"] : []), ...(running > 0 || !paused ? [`${running} running`] : []), `${queued} waiting`];
  return html`<button type="button" class="quiet small with-icon" @click=${() => panel.do(() => changeQueue(api, paused ? "resume" : "pause"))}>${paused ? PLAY : PAUSE}<span>${paused ? "Resume" : "Pause"}</span></button>
    <button type="button" class="quiet small" ?disabled=${queued === 0} @click=${() => panel.do(() => changeQueue(api, "clear"))}>Clear what waits</button>
    <span class="panel-count" role="status">${words.join(", ")}</span>`;
}

/** @param {QueuePanel} panel */
function lists(panel) {
  const known = panel.known.value;
  if (known === null) return nothing;
  const { running, queue, done } = known;
  const waiting = panel.waiting;
  const more = queue.queued - waiting.length;
  if (running.length + waiting.length + done.length === 0) {
    return html`<div class="panel-empty"><h3>Nothing was run yet</h3><p>Runs wait here for their turn.</p></div>`;
  }
  return html`${running.length === 0 ? nothing : html`<h3>Running</h3><ul class="queue-list">${running.map((run) => runningRow(panel, run))}</ul>`}
    ${
      waiting.length === 0
        ? nothing
        : html`<h3>Waiting</h3>
            <ol class="queue-list is-waiting">${repeat(waiting, ({ id }) => id, (run, place) => waitingRow(panel, run, place, waiting.length))}</ol>
            ${more > 0 ? html`<p class="muted queue-more">and ${more} more</p>` : nothing}`
    }
    ${done.length === 0 ? nothing : html`<h3>Done</h3><ul class="queue-list">${repeat(done, ({ id }) => id, (run) => endedRow(panel, run))}</ul>`}`;
}

/** @param {QueuePanel} panel @param {QueuedRun} run */
function runningRow(panel, run) {
  const tab = panel.app.tabs.value.find((each) => each.run.value?.id === run.id);
  const state = tab?.run.value;
  const words = state && state.total > 0 ? `${Math.min(state.done + 1, state.total)} of ${state.total} nodes` : "Running";
  return html`<li class="queue-row is-running">
    ${face(tab ? (previewOf(tab) ?? panel.faces.get(run.document)) : panel.faces.get(run.document))}
    <div class="queue-words"><span class="queue-title">${titleOf(run)}</span><span class="queue-edit">${whatFor(run)}</span><span class="queue-state">${words}</span></div>
    <div class="queue-deeds">${cancel(panel, run)}</div>
  </li>`;
}

/** What a run of an open document is making now. @param {import("../session/tab.js").Tab} tab */
function previewOf(tab) {
  void tab.runTouched.value;
  for (const id of tab.level.peek().nodes.keys()) {
    const run = tab.nodeRun(tab.prefix.peek() + id).peek();
    if (run.state === "running" && run.preview) return run.preview;
  }
  return undefined;
}

/** @param {QueuePanel} panel @param {QueuedRun} run @param {number} place @param {number} count */
function waitingRow(panel, run, place, count) {
  const title = titleOf(run);
  const key = (/** @type {KeyboardEvent} */ event) => {
    const to = { ArrowUp: place - 1, ArrowDown: place + 1, Home: 0, End: count - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    if (to >= 0 && to < count && to !== place) panel.do(() => panel.move(run.id, to));
  };
  const take = (/** @type {PointerEvent} */ event) =>
    carried(event, panel.waiting.map(({ id }) => id), run.id, {
      order: (order) => void (panel.order.value = order),
      drop: () => panel.drop(run.id),
    });
  return html`<li class="queue-row" data-run=${run.id}>
    <button type="button" class="queue-grip" aria-label="Move ${title}, place ${place + 1} of ${count}" title="Drag, or press ↑ and ↓" @keydown=${key} @pointerdown=${take}>${GRIP}</button>
    ${face(panel.faces.get(run.document))}
    <div class="queue-words"><span class="queue-title">${title}</span><span class="queue-edit">${whatFor(run)}</span></div>
    <div class="queue-deeds">${cancel(panel, run)}</div>
  </li>`;
}

/** @param {QueuePanel} panel @param {QueuedRun} run */
function endedRow(panel, run) {
  const { api } = panel.app;
  const made = Object.values(/** @type {{[name: string]: any[]}} */ (run.outputs ?? {})).flat().filter(isPicture);
  const pictures = made.map((entry) => pictureOf(entry, { run: run.id, title: run.title }));
  const [first] = pictures;
  const frozen = Object.keys(run.made_with?.frozen ?? {}).join(", ");
  const words = run.status === "succeeded" ? `${run.partial ? "Stopped" : "Done"} in ${(run.seconds ?? 0).toFixed(1)} s` : run.faults?.[0]?.message ?? run.status;
  const title = titleOf(run);
  const when = run.ended ? ` · ${moment(run.ended)}` : "";
  return html`<li class="queue-row is-${run.status}">
    ${first ? html`<button type="button" class="queue-open" aria-label="Open what ${title} made" @click=${() => openViewer(panel.app, pictures, 0)}>${face(thumbnail(first))}</button>` : face(undefined)}
    <div class="queue-words"><span class="queue-title">${title}</span><span class="queue-edit">${whatFor(run)}</span>${frozen ? html`<span class="queue-edit" title="From what ${frozen} gave when frozen">❄ frozen: ${frozen}</span>` : nothing}<span class="queue-state" title=${words}>${words}${when}</span></div>
    <div class="queue-deeds">
      ${run.sweep ? html`<button type="button" class="quiet small" @click=${() => panel.go.sweep(run.sweep)}>Sweep</button>` : nothing}
      <button type="button" class="round" aria-label="Run ${title} again" title="Run again" @click=${() => panel.do(() => retry(api, run.id))}>${AGAIN}</button>
      <button type="button" class="round" aria-label="Take ${title} out of the list" title="Take out of the list; what it made stays" @click=${() => panel.do(() => deleteRun(api, run.id))}>${CLOSE}</button>
    </div>
  </li>`;
}

/** @param {QueuePanel} panel @param {RunDoc} run */
function cancel(panel, run) {
  const title = titleOf(run);
  return html`<button type="button" class="round" aria-label="Cancel ${title}" title="Cancel" @click=${() => panel.do(() => panel.app.api.end(run.id, "cancel"))}>${CLOSE}</button>`;
}

/** @param {string | undefined} url */
function face(url) {
  return url === undefined ? html`<span class="queue-face"></span>` : html`<img class="queue-face" src=${url} alt="" draggable="false" />`;
}

/** @param {RunDoc} run */
function titleOf(run) {
  return run.title || run.document || "Untitled";
}

/** What a run is for: the values of its place in a sweep, else what was changed. @param {QueuedRun} run */
function whatFor(run) {
  if (run.sweep === null || run.sweep === undefined) return editWords(run.changes);
  const inputs = Object.entries(/** @type {{[name: string]: unknown}} */ (run.inputs ?? {}));
  return inputs.map(([name, value]) => `${name.replace(/^.*\./, "").replaceAll("_", " ")} ${String(value)}`).join(", ");
}

/**
 * The grid of a sweep: a row and a column a value, in each cell what came out. A click on a cell puts its values into the workflow.
 *
 * @typedef {import("../session/app.js").App} App
 * @typedef {import("../session/api.js").RunDoc} RunDoc
 * @typedef {import("../model/json.js").Json} Json
 * @typedef {{address: string, values: readonly Json[]}} Axis
 */

import { html, nothing, render } from "../vendor/lit-html/lit-html.js";
import { effect, signal } from "../vendor/signals-core/signals-core.mjs";
import { setByAddress } from "../model/edits/values.js";
import { openMenu } from "../palette/menu.js";
import { sweepRuns } from "../session/history.js";
import { aloud, deeds } from "./deeds.js";
import { isPicture, isSmall, pictureOf, thumbnail } from "./picture.js";
import { valueWords } from "./ranges.js";
import { openViewer } from "./viewer.js";

const OVER = new Set(["succeeded", "failed", "cancelled", "interrupted"]);

/**
 * @param {App} app
 * @param {HTMLElement} element
 * @param {string} id
 * @returns {() => void}  ends it
 */
export function mountSweep(app, element, id) {
  const runs = signal(/** @type {readonly RunDoc[] | null} */ (null));
  render(html`<div class="panel-bar"></div><div class="panel-body"></div>`, element);
  const part = (/** @type {string} */ name) => /** @type {HTMLElement} */ (element.querySelector(name));
  const stops = [
    effect(() => {
      void app.history.value;
      const timer = setTimeout(() => void aloud(app, async () => (runs.value = await sweepRuns(app.api, id))), 30);
      return () => clearTimeout(timer);
    }),
    effect(() => void render(bar(app, runs.value), part(".panel-bar"))),
    effect(() => void render(grid(app, runs.value), part(".panel-body"))),
  ];
  return () => stops.forEach((stop) => stop());
}

/** @param {App} app @param {readonly RunDoc[] | null} runs */
function bar(app, runs) {
  if (runs === null) return nothing;
  const left = runs.filter(({ status }) => !OVER.has(status));
  const failed = runs.filter(({ status }) => status === "failed").length;
  const words = left.length === 0 ? `${runs.length} runs${failed > 0 ? `, ${failed} failed` : ""}` : `${runs.length - left.length} of ${runs.length} runs are done`;
  const cancel = () => void aloud(app, () => Promise.all([...left].reverse().map((run) => app.api.end(run.id, "cancel").catch(() => null))));
  return html`<span class="panel-count" role="status">${words}</span>
    ${left.length === 0 ? nothing : html`<button type="button" class="quiet small" @click=${cancel}>Cancel the rest</button>`}
    <span class="panel-hint muted">A click puts the cell's values into the workflow</span>`;
}

/**
 * The axes of a sweep, read from its runs: the inputs in their order, each with its values in theirs.
 *
 * @param {readonly RunDoc[]} runs
 * @returns {Axis[]}
 */
export function axesOf(runs) {
  /** @type {Map<string, Map<string, Json>>} */
  const found = new Map();
  for (const run of runs) {
    for (const [address, value] of Object.entries(/** @type {{[address: string]: Json}} */ (run.inputs))) {
      const values = found.get(address) ?? new Map();
      found.set(address, values.set(JSON.stringify(value), value));
    }
  }
  return [...found].map(([address, values]) => ({ address, values: [...values.values()] }));
}

/** @param {App} app @param {readonly RunDoc[] | null} runs */
function grid(app, runs) {
  if (runs === null) return nothing;
  const [rows, columns] = axesOf(runs);
  if (rows === undefined) return html`<div class="panel-empty"><h3>This sweep is gone</h3></div>`;
  const at = (/** @type {Json} */ row, /** @type {Json | undefined} */ column) =>
    runs.find((run) => same(run.inputs[rows.address], row) && (columns === undefined || same(run.inputs[columns.address], column)));
  if (columns === undefined) return line(app, runs, rows, at);
  return html`<div class="sweep-scroll" tabindex="0" role="region" aria-label="Grid of the sweep"><table class="sweep-grid">
    <caption>${nameOf(rows.address)} by ${nameOf(columns.address)}</caption>
    <thead><tr><td></td>${columns.values.map((value) => html`<th scope="col">${nameOf(columns.address)} ${valueWords(value)}</th>`)}</tr></thead>
    <tbody>${rows.values.map(
      (row) => html`<tr><th scope="row">${nameOf(rows.address)} ${valueWords(row)}</th>${columns.values.map((column) => html`<td>${cell(app, runs, at(row, column))}</td>`)}</tr>`,
    )}</tbody>
  </table></div>`;
}

/** One input's values beside each other. @param {App} app @param {readonly RunDoc[]} runs @param {Axis} axis @param {(row: Json, column: undefined) => RunDoc | undefined} at */
function line(app, runs, axis, at) {
  return html`<ul class="sweep-line" aria-label="${nameOf(axis.address)} of the sweep">
    ${axis.values.map((value) => html`<li>${cell(app, runs, at(value, undefined))}<span class="sweep-label">${nameOf(axis.address)} ${valueWords(value)}</span></li>`)}
  </ul>`;
}

/** @param {Json | undefined} a @param {Json | undefined} b */
function same(a, b) {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** @param {string} address */
function nameOf(address) {
  return address.replace(/^.*\./, "").replaceAll("_", " ");
}

/** @param {RunDoc} run */
function pictureIn(run) {
  const entry = Object.values(/** @type {{[name: string]: any[]}} */ (run.outputs ?? {})).flat().find(isPicture);
  return entry === undefined ? null : { ...pictureOf(entry, { run: run.id, title: run.title }), changes: undefined };
}

/** @param {App} app @param {readonly RunDoc[]} runs @param {RunDoc | undefined} run */
function cell(app, runs, run) {
  if (run === undefined) return nothing;
  const values = Object.entries(/** @type {{[address: string]: Json}} */ (run.inputs));
  const words = values.map(([address, value]) => `${nameOf(address)} ${valueWords(value)}`).join(", ");
  const picture = pictureIn(run);
  return html`<button type="button" class="sweep-cell is-${run.status}" aria-label="${words}: ${stateWords(run)}" title=${words}
    @click=${() => restore(app, run, words)} @contextmenu=${(/** @type {MouseEvent} */ event) => menu(app, runs, run, words, event)}>
    ${picture === null ? html`<span class="sweep-state">${stateWords(run)}</span>` : html`<img class=${isSmall(picture) ? "crisp" : ""} src=${thumbnail(picture)} alt="" draggable="false" />`}
  </button>`;
}

/** @param {RunDoc} run */
function stateWords(run) {
  if (run.status === "succeeded") {
    const [entry] = Object.values(/** @type {{[name: string]: any[]}} */ (run.outputs ?? {})).flat();
    return entry !== undefined && "value" in entry ? valueWords(entry.value) : "done";
  }
  if (run.status === "failed") return run.faults?.[0]?.message ?? "failed";
  return { queued: "waits", running: "runs…", cancelled: "cancelled", interrupted: "interrupted" }[run.status] ?? run.status;
}

/** @param {App} app @param {RunDoc} run @param {string} words */
function restore(app, run, words) {
  const tab = app.tabOf(run.document) ?? app.active.peek();
  if (tab !== app.active.peek()) void app.commands.run("tab.show", { tab });
  /** @type {string[]} */
  let lost = [];
  tab.edit("Take a sweep's values", (draft) => {
    lost = setByAddress(draft, run.inputs);
  });
  app.say(lost.length === 0 ? `Now ${words}` : `Not in this workflow any more: ${lost.join(", ")}`);
}

/** @param {App} app @param {readonly RunDoc[]} runs @param {RunDoc} run @param {string} words @param {MouseEvent} event */
function menu(app, runs, run, words, event) {
  event.preventDefault();
  const { left, top } = /** @type {HTMLElement} */ (event.currentTarget).getBoundingClientRect();
  const at = event.clientX === 0 && event.clientY === 0 ? { x: left + 16, y: top + 16 } : { x: event.clientX, y: event.clientY };
  const picture = pictureIn(run);
  const pictures = runs.map(pictureIn).filter((each) => each !== null);
  const place = pictures.findIndex((each) => each.run === run.id);
  openMenu(
    [
      { id: "restore", title: "Put its values into the workflow", run: () => restore(app, run, words) },
      ...(picture === null ? [] : [{ id: "open", title: "Open", run: () => void openViewer(app, pictures, place) }, null, ...deeds(app, picture)]),
    ],
    at,
    "What can be done with the cell",
  );
}

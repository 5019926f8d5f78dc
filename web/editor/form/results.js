/**
 * What a run gives, under its outputs' names, and what it is doing meanwhile.
 *
 * @typedef {import("../session/app.js").App} App
 * @typedef {import("../session/tab.js").Tab} Tab
 */

import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { levelOf } from "../model/document.js";
import { titleAt } from "../model/edits/wires.js";
import { portsOf, words } from "../model/ports.js";
import { makersOf } from "../session/node_runs.js";
import { UNDER_WAY } from "../session/tab.js";
import { openLightbox } from "../palette/lightbox.js";

/** @param {App} app @param {Tab} tab */
export function results(app, tab) {
  const found = outputsOf(app, tab).filter(({ entries }) => entries.length > 0);
  const doing = underWay(app, tab);
  if (found.length === 0 && doing === nothing)
    return html`<p class="form-nothing">What comes out is shown here.</p>`;
  return html`${doing}${found.map(
    ({ title, entries }) =>
      html`<figure class="form-output">
        <figcaption>${title}</figcaption>
        <div class="form-pictures ${entries.length > 1 ? "are-many" : ""}">${entries.map((entry) => shown(entry, title))}</div>
      </figure>`,
  )}`;
}

/**
 * Outputs of the workflow, and of the nodes that write by themselves.
 *
 * @param {App} app
 * @param {Tab} tab
 * @returns {{title: string, entries: readonly any[]}[]}
 */
function outputsOf(app, tab) {
  const document = tab.document.value;
  const place = { catalogue: app.catalogue.value, document, level: "" };
  const level = levelOf(document, "");
  const declared = [...level.outputs].map(([name, { title }]) => ({
    title: title || words(name),
    entries: tab.nodeRun(makersOf(document, name)[0] ?? "").value.outputs?.[name] ?? [],
  }));
  const writing = [...level.nodes.keys()].filter((id) => portsOf(place.catalogue, document, "", id).writes);
  const written = writing.map((id) => ({ title: titleAt(place, id), entries: tab.nodeRun(id).value.outputs?.[id] ?? [] }));
  return [...declared, ...written];
}

/** The preview and progress of what runs. @param {App} app @param {Tab} tab */
function underWay(app, tab) {
  const run = tab.run.value;
  if (run === null || !UNDER_WAY.has(run.status)) return nothing;
  const document = tab.document.value;
  const place = { catalogue: app.catalogue.value, document, level: "" };
  const running = [...levelOf(document, "").nodes.keys()]
    .map((id) => ({ id, now: tab.nodeRun(id).value }))
    .find(({ now }) => now.state === "running");
  const title = running === undefined ? "" : titleAt(place, running.id);
  const { step, of, preview } = running?.now ?? {};
  const steps = step !== undefined && of ? `, step ${step} of ${of}` : "";
  return html`<div class="form-doing">
    ${preview ? html`<img src=${preview} alt="What ${title} is making" />` : nothing}
    <progress max="1" .value=${step !== undefined && of ? step / of : run.total > 0 ? run.done / run.total : 0} aria-label="Progress"></progress>
    <p>${running === undefined ? "It waits for its turn" : `${title}${steps}`}</p>
  </div>`;
}

/** @param {any} entry @param {string} title */
function shown(entry, title) {
  if (typeof entry?.url === "string" && /\.(png|webp|jpe?g)$/.test(entry.url)) {
    const picture = { url: entry.url, name: String(entry.asset ?? title), width: Number(entry.width) || 1, height: Number(entry.height) || 1 };
    return html`<button type="button" aria-label="Open ${title}" @click=${() => openLightbox(picture)}>
      <img class=${picture.width < 400 ? "crisp" : ""} src=${picture.url} width=${picture.width} height=${picture.height} alt="" />
    </button>`;
  }
  if (entry !== null && typeof entry === "object" && "value" in entry)
    return html`<pre>${typeof entry.value === "string" ? entry.value : JSON.stringify(entry.value, null, 1)}</pre>`;
  return typeof entry?.url === "string" ? html`<a href=${entry.url} download>${entry.asset}</a>` : nothing;
}

/**
 * Sheets for files: what is in the library, a name to save under, and what to do when somebody else saved first.
 *
 * @typedef {import("../session/app.js").App} App
 * @typedef {import("../session/tab.js").Tab} Tab
 */

import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { changeList } from "../library/changes.js";
import { errorWords } from "../model/errors.js";
import { restore } from "../session/drafts.js";
import { compare, saveAs } from "../session/saving.js";
import { openSaved, show } from "../session/tabs.js";
import { later } from "./later.js";

/** @param {App} app */
export function openSheet(app) {
  return html`${later(library(app))}
    <p class="sheet-foot">
      <button type="button" class="quiet" @click=${() => app.commands.run("file.upload")}>
        A file from this computer…
      </button>
      <button type="button" class="quiet" @click=${() => app.commands.run("file.examples")}>Examples…</button>
    </p>`;
}

/** @param {App} app */
async function library(app) {
  const [saved, drafts] = await Promise.all([app.api.workflows(), app.api.drafts()]);
  const names = new Set(saved.map(({ name }) => name));
  const loose = drafts.filter(({ name }) => !names.has(name) && app.tabOf(name) === null);
  if (saved.length + loose.length === 0)
    return html`<p class="muted">Nothing is saved yet. Save keeps a workflow here under a name.</p>`;
  return html`<ul class="file-list">
      ${saved.map(({ name, modified }) => file(name, modified, () => open(app, () => openSaved(app, name))))}
    </ul>
    ${
      loose.length === 0
        ? nothing
        : html`<h3>Drafts that were closed</h3>
            <ul class="file-list">
              ${loose.map(({ name, modified }) => file(name, modified, () => open(app, () => openDraft(app, name))))}
            </ul>`
    }`;
}

/** @param {string} name @param {number} modified @param {() => void} choose */
function file(name, modified, choose) {
  const when = new Date(modified * 1000);
  return html`<li>
    <button type="button" @click=${choose}>
      <span>${name}</span><time datetime=${when.toISOString()}>${when.toLocaleString()}</time>
    </button>
  </li>`;
}

/** @param {App} app @param {() => Promise<unknown>} how */
async function open(app, how) {
  app.asking.value = null;
  await how().catch((error) => app.say(errorWords(error), "assertive"));
}

/** @param {App} app @param {string} key */
async function openDraft(app, key) {
  const tab = await restore(app, key);
  if (tab !== null) show(app, tab);
}

/** @param {App} app @param {Tab} tab */
export function saveAsSheet(app, tab) {
  const name = tab.name.peek() ?? tab.title.peek();
  const submit = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const wanted = String(new FormData(/** @type {HTMLFormElement} */ (event.currentTarget)).get("name") ?? "").trim();
    if (wanted !== "") void saveAs(app, tab, wanted, wanted === tab.name.peek() ? tab.etag.peek() : null);
  };
  return html`<form @submit=${submit}>
    <label class="form-field"
      >Name<input name="name" required maxlength="100" autofocus autocomplete="off" .value=${name} @focus=${select}
    /></label>
    <p class="sheet-foot"><button type="submit" class="main">Save</button></p>
  </form>`;
}

/** @param {Event} event */
function select(event) {
  /** @type {HTMLInputElement} */ (event.currentTarget).select();
}

/** @param {App} app @param {{tab: Tab, name: string, etag: string | null}} conflict */
export function conflictSheet(app, { tab, name, etag }) {
  const words = compare(app, tab, name).then((changes) => changeList(changes));
  const other = () => (app.asking.value = { kind: "saveAs", tab });
  const theirs = () => open(app, () => openSaved(app, name));
  return html`<p>From the library's version to what is open here:</p>
    ${later(words)}
    <p class="sheet-foot">
      <button type="button" class="main" @click=${() => saveAs(app, tab, name, etag ?? "*")}>Overwrite it</button>
      <button type="button" class="quiet" @click=${other}>Save under another name…</button>
      ${tab.name.peek() === name ? nothing : html`<button type="button" class="quiet" @click=${theirs}>Open the library's version</button>`}
    </p>`;
}

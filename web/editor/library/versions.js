/**
 * The versions of a saved file: when each was saved and what it changed. Any of them is compared with what is open, and restored into
 * it.
 *
 * @typedef {import("../session/app.js").App} App
 * @typedef {import("../session/tab.js").Tab} Tab
 * @typedef {import("../session/library.js").Version} Version
 * @typedef {import("./against.js").Side} Side
 * @typedef {{readonly name: string, readonly versions: readonly Version[], readonly next: number | null, readonly now: string | null}} Known
 *   `now`: the etag of what is in the library, null where it is there no more
 */

import { html, nothing, render } from "../vendor/lit-html/lit-html.js";
import { repeat } from "../vendor/lit-html/directives/repeat.js";
import { effect, signal, untracked } from "../vendor/signals-core/signals-core.mjs";
import { errorWords } from "../model/errors.js";
import { ApiError, bareEtag } from "../session/api.js";
import { versions } from "../session/library.js";
import { Against } from "./against.js";
import { changeList, leadTo } from "./changes.js";

const PAGE = 30;
const TOLD = 3;

/** What is in the library beside its versions: a file that was changed from outside. */
const FILE = "file";

/** Rises when the file is to be compared; the panel may not be there yet. */
const asked = signal(0);

/** Compare what is in the library with what is open, in the panel that is there or comes next. */
export function compareFile() {
  asked.value += 1;
}

class Versions {
  /** @type {import("../vendor/signals-core/signals-core.mjs").Signal<Known | null>} */
  known = signal(null);
  /** Why there is nothing to list. @type {import("../vendor/signals-core/signals-core.mjs").Signal<string>} */
  failed = signal("");

  /** @param {App} app */
  constructor(app) {
    this.app = app;
    this.against = new Against(app);
  }

  /** @param {string} name */
  async fetch(name) {
    const many = Math.max(PAGE, this.known.peek()?.name === name ? (this.known.peek()?.versions.length ?? 0) : 0);
    try {
      const [page, now] = await Promise.all([versions(this.app.api, name, { limit: Math.min(many, 200) }), etagNow(this.app, name)]);
      if (this.app.active.peek().name.peek() !== name) return;
      this.failed.value = "";
      this.known.value = { name, ...page, now };
    } catch (error) {
      this.failed.value = errorWords(error);
    }
  }

  async older() {
    const known = this.known.peek();
    if (known === null || known.next === null) return;
    const page = await versions(this.app.api, known.name, { before: known.next, limit: PAGE });
    if (this.known.peek() === known) this.known.value = { ...known, versions: [...known.versions, ...page.versions], next: page.next };
  }
}

/** @param {App} app @param {string} name @returns {Promise<string | null>} */
async function etagNow(app, name) {
  try {
    return bareEtag((await app.api.workflow(name)).etag);
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return null;
    throw error;
  }
}

/**
 * @param {App} app
 * @param {HTMLElement} place
 * @returns {() => void}  takes it away
 */
export function mountVersions(app, place) {
  const panel = new Versions(app);
  const stops = [
    effect(() => {
      const name = app.active.value.name.value;
      void app.library.value;
      if (name !== null) void untracked(() => panel.fetch(name));
    }),
    effect(() => {
      if (asked.value === 0) return;
      asked.value = 0;
      panel.against.side.value = FILE;
    }),
    panel.against.follow(),
    effect(() => void render(template(panel), place)),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}

/** @param {Versions} panel */
function template(panel) {
  const { app } = panel;
  const tab = app.active.value;
  const name = tab.name.value;
  const known = panel.known.value;
  if (name === null) return empty("This workflow is not saved yet", "From the first Save on, what it was is kept here.");
  if (panel.failed.value !== "") return empty("There is nothing to show", panel.failed.value);
  if (known === null || known.name !== name) return empty("", "Loading…");
  const changed = known.now !== null && known.now !== known.versions[0]?.etag;
  const file = changed || (known.now !== null && panel.against.side.value === FILE);
  return html`<div class="panel-body" tabindex="-1">
    <h3>${name}</h3>
    ${known.now === null ? html`<p class="muted">The file is in the library no more. Its versions are.</p>` : nothing}
    <ol class="versions">
      ${file ? outside(panel, changed) : nothing}
      ${repeat(known.versions, ({ number }) => number, (version) => row(panel, version, known))}
    </ol>
    ${known.next === null ? nothing : html`<button type="button" class="quiet" @click=${() => void panel.older()}>Older versions</button>`}
  </div>`;
}

/** @param {string} title @param {string} words */
function empty(title, words) {
  return html`<div class="panel-empty">${title === "" ? nothing : html`<h3>${title}</h3>`}<p>${words}</p></div>`;
}

/** @param {Versions} panel @param {Version} version @param {Known} known */
function row(panel, version, known) {
  const { number, saved, changes, etag } = version;
  const when = new Date(saved * 1000);
  const first = known.next === null && version === known.versions.at(-1);
  const restore = () => void panel.app.commands.run("library.restore", { number });
  return html`<li class="version">
    <p class="version-head"><b>Version ${number}</b>${etag === known.now && version === known.versions[0] ? html`<span class="version-now">In the library</span>` : nothing}
      <time datetime=${when.toISOString()}>${when.toLocaleString()}</time></p>
    ${told(changes, first)}
    <p class="version-deeds">${compareButton(panel, number, `version ${number}`)}
      <button type="button" class="quiet small" aria-label="Restore version ${number}" @click=${restore}>Restore</button></p>
    ${comparison(panel, number)}
  </li>`;
}

/** @param {Version["changes"]} changes @param {boolean} first */
function told(changes, first) {
  if (changes !== null) return changeList(changes, { none: "The same, written otherwise", shown: TOLD });
  return html`<p class="muted">${first ? "The first that was kept" : "It cannot be held against the one before"}</p>`;
}

/** The file as it is now. @param {Versions} panel @param {boolean} changed  it was no save that made it so */
function outside(panel, changed) {
  return html`<li class="version">
    <p class="version-head"><b>In the library now</b></p>
    ${changed ? html`<p class="muted">Changed outside of the editor. The next save keeps it as a version.</p>` : nothing}
    <p class="version-deeds">${compareButton(panel, FILE, "the file in the library")}</p>
    ${comparison(panel, FILE)}
  </li>`;
}

/** @param {Versions} panel @param {Side} side @param {string} words */
function compareButton({ against }, side, words) {
  const on = against.side.value === side;
  return html`<button type="button" class="quiet small" aria-pressed=${on ? "true" : "false"} aria-label="Compare ${words} with what is open"
    @click=${() => (against.side.value = on ? null : side)}>Compare</button>`;
}

/** @param {Versions} panel @param {Side} side */
function comparison({ app, against }, side) {
  if (against.side.value !== side) return nothing;
  const found = against.found.value;
  return html`<div class="version-against" role="group" aria-label="What was changed since">
    <h4>From there to what is open</h4>
    ${typeof found === "string" ? html`<p class="muted">${found}</p>` : changeList(found, { go: (node) => leadTo(app, node) })}
  </div>`;
}

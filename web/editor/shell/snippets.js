/**
 * Sheets for snippets: a name for what is selected, and all that there are, to be inserted, renamed and deleted.
 *
 * @typedef {import("../session/app.js").App} App
 * @typedef {import("../session/app.js").Asking} Asking
 * @typedef {import("../session/snippets.js").Snippet} Snippet
 */

import { html, nothing, render } from "../vendor/lit-html/lit-html.js";
import { repeat } from "../vendor/lit-html/directives/repeat.js";
import { batch, effect, signal } from "../vendor/signals-core/signals-core.mjs";
import { errorWords } from "../model/errors.js";
import { styled } from "../palette/styles.js";
import { ApiError } from "../session/api.js";
import * as library from "../session/snippets.js";

/** @param {App} app @param {Extract<Asking, {kind: "snippet"}>} asking */
export function saveSnippetSheet(app, asking) {
  const { document, name, taken, refused } = asking;
  const keep = async (/** @type {string} */ wanted, /** @type {string | null} */ etag) => {
    try {
      await library.keepSnippet(app, wanted, document, etag);
      app.asking.value = null;
    } catch (error) {
      const there = error instanceof ApiError && error.status === 412 ? error.etag : null;
      app.asking.value = { ...asking, name: wanted, taken: there, refused: errorWords(error) };
    }
  };
  const submit = (/** @type {SubmitEvent} */ event) => {
    const wanted = typed(event);
    if (wanted !== "") void keep(wanted, null);
  };
  return html`<p class="muted">${library.countWords(document.levels.get("")?.nodes.size ?? 0)}, with the wires between them. The search for nodes finds it by its name.</p>
    <form @submit=${submit}>
      <label class="form-field">Name<input name="name" required maxlength="100" autofocus autocomplete="off" .value=${name} /></label>
      ${refused === "" ? nothing : html`<p role="alert">${taken === null ? refused : `There is a snippet “${name}” already. Give this one another name, or replace it.`}</p>`}
      <p class="sheet-foot"><button type="submit" class="main">Save</button>
        ${taken === null ? nothing : html`<button type="button" class="quiet" @click=${() => void keep(name, taken)}>Replace “${name}”</button>`}</p>
    </form>`;
}

/** @param {SubmitEvent} event @returns {string} what stands in the form's one field */
function typed(event) {
  event.preventDefault();
  return String(new FormData(/** @type {HTMLFormElement} */ (event.currentTarget)).get("name") ?? "").trim();
}

class SnippetList {
  /** @type {import("../vendor/signals-core/signals-core.mjs").Signal<readonly Snippet[] | null>} */
  all = signal(null);
  /** The one whose name is being changed. @type {import("../vendor/signals-core/signals-core.mjs").Signal<string | null>} */
  renaming = signal(null);
  /** What was deleted last. @type {import("../vendor/signals-core/signals-core.mjs").Signal<{name: string, text: string} | null>} */
  deleted = signal(null);
  /** Why something was not done: a word in the sheet, which covers the status line. */
  refused = signal("");

  /** @param {App} app @param {HTMLElement} element */
  constructor(app, element) {
    this.app = app;
    this.element = element;
  }

  /** Do something, and list anew. @param {() => Promise<unknown>} what @param {string} [then]  what has the keyboard afterwards */
  async change(what, then) {
    try {
      this.refused.value = "";
      await what();
      this.all.value = await library.snippets(this.app.api);
    } catch (error) {
      this.refused.value = errorWords(error);
    }
    const next = then === undefined ? null : [...this.element.querySelectorAll("button")].find((button) => button.dataset.is === then);
    next?.focus();
  }

  /** @param {string} name @param {string} wanted */
  rename(name, wanted) {
    return this.change(async () => {
      if (wanted !== name) await library.renameSnippet(this.app.api, name, wanted);
      this.renaming.value = null;
    }, `rename ${wanted}`);
  }

  /** @param {Snippet} snippet */
  remove(snippet) {
    return this.change(async () => {
      const text = await library.snippetText(this.app.api, snippet.name);
      await library.deleteSnippet(this.app.api, snippet);
      this.deleted.value = { name: snippet.name, text };
    }, "back");
  }

  bringBack() {
    const deleted = this.deleted.peek();
    if (deleted === null) return;
    void this.change(async () => {
      await library.saveSnippet(this.app.api, deleted.name, JSON.parse(deleted.text), null);
      this.deleted.value = null;
    }, `delete ${deleted.name}`);
  }
}

/** @param {App} app */
export function snippetsSheet(app) {
  void styled("library.css");
  const element = document.createElement("div");
  const list = new SnippetList(app, element);
  effect(() => void render(listed(list), element));
  void list.change(async () => {});
  return element;
}

/** @param {SnippetList} list */
function listed(list) {
  const [all, deleted, refused] = [list.all.value, list.deleted.value, list.refused.value];
  return html`
    ${deleted === null ? nothing : html`<p class="snippet-gone" role="status">“${deleted.name}” is deleted.
      <button type="button" class="quiet small" data-is="back" @click=${() => list.bringBack()}>Bring it back</button></p>`}
    ${refused === "" ? nothing : html`<p role="alert">${refused}</p>`}
    ${all === null && refused === "" ? html`<p class="muted">Loading…</p>` : nothing}
    ${all?.length === 0 ? html`<p class="muted">There are none yet. Select nodes and take “Save as snippet…” from their menu.</p>` : nothing}
    <ul class="snippets">${repeat(all ?? [], ({ name }) => name, (snippet) => row(list, snippet))}</ul>
    <p class="muted">They are workflow files in the folder <code>workflows/snippets</code> of the library.</p>`;
}

/** @param {SnippetList} list @param {Snippet} snippet */
function row(list, snippet) {
  const { app } = list;
  const { name } = snippet;
  if (list.renaming.value === name) return naming(list, name);
  const insert = () => {
    app.asking.value = null;
    void app.commands.run("snippet.insert", { name });
  };
  const rename = () => {
    list.renaming.value = name;
    const field = list.element.querySelector("input");
    field?.focus();
    field?.select();
  };
  return html`<li class="snippet"><span class="snippet-words"><b>${name}</b><span class="muted">${library.contentWords(snippet, app.catalogue.peek())}</span></span>
    <span class="snippet-deeds"><button type="button" class="quiet small" aria-label="Insert ${name}" @click=${insert}>Insert</button>
    <button type="button" class="quiet small" aria-label="Rename ${name}" data-is="rename ${name}" @click=${rename}>Rename</button>
    <button type="button" class="quiet small" aria-label="Delete ${name}" data-is="delete ${name}" @click=${() => void list.remove(snippet)}>Delete</button></span></li>`;
}

/** @param {SnippetList} list @param {string} name */
function naming(list, name) {
  const leave = () => batch(() => {
    list.refused.value = "";
    list.renaming.value = null;
  });
  const submit = (/** @type {SubmitEvent} */ event) => {
    const wanted = typed(event);
    if (wanted !== "") void list.rename(name, wanted);
  };
  const key = (/** @type {KeyboardEvent} */ event) => {
    if (event.key !== "Escape") return;
    event.preventDefault(); // the sheet stays
    event.stopPropagation();
    leave();
    void list.change(async () => {}, `rename ${name}`);
  };
  return html`<li class="snippet"><form class="snippet-naming" @submit=${submit} @keydown=${key}>
    <input name="name" aria-label="New name of ${name}" required maxlength="100" autocomplete="off" .value=${name} />
    <button type="submit" class="main small">Rename</button>
    <button type="button" class="quiet small" @click=${leave}>Leave it</button></form></li>`;
}

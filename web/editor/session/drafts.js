/**
 * Every open document is kept on the server as a draft, at most two seconds old; the file in the library is never touched by it.
 * Which drafts are open is noted in the browser, so that a reload opens them again.
 *
 * @typedef {import("./app.js").App} App
 * @typedef {import("../model/document.js").Document} Document
 */

import { effect } from "../vendor/signals-core/signals-core.mjs";
import { EMPTY, parseDocument, toJson } from "../model/document.js";
import { Tab } from "./tab.js";

const PAUSE = 800;
const AGAIN = 2000;
const OPEN = "latentloom.open";

export class Drafts {
  /** @param {App} app */
  constructor(app) {
    this._app = app;
    /** @type {Set<Tab>} */
    this._changed = new Set();
    /** @type {ReturnType<typeof setTimeout> | null} */
    this._timer = null;
    this._saving = false;
    addEventListener("pagehide", () => this._last());
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "hidden") void this.flush();
    });
    effect(() => this._note());
  }

  /** Keep a tab's edits; under a new name where it gets one. @param {Tab} tab @returns {() => void} */
  follow(tab) {
    const first = tab.lastEdit.peek();
    const stopEdits = effect(() => {
      const edit = tab.lastEdit.value;
      if (edit !== null && edit !== first && edit.by !== "peer") this.later(tab);
    });
    const stopNames = effect(() => {
      void [tab.key.value, tab.etag.value]; // a draft says which version of the file it comes after
      this.later(tab);
    });
    return () => {
      stopEdits();
      stopNames();
    };
  }

  /** @param {Tab} tab */
  later(tab) {
    this._changed.add(tab);
    this._app.drafts.value = "waiting";
    this._timer ??= setTimeout(() => void this.flush(), PAUSE);
  }

  /** Save what changed, now. What could not be saved is tried again. */
  async flush() {
    if (this._timer !== null) clearTimeout(this._timer);
    this._timer = null;
    if (this._saving) {
      this._timer = setTimeout(() => void this.flush(), PAUSE);
      return;
    }
    this._saving = true;
    const changed = [...this._changed];
    this._changed.clear();
    for (const tab of changed) {
      await this._app.api.saveDraft(tab.key.peek(), draftOf(tab)).catch(() => this._changed.add(tab));
    }
    this._saving = false;
    if (this._changed.size === 0) this._app.drafts.value = "kept";
    else {
      this._app.drafts.value = "failed";
      this._timer ??= setTimeout(() => void this.flush(), AGAIN);
    }
  }

  /** The page goes: the last word, without waiting for an answer. */
  _last() {
    for (const tab of this._changed) void this._app.api.saveDraft(tab.key.peek(), draftOf(tab), true).catch(() => {});
  }

  /** Forget a document that is closed, where nothing of it would be lost. @param {Tab} tab */
  async drop(tab) {
    this._changed.delete(tab);
    if (tab.dirty.peek()) await this._app.api.saveDraft(tab.key.peek(), draftOf(tab)).catch(() => this.later(tab));
    else await this._app.api.deleteDraft(tab.key.peek()).catch(() => {});
  }

  _note() {
    const keys = this._app.tabs.value.map((tab) => tab.key.value);
    if (keys.length === 0) return;
    const noted = JSON.stringify({ keys, active: this._app.active.value.key.value });
    sessionStorage.setItem(OPEN, noted);
    localStorage.setItem(OPEN, noted);
  }
}

/** @param {Tab} tab */
function draftOf(tab) {
  return {
    workflow: toJson(tab.document.peek()),
    saved: tab.dirty.peek() && tab.name.peek() === null ? toJson(tab.saved.peek()) : null,
    clean: !tab.dirty.peek(), // though the file says more
    name: tab.name.peek(),
    etag: tab.etag.peek(),
  };
}

/** Which documents were open in this window, else in the last one. @returns {{keys: string[], active: string | null}} */
export function openLast() {
  try {
    return JSON.parse(sessionStorage.getItem(OPEN) ?? localStorage.getItem(OPEN) ?? '{"keys": [], "active": null}');
  } catch {
    return { keys: [], active: null };
  }
}

/**
 * A draft as a tab; saved is what the library has now.
 *
 * @param {App} app
 * @param {string} key
 * @returns {Promise<Tab | null>}  null where there is no such draft
 */
export async function restore(app, key) {
  const draft = await app.api.draft(key).catch(() => null);
  if (draft === null || typeof draft !== "object") return null;
  const document = parseDocument(draft.workflow);
  const name = typeof draft.name === "string" ? draft.name : null;
  const file = name === null ? draft.saved : await inLibrary(app, name);
  const saved = file && draft.clean ? draft.workflow : file;
  return new Tab(key, document, { name, etag: draft.etag ?? null, saved: saved ? parseDocument(saved) : name && EMPTY });
}

/** @param {App} app @param {string} name @returns {Promise<unknown>} */
async function inLibrary(app, name) {
  return app.api.workflow(name).then(
    ({ text }) => JSON.parse(text),
    () => null,
  );
}

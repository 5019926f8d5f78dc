/**
 * Saved files that are changed by somebody else while they are open here: git, an editor, another browser. Which of them are is asked
 * whenever the server tells of the library, and judged by content; what this browser's own windows save is never among them.
 *
 * @typedef {import("./app.js").App} App
 * @typedef {import("./app.js").Changed} Changed
 * @typedef {import("./tab.js").Tab} Tab
 */

import { batch, effect, untracked } from "../vendor/signals-core/signals-core.mjs";
import { EMPTY } from "../model/document.js";
import { ApiError, bareEtag } from "./api.js";
import { changesBetween, readText, restore } from "./library.js";
import { whileNoneSaves } from "./saves.js";

export class Outside {
  /** @param {App} app */
  constructor(app) {
    this._app = app;
    /** @type {Promise<void> | null} */
    this._looking = null;
    this._again = false;
  }

  /** Look whenever there may be something to see. @returns {() => void}  stops it */
  follow() {
    const { _app: app } = this;
    return effect(() => {
      void app.library.value;
      for (const tab of app.tabs.value) void [tab.name.value, tab.etag.value];
      if (app.online.value === "on") untracked(() => void this.look());
    });
  }

  /** See which of the open files somebody else has changed. What is asked for meanwhile is done after. @returns {Promise<void>} */
  look() {
    this._drop();
    this._again = this._looking !== null;
    this._looking ??= this._all().finally(() => {
      this._looking = null;
      if (this._again) void this.look();
    });
    return this._looking;
  }

  /** What was settled is no news any more, nor is what was closed. */
  _drop() {
    const { outside, tabs } = this._app;
    const left = [...outside.peek()].filter(([tab, { etag }]) => tabs.peek().includes(tab) && etag !== bareEtag(tab.etag.peek()));
    if (left.length < outside.peek().size) outside.value = new Map(left);
  }

  async _all() {
    const { api, tabs } = this._app;
    const named = tabs.peek().flatMap((tab) => (tab.name.peek() === null ? [] : [tab]));
    if (named.length === 0) return;
    try {
      const files = new Map((await api.workflows()).map(({ name, etag }) => [name, etag]));
      for (const tab of named) {
        const name = tab.name.peek() ?? "";
        await this._one(tab, name, files.get(name) ?? null);
      }
    } catch (error) {
      if (!(error instanceof ApiError)) throw error; // no answer is no news; the next event asks again
    }
  }

  /** @param {Tab} tab @param {string} name @param {string | null} listed */
  async _one(tab, name, listed) {
    const found = listed === bareEtag(tab.etag.peek()) ? null : await this._judge(tab, name);
    const { outside } = this._app;
    const known = outside.peek().get(tab);
    if (known?.etag === found?.etag) return;
    const others = [...outside.peek()].filter(([other]) => other !== tab);
    outside.value = new Map(found === null ? others : [...others, [tab, found]]);
    if (found !== null) this._app.say(wordsOf(name, found), "assertive");
  }

  /** What somebody else wrote, null where that says what is open here. @param {Tab} tab @param {string} name @returns {Promise<Changed | null>} */
  async _judge(tab, name) {
    await whileNoneSaves(name, async () => {});
    const found = await this._file(name);
    const here = () => tab.name.peek() === name && bareEtag(tab.etag.peek()) !== found.etag;
    if (!here() || found.document === null) return here() ? found : null;
    const changes = await changesBetween(this._app.api, found.document, tab.document.peek());
    if (!here()) return null; // another window told in the meantime that it was the one
    if (changes.length > 0) return found;
    settle(tab, found);
    return null;
  }

  /** @param {string} name @returns {Promise<Changed>} */
  async _file(name) {
    const { api } = this._app;
    let file;
    try {
      file = await api.workflow(name);
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) return { etag: null, document: null, broken: null };
      throw error;
    }
    const etag = bareEtag(file.etag);
    try {
      return { etag, document: await readText(api, file.text), broken: null };
    } catch (error) {
      if (error instanceof ApiError && error.status === 422) return { etag, document: null, broken: error.message };
      throw error;
    }
  }
}

/** From here on it is what is in the library that an edit, and a save, comes after. @param {Tab} tab @param {Changed} there */
function settle(tab, there) {
  batch(() => {
    tab.etag.value = there.etag;
    tab.saved.value = there.document ?? EMPTY;
  });
}

/**
 * Take what somebody else wrote, as one step that undo takes back.
 *
 * @param {App} app
 * @param {Tab} tab
 */
export function reload(app, tab) {
  const there = app.outside.peek().get(tab);
  if (!there?.document) return;
  const { document } = there;
  batch(() => {
    restore(tab, document, `Reload ${tab.name.peek()}`);
    settle(tab, there);
  });
  app.say(`${tab.name.peek()} is as it is in the library. Undo brings back what was here`);
}

/**
 * Leave what is open as it is: the next save replaces what somebody else wrote, which stays among the versions.
 *
 * @param {App} app
 * @param {Tab} tab
 */
export function keepMine(app, tab) {
  const there = app.outside.peek().get(tab);
  if (there === undefined) return;
  settle(tab, there);
  app.say(there.etag === null ? "Kept. The next save writes the file anew" : "Kept. The next save replaces the file; what it is now stays among its versions");
}

/**
 * What has become of a file, in a sentence.
 *
 * @param {string} name
 * @param {Changed} changed
 */
export function wordsOf(name, { etag, broken }) {
  if (etag === null) return `${name} is in the library no more`;
  return broken === null ? `${name} was changed outside of this browser` : `${name} was changed outside and can't be read: ${broken}`;
}

/**
 * After each edit the server is asked what is wrong and what would run: soon, but not at every keystroke, and never twice at once.
 *
 * @typedef {import("./app.js").App} App
 * @typedef {import("./tab.js").Tab} Tab
 */

import { effect } from "../vendor/signals-core/signals-core.mjs";
import { toJson } from "../model/document.js";
import { frozenIn } from "../model/frozen.js";
import { same } from "../model/json.js";
import { ApiError } from "./api.js";

const PAUSE = 60;

export class Checks {
  /** @param {App} app */
  constructor(app) {
    this._app = app;
    /** @type {Map<Tab, {timer: ReturnType<typeof setTimeout> | null, busy: boolean, again: boolean}>} */
    this._state = new Map();
    /** Told when a check came back. @type {((tab: Tab) => void)[]} */
    this.done = [];
  }

  /** Check a tab now and after each of its edits. @param {Tab} tab @returns {() => void}  follow it no more */
  follow(tab) {
    this._state.set(tab, { timer: null, busy: false, again: false });
    const stop = effect(() => {
      void tab.lastEdit.value;
      this.soon(tab);
    });
    return () => {
      stop();
      const state = this._state.get(tab);
      if (state?.timer) clearTimeout(state.timer);
      this._state.delete(tab);
    };
  }

  /** @param {Tab} tab */
  soon(tab) {
    const state = this._state.get(tab);
    if (state === undefined) return;
    if (state.timer !== null) clearTimeout(state.timer);
    state.timer = setTimeout(() => {
      state.timer = null;
      void this.now(tab);
    }, PAUSE);
  }

  /** Check every tab again: models, inputs or nodes changed. */
  all() {
    for (const tab of this._state.keys()) this.soon(tab);
  }

  /** @param {Tab} tab */
  async now(tab) {
    const state = this._state.get(tab);
    if (state === undefined) return;
    if (state.busy) {
      state.again = true;
      return;
    }
    state.busy = true;
    await this._ask(tab);
    state.busy = false;
    if (state.again) {
      state.again = false;
      await this.now(tab);
    }
  }

  /** @param {Tab} tab */
  async _ask(tab) {
    const document = tab.document.peek();
    try {
      const answer = await this._app.api.check({ workflow: toJson(document), document: tab.key.peek(), ...frozenIn(document) });
      const checked = {
        faults: answer.faults,
        notices: answer.notices ?? [],
        plan: new Map(Object.entries(answer.plan)),
      };
      if (!same(tab.checked.peek(), checked)) tab.checked.value = checked;
      for (const told of this.done) told(tab);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (error.faults.length > 0) tab.checked.value = { faults: error.faults, notices: [], plan: new Map() };
    }
  }
}

/**
 * One thing of the library held against what is open, anew whenever that changes: a version, by its number, or the file itself.
 *
 * @typedef {import("../session/app.js").App} App
 * @typedef {import("../session/history.js").Change} Change
 * @typedef {import("../model/document.js").Document} Document
 * @typedef {number | "file"} Side
 */

import { effect, signal, untracked } from "../vendor/signals-core/signals-core.mjs";
import { errorWords } from "../model/errors.js";
import { changesBetween, readText, versionText } from "../session/library.js";

const PAUSE = 300;

export class Against {
  /** @type {import("../vendor/signals-core/signals-core.mjs").Signal<Side | null>} */
  side = signal(null);
  /** What was changed, or in words why that cannot be said. @type {import("../vendor/signals-core/signals-core.mjs").Signal<readonly Change[] | string>} */
  found = signal("Comparing…");

  /** @param {App} app */
  constructor(app) {
    this._app = app;
    this._asked = 0;
    /** What a side says, by what it is. @type {{what: string, document: Promise<Document>} | null} */
    this._read = null;
  }

  /** Keep up with what is open. @returns {() => void}  stops it */
  follow() {
    let shown = "";
    return effect(() => {
      const [tab, side] = [this._app.active.value, this.side.value];
      const [name, document, age] = [tab.name.value, tab.document.value, side === "file" ? this._app.library.value : 0];
      this._asked += 1;
      if (side === null || name === null) {
        shown = "";
        return;
      }
      const what = JSON.stringify([name, side, age]);
      if (what === shown) {
        const timer = setTimeout(() => void this._compare(what, name, side, document), PAUSE); // while somebody types
        return () => clearTimeout(timer);
      }
      shown = what;
      untracked(() => {
        this.found.value = "Comparing…";
        void this._compare(what, name, side, document);
      });
    });
  }

  /** @param {string} what @param {string} name @param {Side} side @param {Document} document */
  async _compare(what, name, side, document) {
    const asked = this._asked;
    if (this._read?.what !== what) this._read = { what, document: this._document(name, side) };
    const found = await this._read.document
      .then((before) => changesBetween(this._app.api, before, document))
      .catch((error) => {
        this._read = null; // the next time it may be answered
        return errorWords(error);
      });
    if (asked === this._asked) this.found.value = found;
  }

  /** @param {string} name @param {Side} side */
  async _document(name, side) {
    const { api } = this._app;
    return readText(api, side === "file" ? (await api.workflow(name)).text : await versionText(api, name, side));
  }
}

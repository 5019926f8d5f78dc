/**
 * Two windows on one document see each other's edits: the diff of each goes to the others, which apply it outside of their own history.
 *
 * @typedef {import("./app.js").App} App
 * @typedef {import("./tab.js").Tab} Tab
 * @typedef {import("../model/transact.js").Diff} Diff
 * @typedef {{kind: "diff", key: string, diff: Diff} | {kind: "hello", key: string}
 *   | {kind: "document", key: string, workflow: unknown} | {kind: "saved", key: string, etag: string | null}} Word
 */

import { effect } from "../vendor/signals-core/signals-core.mjs";
import { parseDocument, toJson } from "../model/document.js";
import { difference } from "../model/transact.js";

export class Peers {
  /**
   * @param {App} app
   * @param {BroadcastChannel} [channel]
   */
  constructor(app, channel = new BroadcastChannel("latentloom")) {
    this._app = app;
    this._channel = channel;
    /** Tabs that wait for the whole document. @type {Set<Tab>} */
    this._apart = new Set();
    channel.addEventListener("message", (event) => this._take(event.data));
  }

  /** Tell the others of a tab's edits, and ask them for theirs. @param {Tab} tab @returns {() => void} */
  follow(tab) {
    const first = tab.lastEdit.peek();
    this._send({ kind: "hello", key: tab.key.peek() });
    const stopEdits = effect(() => {
      const edit = tab.lastEdit.value;
      if (edit !== null && edit !== first && edit.by !== "peer")
        this._send({ kind: "diff", key: tab.key.peek(), diff: edit.diff });
    });
    const before = tab.saved.peek();
    const stopSaves = effect(() => {
      if (tab.saved.value !== before) this._send({ kind: "saved", key: tab.key.peek(), etag: tab.etag.peek() });
    });
    return () => {
      stopEdits();
      stopSaves();
    };
  }

  /** @param {Word} word */
  _send(word) {
    this._channel.postMessage(word);
  }

  /**
   * Take an edit over. One that does not apply here says that the two went apart: the whole document is asked for.
   *
   * @param {Tab} tab
   * @param {Diff} diff
   */
  _receive(tab, diff) {
    try {
      tab.receive(diff);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      this._apart.add(tab);
      this._send({ kind: "hello", key: tab.key.peek() });
    }
  }

  /** @param {Word} word */
  _take(word) {
    const tab = this._app.tabOf(word.key);
    if (tab === null) return;
    if (word.kind === "diff") this._receive(tab, word.diff);
    if (word.kind === "hello" && tab.lastEdit.peek() !== null) {
      this._send({ kind: "document", key: word.key, workflow: toJson(tab.document.peek()) });
    }
    if (word.kind === "document" && (this._apart.delete(tab) || tab.history.peek().done.length === 0)) {
      const diff = difference(tab.document.peek(), parseDocument(word.workflow));
      if (diff.length > 0) tab.receive(diff);
    }
    if (word.kind === "saved" && word.etag !== null) {
      tab.etag.value = word.etag;
      tab.saved.value = tab.document.peek();
    }
  }
}

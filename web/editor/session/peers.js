/**
 * Two windows on one document see each other's edits: the diff of each goes to the others, which apply it outside of their own
 * history.
 *
 * Edits that cross are merged (model/merge.js). Of two values for the same thing that of the window with the higher name
 * stands in both, and both say so. When it has become quiet that window tells the others what it has, and they take it, so
 * that all end up alike whatever crossed.
 *
 * @typedef {import("./app.js").App} App
 * @typedef {import("./tab.js").Tab} Tab
 * @typedef {import("../model/transact.js").Diff} Diff
 * @typedef {{kind: "diff", key: string, from: string, number: number, diff: Diff} | {kind: "hello", key: string}
 *   | {kind: "document", key: string, workflow: unknown} | {kind: "saved", key: string, etag: string | null, workflow: unknown}
 *   | {kind: "settle", key: string, from: string, seen: {[window: string]: number}, workflow: unknown}
 *   | {kind: "settled", key: string, to: string}} Word
 * @typedef {{sent: number, seen: {[window: string]: number}, unsettled: boolean, stop: () => void}} Talk
 *   `sent`: edits that were told of; `seen`: of each other window, those that were taken
 */

import { batch, effect } from "../vendor/signals-core/signals-core.mjs";
import { parseDocument, toJson } from "../model/document.js";
import { difference } from "../model/transact.js";
import { bareEtag } from "./api.js";
import { randomHex } from "./random.js";
import { withPlaces } from "./tab.js";

const QUIET = 400;

/** @param {() => void} call */
function afterPause(call) {
  const timer = setTimeout(call, QUIET);
  return () => clearTimeout(timer);
}

export class Peers {
  /**
   * @param {App} app
   * @param {Pick<BroadcastChannel, "postMessage" | "addEventListener">} [channel]
   * @param {string} [name]  of this window
   * @param {(call: () => void) => () => void} [whenQuiet]  call later, unless what it gives back is called before
   */
  constructor(app, channel = new BroadcastChannel("latentloom"), name = randomHex(8), whenQuiet = afterPause) {
    this._app = app;
    this._channel = channel;
    this._whenQuiet = whenQuiet;
    this.name = name;
    /** Tabs that wait for the whole document. @type {Set<Tab>} */
    this._apart = new Set();
    /** @type {WeakMap<Tab, Talk>} */
    this._talks = new WeakMap();
    channel.addEventListener("message", (event) => this._take(event.data));
  }

  /** Tell the others of a tab's edits, and ask them for theirs. @param {Tab} tab @returns {() => void} */
  follow(tab) {
    const first = tab.lastEdit.peek();
    this._send({ kind: "hello", key: tab.key.peek() });
    const stopEdits = effect(() => {
      const edit = tab.lastEdit.value;
      if (edit !== null && edit !== first && edit.by !== "peer") this._tell(tab, edit.diff);
    });
    const before = tab.saved.peek();
    const stopSaves = effect(() => {
      const saved = tab.saved.value;
      if (saved !== before) this._send({ kind: "saved", key: tab.key.peek(), etag: tab.etag.peek(), workflow: toJson(saved) });
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

  /** @param {Tab} tab @returns {Talk} */
  _talk(tab) {
    const known = this._talks.get(tab);
    if (known !== undefined) return known;
    /** @type {Talk} */
    const talk = { sent: 0, seen: {}, unsettled: false, stop: () => {} };
    this._talks.set(tab, talk);
    return talk;
  }

  /** @param {Tab} tab @param {Diff} diff */
  _tell(tab, diff) {
    const talk = this._talk(tab);
    talk.sent += 1;
    this._send({ kind: "diff", key: tab.key.peek(), from: this.name, number: talk.sent, diff });
    if (talk.unsettled) this._settleSoon(tab, talk);
  }

  /**
   * Take an edit over. One that does not apply here says that the two went apart: the whole document is asked for.
   *
   * @param {Tab} tab
   * @param {Extract<Word, {kind: "diff"}>} word
   */
  _receive(tab, { from, number, diff }) {
    const talk = this._talk(tab);
    talk.seen[from] = number;
    const wins = from > this.name;
    try {
      const { merged, lost } = tab.receive(diff, wins);
      for (const place of lost)
        this._app.say(`Another window changed ${place} too: ${wins ? "its" : "this window's"} value stands`, "assertive");
      if ((merged || talk.unsettled) && !wins) this._settleSoon(tab, talk);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      this._apart.add(tab);
      this._send({ kind: "hello", key: tab.key.peek() });
    }
  }

  /** When nobody types any more, the others are told what stands here, until one has taken it. @param {Tab} tab @param {Talk} talk */
  _settleSoon(tab, talk) {
    talk.unsettled = true;
    talk.stop();
    talk.stop = this._whenQuiet(() => {
      const { seen } = talk;
      this._send({ kind: "settle", key: tab.key.peek(), from: this.name, seen, workflow: toJson(tab.document.peek()) });
    });
  }

  /** @param {Tab} tab @param {Extract<Word, {kind: "settle"}>} word */
  _settle(tab, { from, seen, workflow }) {
    if (from < this.name || (seen[this.name] ?? 0) < this._talk(tab).sent) return; // it has not seen all that was typed here
    this._become(tab, workflow);
    this._send({ kind: "settled", key: tab.key.peek(), to: from });
  }

  /** @param {Tab} tab @param {unknown} workflow */
  _become(tab, workflow) {
    const diff = difference(tab.document.peek(), parseDocument(workflow));
    if (diff.length > 0) tab.receive(diff);
  }

  /** @param {Word} word */
  _take(word) {
    const tab = this._app.tabOf(word.key);
    if (tab === null) return;
    if (word.kind === "diff") this._receive(tab, word);
    if (word.kind === "settle") this._settle(tab, word);
    if (word.kind === "settled" && word.to === this.name) this._talk(tab).unsettled = false;
    if (word.kind === "hello" && tab.lastEdit.peek() !== null) {
      this._send({ kind: "document", key: word.key, workflow: toJson(tab.document.peek()) });
    }
    if (word.kind === "document" && (this._apart.delete(tab) || tab.history.peek().done.length === 0))
      this._become(tab, word.workflow);
    if (word.kind === "saved") this._saved(tab, word);
  }

  /** What another window saved. Its echo comes back from here, and says nothing new there. @param {Tab} tab @param {Extract<Word, {kind: "saved"}>} word */
  _saved(tab, { etag, workflow }) {
    if (etag === null || bareEtag(etag) === bareEtag(tab.etag.peek())) return;
    batch(() => {
      tab.etag.value = etag;
      tab.saved.value = withPlaces(parseDocument(workflow));
    });
  }
}

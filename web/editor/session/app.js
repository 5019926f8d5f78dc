/**
 * The editor as a whole: the server, what it offers, the open documents. Shell and view read its signals.
 *
 * @typedef {import("./tab.js").Tab} Tab
 * @typedef {import("./api.js").ModelDoc} ModelDoc
 * @typedef {import("../commands/table.js").CommandTable} CommandTable
 * @typedef {import("../view/mount.js").ViewHandle} ViewHandle
 * @typedef {{readonly text: string, readonly how: "polite" | "assertive", readonly time: number}} Said
 * @typedef {{readonly paused: boolean, readonly queued: number, readonly running: number}} Queue
 * @typedef {import("../model/document.js").Document} Document
 * @typedef {{readonly etag: string | null, readonly document: Document | null, readonly broken: string | null}} Changed
 *   what somebody else made of a saved file: its content; null where it is gone, or where `broken` says why it can't be read
 * @typedef {{kind: "saveAs", tab: Tab} | {kind: "conflict", tab: Tab, name: string, etag: string | null}
 *   | {kind: "renameId", tab: Tab, id: string} | {kind: "open"} | {kind: "keys"} | {kind: "examples"} | {kind: "node", type: string} | {kind: "lost", title: string, lost: readonly string[]}
 *   | {kind: "snippet", document: Document, name: string, taken: string | null, refused: string} | {kind: "snippets"}
 *   | {kind: "broken", title: string, faults: readonly import("./api.js").Fault[]}} Asking
 *   what the shell shows a sheet for
 */

import { signal } from "../vendor/signals-core/signals-core.mjs";
import { NO_CATALOGUE } from "../model/catalogue.js";
import { Tab as OpenTab } from "./tab.js";

/** @template T @typedef {import("../vendor/signals-core/signals-core.mjs").Signal<T>} Signal */

export class App {
  catalogue = signal(NO_CATALOGUE);
  /** @type {Signal<readonly Tab[]>} */
  tabs = signal([]);
  /** The tab that is shown. @type {Signal<Tab>} */
  active = signal(new OpenTab("none"));
  /** Whether the server speaks with us. @type {Signal<"starting" | "on" | "off">} */
  online = signal("starting");
  /** @type {Signal<readonly ModelDoc[]>} */
  models = signal([]);
  /** Names of the files that a workflow may name. @type {Signal<readonly string[]>} */
  inputs = signal([]);
  /** @type {Signal<Queue>} */
  queue = signal({ paused: false, queued: 0, running: 0 });
  /** What was said last, for the live region and the status line. @type {Signal<Said | null>} */
  said = signal(null);
  /** @type {Signal<Asking | null>} */
  asking = signal(null);
  /** Rises when the library changed. */
  library = signal(0);
  /** Open documents whose file somebody else has changed. @type {Signal<ReadonlyMap<Tab, Changed>>} */
  outside = signal(new Map());
  /** Rises when a run of any document came, began or ended. */
  history = signal(0);
  /** Whether the last drafts are on the server. @type {Signal<"kept" | "waiting" | "failed">} */
  drafts = signal("kept");
  /** @type {CommandTable} */
  commands = /** @type {any} */ (null);
  /** @type {ViewHandle | null} */
  view = null;

  /**
   * @param {import("./api.js").Api} api
   * @param {import("./settings.js").Settings} settings
   */
  constructor(api, settings) {
    this.api = api;
    this.settings = settings;
  }

  /**
   * Tell the user: in the status line and to who listens instead of looking.
   *
   * @param {string} text
   * @param {"polite" | "assertive"} [how]
   */
  say(text, how = "polite") {
    this.said.value = { text, how, time: Date.now() };
  }

  /**
   * Open files that were dropped or chosen.
   *
   * @param {readonly File[]} files
   * @param {{x: number, y: number}} at  where a picture becomes a node
   */
  async openFiles(files, at) {
    const { openFiles } = await import("./transfer.js");
    await openFiles(this, files, at);
  }

  /** The open tab of a key. @param {string} key */
  tabOf(key) {
    return this.tabs.peek().find((tab) => tab.key.peek() === key) ?? null;
  }
}

/**
 * One open document with all that belongs to it: history, selection, camera, runs, faults, what is stale.
 *
 * @typedef {import("../model/document.js").Document} Document
 * @typedef {import("../model/document.js").Level} Level
 * @typedef {import("../model/draft.js").Draft} Draft
 * @typedef {import("../model/history.js").History} History
 * @typedef {import("../model/transact.js").Diff} Diff
 * @typedef {import("./api.js").Fault} Fault
 * @typedef {import("./checked.js").Checked} Checked
 * @typedef {import("./node_run.js").NodeRun} NodeRun
 * @typedef {import("./levels.js").Camera} Camera
 * @typedef {{readonly id: string, readonly status: string, readonly targets: readonly string[] | null,
 *   readonly done: number, readonly total: number, readonly seconds: number | null, readonly began: number,
 *   readonly partial: boolean, readonly faults: readonly Fault[]}} RunState  `began`: milliseconds since 1970
 * @typedef {{readonly diff: Diff, readonly by: "edit" | "undo" | "redo" | "gesture" | "peer"}} Edit
 */

import { batch, computed, signal } from "../vendor/signals-core/signals-core.mjs";
import { EMPTY, EMPTY_LEVEL, titleOf } from "../model/document.js";
import { placeUnplaced } from "../model/edits/place.js";
import { frozenOf } from "../model/frozen.js";
import { NOTHING_DONE, record, redo, undo } from "../model/history.js";
import { same } from "../model/json.js";
import { fitted } from "../model/merge.js";
import { applyDiff, difference, reverse, transact } from "../model/transact.js";
import { UNCHECKED, byAddress, costOf, withUses } from "./checked.js";
import { NodeRuns } from "./node_runs.js";
import { cameraOf, lastingPath, levelNameAt } from "./levels.js";

export const UNDER_WAY = new Set(["sending", "queued", "running"]);
/** @type {RunState} */
export const NEW_RUN = Object.freeze({
  id: "",
  status: "sending",
  targets: null,
  done: 0,
  total: 0,
  seconds: null,
  began: 0,
  partial: false,
  faults: [],
});

/** @template T @typedef {import("../vendor/signals-core/signals-core.mjs").Signal<T>} Signal */
export class Tab {
  /** What the server knows this document by: its name in the library, else a name of its own. */
  key = signal("");
  /** @type {Signal<string | null>} */
  name = signal(null);
  /** The version that is in the library. @type {Signal<string | null>} */
  etag = signal(null);
  document = signal(EMPTY);
  saved = signal(EMPTY);
  /** The last change: readers follow it to send, check and keep the document. @type {Signal<Edit | null>} */
  lastEdit = signal(null);
  history = signal(NOTHING_DONE);
  /** Node ids of the level that is shown, `frame:ID`, `note:ID`. @type {Signal<ReadonlySet<string>>} */
  selection = signal(new Set());
  /** The uses that were entered. @type {Signal<readonly string[]>} */
  path = signal([]);
  /** What the last check said. @type {Signal<Checked>} */
  checked = signal(UNCHECKED);
  /** The run that is under way, else the last one. @type {Signal<RunState | null>} */
  run = signal(null);
  /** Runs of this document that are not over. @type {Signal<readonly string[]>} */
  waiting = signal([]);
  /** The outputs that are watched, as `address.output`. @type {Signal<readonly string[]>} */
  watches = signal([]);
  /** What is frozen, by address. */
  frozen = computed(() => frozenOf(this.document.value));
  runOnChange = signal(false);
  runs = new NodeRuns();
  runTouched = this.runs.touched;
  /** What seeds last ran with, by `address.input`. @type {Map<string, import("../model/json.js").Json>} */
  seeds = new Map();
  /** @type {Signal<ReadonlyMap<string, Camera>>} */
  _cameras = signal(new Map());

  dirty = computed(() => !same(drawn(this.document.value), drawn(this.saved.value)));
  title = computed(() => this.name.value ?? (titleOf(this.document.value) || "Untitled"));
  levelName = computed(() => levelNameAt(this.document.value, this.path.value));
  level = computed(() => this.document.value.levels.get(this.levelName.value) ?? EMPTY_LEVEL);
  /** What an address begins with in the level that is shown. */
  prefix = computed(() => this.path.value.map((id) => `${id}/`).join(""));
  /** By address, at the uses around too; what is wrong with the file as a whole at "". */
  faults = computed(() => byAddress(this.checked.value.faults));
  notices = computed(() => byAddress(this.checked.value.notices));
  /** What is cached, stale or new, by address, at the uses around too. */
  plan = computed(() => withUses(this.checked.value.plan));
  /** Whether a run is under way, or waits. */
  active = computed(() => this.waiting.value.length > 0 || UNDER_WAY.has(this.run.value?.status ?? ""));
  cost = computed(() => costOf(this.checked.value.plan));
  camera = cameraOf(this._cameras, this.prefix);

  /**
   * @param {string} key
   * @param {Document} [document]
   * @param {{name?: string | null, etag?: string | null, saved?: Document | null, now?: () => number}} [facts]
   */
  constructor(key, document = EMPTY, { name = null, etag = null, saved = null, now = Date.now } = {}) {
    const placed = withPlaces(document);
    this._now = now;
    this.key.value = key;
    this.name.value = name;
    this.etag.value = etag;
    this.document.value = placed;
    this.saved.value = saved === null ? placed : withPlaces(saved);
  }

  /** Whether the level that is shown was ever looked at: its camera is somebody's choice. */
  get hasCamera() {
    return this._cameras.peek().has(this.prefix.peek());
  }

  /**
   * The level that is shown, the camera of each, and what is watched.
   *
   * @returns {{path: readonly string[], cameras: [string, Camera][], watches?: readonly string[]}}
   */
  get whereabouts() {
    return { path: this.path.peek(), cameras: [...this._cameras.peek()], watches: this.watches.peek() };
  }

  set whereabouts({ path, cameras, watches = [] }) {
    this._cameras.value = new Map(cameras);
    this.watches.value = watches;
    this.path.value = lastingPath(this.document.peek(), path);
  }

  /**
   * Change the document as one step of the history; edits with the same `merge` within a second are one. What a change
   * throws leaves the document as it was.
   *
   * @param {string} title  what undo calls it
   * @param {(draft: Draft) => void} change
   * @param {{merge?: string}} [options]
   * @returns {Diff}
   */
  edit(title, change, { merge } = {}) {
    const { document, diff } = transact(this.document.peek(), change);
    if (diff.length > 0) this._take(document, diff, title, merge ?? null);
    return diff;
  }

  /**
   * A gesture that is seen while it lasts and is one step when it is done. Each `update` starts from the document as it was at
   * the beginning.
   *
   * @param {string} title
   */
  gesture(title) {
    const start = this.document.peek();
    return {
      /** @param {(draft: Draft) => void} change */
      update: (change) => {
        this.document.value = transact(start, change).document;
      },
      commit: () => {
        const end = this.document.peek();
        const diff = difference(start, end);
        if (diff.length > 0) this._take(end, diff, title, null);
        return diff;
      },
      cancel: () => {
        this.document.value = start;
      },
    };
  }

  /**
   * @param {Document} document
   * @param {Diff} diff
   * @param {string} title
   * @param {string | null} merge
   */
  _take(document, diff, title, merge) {
    const step = { title, diff, level: this.prefix.peek(), merge, time: this._now() };
    batch(() => {
      this.document.value = document;
      this.history.value = record(this.history.peek(), step);
      this.lastEdit.value = { diff, by: "edit" };
      this._mend(diff);
    });
  }

  /** Take the last step back. @returns {string | null}  its title */
  undo() {
    return this._step(undo(this.history.peek()), "undo");
  }

  /** Do the step again that was taken back last. @returns {string | null}  its title */
  redo() {
    return this._step(redo(this.history.peek()), "redo");
  }

  /**
   * @param {{step: import("../model/history.js").Step, history: History} | null} taken
   * @param {"undo" | "redo"} by
   */
  _step(taken, by) {
    if (taken === null) return null;
    const wanted = by === "undo" ? reverse(taken.step.diff) : taken.step.diff;
    const { diff } = fitted(this.document.peek(), wanted, true); // what another window did beside it stays
    batch(() => {
      this.document.value = applyDiff(this.document.peek(), diff);
      this.history.value = taken.history;
      this.lastEdit.value = { diff, by };
      this._show(taken.step.level);
      this._mend(diff);
    });
    return taken.step.title;
  }

  /**
   * A change that was made in another window: it is no step of this one's history.
   *
   * @param {Diff} given
   * @param {boolean} [wins]  against what this window has changed meanwhile
   */
  receive(given, wins = true) {
    const { diff, merged, lost } = fitted(this.document.peek(), given, wins);
    batch(() => {
      this.document.value = applyDiff(this.document.peek(), diff);
      this.lastEdit.value = { diff, by: "peer" };
      this._mend(diff);
    });
    return { merged, lost };
  }

  /** @param {string} prefix  where something was done */
  _show(prefix) {
    if (prefix === this.prefix.peek()) return;
    const path = prefix.split("/").slice(0, -1);
    if (levelNameAt(this.document.peek(), path) !== "" || path.length === 0) this.enter(path);
  }

  /** A level or a selection that is no longer there is left; results are seen where outputs lead now. @param {Diff} diff */
  _mend(diff) {
    const document = this.document.peek();
    if (diff.some(({ table }) => table === "outputs" || table === "levels")) this.runs.showAgain(document);
    const path = lastingPath(document, this.path.peek());
    if (path.length < this.path.peek().length) this.enter(path);
    const { nodes } = this.level.peek();
    const kept = [...this.selection.peek()].filter((key) => key.includes(":") || nodes.has(key));
    if (kept.length < this.selection.peek().size) this.selection.value = new Set(kept);
  }

  /**
   * Go to a level, by the uses that lead there.
   *
   * @param {readonly string[]} path
   */
  enter(path) {
    batch(() => {
      this.path.value = path;
      this.selection.value = new Set();
    });
  }

  /**
   * A run of this document waits: told by the answer to its submission or by an event, whichever comes first.
   *
   * @param {string} id
   */
  queue(id) {
    if (this.waiting.peek().includes(id) || this.run.peek()?.id === id) return;
    batch(() => {
      this.waiting.value = [...this.waiting.peek(), id];
      const now = this.run.peek();
      const shown = now !== null && now.status !== "sending" && UNDER_WAY.has(now.status);
      const { targets = null, began = this._now() } = now?.status === "sending" ? now : {};
      if (!shown) this.run.value = { ...NEW_RUN, id, status: "queued", targets, began };
    });
  }

  /** @param {string} address */
  nodeRun(address) {
    return this.runs.at(address);
  }

  /**
   * The value that an input last ran with, where it was a seed.
   *
   * @param {string} address
   * @param {string} input
   */
  lastSeed(address, input) {
    return this.seeds.get(`${address}.${input}`);
  }
}

/**
 * The document with a place for every node.
 *
 * @param {Document} document
 * @returns {Document}
 */
export function withPlaces(document) {
  return transact(document, (draft) => {
    for (const level of document.levels.keys()) placeUnplaced(draft, level);
  }).document;
}

/** But for what it needs, which saving writes. @param {Document} document */
const drawn = ({ head, levels }) => [new Map(head).set("requires", null), levels];

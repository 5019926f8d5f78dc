/**
 * The nodes' parts in a document's runs, a signal each, so that progress of one node renders one node.
 *
 * @typedef {import("./node_run.js").NodeRun} NodeRun
 * @typedef {import("./socket.js").Message} Message
 * @typedef {import("../model/document.js").Document} Document
 */

import { batch, signal } from "../vendor/signals-core/signals-core.mjs";
import { levelOf } from "../model/document.js";
import { portOf } from "../model/shapes.js";
import { IDLE, afterInner, afterMessage, keep } from "./node_run.js";

/** @typedef {import("../vendor/signals-core/signals-core.mjs").Signal<NodeRun>} NodeSignal */

export class NodeRuns {
  constructor() {
    /** @type {Map<string, NodeSignal>} */
    this._signals = new Map();
    /** The addresses that the last batch changed. */
    this.touched = signal(/** @type {ReadonlySet<string>} */ (new Set()));
    /** @type {Set<string>} */
    this._changed = new Set();
    /** What came out last. @type {{[name: string]: readonly any[]}} */
    this._outputs = {};
  }

  /**
   * @param {string} address
   * @returns {NodeSignal}
   */
  at(address) {
    let found = this._signals.get(address);
    if (found === undefined) this._signals.set(address, (found = signal(IDLE)));
    return found;
  }

  /**
   * Several changes as one: readers hear of them together.
   *
   * @param {() => void} change
   */
  together(change) {
    batch(() => {
      change();
      if (this._changed.size > 0) this.touched.value = this._changed;
      this._changed = new Set();
    });
  }

  /**
   * @param {string} address
   * @param {NodeRun} run
   */
  set(address, run) {
    this.at(address).value = run;
    this._changed.add(address);
  }

  /**
   * A message about a node: it changes, and so do the uses that it is in.
   *
   * @param {Message} message
   */
  take(message) {
    const address = message.node ?? "";
    const inner = afterMessage(this.at(address).peek(), message);
    this.set(address, inner);
    for (let cut = address.lastIndexOf("/"); cut > 0; cut = address.lastIndexOf("/", cut - 1)) {
      const outer = address.slice(0, cut);
      this.set(outer, afterInner(this.at(outer).peek(), inner, message));
    }
  }

  /**
   * The plan of a run: what waits, and what is at hand.
   *
   * @param {readonly string[]} order
   * @param {readonly string[]} cached
   */
  plan(order, cached) {
    for (const address of cached) this.set(address, { ...keep(this.at(address).peek()), state: "cached" });
    for (const address of order) {
      if (this.at(address).peek().state !== "ran")
        this.set(address, { ...keep(this.at(address).peek()), state: "queued" });
    }
  }

  /** A new run begins: nothing has a part in it yet, what was seen stays to be seen. */
  begin() {
    for (const [address, run] of this._signals) {
      if (run.peek() !== IDLE) this.set(address, { ...keep(run.peek()), state: "idle" });
    }
  }

  /** The run is over: what still waits will not come; uses whose nodes all ran are done. */
  end() {
    for (const [address, run] of this._signals) {
      const now = run.peek();
      if (now.state !== "queued" && now.state !== "running") continue;
      const done = now.state === "running" && this._isUse(address) && now.seconds !== undefined;
      this.set(address, done ? { ...keep(now), state: "ran", seconds: now.seconds } : { ...keep(now), state: "idle" });
    }
  }

  /** @param {string} address */
  _isUse(address) {
    for (const other of this._signals.keys()) if (other.startsWith(`${address}/`)) return true;
    return false;
  }

  /**
   * What came out of a run, shown at the nodes that made it: an output of the workflow at the node that it leads from.
   *
   * @param {Document} document
   * @param {{readonly [name: string]: readonly any[]}} outputs
   */
  show(document, outputs) {
    this._outputs = { ...this._outputs, ...outputs };
    for (const [name, entries] of Object.entries(outputs)) {
      for (const address of makersOf(document, name)) {
        const now = this.at(address).peek();
        this.set(address, { ...now, outputs: { ...now.outputs, [name]: entries.map(withAddress) } });
      }
    }
  }

  /**
   * The document's outputs lead elsewhere now: what came out is seen where they lead.
   *
   * @param {Document} document
   */
  showAgain(document) {
    this.together(() => this.show(document, this._outputs));
  }
}

/**
 * An entry of an output with the address of its file: events name it by content alone.
 *
 * @param {any} entry
 */
function withAddress(entry) {
  if (typeof entry.sha256 !== "string" || typeof entry.url === "string") return entry;
  const suffix = /\.[a-z0-9]+$/.exec(entry.asset ?? "")?.[0] ?? "";
  return { ...entry, url: `/api/assets/${entry.sha256}${suffix}` };
}

/**
 * The addresses at which an output is to be seen: the node that it leads from, inside uses too.
 *
 * @param {Document} document
 * @param {string} name
 * @returns {string[]}
 */
export function makersOf(document, name) {
  const found = levelOf(document, "").outputs.get(name);
  if (found === undefined) return [name];
  const addresses = [];
  let [level, prefix, link] = ["", "", found.link];
  for (let depth = 0; depth <= 64; depth += 1) {
    const { node, output } = portOf(link);
    addresses.push(prefix + node);
    const type = document.levels.get(level)?.nodes.get(node)?.type ?? "";
    const inner = type.startsWith("workflow:") ? type.slice("workflow:".length) : null;
    const next = inner === null ? undefined : document.levels.get(inner)?.outputs.get(output);
    if (inner === null || next === undefined) break;
    [level, prefix, link] = [inner, `${prefix}${node}/`, next.link];
  }
  return addresses;
}

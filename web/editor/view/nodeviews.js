/**
 * Views that packs bring for their node types. A module is loaded when the first of its nodes is shown; until it is there,
 * and when it is faulty, its nodes are plain ones. What a module has to offer is told in docs/editor/node-views.md.
 */

import { signal } from "../vendor/signals-core/signals-core.mjs";

/** @typedef {import("../model/ports.js").Ports} Ports */
/** @typedef {import("./panels.js").ViewModule} ViewModule */

export class NodeViews {
  /** Rises when a module came, or turned out to be faulty. */
  changed = signal(0);
  /** What puts views on nodes; loaded with the first module. @type {import("./panels.js").Panels | null} */
  panels = null;
  /** By pack and file; null is on its way. @type {Map<string, ViewModule | Error | null>} */
  #known = new Map();

  /** @param {import("../session/app.js").App} app */
  constructor(app) {
    this.app = app;
  }

  /** @param {Ports} ports @returns {ViewModule | null} */
  of(ports) {
    if (ports.view === null) return null;
    const key = keyOf(ports);
    if (!this.#known.has(key)) {
      this.#known.set(key, null);
      void this.#load(ports);
    }
    const known = this.#known.get(key) ?? null;
    return known instanceof Error ? null : known;
  }

  /** Why nodes of a type are shown plainly, in words; null where nothing is wrong. @param {Ports} ports @returns {string | null} */
  faultOf(ports) {
    const known = this.#known.get(keyOf(ports));
    return known instanceof Error ? `The view that ${ports.pack} brings failed: ${known.message}` : null;
  }

  /** A view threw: its nodes are plain ones from here on. @param {Ports} ports @param {unknown} error */
  fail(ports, error) {
    console.error(`the view ${keyOf(ports)} failed`, error);
    this.#take(ports, error instanceof Error ? error : new Error(String(error)));
  }

  /** @param {Ports} ports */
  async #load(ports) {
    try {
      const { Panels, load } = await import("./panels.js");
      this.panels ??= new Panels(this);
      this.#take(ports, await load(this.app.api, ports));
    } catch (error) {
      this.fail(ports, error);
    }
  }

  /** @param {Ports} ports @param {ViewModule | Error} known */
  #take(ports, known) {
    this.#known.set(keyOf(ports), known);
    this.changed.value = this.changed.peek() + 1;
  }
}

/** @param {Ports} ports */
function keyOf({ pack, view }) {
  return `${pack}/${view}`;
}

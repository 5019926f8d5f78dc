/**
 * A document while a change is made to it. Tables are copied when they are first written; records are never changed,
 * only replaced.
 *
 * @typedef {import("./json.js").Json} Json
 * @typedef {import("./document.js").Document} Document
 * @typedef {import("./document.js").Level} Level
 * @typedef {import("./document.js").Node} Node
 * @typedef {import("./document.js").Exposed} Exposed
 * @typedef {import("./document.js").Output} Output
 * @typedef {import("./transact.js").Table} Table
 */

import { deepFreeze, same } from "./json.js";

/**
 * A Map that is copied when it is first written.
 *
 * @template V
 */
class Entries {
  /** @param {ReadonlyMap<string, V>} base */
  constructor(base) {
    this._base = base;
    /** @type {Map<string, V> | null} */
    this._own = null;
  }

  /** The entries as they stand; a later write goes to a copy, because readers keep what they found by this Map. */
  get entries() {
    if (this._own !== null) [this._base, this._own] = [this._own, null];
    return this._base;
  }

  /** @param {string} key */
  get(key) {
    return (this._own ?? this._base).get(key);
  }

  /** @param {string} key */
  has(key) {
    return (this._own ?? this._base).has(key);
  }

  /**
   * Put a record; one that says the same as what is there changes nothing.
   *
   * @param {string} key
   * @param {V} value
   */
  set(key, value) {
    if (this.has(key) && same(this.get(key), value)) return;
    this._own ??= new Map(this._base);
    this._own.set(key, deepFreeze(value));
  }

  /** @param {string} key */
  delete(key) {
    if (!this.has(key)) return;
    this._own ??= new Map(this._base);
    this._own.delete(key);
  }
}

/** One level of a draft. */
export class LevelDraft {
  /** @param {Level} base */
  constructor(base) {
    this._base = base;
    /** @type {Entries<Node>} */
    this.nodes = new Entries(base.nodes);
    /** @type {Entries<Exposed>} */
    this.inputs = new Entries(base.inputs);
    /** @type {Entries<Output>} */
    this.outputs = new Entries(base.outputs);
    /** @type {Entries<Json>} */
    this.ui = new Entries(base.ui);
  }

  /** The level as it stands, frozen. @returns {Level} */
  get level() {
    const { nodes, inputs, outputs, ui, _base: base } = this;
    const now = { nodes: nodes.entries, inputs: inputs.entries, outputs: outputs.entries, ui: ui.entries };
    const unchanged = now.nodes === base.nodes && now.inputs === base.inputs && now.outputs === base.outputs;
    return unchanged && now.ui === base.ui ? base : Object.freeze(now);
  }

  /**
   * A node that must be there. Throws RangeError.
   *
   * @param {string} id
   * @returns {Node}
   */
  node(id) {
    const node = this.nodes.get(id);
    if (node === undefined) throw new RangeError(`there is no node '${id}'`);
    return node;
  }

  /**
   * Replace some fields of a node.
   *
   * @param {string} id
   * @param {Partial<Node>} fields
   */
  patch(id, fields) {
    this.nodes.set(id, { ...this.node(id), ...fields });
  }

  /**
   * Replace some fields of a node's drawing; undefined takes one away.
   *
   * @param {string} id
   * @param {{[key: string]: Json | undefined}} fields
   */
  draw(id, fields) {
    const entries = Object.entries({ ...this.node(id).ui, ...fields }).filter(([, value]) => value !== undefined);
    this.patch(id, { ui: /** @type {Node["ui"]} */ (Object.fromEntries(entries)) });
  }

  /**
   * Move a node, by graph units.
   *
   * @param {string} id
   * @param {{x: number, y: number}} place
   */
  place(id, { x, y }) {
    this.draw(id, { x, y });
  }

  /**
   * Write an input's value; undefined takes it away.
   *
   * @param {string} id
   * @param {string} name
   * @param {Json | undefined} value
   */
  setInput(id, name, value) {
    const inputs = new Map(this.node(id).inputs);
    if (value === undefined) inputs.delete(name);
    else inputs.set(name, value);
    this.patch(id, { inputs });
  }
}

/** A whole document in the making. */
export class Draft {
  /** @param {Document} document */
  constructor(document) {
    this._base = document;
    /** @type {Entries<Json>} */
    this.head = new Entries(document.head);
    /** @type {Map<string, LevelDraft>} */
    this._levels = new Map();
    /** @type {Set<string>} */
    this._gone = new Set();
  }

  /**
   * A level to write to. Throws RangeError where there is none.
   *
   * @param {string} name
   * @returns {LevelDraft}
   */
  level(name) {
    const open = this._levels.get(name);
    if (open !== undefined) return open;
    const base = this._gone.has(name) ? undefined : this._base.levels.get(name);
    if (base === undefined) throw new RangeError(`there is no sub-workflow '${name}'`);
    const level = new LevelDraft(base);
    this._levels.set(name, level);
    return level;
  }

  /**
   * Put a whole sub-workflow, new or in place of another of its name.
   *
   * @param {string} name
   * @param {Level} level
   */
  putLevel(name, level) {
    this._levels.set(name, new LevelDraft(deepFreeze(level)));
    this._gone.delete(name);
  }

  /** @param {string} name */
  deleteLevel(name) {
    this._levels.delete(name);
    this._gone.add(name);
  }

  /** The document as it stands. @returns {Document} */
  get document() {
    return this.finish();
  }

  /**
   * Put one record of a diff; undefined takes it away.
   *
   * @param {string} level
   * @param {Table} table
   * @param {string} key
   * @param {any} record  what the table holds
   */
  put(level, table, key, record) {
    if (table === "levels") {
      if (record === undefined) this.deleteLevel(key);
      else this.putLevel(key, record);
      return;
    }
    const entries = table === "head" ? this.head : this.level(level)[table];
    if (record === undefined) entries.delete(key);
    else entries.set(key, record);
  }

  /** @returns {Document} */
  finish() {
    const levels = this._finishLevels();
    if (levels === this._base.levels && this.head.entries === this._base.head) return this._base;
    return Object.freeze({ head: this.head.entries, levels });
  }

  /** @returns {ReadonlyMap<string, Level>} */
  _finishLevels() {
    const base = this._base.levels;
    const changed = [...this._levels].filter(([name, draft]) => draft.level !== base.get(name));
    const gone = [...this._gone].filter((name) => base.has(name));
    if (changed.length === 0 && gone.length === 0) return base;
    const levels = new Map(base);
    for (const name of gone) levels.delete(name);
    for (const [name, draft] of changed) levels.set(name, draft.level);
    return levels;
  }
}

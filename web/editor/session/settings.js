/**
 * What a user chose for this browser: theme, keys, which node types are used most. Kept in the browser's own storage.
 *
 * @typedef {"system" | "light" | "dark"} Theme
 * @typedef {{readonly theme: Theme, readonly bindings: {readonly [command: string]: readonly string[]},
 *   readonly uses: {readonly [type: string]: number}}} Chosen
 */

import { signal } from "../vendor/signals-core/signals-core.mjs";

const KEY = "latentloom.settings";
/** @type {Chosen} */
const DEFAULTS = Object.freeze({ theme: "system", bindings: {}, uses: {} });

export class Settings {
  /** @param {Storage} [storage] */
  constructor(storage = localStorage) {
    this._storage = storage;
    this.chosen = signal({ ...DEFAULTS, ...this._read() });
  }

  /** @returns {Partial<Chosen>} */
  _read() {
    try {
      return JSON.parse(this._storage.getItem(KEY) ?? "{}");
    } catch {
      return {}; // somebody else wrote there
    }
  }

  /** @param {Partial<Chosen>} choice */
  choose(choice) {
    this.chosen.value = { ...this.chosen.peek(), ...choice };
    this._storage.setItem(KEY, JSON.stringify(this.chosen.peek()));
  }

  /**
   * Keys for a command, in place of its own; null gives it its own back.
   *
   * @param {string} command
   * @param {readonly string[] | null} keys
   */
  bind(command, keys) {
    const { [command]: _, ...others } = this.chosen.peek().bindings;
    this.choose({ bindings: keys === null ? others : { ...others, [command]: keys } });
  }

  /** How often a node type was added. @param {string} type */
  usesOf(type) {
    return this.chosen.peek().uses[type] ?? 0;
  }

  /** @param {string} type */
  countUse(type) {
    this.choose({ uses: { ...this.chosen.peek().uses, [type]: this.usesOf(type) + 1 } });
  }
}

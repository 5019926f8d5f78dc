/**
 * The one table of commands, from which menus, keys and the palette are made.
 *
 * @typedef {import("../session/app.js").App} App
 * @typedef {object} Command
 * @property {string} id  "group.verb"
 * @property {string} title  as menus and the palette show it
 * @property {string} group  where the help sheet lists it
 * @property {readonly string[]} [keys]  the bindings that it has where the user chose none
 * @property {boolean} [inFields]  whether its keys also work while a text is typed
 * @property {boolean} [canvas]  whether its keys work only while the canvas, or a node on it, has the keyboard
 * @property {boolean} [native]  the browser's own event does it: its keys are only shown
 * @property {boolean} [hidden]  not shown in the palette
 * @property {(app: App, argument?: any) => boolean} [on]  of one that is put on and taken off: whether it is on
 * @property {(app: App) => boolean} [when]  whether it can be done now
 * @property {(app: App, argument?: any) => unknown} run
 */

import { errorWords } from "../model/errors.js";
import { canvasHasKeys, normal, shownKeys } from "./keys.js";

export class CommandTable {
  /** @param {App} app */
  constructor(app) {
    this._app = app;
    /** @type {Map<string, Command>} */
    this._commands = new Map();
    /** @type {{bindings: unknown, byKey: Map<string, Command[]>} | null} */
    this._keys = null;
  }

  /**
   * Add commands. Throws Error for an id that is taken.
   *
   * @param {readonly Command[]} commands
   */
  add(commands) {
    for (const command of commands) {
      if (this._commands.has(command.id)) throw new Error(`there are two commands ${command.id}`);
      this._commands.set(command.id, command);
    }
    this._keys = null;
  }

  /** All of them. @returns {Command[]} */
  all() {
    return [...this._commands.values()];
  }

  /** Those that can be done now. @param {App} [app] @returns {Command[]} */
  list(app = this._app) {
    return this.all().filter((command) => command.when === undefined || command.when(app));
  }

  /** @param {string} id */
  get(id) {
    return this._commands.get(id);
  }

  /** @param {string} id */
  can(id) {
    const command = this._commands.get(id);
    return command !== undefined && (command.when === undefined || command.when(this._app));
  }

  /**
   * Do it, if it can be done. What goes wrong is said, never thrown at whoever pressed a key.
   *
   * @param {string} id
   * @param {any} [argument]
   * @returns {Promise<boolean>}  whether it was done
   */
  async run(id, argument) {
    const command = this._commands.get(id);
    if (command === undefined || !(command.when === undefined || argument !== undefined || command.when(this._app)))
      return false;
    try {
      await command.run(this._app, argument);
      return true;
    } catch (error) {
      this._app.say(errorWords(error), "assertive");
      return false;
    }
  }

  /** The bindings of a command: the user's, else its own. @param {string} id @returns {readonly string[]} */
  bindingsOf(id) {
    return this._app.settings.chosen.value.bindings[id] ?? this._commands.get(id)?.keys ?? [];
  }

  /** The same, as they are shown. @param {string} id @returns {string[]} */
  keysOf(id) {
    return this.bindingsOf(id).map((binding) => shownKeys(binding));
  }

  /**
   * What a key does now.
   *
   * @param {string} key  as `pressed` names it
   * @param {boolean} inField  whether a text is being typed
   * @returns {Command | null}
   */
  forKey(key, inField) {
    const found = this._byKey().get(key) ?? [];
    const fit = found.filter(
      (command) =>
        (!inField || command.inFields === true) && (!command.canvas || canvasHasKeys()) && this.can(command.id),
    );
    return fit[0] ?? null;
  }

  /** The other commands that a binding would collide with. @param {string} id @param {string} binding @returns {Command[]} */
  clashes(id, binding) {
    return (this._byKey().get(normal(binding)) ?? []).filter((command) => command.id !== id);
  }

  /** @returns {Map<string, Command[]>} */
  _byKey() {
    const { bindings } = this._app.settings.chosen.value;
    if (this._keys?.bindings === bindings) return this._keys.byKey;
    /** @type {Map<string, Command[]>} */
    const byKey = new Map();
    for (const command of this._commands.values()) {
      for (const binding of this.bindingsOf(command.id)) {
        const key = normal(binding);
        byKey.set(key, [...(byKey.get(key) ?? []), command]);
      }
    }
    this._keys = { bindings, byKey };
    return byKey;
  }
}

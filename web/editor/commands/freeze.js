/**
 * Commands that freeze what nodes gave; what does it is loaded when it is first asked for.
 *
 * @typedef {import("./table.js").Command} Command
 * @typedef {import("../session/app.js").App} App
 */

import { isFrozen } from "../model/frozen.js";
import { aimed, someNodes } from "./selected.js";

/** @type {readonly Command[]} */
export const freezeCommands = Object.freeze(
  /** @type {Command[]} */ ([
    {
      id: "node.freeze",
      title: "Freeze what it gave, or unfreeze",
      group: "Node",
      keys: ["Alt+I"],
      when: someNodes,
      on: (app, argument) => addresses(app, argument).every((address) => isFrozen(app.active.peek().frozen.peek(), address)),
      run: async (app, argument) => (await freezing()).toggleFrozen(app, app.active.peek(), addresses(app, argument)),
    },
    {
      id: "node.unfreezeAll",
      title: "Unfreeze everything",
      group: "Node",
      when: (app) => app.active.peek().frozen.peek().size > 0,
      run: async (app) => (await freezing()).thaw(app, app.active.peek()),
    },
  ]),
);

/** @param {App} app @param {any} argument */
function addresses(app, argument) {
  return aimed(app, argument).map((id) => app.active.peek().prefix.peek() + id);
}

function freezing() {
  return import("../session/freezing.js");
}

/**
 * Commands that come with what is done by hand, after the first frame.
 *
 * @typedef {import("../commands/table.js").Command} Command
 */

import { idOf, one, stageOf } from "../view/actions.js";

/** @type {readonly Command[]} */
export const handCommands = Object.freeze(
  /** @type {Command[]} */ ([
    {
      id: "node.disconnect",
      title: "Disconnect…",
      group: "Node",
      keys: ["Shift+C"],
      canvas: true,
      when: one,
      run: async (app, argument) => (await import("../palette/disconnect.js")).openDisconnect(stageOf(app), idOf(app, argument)),
    },
    {
      id: "select.more",
      title: "Select by tapping",
      group: "Select",
      when: () => navigator.maxTouchPoints > 0,
      run: async (app) => (await import("./choosing.js")).choose(stageOf(app)),
    },
  ]),
);

/**
 * Help where it is needed.
 *
 * @typedef {import("./table.js").Command} Command
 * @typedef {import("../session/app.js").App} App
 */

import { nodesOf } from "./selected.js";

/** @type {readonly Command[]} */
export const helpCommands = Object.freeze(
  /** @type {Command[]} */ ([
    { id: "node.help", title: "What this node does…", group: "Node", keys: ["H"], canvas: true, when: one, run: help },
  ]),
);

/** @param {App} app */
function one(app) {
  return nodesOf(app).length === 1;
}

/** @param {App} app @param {{id?: string, type?: string} | undefined} argument */
function help(app, argument) {
  const id = argument?.id ?? nodesOf(app)[0] ?? "";
  const type = argument?.type ?? app.active.peek().level.peek().nodes.get(id)?.type;
  if (type !== undefined) app.asking.value = { kind: "node", type };
}

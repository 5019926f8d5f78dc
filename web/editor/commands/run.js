/**
 * Commands that run the workflow and end runs.
 *
 * @typedef {import("./table.js").Command} Command
 * @typedef {import("../session/app.js").App} App
 */

import { cancelAll, end, submit } from "../session/running.js";
import { aimed, nodesOf, someNodes } from "./selected.js";

/** @param {App} app */
const active = (app) => app.active.peek().active.peek();

/** @type {readonly Command[]} */
export const runCommands = Object.freeze(
  /** @type {Command[]} */ ([
    {
      id: "run.graph",
      title: "Run",
      group: "Run",
      keys: ["Mod+Enter"],
      inFields: true,
      run: (app) => submit(app, app.active.peek()),
    },
    {
      id: "run.next",
      title: "Run next, before what waits",
      group: "Run",
      keys: ["Mod+Shift+Enter"],
      inFields: true,
      run: (app) => submit(app, app.active.peek(), { next: true }),
    },
    {
      id: "run.selection",
      title: "Run the selection",
      group: "Run",
      keys: ["Shift+Enter"],
      when: someNodes,
      run: (app) => runNodes(app, nodesOf(app)),
    },
    {
      id: "run.toHere",
      title: "Run to here",
      group: "Run",
      when: someNodes,
      run: (app, argument) => runNodes(app, aimed(app, argument)),
    },
    {
      id: "frame.run",
      title: "Run all in the frame",
      group: "Frame",
      hidden: true,
      when: someNodes,
      run: (app) => runNodes(app, nodesOf(app)),
    },
    {
      id: "run.cancel",
      title: "Cancel the run",
      group: "Run",
      keys: ["Mod+Alt+Enter", "Mod+."],
      inFields: true,
      when: active,
      run: (app) => end(app, app.active.peek(), "cancel"),
    },
    {
      id: "run.stop",
      title: "Stop, keep the best so far",
      group: "Run",
      when: active,
      run: (app) => end(app, app.active.peek(), "stop"),
    },
    {
      id: "run.cancelAll",
      title: "Cancel all runs of this workflow",
      group: "Run",
      when: active,
      run: (app) => cancelAll(app, app.active.peek()),
    },
    { id: "run.onChange", title: "Run on every change", group: "Run", run: toggleOnChange },
  ]),
);

/** @param {App} app @param {string[]} ids */
function runNodes(app, ids) {
  const tab = app.active.peek();
  return submit(app, tab, { targets: ids.map((id) => tab.prefix.peek() + id) });
}

/** @param {App} app */
function toggleOnChange(app) {
  const { runOnChange } = app.active.peek();
  runOnChange.value = !runOnChange.peek();
  app.say(runOnChange.peek() ? "Every change runs" : "Changes no longer run by themselves");
}

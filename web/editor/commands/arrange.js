/**
 * Commands that place nodes, and those for sub-workflows.
 *
 * @typedef {import("./table.js").Command} Command
 * @typedef {import("../session/app.js").App} App
 * @typedef {import("../model/edits/arrange.js").How} How
 */

import { definitionOf } from "../model/document.js";
import { align, layOut } from "../model/edits/arrange.js";
import { exposeInput, unexposeInput } from "../model/edits/expose.js";
import { extract } from "../model/edits/extract.js";
import { inline } from "../model/edits/inline.js";
import { aimed, nodesOf, rectOf, someNodes } from "./selected.js";

/** @type {readonly (readonly [How, string])[]} */
const WAYS = [
  ["left", "Align left edges"],
  ["center", "Align centres in a column"],
  ["right", "Align right edges"],
  ["top", "Align top edges"],
  ["middle", "Align middles in a row"],
  ["bottom", "Align bottom edges"],
  ["row", "Spread evenly in a row"],
  ["column", "Spread evenly in a column"],
];

/** @param {App} app */
const several = (app) => nodesOf(app).length > 1;

/** @type {readonly Command[]} */
export const arrangeCommands = Object.freeze(
  /** @type {Command[]} */ ([
    ...WAYS.map(([how, title]) => ({
      id: `arrange.${how}`,
      title,
      group: "Arrange",
      when: several,
      run: (/** @type {App} */ app) => alignAll(app, how, title),
    })),
    { id: "arrange.layout", title: "Lay out by the wires", group: "Arrange", keys: ["Shift+L"], run: layout },
    {
      id: "workflow.extract",
      title: "Make a sub-workflow of the selection",
      group: "Sub-workflow",
      keys: ["Mod+Shift+G"],
      when: someNodes,
      run: makeSubworkflow,
    },
    {
      id: "workflow.inline",
      title: "Take the sub-workflow apart",
      group: "Sub-workflow",
      keys: ["Mod+Shift+U"],
      when: oneUse,
      run: takeApart,
    },
    {
      id: "workflow.enter",
      title: "Open the sub-workflow",
      group: "Sub-workflow",
      keys: ["Alt+Enter"],
      hidden: true,
      when: oneUse,
      run: enter,
    },
    {
      id: "workflow.leave",
      title: "Back to the level around",
      group: "Sub-workflow",
      keys: ["Alt+Backspace"],
      when: (app) => app.active.peek().path.peek().length > 0,
      run: leave,
    },
    {
      id: "workflow.expose",
      title: "Expose an input of the node",
      group: "Sub-workflow",
      hidden: true,
      run: (app, argument) => expose(app, argument, true),
    },
    {
      id: "workflow.unexpose",
      title: "Expose an input no more",
      group: "Sub-workflow",
      hidden: true,
      run: (app, argument) => expose(app, argument, false),
    },
  ]),
);

/** @param {App} app @param {How} how @param {string} title */
function alignAll(app, how, title) {
  const tab = app.active.peek();
  tab.edit(title, (draft) => align(draft, tab.levelName.peek(), nodesOf(app), how, (id) => rectOf(app, id)));
}

/** Several selected nodes, else all of the level. @param {App} app */
async function layout(app) {
  const dagre = await import("../vendor/dagre/dagre.esm.js");
  const tab = app.active.peek();
  const chosen = nodesOf(app);
  const ids = new Set(chosen.length > 1 ? chosen : tab.level.peek().nodes.keys());
  if (ids.size === 0) return;
  const places = layOut(dagre, tab.level.peek(), ids, (id) => rectOf(app, id));
  tab.edit("Lay out", (draft) => {
    for (const [id, place] of places) draft.level(tab.levelName.peek()).place(id, place);
  });
  if (chosen.length <= 1) app.view?.fit();
}

/** @param {App} app */
function oneUse(app) {
  return useAimed(app, undefined) !== null;
}

/** @param {App} app @param {any} argument @returns {string | null} */
function useAimed(app, argument) {
  const ids = aimed(app, argument);
  const tab = app.active.peek();
  const node = ids.length === 1 ? tab.level.peek().nodes.get(/** @type {string} */ (ids[0])) : undefined;
  const name = node === undefined ? null : definitionOf(node);
  return name !== null && tab.document.peek().levels.has(name) ? /** @type {string} */ (ids[0]) : null;
}

/** @param {App} app @param {any} argument */
function makeSubworkflow(app, argument) {
  const tab = app.active.peek();
  const ids = aimed(app, argument);
  tab.edit("Make a sub-workflow", (draft) => {
    const { id } = extract(draft, tab.levelName.peek(), ids, "part", app.catalogue.peek());
    tab.selection.value = new Set([id]);
  });
}

/** @param {App} app @param {any} argument */
function takeApart(app, argument) {
  const tab = app.active.peek();
  const use = useAimed(app, argument);
  if (use === null) return;
  tab.edit("Take a sub-workflow apart", (draft) => {
    tab.selection.value = new Set(inline(draft, tab.levelName.peek(), use));
  });
}

/** @param {App} app @param {any} argument */
function enter(app, argument) {
  const tab = app.active.peek();
  const use = useAimed(app, argument);
  if (use === null) return;
  tab.enter([...tab.path.peek(), use]);
  if (!tab.hasCamera) app.view?.fit();
}

/** @param {App} app */
function leave(app) {
  const tab = app.active.peek();
  const use = tab.path.peek().at(-1);
  tab.enter(tab.path.peek().slice(0, -1));
  if (use !== undefined) tab.selection.value = new Set([use]);
}

/** @param {App} app @param {{node: string, input: string, name?: string}} port @param {boolean} on */
function expose(app, port, on) {
  const tab = app.active.peek();
  const level = tab.levelName.peek();
  tab.edit(on ? "Expose an input" : "Expose an input no more", (draft) => {
    if (on) app.say(`${port.input} is exposed as ${exposeInput(draft, level, port, port.name)}`);
    else unexposeInput(draft, level, port);
  });
}

/**
 * Commands for the form. The form itself is loaded when it is first used.
 *
 * @typedef {import("./table.js").Command} Command
 * @typedef {import("../session/app.js").App} App
 */

import { isPinned } from "../model/edits/form.js";
import { pin, unpin } from "../model/edits/formitems.js";
import { words } from "../model/ports.js";

/** @type {readonly Command[]} */
export const formCommands = Object.freeze(
  /** @type {Command[]} */ ([
    { id: "form.show", title: "Form", group: "Form", keys: ["Alt+F"], run: show },
    { id: "form.pin", title: "Pin to the form, or take it off", group: "Form", hidden: true, on: onForm, run: togglePin },
    { id: "form.copy", title: "Copy the run", group: "Form", hidden: true, run: (app, argument) => copy(app, argument.way) },
    { id: "form.copyCommand", title: "Copy as “loom run …”", group: "Form", run: (app) => copy(app, "command") },
    { id: "form.copyCurl", title: "Copy as curl", group: "Form", run: (app) => copy(app, "curl") },
    { id: "form.copyPython", title: "Copy as Python", group: "Form", run: (app) => copy(app, "python") },
  ]),
);

/** @param {App} app */
async function show(app) {
  const { toggleForm } = await import("../form/panel.js");
  await toggleForm(app);
}

/** @param {App} app @param {{node: string, input: string}} port  in the level that is shown */
function addressOf(app, { node, input }) {
  return `${app.active.peek().prefix.peek()}${node}.${input}`;
}

/** @param {App} app @param {{node: string, input: string}} port */
function onForm(app, port) {
  return isPinned(app.active.peek().document.peek(), addressOf(app, port));
}

/** @param {App} app @param {{node: string, input: string}} port */
function togglePin(app, port) {
  const tab = app.active.peek();
  const { input } = port;
  const address = addressOf(app, port);
  const pinned = onForm(app, port);
  tab.edit(pinned ? "Take off the form" : "Pin to the form", (draft) => (pinned ? unpin : pin)(draft, address));
  app.say(`“${words(input)}” is ${pinned ? "off the form" : "on the form"}`);
}

/** @param {App} app @param {"command" | "curl" | "python"} way */
async function copy(app, way) {
  const { copyActive } = await import("../form/panel.js");
  await copyActive(app, way);
}

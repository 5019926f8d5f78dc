/**
 * Commands for masks. The painter is loaded when it is first opened.
 *
 * @typedef {import("./table.js").Command} Command
 * @typedef {import("../session/app.js").App} App
 */

import { portsOf } from "../model/ports.js";
import { nodesOf } from "./selected.js";

/** @type {readonly Command[]} */
export const maskCommands = Object.freeze(
  /** @type {Command[]} */ ([
    { id: "mask.paint", title: "Paint a mask…", group: "Node", keys: ["P"], canvas: true, when: takesMask, run: paint },
  ]),
);

/** Whether the one node that is selected has to do with a mask. @param {App} app */
function takesMask(app) {
  const ids = nodesOf(app);
  if (ids.length !== 1) return false;
  const tab = app.active.peek();
  const ports = portsOf(app.catalogue.peek(), tab.document.peek(), tab.levelName.peek(), /** @type {string} */ (ids[0]));
  const inputs = [...ports.inputs.values()];
  if (inputs.some(({ type, widget, list }) => (type === "Mask" && !list) || widget === "mask")) return true;
  return inputs.some(({ type }) => type === "File") && [...ports.outputs.values()].some(({ type }) => type === "Mask");
}

/** @param {App} app @param {{id?: string, input?: string} | undefined} argument */
async function paint(app, argument) {
  const [chosen] = nodesOf(app);
  const node = argument?.id ?? chosen;
  if (node === undefined) return;
  const { openPainter } = await import("../mask/painter.js");
  await openPainter(app, argument?.input === undefined ? { node } : { node, input: argument.input });
}

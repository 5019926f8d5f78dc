/**
 * Commands that watch values; the panel that shows them is loaded when something is watched.
 *
 * @typedef {import("./table.js").Command} Command
 * @typedef {import("../session/app.js").App} App
 */

import { effect } from "../vendor/signals-core/signals-core.mjs";
import { portsOf } from "../model/ports.js";
import { aimed, nodesOf, someNodes } from "./selected.js";

/** @type {readonly Command[]} */
export const watchCommands = Object.freeze(
  /** @type {Command[]} */ ([
    {
      id: "watch.toggle",
      title: "Watch its outputs, or no more",
      group: "View",
      keys: ["Alt+O"],
      when: someNodes,
      on: (app, argument) => portsAt(app, argument).every((port) => app.active.peek().watches.peek().includes(port)),
      run: toggle,
    },
    {
      id: "watch.none",
      title: "Watch no value",
      group: "View",
      when: (app) => app.active.peek().watches.peek().length > 0,
      run: (app) => void (app.active.peek().watches.value = []),
    },
  ]),
);

/**
 * The outputs that are meant, as `address.output`: the one that a menu was opened on, else all of the selected nodes.
 *
 * @param {App} app
 * @param {{id?: string, output?: string} | undefined} argument
 */
function portsAt(app, argument) {
  const tab = app.active.peek();
  const level = tab.levelName.peek();
  const one = argument?.id !== undefined && argument.output !== undefined;
  const ids = one ? [/** @type {string} */ (argument?.id)] : argument?.id === undefined ? nodesOf(app) : aimed(app, argument);
  return ids.flatMap((id) => {
    const names = one ? [argument?.output] : [...portsOf(app.catalogue.peek(), tab.document.peek(), level, id).outputs.keys()];
    return names.map((name) => `${tab.prefix.peek()}${id}.${name}`);
  });
}

/** @param {App} app @param {{id?: string, output?: string} | undefined} argument */
function toggle(app, argument) {
  const tab = app.active.peek();
  const now = tab.watches.peek();
  const ports = portsAt(app, argument);
  const fresh = ports.filter((port) => !now.includes(port));
  if (ports.length === 0) app.say("It has no outputs that could be watched");
  else if (fresh.length > 0) app.say(`Watched: ${fresh.join(", ")}`);
  else app.say(`No longer watched: ${ports.join(", ")}`);
  tab.watches.value = fresh.length > 0 ? [...now, ...fresh] : now.filter((port) => !ports.includes(port));
}

/** Have the panel there once something is watched. @param {App} app */
export function installWatches(app) {
  let mounted = false;
  effect(() => {
    if (mounted || app.active.value.watches.value.length === 0) return;
    mounted = true;
    void import("../profile/watches.js").then(({ mountWatches }) => mountWatches(app));
  });
}

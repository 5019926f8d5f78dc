/**
 * Keys, for as long as the page lives: what is pressed is looked up in the command table.
 *
 * @typedef {import("../session/app.js").App} App
 */

import { isTyping } from "./clipboard.js";
import { pressed } from "./keys.js";

/** @param {App} app */
export function listenToKeys(app) {
  addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing) return;
    const key = pressed(event);
    const command = key === null ? null : app.commands.forKey(key, isTyping());
    if (command === null || command.native === true || isOurs(event, key)) return;
    event.preventDefault();
    void app.commands.run(command.id);
  });
}

/**
 * Whether what has the keyboard answers a key by itself: a button Enter and Space, a list its arrows, an open sheet all, also when
 * Tab has left it. Tab on the canvas is ours.
 *
 * @param {KeyboardEvent} event
 * @param {string | null} key
 */
function isOurs(event, key) {
  const target = event.target instanceof Element ? event.target : null;
  if (target?.closest("[role=dialog], [role=menu], [role=listbox], [role=tree]") || document.querySelector(":modal"))
    return !/Mod|F\d|Alt/.test(key ?? "");
  const onCanvas = target === document.body || target?.matches(".stage, .stage article") === true;
  if (onCanvas) return false;
  return /^(Enter|Space|(Shift\+)?Tab|Arrow\w+|Home)$/.test(key ?? "");
}

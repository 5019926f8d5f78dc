/**
 * What commands work on: the nodes, frames and notes that are selected in the level that is shown.
 *
 * @typedef {import("../session/app.js").App} App
 */

import { frameMembers, drawnOf } from "../model/edits/drawing.js";

/** The selected nodes; a selected frame stands for the nodes in it. @param {App} app @returns {string[]} */
export function nodesOf(app) {
  const tab = app.active.peek();
  const level = tab.level.peek();
  const chosen = [...tab.selection.peek()];
  const inFrames = drawnOf(level, "frames")
    .filter((frame) => chosen.includes(`frame:${frame.id}`))
    .flatMap((frame) => frameMembers(level, frame, (id) => rectOf(app, id)));
  return [...new Set([...chosen.filter((key) => level.nodes.has(key)), ...inFrames])];
}

/** The selection, else the node that a menu was opened on. @param {App} app @param {any} argument @returns {string[]} */
export function aimed(app, argument) {
  const id = typeof argument?.id === "string" ? argument.id : null;
  const chosen = nodesOf(app);
  return id !== null && !chosen.includes(id) ? [id] : chosen;
}

/** @param {App} app @param {string} id @returns {{x: number, y: number, width: number, height: number}} */
export function rectOf(app, id) {
  const known = app.view?.rectOf(id);
  if (known) return known;
  const ui = app.active.peek().level.peek().nodes.get(id)?.ui;
  return { x: ui?.x ?? 0, y: ui?.y ?? 0, width: ui?.width ?? 240, height: 120 };
}

/** @param {App} app */
export const someNodes = (app) => nodesOf(app).length > 0;

/** @param {App} app */
export const someThing = (app) => app.active.peek().selection.peek().size > 0;

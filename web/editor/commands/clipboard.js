/**
 * The clipboard: through the browser's own events where a key was pressed, through its clipboard where a menu was used.
 *
 * @typedef {import("../session/app.js").App} App
 */

import { copyText, paste, readClipboard } from "../model/edits/clipboard.js";
import { deleteDrawn } from "../model/edits/drawing.js";
import { healNodes } from "../model/edits/nodes.js";
import { nodesOf } from "./selected.js";

/** What was copied last, where the browser lets nobody read its clipboard. */
let last = "";

/** @param {App} app @returns {string} */
export function copied(app) {
  const tab = app.active.peek();
  last = copyText(tab.document.peek(), tab.levelName.peek(), new Set([...tab.selection.peek(), ...nodesOf(app)]));
  return last;
}

/** @param {App} app */
export async function copy(app) {
  const text = copied(app);
  await navigator.clipboard?.writeText(text).catch(() => {});
  const count = nodesOf(app).length;
  app.say(`${count} ${count === 1 ? "node" : "nodes"} copied`);
}

/** Copy, and take away; wires past what went are led on. @param {App} app */
export function cutAway(app) {
  const tab = app.active.peek();
  const level = tab.levelName.peek();
  const keys = tab.selection.peek();
  const ids = nodesOf(app);
  tab.edit("Cut", (draft) => {
    healNodes(draft, level, ids, app.catalogue.peek());
    deleteDrawn(draft, level, keys);
  });
}

/**
 * @param {App} app
 * @param {{text?: string, incoming?: boolean, at?: {x: number, y: number} | null}} [options]
 */
export async function pasteHere(app, { text, incoming = false, at } = {}) {
  const given = text ?? (await navigator.clipboard?.readText().catch(() => last)) ?? last;
  const from = readClipboard(given) ?? readClipboard(last);
  if (from === null) {
    app.say("There are no nodes in the clipboard", "assertive");
    return;
  }
  const tab = app.active.peek();
  const level = tab.levelName.peek();
  const place = at === undefined ? (app.view?.pointer() ?? { x: 40, y: 40 }) : at;
  tab.edit("Paste", (draft) => {
    tab.selection.value = paste(draft, level, from, place, { incoming });
  });
}

/** The same nodes once more, beside themselves; wires from outside are kept. @param {App} app @param {string[]} ids */
export function duplicate(app, ids) {
  const tab = app.active.peek();
  const level = tab.levelName.peek();
  const keys = new Set([...tab.selection.peek(), ...ids]);
  const from = readClipboard(copyText(tab.document.peek(), level, keys));
  const places = ids.map((id) => tab.level.peek().nodes.get(id)?.ui ?? { x: 0, y: 0 });
  const at = { x: Math.min(...places.map(({ x }) => x)) + 40, y: Math.min(...places.map(({ y }) => y)) + 40 };
  if (from === null) return;
  tab.edit("Duplicate", (draft) => {
    tab.selection.value = paste(draft, level, from, at, { incoming: true });
  });
}

/**
 * Serve the browser's copy, cut and paste while no text is being typed.
 *
 * @param {App} app
 */
export function installClipboard(app) {
  let shift = false;
  addEventListener("keydown", (event) => (shift = event.shiftKey), { capture: true });
  for (const kind of /** @type {const} */ (["copy", "cut"])) {
    document.addEventListener(kind, (event) => {
      if (isTyping() || !selectionIsEmpty() || nodesOf(app).length + app.active.peek().selection.peek().size === 0)
        return;
      event.clipboardData?.setData("text/plain", copied(app));
      event.preventDefault();
      if (kind === "cut") cutAway(app);
    });
  }
  document.addEventListener("paste", (event) => {
    if (isTyping()) return;
    const files = [...(event.clipboardData?.files ?? [])];
    event.preventDefault();
    if (files.length > 0) void app.openFiles(files, app.view?.pointer() ?? { x: 40, y: 40 });
    else
      void app.commands.run(shift ? "edit.pasteWithWires" : "edit.paste", {
        text: event.clipboardData?.getData("text/plain") ?? "",
      });
  });
}

/** Whether a text field has the keyboard. */
export function isTyping() {
  let field = document.activeElement;
  while (field?.shadowRoot?.activeElement) field = field.shadowRoot.activeElement; // in the view that a node type brings
  if (field instanceof HTMLTextAreaElement || field instanceof HTMLSelectElement) return true;
  if (field instanceof HTMLInputElement) return !["checkbox", "radio", "button", "range", "file"].includes(field.type);
  return field instanceof HTMLElement && field.isContentEditable;
}

function selectionIsEmpty() {
  return (getSelection()?.toString() ?? "") === "";
}

/**
 * Commands that change what is selected.
 *
 * @typedef {import("./table.js").Command} Command
 * @typedef {import("../session/app.js").App} App
 */

import { addDrawn, around, deleteDrawn } from "../model/edits/drawing.js";
import { deleteNodes, drawNodes, healNodes, setMode } from "../model/edits/nodes.js";
import { replaceNode } from "../model/edits/replace.js";
import { copy, copied, cutAway, duplicate, pasteHere } from "./clipboard.js";
import { aimed, nodesOf, rectOf, someNodes, someThing } from "./selected.js";

/** @type {readonly Command[]} */
export const editCommands = Object.freeze(
  /** @type {Command[]} */ ([
    {
      id: "edit.undo",
      title: "Undo",
      group: "Edit",
      keys: ["Mod+Z"],
      when: (app) => app.active.peek().history.peek().done.length > 0,
      run: (app) => told(app, "Undone", app.active.peek().undo()),
    },
    {
      id: "edit.redo",
      title: "Redo",
      group: "Edit",
      keys: ["Mod+Shift+Z", "Mod+Y"],
      when: (app) => app.active.peek().history.peek().undone.length > 0,
      run: (app) => told(app, "Done again", app.active.peek().redo()),
    },
    {
      id: "edit.cut",
      title: "Cut, and close the gap",
      group: "Edit",
      keys: ["Mod+X"],
      native: true,
      when: someThing,
      run: cut,
    },
    { id: "edit.copy", title: "Copy", group: "Edit", keys: ["Mod+C"], native: true, when: someThing, run: copy },
    {
      id: "edit.paste",
      title: "Paste",
      group: "Edit",
      keys: ["Mod+V"],
      native: true,
      run: (app, argument) => pasteHere(app, { text: argument?.text }),
    },
    {
      id: "edit.pasteWithWires",
      title: "Paste with incoming wires",
      group: "Edit",
      keys: ["Mod+Shift+V"],
      native: true,
      run: (app, argument) => pasteHere(app, { text: argument?.text, incoming: true }),
    },
    {
      id: "edit.duplicate",
      title: "Duplicate",
      group: "Edit",
      keys: ["Mod+D"],
      when: someThing,
      run: (app, argument) => duplicate(app, aimed(app, argument)),
    },
    { id: "edit.delete", title: "Delete", group: "Edit", keys: ["Delete", "Backspace"], when: someThing, run: remove },
    {
      id: "edit.heal",
      title: "Delete, and lead wires on",
      group: "Edit",
      keys: ["Mod+Delete", "Mod+Backspace"],
      when: someNodes,
      run: heal,
    },
    {
      id: "edit.selectAll",
      title: "Select all",
      group: "Select",
      keys: ["Mod+A"],
      run: (app) => select(app, app.active.peek().level.peek().nodes.keys()),
    },
    {
      id: "edit.selectNone",
      title: "Select nothing",
      group: "Select",
      keys: ["Escape"],
      when: someThing,
      run: (app) => select(app, []),
    },
    {
      id: "node.bypass",
      title: "Bypass, or take it back",
      group: "Node",
      keys: ["Mod+B"],
      when: someNodes,
      run: (app, argument) => toggleMode(app, aimed(app, argument), "bypass"),
    },
    {
      id: "node.mute",
      title: "Mute, or take it back",
      group: "Node",
      keys: ["Mod+M"],
      when: someNodes,
      run: (app, argument) => toggleMode(app, aimed(app, argument), "mute"),
    },
    { id: "node.collapse", title: "Collapse or open", group: "Node", keys: ["Alt+C"], when: someNodes, run: collapse },
    { id: "node.replaceBy", title: "Replace by a type", group: "Node", hidden: true, run: replaceBy },
    {
      id: "node.renameId",
      title: "Change the id…",
      group: "Node",
      when: (app) => nodesOf(app).length === 1,
      run: askForId,
    },
    { id: "frame.add", title: "Put a frame around", group: "Frame", keys: ["Mod+G"], run: addFrame },
    {
      id: "frame.bypass",
      title: "Bypass all in the frame",
      group: "Frame",
      hidden: true,
      when: someNodes,
      run: (app) => toggleMode(app, nodesOf(app), "bypass"),
    },
    {
      id: "frame.mute",
      title: "Mute all in the frame",
      group: "Frame",
      hidden: true,
      when: someNodes,
      run: (app) => toggleMode(app, nodesOf(app), "mute"),
    },
    { id: "note.add", title: "Add a note", group: "Frame", keys: ["Shift+N"], run: addNote },
  ]),
);

/** @param {App} app @param {string} what @param {string | null} title */
function told(app, what, title) {
  if (title !== null) app.say(`${what}: ${title.toLowerCase()}`);
}

/** @param {App} app */
async function cut(app) {
  await navigator.clipboard?.writeText(copied(app)).catch(() => {});
  cutAway(app);
}

/** @param {App} app @param {any} argument */
function remove(app, argument) {
  const tab = app.active.peek();
  const level = tab.levelName.peek();
  const keys = [...tab.selection.peek()];
  const ids = aimed(app, argument).filter((id) => argument?.id === id || keys.includes(id));
  tab.edit("Delete", (draft) => {
    deleteNodes(draft, level, ids);
    deleteDrawn(draft, level, keys);
  });
}

/** @param {App} app @param {any} argument */
function heal(app, argument) {
  const tab = app.active.peek();
  tab.edit("Delete and heal", (draft) =>
    healNodes(draft, tab.levelName.peek(), aimed(app, argument), app.catalogue.peek()),
  );
}

/** @param {App} app @param {Iterable<string>} ids */
function select(app, ids) {
  app.active.peek().selection.value = new Set(ids);
}

/** @param {App} app @param {string[]} ids @param {"bypass" | "mute"} mode */
function toggleMode(app, ids, mode) {
  const tab = app.active.peek();
  const { nodes } = tab.level.peek();
  const all = ids.every((id) => nodes.get(id)?.mode === mode);
  const title = mode === "mute" ? "Mute" : "Bypass";
  tab.edit(all ? `Take back: ${title}` : title, (draft) =>
    setMode(draft, tab.levelName.peek(), ids, all ? null : mode),
  );
}

/** @param {App} app @param {any} argument */
function collapse(app, argument) {
  const tab = app.active.peek();
  const ids = aimed(app, argument);
  const all = ids.every((id) => tab.level.peek().nodes.get(id)?.ui.collapsed === true);
  tab.edit(all ? "Open" : "Collapse", (draft) =>
    drawNodes(draft, tab.levelName.peek(), ids, { collapsed: all ? undefined : true }),
  );
}

/** @param {App} app @param {{id: string, type: string}} argument */
function replaceBy(app, { id, type }) {
  const tab = app.active.peek();
  /** @type {string[]} */
  let lost = [];
  tab.edit("Replace", (draft) => ({ lost } = replaceNode(draft, tab.levelName.peek(), id, type, app.catalogue.peek())));
  const title = app.catalogue.peek().nodes.get(type)?.title ?? type;
  if (lost.length === 0) app.say(`Replaced by ${title}, nothing was lost`);
  else app.asking.value = { kind: "lost", title, lost };
}

/** @param {App} app @param {any} argument */
function askForId(app, argument) {
  const [id] = aimed(app, argument);
  if (id !== undefined) app.asking.value = { kind: "renameId", tab: app.active.peek(), id };
}

/** @param {App} app */
function addFrame(app) {
  const tab = app.active.peek();
  const ids = nodesOf(app);
  const at = app.view?.pointer() ?? { x: 0, y: 0 };
  const rect = ids.length > 0 ? around(ids.map((id) => rectOf(app, id))) : { ...at, width: 480, height: 320 };
  tab.edit("Add a frame", (draft) => {
    const id = addDrawn(draft, tab.levelName.peek(), "frames", rounded(rect), { title: "Frame" });
    tab.selection.value = new Set([`frame:${id}`]);
  });
}

/** @param {App} app */
function addNote(app) {
  const tab = app.active.peek();
  const at = app.view?.pointer() ?? { x: 0, y: 0 };
  tab.edit("Add a note", (draft) => {
    const id = addDrawn(draft, tab.levelName.peek(), "notes", rounded({ ...at, width: 240, height: 120 }), {
      text: "",
    });
    tab.selection.value = new Set([`note:${id}`]);
  });
}

/** @param {import("../model/edits/drawing.js").Rect} rect */
function rounded({ x, y, width, height }) {
  return { x: Math.round(x), y: Math.round(y), width: Math.round(width), height: Math.round(height) };
}

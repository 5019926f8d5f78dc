/**
 * The menus of the bar, made from the command table: a list of command ids, null for a line.
 *
 * @typedef {import("../session/app.js").App} App
 * @typedef {import("../palette/menu.js").Item} Item
 * @typedef {{readonly title: string, readonly items: readonly (string | null)[]}} Menu
 */

/** @type {readonly Menu[]} */
export const MENUS = Object.freeze([
  {
    title: "File",
    items: [
      "file.new",
      "file.open",
      "file.examples",
      null,
      "file.save",
      "file.saveAs",
      "library.versions",
      "outside.reload",
      "outside.compare",
      "outside.keep",
      null,
      "file.upload",
      "file.download",
      "file.bundle",
      null,
      "form.copyCommand",
      "form.copyCurl",
      "form.copyPython",
      null,
      "tab.close",
    ],
  },
  {
    title: "Edit",
    items: [
      "edit.undo",
      "edit.redo",
      null,
      "edit.cut",
      "edit.copy",
      "edit.paste",
      "edit.pasteWithWires",
      "edit.duplicate",
      "edit.delete",
      "edit.heal",
      null,
      "edit.selectAll",
      "select.upstream",
      "select.downstream",
      null,
      "frame.add",
      "note.add",
      "workflow.extract",
      "workflow.inline",
      null,
      "snippet.save",
      "snippet.manage",
    ],
  },
  {
    title: "Arrange",
    items: [
      "arrange.layout",
      null,
      "arrange.left",
      "arrange.center",
      "arrange.right",
      "arrange.top",
      "arrange.middle",
      "arrange.bottom",
      null,
      "arrange.row",
      "arrange.column",
    ],
  },
  {
    title: "View",
    items: [
      "view.commands",
      "view.find",
      "view.outline",
      "results.toggle",
      "queue.toggle",
      "form.show",
      null,
      "profile.toggle",
      "profile.seconds",
      "profile.memory",
      "profile.cache",
      "devices.show",
      null,
      "view.fit",
      "view.fitSelection",
      "view.zoomIn",
      "view.zoomOut",
      "view.zoomReset",
      null,
      "view.minimap",
      "view.onlySelected",
      null,
      "window.theme",
      "window.keys",
    ],
  },
]);

/**
 * @param {App} app
 * @param {readonly (string | null)[]} ids
 * @returns {Item[]}
 */
export function menuItems(app, ids) {
  const items = ids.map((id) => (id === null ? null : item(app, id))).filter((entry) => entry !== undefined);
  return items.filter(
    (entry, place) => entry !== null || (place > 0 && place < items.length - 1 && items[place - 1] !== null),
  );
}

/** @param {App} app @param {string} id @returns {Item | undefined}  undefined where it cannot be done now */
function item(app, id) {
  const command = app.commands.get(id);
  if (command === undefined || !app.commands.can(id)) return undefined;
  return { id, title: command.title, keys: app.commands.keysOf(id)[0], run: () => void app.commands.run(id) };
}

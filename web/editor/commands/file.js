/**
 * Commands for files, tabs and the window.
 *
 * @typedef {import("./table.js").Command} Command
 * @typedef {import("../session/app.js").App} App
 */

import { save } from "../session/saving.js";
import { close, openNew, show, step } from "../session/tabs.js";
import { download } from "../session/transfer.js";

/** @type {readonly Command[]} */
export const fileCommands = Object.freeze(
  /** @type {Command[]} */ ([
    { id: "file.new", title: "New workflow", group: "File", keys: ["Alt+N"], run: (app) => openNew(app) },
    {
      id: "file.open",
      title: "Open…",
      group: "File",
      keys: ["Mod+O"],
      inFields: true,
      run: (app) => void (app.asking.value = { kind: "open" }),
    },
    {
      id: "file.examples",
      title: "Examples…",
      group: "File",
      run: (app) => void (app.asking.value = { kind: "examples" }),
    },
    {
      id: "file.save",
      title: "Save",
      group: "File",
      keys: ["Mod+S"],
      inFields: true,
      run: (app) => save(app, app.active.peek()),
    },
    {
      id: "file.saveAs",
      title: "Save as…",
      group: "File",
      keys: ["Mod+Shift+S"],
      inFields: true,
      run: (app) => void (app.asking.value = { kind: "saveAs", tab: app.active.peek() }),
    },
    { id: "file.download", title: "Download as JSON", group: "File", run: (app) => download(app, app.active.peek()) },
    { id: "file.upload", title: "Open a file from this computer…", group: "File", run: upload },
    {
      id: "tab.close",
      title: "Close the tab",
      group: "Tab",
      keys: ["Alt+W"],
      run: (app, argument) => close(app, argument?.tab ?? app.active.peek()),
    },
    {
      id: "tab.next",
      title: "Next tab",
      group: "Tab",
      keys: ["Alt+PageDown"],
      inFields: true,
      when: several,
      run: (app) => step(app, 1),
    },
    {
      id: "tab.previous",
      title: "Previous tab",
      group: "Tab",
      keys: ["Alt+PageUp"],
      inFields: true,
      when: several,
      run: (app) => step(app, -1),
    },
    {
      id: "tab.show",
      title: "Show a tab",
      group: "Tab",
      hidden: true,
      run: (app, argument) => show(app, argument.tab),
    },
    { id: "window.theme", title: "Light or dark", group: "Window", run: nextTheme },
    {
      id: "window.keys",
      title: "Keys…",
      group: "Window",
      keys: ["F1", "Shift+/"],
      run: (app) => void (app.asking.value = { kind: "keys" }),
    },
  ]),
);

/** @param {App} app */
function several(app) {
  return app.tabs.peek().length > 1;
}

/** @param {App} app */
function nextTheme(app) {
  const dark = document.documentElement.dataset.theme === "dark";
  app.settings.choose({ theme: dark ? "light" : "dark" });
}

/** @param {App} app */
function upload(app) {
  const chooser = document.createElement("input");
  chooser.type = "file";
  chooser.multiple = true;
  chooser.accept = ".json,.zip,image/png,image/jpeg,image/webp";
  chooser.addEventListener(
    "change",
    () => void app.openFiles([...(chooser.files ?? [])], app.view?.pointer() ?? { x: 40, y: 40 }),
  );
  chooser.click();
}

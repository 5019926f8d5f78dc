/**
 * The canvas with a document and no server, for tests: what a server would say is set by the test.
 */

import { CommandTable } from "../../../../web/editor/commands/table.js";
import { editCommands } from "../../../../web/editor/commands/edit.js";
import { pressed } from "../../../../web/editor/commands/keys.js";
import { readCatalogue } from "../../../../web/editor/model/catalogue.js";
import { parseDocument } from "../../../../web/editor/model/document.js";
import { App } from "../../../../web/editor/session/app.js";
import { Settings } from "../../../../web/editor/session/settings.js";
import { Tab } from "../../../../web/editor/session/tab.js";
import { viewCommands } from "../../../../web/editor/view/commands.js";
import { counters } from "../../../../web/editor/view/counters.js";
import { mountView } from "../../../../web/editor/view/mount.js";

/** @param {unknown} workflow */
export async function show(workflow) {
  const api = /** @type {any} */ ({
    uploads: [],
    /** @param {File} file @param {string} name */
    async upload(file, name) {
      this.uploads.push(name);
      return { asset: name, sha256: "0".repeat(64), bytes: file.size };
    },
  });
  const app = new App(api, new Settings());
  app.commands = new CommandTable(app);
  app.commands.add([...viewCommands, ...editCommands]);
  app.catalogue.value = readCatalogue(await (await fetch("/catalogue.json")).json());
  app.models.value = /** @type {any} */ ([{ name: "solids", family: "sd", fingerprint: "f", fault: null, loaded: [] }]);
  const tab = new Tab("test", parseDocument(workflow));
  app.tabs.value = [tab];
  app.active.value = tab;
  /** @type {string[]} */
  const said = [];
  app.said.subscribe((words) => void (words && said.push(words.text)));
  addEventListener("keydown", (event) => keys(app, event));
  await mountView(app, /** @type {HTMLElement} */ (document.getElementById("main"))).ready;
  Object.assign(window, { app, tab, api, said, counters, stage: app.view?.stage });
}

/** What the shell does with keys. @param {App} app @param {KeyboardEvent} event */
function keys(app, event) {
  const key = pressed(event);
  const inField = event.target instanceof Element && event.target.closest("input, textarea") !== null;
  const command = key === null || event.defaultPrevented ? null : app.commands.forKey(key, inField);
  if (command === null || command.native) return;
  event.preventDefault();
  void app.commands.run(command.id);
}

/** The page comes to life: the app, its commands, the shell, the view, and then the server's side. */

import { effect } from "./vendor/signals-core/signals-core.mjs";
import { arrangeCommands } from "./commands/arrange.js";
import { installClipboard } from "./commands/clipboard.js";
import { editCommands } from "./commands/edit.js";
import { fileCommands } from "./commands/file.js";
import { listenToKeys } from "./commands/listen.js";
import { runCommands } from "./commands/run.js";
import { CommandTable } from "./commands/table.js";
import { Api } from "./session/api.js";
import { App } from "./session/app.js";
import { Settings } from "./session/settings.js";
import { start } from "./session/start.js";
import { mountShell } from "./shell/shell.js";
import { viewCommands } from "./view/commands.js";
import { mountView } from "./view/mount.js";

/** For those who look at the page from its console, and for its tests. */
export const app = new App(new Api(), new Settings());
app.commands = new CommandTable(app);
app.commands.add([...runCommands, ...editCommands, ...viewCommands, ...arrangeCommands, ...fileCommands]);
const canvas = mountShell(app, document.body);
listenToKeys(app);
installClipboard(app);
await start(app);
mountView(app, canvas);
fitNewTabs();
document.body.dataset.ready = "";

/** A document that was never looked at is shown whole. */
function fitNewTabs() {
  effect(() => {
    const tab = app.active.value;
    if (!tab.hasCamera && tab.level.peek().nodes.size > 0) requestAnimationFrame(() => app.view?.fit());
  });
}

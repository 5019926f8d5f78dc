/**
 * The page comes to life: what is to be seen first, then what can be done with it.
 */

import { CommandTable } from "./commands/table.js";
import { Api } from "./session/api.js";
import { App } from "./session/app.js";
import { Settings } from "./session/settings.js";
import { start } from "./session/start.js";
import { mountShell } from "./shell/shell.js";
import { mountView } from "./view/mount.js";

/** For those who look at the page from its console, and for its tests. */
export const app = new App(new Api(), new Settings());
app.commands = new CommandTable(app);
const canvas = mountShell(app, document.body);
const actions = import("./actions.js");
await start(app);
canvas.replaceChildren();
const { ready } = mountView(app, canvas);
await ready;
(await actions).enable(app);
document.body.dataset.ready = "";

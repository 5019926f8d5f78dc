/** All that can be done: the commands, their keys, the clipboard. It is not needed before something is to be seen. */

import { arrangeCommands } from "./commands/arrange.js";
import { installClipboard } from "./commands/clipboard.js";
import { editCommands } from "./commands/edit.js";
import { fileCommands } from "./commands/file.js";
import { formCommands } from "./commands/form.js";
import { libraryCommands } from "./commands/library.js";
import { freezeCommands } from "./commands/freeze.js";
import { listenToKeys } from "./commands/listen.js";
import { helpCommands } from "./commands/help.js";
import { maskCommands } from "./commands/mask.js";
import { profileCommands } from "./commands/profile.js";
import { resultCommands } from "./commands/results.js";
import { runCommands } from "./commands/run.js";
import { installPins } from "./interact/pins.js";
import { installWatches, watchCommands } from "./commands/watch.js";
import { touchable } from "./palette/touch.js";
import { viewCommands } from "./view/commands.js";

await touchable(); // what is pressed stays where it is from then on

/** @param {import("./session/app.js").App} app */
export function enable(app) {
  app.commands.add([
    ...runCommands,
    ...editCommands,
    ...freezeCommands,
    ...watchCommands,
    ...viewCommands,
    ...arrangeCommands,
    ...fileCommands,
    ...resultCommands,
    ...profileCommands,
    ...maskCommands,
    ...formCommands,
    ...helpCommands,
    ...libraryCommands,
  ]);
  listenToKeys(app);
  installClipboard(app);
  installPins(app);
  installWatches(app);
  void followOutside(app);
}

/** @param {import("./session/app.js").App} app */
async function followOutside(app) {
  const { Outside } = await import("./session/outside.js");
  new Outside(app).follow();
}

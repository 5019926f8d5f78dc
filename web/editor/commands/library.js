/**
 * Commands for the library: versions of a file, and which of them the open document becomes again.
 *
 * @typedef {import("./table.js").Command} Command
 * @typedef {import("../session/app.js").App} App
 */

/** @type {readonly Command[]} */
export const libraryCommands = Object.freeze(
  /** @type {Command[]} */ ([
    { id: "library.versions", title: "Versions", group: "File", keys: ["Alt+V"], run: showVersions },
    { id: "library.restore", title: "Restore a version", group: "File", hidden: true, run: restoreVersion },
  ]),
);

/** @param {App} app */
async function showVersions(app) {
  const { dockOf } = await import("../results/dock.js");
  (await dockOf(app)).toggle("versions");
}

/** @param {App} app @param {{number: number}} argument */
async function restoreVersion(app, { number }) {
  const tab = app.active.peek();
  const name = tab.name.peek();
  if (name === null) return;
  const { readText, restore, versionText } = await import("../session/library.js");
  const document = await readText(app.api, await versionText(app.api, name, number));
  const diff = restore(tab, document, `Restore version ${number}`);
  app.say(
    diff.length === 0
      ? `What is open says what version ${number} says`
      : `Version ${number} is restored here. The saved file stays as it is until you save`,
  );
}

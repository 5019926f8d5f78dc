/**
 * Commands for the library: versions of a file, and which of them the open document becomes again; snippets.
 *
 * @typedef {import("./table.js").Command} Command
 * @typedef {import("../session/app.js").App} App
 */

import { nodesOf, rectOf, someThing } from "./selected.js";

/** @type {readonly Command[]} */
export const libraryCommands = Object.freeze(
  /** @type {Command[]} */ ([
    { id: "library.versions", title: "Versions", group: "File", keys: ["Alt+V"], run: showVersions },
    { id: "library.restore", title: "Restore a version", group: "File", hidden: true, run: restoreVersion },
    { id: "outside.reload", title: "Reload what was changed outside", group: "File", when: (app) => !!outsideOf(app)?.document, run: reload },
    { id: "outside.compare", title: "Compare with what was changed outside", group: "File", when: (app) => !!outsideOf(app)?.document, run: compare },
    { id: "outside.keep", title: "Keep mine, whatever was changed outside", group: "File", when: (app) => outsideOf(app) !== undefined, run: keepMine },
    { id: "snippet.save", title: "Save as snippet…", group: "Edit", when: someThing, run: saveSnippet },
    { id: "snippet.manage", title: "Snippets…", group: "Edit", run: (app) => void (app.asking.value = { kind: "snippets" }) },
    { id: "snippet.insert", title: "Insert a snippet", group: "Edit", hidden: true, run: insertSnippet },
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

/** @param {App} app */
async function saveSnippet(app) {
  const { snippetOf } = await import("../model/edits/snippet.js");
  const tab = app.active.peek();
  const keys = new Set([...tab.selection.peek(), ...nodesOf(app)]);
  const document = snippetOf(tab.document.peek(), tab.levelName.peek(), keys);
  app.asking.value = { kind: "snippet", document, name: "", taken: null, refused: "" };
}

/** @param {App} app @param {{name: string, at?: {x: number, y: number}}} argument  `at`: where its corner comes; else its middle is that of the view */
async function insertSnippet(app, { name, at }) {
  const { insertSnippet: insert } = await import("../session/snippets.js");
  const { view } = app;
  const tab = app.active.peek();
  const keys = await insert(app, tab, name, at ?? middleOf(view?.stage), at === undefined);
  const nodes = [...keys].filter((key) => tab.level.peek().nodes.has(key));
  if (nodes[0] === undefined || !view) return;
  view.stage.go.focus(nodes[0]);
  if (!allSeen(view.stage, nodes.map((id) => rectOf(app, id)))) view.stage.go.fit(nodes);
}

/** @param {any} stage */
function middleOf({ camera: { x, y, zoom }, size } = { camera: { x: 0, y: 0, zoom: 1 }, size: { width: 0, height: 0 } }) {
  return { x: x + size.width / 2 / zoom, y: y + size.height / 2 / zoom };
}

/** @param {any} stage @param {readonly import("../model/edits/insert.js").Rect[]} rects */
function allSeen({ camera: { x, y, zoom }, size }, rects) {
  const [right, bottom] = [x + size.width / zoom, y + size.height / zoom];
  return rects.every((rect) => rect.x >= x && rect.y >= y && rect.x + rect.width <= right && rect.y + rect.height <= bottom);
}

/** What somebody else made of the file of the document that is shown. @param {App} app */
function outsideOf(app) {
  return app.outside.peek().get(app.active.peek());
}

/** @param {App} app */
async function reload(app) {
  (await import("../session/outside.js")).reload(app, app.active.peek());
}

/** @param {App} app */
async function keepMine(app) {
  (await import("../session/outside.js")).keepMine(app, app.active.peek());
}

/** @param {App} app */
async function compare(app) {
  const [{ compareFile }, { dockOf }] = await Promise.all([import("../library/versions.js"), import("../results/dock.js")]);
  (await dockOf(app)).open("versions");
  compareFile();
}

/**
 * Documents down to the user's disk and up from it; files that are dropped.
 *
 * @typedef {import("./app.js").App} App
 * @typedef {import("./tab.js").Tab} Tab
 */

import { canonical } from "../model/canonical.js";
import { parseDocument } from "../model/document.js";
import { addNode } from "../model/edits/nodes.js";
import { ApiError } from "./api.js";
import { openNew } from "./tabs.js";

/**
 * Hand a document to the browser as a file.
 *
 * @param {App} app
 * @param {Tab} tab
 */
export function download(app, tab) {
  const text = canonical(tab.document.peek(), app.catalogue.peek());
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  link.download = `${tab.title.peek().replace(/[^\p{L}\p{N} ._-]+/gu, "_") || "workflow"}.json`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/**
 * Open files: a workflow, or a picture that carries one, in a tab of its own; another picture as a LoadImage at a place.
 *
 * @param {App} app
 * @param {readonly File[]} files
 * @param {{x: number, y: number}} at
 */
export async function openFiles(app, files, at) {
  for (const [place, file] of files.entries()) {
    try {
      await openFile(app, file, { x: at.x + 40 * place, y: at.y + 40 * place });
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      app.say(`${file.name}: ${error.message}`, "assertive");
    }
  }
}

/**
 * @param {App} app
 * @param {File} file
 * @param {{x: number, y: number}} at
 */
async function openFile(app, file, at) {
  const isPicture = file.type.startsWith("image/");
  try {
    const bundle = file.name.endsWith(".zip"); // of which every system has another media type
    const opened = await app.api.open(bundle ? new Blob([file], { type: "application/zip" }) : file);
    const tab = openNew(app, parseDocument(opened.workflow));
    if (opened.upgraded.length > 0)
      app.say(`${file.name}: ${opened.upgraded.length} nodes were brought up to their newest version`);
    return tab;
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 422) throw error;
    if (isPicture) return placePicture(app, file, at);
    app.asking.value = {
      kind: "broken",
      title: file.name,
      faults: error.faults.length > 0 ? error.faults : [asFault(error)],
    };
    return null;
  }
}

/** @param {ApiError} error */
function asFault(error) {
  return { code: error.code, node: null, input: null, message: error.message };
}

/**
 * @param {App} app
 * @param {File} file
 * @param {{x: number, y: number}} at
 */
async function placePicture(app, file, at) {
  const asset = await app.api.upload(file, file.name);
  const tab = app.active.peek();
  const level = tab.levelName.peek();
  tab.edit("Add a picture", (draft) => {
    const value = { asset: asset.asset, sha256: asset.sha256 };
    const id = addNode(draft, level, "LoadImage", at, app.catalogue.peek(), { file: value });
    tab.selection.value = new Set([id]);
  });
  app.say(`${file.name} was added as a node`);
  return tab;
}

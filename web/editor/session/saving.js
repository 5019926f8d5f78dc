/**
 * Between the editor and the library: open, save, save as. Where somebody else saved in the meantime, the user is asked.
 *
 * @typedef {import("./app.js").App} App
 * @typedef {import("./tab.js").Tab} Tab
 * @typedef {import("../model/document.js").Document} Document
 */

import { parseDocument, toJson } from "../model/document.js";
import { difference } from "../model/transact.js";
import { ApiError } from "./api.js";

/**
 * Save a document under its name; one without a name asks for one.
 *
 * @param {App} app
 * @param {Tab} tab
 * @returns {Promise<boolean>}  whether it is saved
 */
export async function save(app, tab) {
  const name = tab.name.peek();
  if (name === null) {
    app.asking.value = { kind: "saveAs", tab };
    return false;
  }
  return saveAs(app, tab, name, tab.etag.peek());
}

/**
 * Save a document under a name: as a new file (`etag` null), or over the version that `etag` names.
 *
 * @param {App} app
 * @param {Tab} tab
 * @param {string} name
 * @param {string | null} etag
 * @returns {Promise<boolean>}
 */
export async function saveAs(app, tab, name, etag) {
  const document = tab.document.peek();
  try {
    const saved = await app.api.save(name, toJson(document), etag);
    const before = tab.key.peek();
    tab.name.value = name;
    tab.key.value = name;
    tab.etag.value = saved.etag;
    tab.saved.value = document;
    if (before !== name) await app.api.deleteDraft(before).catch(() => null);
    app.asking.value = null;
    app.say(`${name} is saved`);
    return true;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (error.status === 412) app.asking.value = { kind: "conflict", tab, name, etag: error.etag };
    else app.say(`Not saved: ${error.message}`, "assertive");
    return false;
  }
}

/**
 * What differs between what is open and what is in the library, in words.
 *
 * @param {App} app
 * @param {Tab} tab
 * @param {string} name
 * @returns {Promise<string[]>}
 */
export async function compare(app, tab, name) {
  const { text } = await app.api.workflow(name);
  return differences(parseDocument(JSON.parse(text)), tab.document.peek());
}

/**
 * @param {Document} theirs
 * @param {Document} ours
 * @returns {string[]}
 */
export function differences(theirs, ours) {
  return difference(theirs, ours).map(({ level, table, key, before, after }) => {
    const where = level === "" ? "" : ` in ${level}`;
    const what = {
      nodes: "node",
      inputs: "input",
      outputs: "output",
      ui: "drawing",
      head: "entry",
      levels: "sub-workflow",
    }[table];
    if (before === undefined) return `${what} ${key}${where} is only here`;
    if (after === undefined) return `${what} ${key}${where} is only in the library`;
    return `${what} ${key}${where} differs`;
  });
}

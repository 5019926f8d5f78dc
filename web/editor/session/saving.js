/**
 * Between the editor and the library: open, save, save as. Where somebody else saved in the meantime, the user is asked.
 *
 * @typedef {import("./app.js").App} App
 * @typedef {import("./tab.js").Tab} Tab
 */

import { batch } from "../vendor/signals-core/signals-core.mjs";
import { toJson } from "../model/document.js";
import { ApiError } from "./api.js";
import { changesBetween, readText } from "./library.js";
import { whileNoneSaves } from "./saves.js";

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
  const document = tab.document.peek(); // as it was when it was asked for
  return whileNoneSaves(name, () => put(app, tab, document, name, tab.etag.peek())); // over what the save before it made
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
export function saveAs(app, tab, name, etag) {
  const document = tab.document.peek();
  return whileNoneSaves(name, () => put(app, tab, document, name, etag));
}

/** @param {App} app @param {Tab} tab @param {import("../model/document.js").Document} document @param {string} name @param {string | null} etag */
async function put(app, tab, document, name, etag) {
  try {
    const saved = await app.api.save(name, toJson(document), etag);
    const before = tab.key.peek();
    batch(() => {
      tab.name.value = name;
      tab.key.value = name;
      tab.etag.value = saved.etag;
      tab.saved.value = document;
    });
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
 * What was changed from what is in the library to what is open.
 *
 * @param {App} app
 * @param {Tab} tab
 * @param {string} name
 */
export async function compare(app, tab, name) {
  const { text } = await app.api.workflow(name);
  return changesBetween(app.api, await readText(app.api, text), tab.document.peek());
}

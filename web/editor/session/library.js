/**
 * What the server keeps of the library beside the files themselves: their versions, and what differs between two workflows.
 * Functions over the Api, loaded when they are first needed.
 *
 * @typedef {import("./api.js").Api} Api
 * @typedef {import("./app.js").App} App
 * @typedef {import("./history.js").Change} Change
 * @typedef {import("./tab.js").Tab} Tab
 * @typedef {import("../model/document.js").Document} Document
 * @typedef {{readonly number: number, readonly etag: string, readonly bytes: number, readonly saved: number,
 *   readonly changes: readonly Change[] | null}} Version  `saved`: seconds since 1970
 */

import { parseDocument, toJson } from "../model/document.js";
import { become } from "../model/edits/become.js";
import { withPlaces } from "./tab.js";

/**
 * A page of versions, the newest first, each with what it changed.
 *
 * @param {Api} api
 * @param {string} name
 * @param {{before?: number, limit: number}} query
 * @returns {Promise<{versions: Version[], next: number | null}>}
 */
export function versions(api, name, { before, limit }) {
  const given = new URLSearchParams({ limit: String(limit), ...(before === undefined ? {} : { before: String(before) }) });
  return api._json("GET", `/workflows/${encodeURIComponent(name)}/versions?${given}`);
}

/** The file as it was. @param {Api} api @param {string} name @param {number} number @returns {Promise<string>} */
export async function versionText(api, name, number) {
  return (await api._fetch("GET", `/workflows/${encodeURIComponent(name)}/versions/${number}`)).text();
}

/**
 * A workflow file's text as a document of today, as it would open in a tab. Refused with the file's faults where it is none.
 *
 * @param {Api} api
 * @param {string} text
 * @returns {Promise<Document>}
 */
export async function readText(api, text) {
  const opened = await api.open(new Blob([text], { type: "application/json" }));
  return withPlaces(parseDocument(opened.workflow));
}

/**
 * What was changed from one workflow to another: the engine's own words, which `loom diff` prints too.
 *
 * @param {Api} api
 * @param {Document} before
 * @param {Document} after
 * @returns {Promise<readonly Change[]>}
 */
export async function changesBetween(api, before, after) {
  return (await api._send("POST", "/compare", { before: toJson(before), after: toJson(after) })).changes;
}

/**
 * An open document becomes another one, as one step of its history. The saved file stays as it is.
 *
 * @param {Tab} tab
 * @param {Document} document
 * @param {string} title  what undo calls it
 */
export function restore(tab, document, title) {
  return tab.edit(title, (draft) => become(draft, document));
}

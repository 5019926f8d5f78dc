/**
 * Snippets: parts of workflows in the library, by name. Functions over the Api, loaded when they are first needed.
 *
 * @typedef {import("./api.js").Api} Api
 * @typedef {import("./app.js").App} App
 * @typedef {import("./tab.js").Tab} Tab
 * @typedef {import("../model/document.js").Document} Document
 * @typedef {import("../model/catalogue.js").Catalogue} Catalogue
 * @typedef {{readonly name: string, readonly etag: string, readonly modified: number, readonly types: readonly string[]}} Snippet
 */

import { levelOf, toJson } from "../model/document.js";
import { paste } from "../model/edits/clipboard.js";
import { quoted } from "./api.js";
import { readText } from "./library.js";

const NODE = { width: 240, height: 160 }; // about what one takes
const NAMED = 4;

/** @param {string} name */
const at = (name) => `/snippets/${encodeURIComponent(name)}`;

/** All of them, by name. @param {Api} api @returns {Promise<Snippet[]>} */
export async function snippets(api) {
  return (await api._json("GET", "/snippets")).snippets;
}

/** The file. @param {Api} api @param {string} name @returns {Promise<string>} */
export async function snippetText(api, name) {
  return (await api._fetch("GET", at(name))).text();
}

/**
 * Save a snippet: as a new file (`etag` null), or over the content that `etag` names. Refused with 412 where another one is there.
 *
 * @param {Api} api
 * @param {string} name
 * @param {unknown} workflow
 * @param {string | null} etag
 */
export function saveSnippet(api, name, workflow, etag) {
  /** @type {Record<string, string>} */
  const headers = etag === null ? { "If-None-Match": "*" } : { "If-Match": quoted(etag) };
  return api._send("PUT", at(name), workflow, { headers });
}

/** Refused with 412 where another one has the name. @param {Api} api @param {string} name @param {string} wanted */
export function renameSnippet(api, name, wanted) {
  return api._send("POST", `${at(name)}/rename`, { name: wanted });
}

/** Delete what was seen. @param {Api} api @param {Snippet} snippet */
export function deleteSnippet(api, { name, etag }) {
  return api._fetch("DELETE", at(name), { headers: { "If-Match": quoted(etag) } });
}

/** Keep what is selected. @param {App} app @param {string} name @param {Document} document @param {string | null} etag */
export async function keepSnippet(app, name, document, etag) {
  await saveSnippet(app.api, name, toJson(document), etag);
  app.say(`“${name}” is a snippet now: the search for nodes finds it`);
}

/**
 * Put a snippet into a document, as one step: under free names, with its inner wires, of today's versions. What it has of unknown types
 * becomes placeholders.
 *
 * @param {App} app
 * @param {Tab} tab
 * @param {string} name
 * @param {{x: number, y: number}} place  where its corner comes to lie
 * @param {boolean} [around]  its middle instead, about: how large nodes are is not known before they are drawn
 * @returns {Promise<ReadonlySet<string>>}  what was put there, which is selected now
 */
export async function insertSnippet(app, tab, name, place, around = false) {
  const level = tab.levelName.peek();
  const document = await readText(app.api, await snippetText(app.api, name));
  const corner = around ? cornerAround(document, place) : place;
  /** @type {ReadonlySet<string>} */
  let keys = new Set();
  tab.edit(`Insert ${name}`, (draft) => {
    keys = paste(draft, level, document, { x: Math.round(corner.x), y: Math.round(corner.y) });
  });
  if (level === tab.levelName.peek()) tab.selection.value = keys;
  app.say(`${name} is inserted: ${countWords(document.levels.get("")?.nodes.size ?? 0)}`);
  return keys;
}

/** @param {Document} document @param {{x: number, y: number}} middle */
function cornerAround(document, middle) {
  const places = [...levelOf(document, "").nodes.values()].map(({ ui }) => ({ x: ui.x ?? 0, y: ui.y ?? 0 }));
  const half = (/** @type {number[]} */ starts, /** @type {number} */ length) => (Math.max(...starts) + length - Math.min(...starts)) / 2;
  if (places.length === 0) return middle;
  return { x: middle.x - half(places.map(({ x }) => x), NODE.width), y: middle.y - half(places.map(({ y }) => y), NODE.height) };
}

/** What is in a snippet, in a line. @param {Snippet} snippet @param {Catalogue} catalogue */
export function contentWords({ types }, catalogue) {
  if (types.length === 0) return "No nodes";
  const titles = types.slice(0, NAMED).map((type) => catalogue.nodes.get(type)?.title ?? type.replace(/^workflow:/, ""));
  const more = types.length - titles.length;
  return `${countWords(types.length)}: ${titles.join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

/** @param {number} nodes */
export function countWords(nodes) {
  return `${nodes} ${nodes === 1 ? "node" : "nodes"}`;
}

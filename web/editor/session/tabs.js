/**
 * The documents that are open: new, opened, closed, moved between.
 *
 * @typedef {import("./app.js").App} App
 * @typedef {import("../model/document.js").Document} Document
 */

import { batch } from "../vendor/signals-core/signals-core.mjs";
import { EMPTY, titleOf } from "../model/document.js";
import { randomHex } from "./random.js";
import { Tab } from "./tab.js";

/**
 * A name for a document that is in no library; it is what its draft is found by.
 *
 * @param {string} title
 */
export function freshKey(title) {
  const words = title
    .replace(/[^\p{L}\p{N} _-]+/gu, " ")
    .trim()
    .slice(0, 80)
    .trim();
  return `${words === "" ? "Untitled" : words.normalize("NFC")} (${randomHex(6)})`;
}

/**
 * Show a tab, opened at the end where it is new.
 *
 * @param {App} app
 * @param {Tab} tab
 * @returns {Tab}
 */
export function show(app, tab) {
  batch(() => {
    if (!app.tabs.peek().includes(tab)) app.tabs.value = [...app.tabs.peek(), tab];
    app.active.value = tab;
  });
  return tab;
}

/**
 * A new document in a tab of its own.
 *
 * @param {App} app
 * @param {Document} [document]
 */
export function openNew(app, document = EMPTY) {
  return show(app, new Tab(freshKey(titleOf(document)), document));
}

/**
 * A document of the library; one that is open already is shown.
 *
 * @param {App} app
 * @param {string} name
 * @returns {Promise<Tab>}
 */
export async function openSaved(app, name) {
  const open = app.tabOf(name);
  if (open !== null) return show(app, open);
  const { text, etag } = await app.api.workflow(name);
  const { readText } = await import("./library.js");
  return show(app, new Tab(name, await readText(app.api, text), { name, etag }));
}

/**
 * Close a tab; what is not saved stays among the drafts.
 *
 * @param {App} app
 * @param {Tab} tab
 */
export function close(app, tab) {
  const tabs = app.tabs.peek();
  const place = tabs.indexOf(tab);
  if (place < 0) return;
  const left = tabs.filter((other) => other !== tab);
  if (left.length === 0) left.push(new Tab(freshKey("")));
  batch(() => {
    app.tabs.value = left;
    if (app.active.peek() === tab) app.active.value = /** @type {Tab} */ (left[Math.min(place, left.length - 1)]);
  });
}

/**
 * The next tab, or the one before.
 *
 * @param {App} app
 * @param {1 | -1} way
 */
export function step(app, way) {
  const tabs = app.tabs.peek();
  const place = tabs.indexOf(app.active.peek());
  app.active.value = /** @type {Tab} */ (tabs[(place + way + tabs.length) % tabs.length]);
}

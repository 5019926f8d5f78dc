/**
 * Freezing: the server is asked what the nodes gave, and the marks are one step of the document's history.
 *
 * @typedef {import("./app.js").App} App
 * @typedef {import("./tab.js").Tab} Tab
 */

import { toJson } from "../model/document.js";
import { freeze, unfreeze } from "../model/edits/freeze.js";
import { frozenOf, isFrozen } from "../model/frozen.js";

/**
 * Freeze what nodes gave; where all of them are frozen, unfreeze them.
 *
 * @param {App} app
 * @param {Tab} tab
 * @param {readonly string[]} addresses
 */
export async function toggleFrozen(app, tab, addresses) {
  const document = tab.document.peek();
  const marks = frozenOf(document);
  const free = addresses.filter((address) => !isFrozen(marks, address));
  if (free.length === 0) return thaw(app, tab, addresses);
  const asked = { ...Object.fromEntries(marks), ...Object.fromEntries(free.map((address) => [address, null])) };
  const answer = await app.api.check({ workflow: toJson(document), document: tab.key.peek(), frozen: asked });
  const refused = answer.faults.filter(({ code }) => code === "not_frozen");
  const done = free.filter((address) => !refused.some(({ node }) => node === address));
  tab.edit("Freeze", (draft) => freeze(draft, answer.frozen ?? {}));
  const words = done.length === 0 ? [] : [`Frozen: ${done.join(", ")}. What it gave is used until it is unfrozen`];
  const urgent = refused.length > 0;
  app.say([...words, ...refused.map(({ message }) => message)].join("; "), urgent ? "assertive" : "polite");
}

/** @param {App} app @param {Tab} tab @param {Iterable<string>} [addresses]  all that is frozen */
export function thaw(app, tab, addresses = frozenOf(tab.document.peek()).keys()) {
  const given = [...addresses];
  tab.edit("Unfreeze", (draft) => unfreeze(draft, given));
  app.say(`Unfrozen: ${given.join(", ")}`);
}

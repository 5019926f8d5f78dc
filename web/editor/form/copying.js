/**
 * Texts for the clipboard.
 *
 * @typedef {import("../session/app.js").App} App
 * @typedef {import("../session/tab.js").Tab} Tab
 * @typedef {"command" | "curl" | "python"} Way
 */

import { copiedOf } from "./copied.js";
import { asCommand, asCurl, asPython } from "./copies.js";

/** @type {Readonly<Record<Way, {title: string, text: (copied: import("./copies.js").Copied) => string}>>} */
export const WAYS = Object.freeze({
  command: { title: "Copy as “loom run …”", text: asCommand },
  curl: { title: "Copy as curl", text: asCurl },
  python: { title: "Copy as Python", text: asPython },
});

/**
 * @param {App} app
 * @param {Tab} tab
 * @param {Way} way
 */
export async function copyAs(app, tab, way) {
  await toClipboard(WAYS[way].text(copiedOf(app, tab)));
  app.say(`${way === "command" ? "The command line" : way === "curl" ? "The request" : "The program"} is in the clipboard`);
}

/** A page that is not served from this machine has no clipboard of its own: the old way is left. @param {string} text */
async function toClipboard(text) {
  if (navigator.clipboard !== undefined) return navigator.clipboard.writeText(text);
  const area = document.createElement("textarea");
  area.value = text;
  document.body.append(area);
  area.select();
  document.execCommand("copy");
  area.remove();
}

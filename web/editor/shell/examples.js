/**
 * The examples, with pictures of what they make, or drawings of what they are.
 *
 * @typedef {import("../session/app.js").App} App
 * @typedef {{pack: string, name: string, title: string, picture: string | null}} Example
 */

import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { parseDocument } from "../model/document.js";
import { withPlaces } from "../session/tab.js";
import { openNew } from "../session/tabs.js";
import { later } from "./later.js";
import { sketch } from "./sketch.js";

/** @param {App} app */
export function examplesSheet(app) {
  return later(cards(app));
}

/** @param {App} app */
async function cards(app) {
  const examples = await app.api.examples();
  if (examples.length === 0) return html`<p class="muted">No pack brings examples.</p>`;
  const documents = await Promise.all(examples.map(({ pack, name }) => app.api.example(pack, name)));
  return html`<ul class="cards">
    ${examples.map((example, place) => card(app, example, withPlaces(parseDocument(documents[place]))))}
  </ul>`;
}

/** @param {App} app @param {Example} example @param {import("../model/document.js").Document} document */
function card(app, { pack, title, picture }, document) {
  const choose = () => {
    app.asking.value = null;
    openNew(app, document);
  };
  return html`<li>
    <button type="button" @click=${choose}>
      ${picture === null ? sketch(document) : html`<img src=${picture} alt="" loading="lazy" />`}
      <span>${title}</span>${pack === "core" ? nothing : html`<small>${pack}</small>`}
    </button>
  </li>`;
}

/**
 * The examples, with pictures of what they make.
 *
 * @typedef {import("../session/app.js").App} App
 */

import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { parseDocument } from "../model/document.js";
import { openNew } from "../session/tabs.js";
import { later } from "./later.js";

/** @param {App} app */
export function examplesSheet(app) {
  return later(app.api.examples().then((examples) => html`<ul class="cards">${examples.map((example) => card(app, example))}</ul>`));
}

/** @param {App} app @param {{pack: string, name: string, title: string, picture: string | null}} example */
function card(app, { pack, name, title, picture }) {
  const choose = async () => {
    const document = parseDocument(await app.api.example(pack, name));
    app.asking.value = null;
    openNew(app, document);
  };
  return html`<li><button type="button" @click=${choose}>
    ${picture === null ? html`<span class="card-blank"></span>` : html`<img src=${picture} alt="" loading="lazy">`}
    <span>${title}</span>${pack === "core" ? nothing : html`<small>${pack}</small>`}</button></li>`;
}

/** Where one is inside sub-workflows: a click leads out again. Nothing at the top. */

import { html, nothing, render } from "../vendor/lit-html/lit-html.js";
import { effect } from "../vendor/signals-core/signals-core.mjs";
import { shownTitle, portsOf } from "../model/ports.js";
import { titleOf } from "../model/document.js";

/** @typedef {import("../session/app.js").App} App */
/** @typedef {import("../session/tab.js").Tab} Tab */

/** @param {App} app @param {HTMLElement} root */
export function mountBreadcrumbs(app, root) {
  const element = document.createElement("nav");
  element.className = "breadcrumbs";
  element.setAttribute("aria-label", "Sub-workflows entered");
  root.append(element);
  effect(() => {
    const tab = app.active.value;
    const path = tab.path.value;
    element.hidden = path.length === 0;
    render(path.length ? crumbs(app, tab, path) : nothing, element);
  });
}

/** @param {App} app @param {Tab} tab @param {readonly string[]} path */
function crumbs(app, tab, path) {
  const document = tab.document.value;
  const names = [titleOf(document) || "Workflow"];
  let level = "";
  for (const id of path) {
    const node = document.levels.get(level)?.nodes.get(id);
    names.push(node ? shownTitle(node, portsOf(app.catalogue.value, document, level, id)) : id);
    level = node?.type.replace(/^workflow:/, "") ?? level;
  }
  return html`<ol>${names.map(
    (name, i) => html`<li>
    ${i === path.length ? html`<span aria-current="page">${name}</span>` : html`<button type="button" class="plain" @click=${() => tab.enter(path.slice(0, i))}>${name}</button>`}
  </li>`,
  )}</ol>`;
}

/**
 * What was changed from one workflow to another, as a list: each entry leads to its node where it has one to show.
 *
 * @typedef {import("../session/history.js").Change} Change
 * @typedef {import("../session/app.js").App} App
 */

import { html, nothing } from "../vendor/lit-html/lit-html.js";

const SHOWN = 200;

/**
 * @param {readonly Change[]} changes
 * @param {{none?: string, shown?: number, go?: (node: string) => (() => void) | null}} [options]
 *   `go`: what leads to a node, null where it is not to be seen
 */
export function changeList(changes, { none = "Both say the same.", shown = SHOWN, go = () => null } = {}) {
  if (changes.length === 0) return html`<p class="muted">${none}</p>`;
  const more = changes.length - shown;
  return html`<ul class="plain-list changes">
    ${changes.slice(0, shown).map((change) => entry(change, go))}
    ${more > 0 ? html`<li class="muted">and ${more} more</li>` : nothing}
  </ul>`;
}

/** @param {Change} change @param {(node: string) => (() => void) | null} go */
function entry({ node, message }, go) {
  const show = node === null ? null : go(node);
  return show === null
    ? html`<li>${message}</li>`
    : html`<li><button type="button" class="change" title="Show the node" @click=${show}>${message}</button></li>`;
}

/**
 * What leads to a node of the file's own level in the document that is open.
 *
 * @param {App} app
 * @param {string} node  its address
 */
export function leadTo(app, node) {
  const tab = app.active.peek();
  if (!tab.document.peek().levels.get("")?.nodes.has(node)) return null;
  return () => {
    if (tab.path.peek().length > 0) tab.enter([]);
    requestAnimationFrame(() => app.view?.focusNode(node));
  };
}

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

/** The sign says at a glance what the words say. */
const SIGNS = Object.freeze({ added: "+", removed: "−", changed: "→" });

/** @param {Change} change @param {(node: string) => (() => void) | null} go */
function entry(change, go) {
  const { node, kind } = change;
  const show = node === null ? null : go(node);
  const words = html`<span class="change-sign" aria-hidden="true">${SIGNS[kind]}</span><span class="change-words">${wordsOf(change)}</span>`;
  return show === null
    ? html`<li class="is-${kind}"><span class="change">${words}</span></li>`
    : html`<li class="is-${kind}"><button type="button" class="change" title="Show the node" @click=${show}>${words}</button></li>`;
}

/** The message, the values in it marked. @param {Change} change */
function wordsOf({ message, before, after }) {
  if (before !== null && after !== null) {
    const what = message.slice(0, message.length - `${before} → ${after}`.length);
    return html`${what}<del>${before}</del> → <ins>${after}</ins>`;
  }
  const value = before ?? after;
  if (value === null) return message;
  const at = message.lastIndexOf(value);
  const marked = before === null ? html`<ins>${value}</ins>` : html`<del>${value}</del>`;
  return html`${message.slice(0, at)}${marked}${message.slice(at + value.length)}`;
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

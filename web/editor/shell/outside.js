/**
 * A bar that says that somebody else has changed the file of the document that is shown, and what can be done. It stands in nobody's way.
 *
 * @typedef {import("../session/app.js").App} App
 */

import { html, nothing, render } from "../vendor/lit-html/lit-html.js";
import { effect } from "../vendor/signals-core/signals-core.mjs";
import { styled } from "../palette/styles.js";
import { wordsOf } from "../session/outside.js";

/**
 * @param {App} app
 * @param {HTMLElement} before  what the bar stands above
 */
export async function mountOutside(app, before) {
  await styled("library.css");
  const bar = document.createElement("section");
  bar.className = "outside";
  bar.setAttribute("aria-label", "Changed outside");
  effect(() => {
    const shown = app.outside.value.has(app.active.value);
    if (shown) before.before(bar);
    else if (bar.isConnected) leave(app, bar);
    render(shown ? content(app) : nothing, bar);
  });
}

/** Whoever stood on the bar goes on at the canvas. @param {App} app @param {HTMLElement} bar */
function leave(app, bar) {
  const held = bar.contains(document.activeElement);
  bar.remove();
  if (held) app.view?.stage.root.focus({ preventScroll: true });
}

/** @param {App} app */
function content(app) {
  const tab = app.active.value;
  const changed = app.outside.value.get(tab);
  if (changed === undefined) return nothing;
  const mine = changed.document !== null && tab.dirty.value;
  const button = (/** @type {string} */ id, /** @type {string} */ words, /** @type {string} */ hint) =>
    html`<button type="button" class="quiet small" title=${hint} @click=${() => app.commands.run(id)}>${words}</button>`;
  return html`<p>${wordsOf(tab.name.value ?? "", changed)}${mine ? ". There are edits here that are not saved" : ""}.</p>
    ${
      changed.document === null
        ? nothing
        : html`${button("outside.reload", mine ? "Reload over my edits" : "Reload", "One step: Undo brings back what is here")}
          ${button("outside.compare", "Compare", "What was changed from there to what is open")}`
    }
    ${button("outside.keep", "Keep mine", "The next save replaces the file, which stays among its versions")}`;
}

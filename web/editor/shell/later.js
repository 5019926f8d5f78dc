/**
 * A part of a template that has to be waited for.
 */

import { html, render } from "../vendor/lit-html/lit-html.js";
import { errorWords } from "../model/errors.js";

/**
 * An element that shows "Loading…" until the content is there, or in words why it is not.
 *
 * @param {Promise<unknown>} content
 * @returns {HTMLElement}
 */
export function later(content) {
  const element = document.createElement("div");
  element.className = "later";
  render(html`<p class="muted">Loading…</p>`, element);
  content.then(
    (there) => render(there, element),
    (error) => render(html`<p class="muted">${errorWords(error)}</p>`, element),
  );
  return element;
}

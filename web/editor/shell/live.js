/**
 * What is said aloud: `say` goes to a polite or an urgent live region. The same words twice are said twice.
 *
 * @typedef {import("../session/app.js").App} App
 */

import { effect } from "../vendor/signals-core/signals-core.mjs";

/**
 * @param {App} app
 * @param {HTMLElement} body
 */
export function mountLive(app, body) {
  const regions = { polite: region("status"), assertive: region("alert") };
  body.append(regions.polite, regions.assertive);
  effect(() => {
    const said = app.said.value;
    if (said === null) return;
    const place = regions[said.how];
    const words = document.createElement("p");
    words.textContent = said.text;
    place.replaceChildren(words);
  });
}

/** @param {string} role */
function region(role) {
  const element = document.createElement("div");
  element.className = "hidden";
  element.setAttribute("role", role);
  return element;
}

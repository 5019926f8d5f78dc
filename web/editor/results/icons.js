/** Icons of the panels, 16 units wide, in the colour of the text beside them. */

import { html, svg } from "../vendor/lit-html/lit-html.js";

export { CLOSE } from "../palette/cross.js";

/** @param {unknown} shape */
const icon = (shape) => html`<svg class="icon" viewBox="0 0 16 16" aria-hidden="true">${shape}</svg>`;
/** @param {string} path */
const line = (path) =>
  icon(svg`<path d=${path} fill="none" stroke="currentColor" stroke-width="1.5" stroke-linecap="round" stroke-linejoin="round"/>`);

const STAR_PATH = "m8 1.9 1.9 3.9 4.3.6-3.1 3 .7 4.3L8 11.7l-3.8 2 .7-4.3-3.1-3 4.3-.6z";
export const STAR = line(STAR_PATH);
export const STARRED = icon(svg`<path d=${STAR_PATH} fill="currentColor" stroke="currentColor" stroke-width="1.5" stroke-linejoin="round"/>`);
export const WIDEN = line("M6 3.5H3.5V6M10 3.5h2.5V6M6 12.5H3.5V10M10 12.5h2.5V10");
export const BACK = line("M9.5 3.5 5 8l4.5 4.5");
export const FORWARD = line("M6.5 3.5 11 8l-4.5 4.5");
export const MORE = icon(svg`<g fill="currentColor"><circle cx="3.5" cy="8" r="1.4"/><circle cx="8" cy="8" r="1.4"/><circle cx="12.5" cy="8" r="1.4"/></g>`);
export const PAUSE = icon(svg`<path d="M5.5 3.5v9M10.5 3.5v9" stroke="currentColor" stroke-width="2.2" stroke-linecap="round"/>`);
export const PLAY = icon(svg`<path d="M5 3.2v9.6l7.5-4.8z" fill="currentColor"/>`);
export const AGAIN = line("M12.8 8a4.8 4.8 0 1 1-1.5-3.5M12.8 2.5v2.7h-2.7");
export const GRIP = icon(svg`<g fill="currentColor"><circle cx="6" cy="4" r="1.2"/><circle cx="10" cy="4" r="1.2"/><circle cx="6" cy="8" r="1.2"/><circle cx="10" cy="8" r="1.2"/><circle cx="6" cy="12" r="1.2"/><circle cx="10" cy="12" r="1.2"/></g>`);

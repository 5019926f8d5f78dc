/** The shell's icons, 16 units wide, in the colour of the text beside them. */

import { svg, html } from "../vendor/lit-html/lit-html.js";

/** @param {unknown} shape */
const icon = (shape) => html`<svg class="icon" viewBox="0 0 16 16" aria-hidden="true">${shape}</svg>`;

export const PLAY = icon(
  svg`<path fill="currentColor" d="M4.5 2.8v10.4a.8.8 0 0 0 1.2.7l8.2-5.2a.8.8 0 0 0 0-1.4L5.7 2.1a.8.8 0 0 0-1.2.7z"/>`,
);
export const CANCEL = icon(svg`<rect x="3.5" y="3.5" width="9" height="9" rx="1.5" fill="currentColor"/>`);
export const DOWN = icon(
  svg`<path d="m4.5 6.5 3.5 3.5 3.5-3.5" fill="none" stroke="currentColor" stroke-width="1.6" stroke-linecap="round" stroke-linejoin="round"/>`,
);
export const PLUS = icon(
  svg`<path d="M8 3.5v9M3.5 8h9" stroke="currentColor" stroke-width="1.6" stroke-linecap="round"/>`,
);
export const CLOSE = icon(
  svg`<path d="m4.5 4.5 7 7m0-7-7 7" stroke="currentColor" stroke-width="1.5" stroke-linecap="round"/>`,
);
export const SUN = icon(
  svg`<circle cx="8" cy="8" r="3" fill="none" stroke="currentColor" stroke-width="1.5"/><path d="M8 1.5v1.4m0 10.2v1.4M1.5 8h1.4m10.2 0h1.4M3.4 3.4l1 1m7.2 7.2 1 1m0-9.2-1 1m-7.2 7.2-1 1" stroke="currentColor" stroke-width="1.5" stroke-linecap="round"/>`,
);
export const MOON = icon(
  svg`<path d="M13.2 9.6A5.6 5.6 0 0 1 6.4 2.8a5.6 5.6 0 1 0 6.8 6.8z" fill="none" stroke="currentColor" stroke-width="1.5" stroke-linejoin="round"/>`,
);
export const WARNING = icon(
  svg`<path d="M8 2.2 14.3 13a.5.5 0 0 1-.4.8H2.1a.5.5 0 0 1-.4-.8L8 2.2z" fill="none" stroke="currentColor" stroke-width="1.4" stroke-linejoin="round"/><path d="M8 6.5v3.2m0 1.9v.1" stroke="currentColor" stroke-width="1.5" stroke-linecap="round"/>`,
);
export const PICTURES = icon(
  svg`<path d="M3.5 2.5h9a1 1 0 0 1 1 1v9a1 1 0 0 1-1 1h-9a1 1 0 0 1-1-1v-9a1 1 0 0 1 1-1zm-1 8.5 3-3 2.5 2.5 2-2 3.5 3.5M10.5 5.5v.1" fill="none" stroke="currentColor" stroke-width="1.5" stroke-linecap="round" stroke-linejoin="round"/>`,
);
export const ROWS = icon(
  svg`<path d="M2.5 4h11m-11 4h11m-11 4h7" stroke="currentColor" stroke-width="1.5" stroke-linecap="round"/>`,
);
export const MARK = html`<svg class="mark" viewBox="0 0 32 32" aria-hidden="true">
  <rect width="32" height="32" rx="8" />
  <path class="warp" d="M12 6v20M20 6v20" />
  <path d="M7 11h18M7 21h18" />
  <path class="over" d="M20 8.5v5M12 18.5v5" />
</svg>`;

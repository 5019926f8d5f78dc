/** The sign on what closes or takes away: 16 units wide, in the colour of the text beside it. */

import { html } from "../vendor/lit-html/lit-html.js";

export const CLOSE = html`<svg class="icon" viewBox="0 0 16 16" aria-hidden="true"><path d="m4.5 4.5 7 7m0-7-7 7" fill="none" stroke="currentColor" stroke-width="1.5" stroke-linecap="round" /></svg>`;

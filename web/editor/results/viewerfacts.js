/**
 * What the full view says in words: the pixel that is pointed at, the sizes, the edit that made it.
 *
 * @typedef {import("./viewer.js").ViewerState} ViewerState
 */

import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { colourWords, valueAt } from "./pixels.js";
import { changeWords, moment, namesOf } from "./words.js";

/** The values of the pixel at the cursor, of both pictures where two are compared. @param {ViewerState} viewer */
export function readout(viewer) {
  void viewer.looked.value;
  const [a] = viewer.pixels.value;
  const cursor = viewer.plate?.cursor;
  if (!a || !cursor) return matchMedia("(pointer: coarse)").matches ? html`<span class="muted">Tap to read a pixel</span>` : "";
  const b = viewer.scaled.value;
  const values = [a, ...(b ? [b] : [])].map((pixels) => valueAt(pixels, cursor));
  return html`<span class="viewer-place">${cursor.x}, ${cursor.y}</span>${values.map(
    (value) => html`<span class="viewer-value"><span class="viewer-swatch" .style=${`background: rgb(${value[0]} ${value[1]} ${value[2]} / ${value[3] / 255})`}></span>${colourWords(value)}</span>`,
  )}`;
}

/** @param {ViewerState} viewer */
export function facts(viewer) {
  const { picture, against } = viewer;
  const { changes, created, title, item, of } = picture;
  return html`${changes === undefined ? nothing : of === null ? html`<h3>Its run was deleted</h3>` : edits(changes)}
    <dl>
      ${title ? fact("Workflow", title) : nothing} ${fact("File", picture.asset)} ${of && of > 1 ? fact("Of its run", `${(item ?? 0) + 1} of ${of}`) : nothing} ${created === undefined ? nothing : fact("Made", moment(created))}
      ${picture.frozen?.length ? fact("From frozen", `${picture.frozen.join(", ")}: the workflow alone gives something else`) : nothing}
      ${fact("Size", `${picture.width} × ${picture.height}`)} ${against ? comparison(viewer) : nothing}
    </dl>
    <p class="viewer-keys muted"><kbd>Shift</kbd> and arrows read pixel by pixel</p>`;
}

/** @param {string} name @param {unknown} value */
function fact(name, value) {
  return html`<div><dt>${name}</dt><dd>${value}</dd></div>`;
}

/** @param {ViewerState} viewer */
function comparison(viewer) {
  const { picture, against } = viewer;
  if (!against) return nothing;
  const same = against.width === picture.width && against.height === picture.height;
  const apart = viewer.apart.value;
  return html`${fact("Second", `${namesOf(picture, against)[1]}${same ? "" : `, ${against.width} × ${against.height}, scaled to the first`}`)}
    ${
      apart
        ? html`${fact("Pixels that differ", `${(100 * apart.changed).toFixed(apart.changed < 0.01 ? 2 : 0)} %`)}
            ${fact("Largest difference", `${apart.largest} of 255`)}`
        : nothing
    }`;
}

/** @param {readonly import("../session/history.js").Change[] | null} changes */
function edits(changes) {
  if (changes === null) return html`<h3>The first version that was run</h3>`;
  if (changes.length === 0) return html`<h3>Nothing changed since the run before</h3>`;
  return html`<h3>Changed since the run before</h3>
    <ul>
      ${changes.map((change) => html`<li>${change.node === null ? nothing : html`<span class="muted">${change.node}</span>`} ${changeWords(change)}</li>`)}
    </ul>`;
}

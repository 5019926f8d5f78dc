/**
 * The painter's controls: tools, their settings, what is done to the whole mask, and how it ends.
 *
 * @typedef {import("./painter.js").Painter} Painter
 * @typedef {import("./painting.js").Tool} Tool
 */

import { html, nothing, svg } from "../vendor/lit-html/lit-html.js";
import { LARGEST } from "./painting.js";

/** @param {unknown} shape */
const icon = (shape) =>
  html`<svg class="icon" viewBox="0 0 16 16" aria-hidden="true" fill="none" stroke="currentColor" stroke-width="1.4" stroke-linecap="round" stroke-linejoin="round">${shape}</svg>`;

/** @type {readonly {tool: Tool, title: string, key: string, icon: unknown}[]} */
const TOOLS = Object.freeze([
  { tool: "brush", title: "Brush", key: "B", icon: icon(svg`<path d="m13.5 2.5-6 6.5m-1.4.4c-1.6 0-2.4 1-2.6 2.3-.1.8-.6 1.3-1.3 1.5 1 .6 5.6.9 5.8-2 .1-1-.8-1.8-1.9-1.8z"/>`) },
  { tool: "eraser", title: "Eraser", key: "E", icon: icon(svg`<path d="m6 13.5-3.6-3.6a1 1 0 0 1 0-1.4l5.8-5.8a1 1 0 0 1 1.4 0l3.7 3.7a1 1 0 0 1 0 1.4L7.6 13.5zm7.5 0h-6M5.3 5.6l5.1 5.1"/>`) },
  { tool: "box", title: "Box", key: "R", icon: icon(svg`<rect x="2.5" y="3.5" width="11" height="9" rx="1" stroke-dasharray="2.2 1.8"/>`) },
  { tool: "lasso", title: "Lasso", key: "L", icon: icon(svg`<path d="M5.2 10.6C3.3 10 2 8.8 2 7.3 2 5 4.7 3 8 3s6 2 6 4.3-2.7 4.2-6 4.2c-.6 0-1.2-.1-1.8-.2M5.6 9.5a1.3 1.3 0 1 0 .1 2.5 1.3 1.3 0 0 0-.1-2.5zm-.2 2.6c.3 1-.2 1.7-1.1 2"/>`) },
  { tool: "hand", title: "Move", key: "H", icon: icon(svg`<path d="M8 2v12M2 8h12M8 2 6.3 3.7M8 2l1.7 1.7M8 14l-1.7-1.7M8 14l1.7-1.7M2 8l1.7-1.7M2 8l1.7 1.7M14 8l-1.7-1.7M14 8l-1.7 1.7"/>`) },
]);

/** @param {Painter} painter */
export function controls(painter) {
  return html`<header class="painter-head">
      <h2 id="painter-title">Mask <span>for ${painter.about.target.words}</span></h2>
      <p class="painter-words" role="status">${painter.waiting ?? (painter.words || facts(painter))}</p>
      <div class="painter-end">
        <button type="button" class="quiet" @click=${() => painter.leave()}>Cancel</button>
        <button
          type="button"
          class="main"
          title="Apply (Ctrl+Enter)"
          ?disabled=${painter.waiting !== null || painter.asking === "size"}
          @click=${() => void painter.apply()}
        >
          Apply
        </button>
      </div>
    </header>
    <div class="painter-tools" role="toolbar" aria-label="Tools">${tools(painter)} ${steps(painter)} ${settings(painter)} ${wholes(painter)}</div>`;
}

/** @param {Painter} painter */
function facts({ painting: { raster } }) {
  const share = Math.round(100 * raster.share);
  return `${raster.width} × ${raster.height}, ${share} % may change`;
}

/** @param {Painter} painter */
function tools(painter) {
  const { tool: now } = painter.painting.choices;
  return html`<div class="painter-group" role="group" aria-label="Tool">
    ${TOOLS.map(
      ({ tool, title, key, icon: shape }) =>
        html`<button type="button" class="painter-tool" aria-pressed=${tool === now} aria-label=${title} title="${title} (${key})" @click=${() => painter.choose({ tool })}>${shape}</button>`,
    )}
  </div>`;
}

/** @param {Painter} painter */
function settings(painter) {
  const { tool, size, softness, opacity, takesAway } = painter.painting.choices;
  const shaped = tool === "box" || tool === "lasso";
  return html`<div class="painter-group painter-settings">
    ${slider("Size", "[ and ]", size, { min: 1, max: LARGEST, log: true, unit: "px" }, (value) => painter.choose({ size: value }))}
    ${slider("Soft edge", "Shift+[ and Shift+]", Math.round(100 * softness), { min: 0, max: 100, unit: "%" }, (value) => painter.choose({ softness: value / 100 }))}
    ${slider("Opacity", "", Math.round(100 * opacity), { min: 5, max: 100, unit: "%" }, (value) => painter.choose({ opacity: value / 100 }))}
    ${
      shaped
        ? html`<label class="painter-check" title="Hold Alt to do the other"><input type="checkbox" .checked=${takesAway} @change=${(/** @type {Event} */ event) => painter.choose({ takesAway: /** @type {HTMLInputElement} */ (event.currentTarget).checked })} />Take away</label>`
        : nothing
    }
  </div>`;
}

/** @param {string} title @param {string} key @param {() => void} run */
function button(title, key, run, off = false) {
  return html`<button type="button" class="painter-do" title="${title} (${key})" ?disabled=${off} @click=${run}>${title}</button>`;
}

/** Next to the tools: on a phone the rest has to be scrolled to. @param {Painter} painter */
function steps(painter) {
  const { painting } = painter;
  return html`<div class="painter-group" role="group" aria-label="Steps">
    ${button("Undo", "Ctrl+Z", () => painter.did(painting.undo()), painting.history.done.length === 0)}
    ${button("Redo", "Ctrl+Y", () => painter.did(painting.redo()), painting.history.undone.length === 0)}
  </div>`;
}

/** @param {Painter} painter */
function wholes(painter) {
  const { painting } = painter;
  return html`<div class="painter-group" role="group" aria-label="The whole mask">
      ${button("Invert", "I", () => painter.did(painting.whole("invert")))}
      ${button("Fill", "F", () => painter.did(painting.whole("fill")))}
      ${button("Clear", "Del", () => painter.did(painting.whole("clear")))}
    </div>
    <div class="painter-group painter-view" role="group" aria-label="View">
      ${button("−", "zoom out", () => painter.board?.zoomBy(0.8))} ${button("Fit", "0", () => painter.board?.fit())}
      ${button("+", "zoom in", () => painter.board?.zoomBy(1.25))}
      ${slider("Mask shown", "", Math.round(100 * (painter.board?.tint ?? 0.55)), { min: 10, max: 100, unit: "%" }, (value) => show(painter, value))}
    </div>
    ${offers(painter)}`;
}

/** @param {Painter} painter @param {number} percent */
function show(painter, percent) {
  if (painter.board) painter.board.tint = percent / 100;
  painter.board?.ask();
  painter.render();
}

/** Pictures that only a run can give. @param {Painter} painter */
function offers(painter) {
  const { beneath, start } = painter.about.target;
  const off = painter.waiting !== null;
  const picture = painter.picture === null && beneath?.port != null;
  const mask = painter.start === null && start?.source.port != null;
  if (!picture && !mask) return nothing;
  return html`<div class="painter-group painter-offers">
    ${picture ? html`<button type="button" class="painter-do" ?disabled=${off} @click=${() => void painter.fetchPicture()}>Make the picture</button>` : nothing}
    ${mask ? html`<button type="button" class="painter-do" ?disabled=${off} @click=${() => void painter.fetchMask()}>Begin with the mask of now</button>` : nothing}
  </div>`;
}

/** What has to be settled before painting goes on. @param {Painter} painter */
export function question(painter) {
  const { raster } = painter.painting;
  if (painter.asking === "size")
    return html`<div class="painter-question" role="alertdialog" aria-labelledby="painter-asks">
      <p id="painter-asks">
        The picture is ${painter.picture?.width} × ${painter.picture?.height} now; the mask was painted at ${raster.width} × ${raster.height}.
      </p>
      <button type="button" class="main" @click=${() => painter.settle("scale")}>Scale the mask</button>
      <button type="button" class="quiet" @click=${() => painter.settle("keep")}>Keep its size</button>
      <button type="button" class="quiet" @click=${() => painter.settle("empty")}>Begin anew</button>
    </div>`;
  if (painter.asking === "leave")
    return html`<div class="painter-question" role="alertdialog" aria-labelledby="painter-asks">
      <p id="painter-asks">What was painted is not applied yet.</p>
      <button type="button" class="main" @click=${() => void painter.apply()}>Apply it</button>
      <button type="button" class="quiet" @click=${() => painter.dialog.close()}>Throw it away</button>
      <button type="button" class="quiet" @click=${() => painter.leave()}>Go on painting</button>
    </div>`;
  return nothing;
}

/**
 * @param {string} title
 * @param {string} keys
 * @param {number} value
 * @param {{min: number, max: number, unit: string, log?: boolean}} range  `log`: even steps are even factors
 * @param {(value: number) => void} choose
 */
function slider(title, keys, value, { min, max, unit, log = false }, choose) {
  const steps = 100;
  const place = log ? (steps * Math.log(value / min)) / Math.log(max / min) : value;
  const chosen = (/** @type {Event} */ event) => {
    const moved = Number(/** @type {HTMLInputElement} */ (event.currentTarget).value);
    choose(log ? Math.round(min * (max / min) ** (moved / steps)) : moved);
  };
  return html`<label class="painter-slider" title=${keys === "" ? title : `${title} (${keys})`}>
    <span>${title}</span>
    <input type="range" min=${log ? 0 : min} max=${log ? steps : max} step="1" .value=${String(Math.round(place))} aria-valuetext="${value} ${unit}" @input=${chosen} />
    <output>${value} ${unit}</output>
  </label>`;
}

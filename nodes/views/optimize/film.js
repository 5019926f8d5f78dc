/** Pictures: the strip of those on the way, and the first beside the best, to be dragged between. */

import { ranked, shown, totalBy } from "./trace.js";

/** @typedef {import("./panel.js").Scene} Scene */

/** @param {Scene} scene */
export function film(scene) {
  const { trace, host, held, picture, change } = scene;
  const { html } = host.lit;
  const order = held.byRank ? ranked(trace, held.weights) : trace.rows.map((_, number) => number);
  const frames = order.filter((number) => picture(number) !== null);
  if (frames.length === 0)
    return html`<p class="strip empty">Pictures on the way appear here while it runs; the output “frames” keeps them.</p>`;
  return html`<label><input type="checkbox" .checked=${held.byRank} @change=${() => change({ byRank: !held.byRank })} /> best first</label>
    <ul class="strip" tabindex="-1" aria-label="Pictures on the way" @wheel=${scrolled}>
      ${frames.map((number) => html`<li>${frame(scene, number)}</li>`)}
    </ul>`;
}

/** @param {Scene} scene @param {number} number */
function frame({ trace, host, held, best, at, picture, change }, number) {
  const total = shown(totalBy(trace, trace.rows[number], held.weights));
  const isBest = number === best;
  const name = `Picture ${number}${isBest ? " best" : ""}, total ${total}`;
  return host.lit.html`<button type="button" class="frame ${isBest ? "is-best" : ""}" aria-pressed=${at === number ? "true" : "false"} aria-label=${name} title=${name}
      @click=${() => change({ pinned: at === number ? null : number })}>
    <img src=${picture(number)} alt="" draggable="false" /><span>${number}${isBest ? " best" : ""}</span></button>`;
}

/** The wheel moves the strip where it is longer than its room, and the canvas else. @param {WheelEvent} event */
function scrolled(event) {
  const strip = /** @type {HTMLElement} */ (event.currentTarget);
  if (strip.scrollWidth <= strip.clientWidth || event.ctrlKey) return;
  strip.scrollLeft += event.deltaX + event.deltaY;
  event.stopPropagation();
  event.preventDefault();
}

/** @param {Scene} scene */
export function compare({ host, held, at, best, picture, change }) {
  const { html } = host.lit;
  const other = at ?? best;
  const [first, second] = [picture(0), other === null ? null : picture(other)];
  if (first === null || second === null || other === 0) {
    const seen = first ?? second;
    if (seen !== null) return html`<div class="compare"><img src=${seen} alt="Picture ${first === null ? other : 0}" /></div>`;
    return html`<div class="compare empty">The first and the best picture come here, to be compared</div>`;
  }
  const name = at === null ? "best" : `number ${at}`;
  return html`<div class="compare">
    <img src=${first} alt="The first picture" draggable="false" />
    <img src=${second} alt="Picture ${other}" draggable="false" .style=${`clip-path: inset(0 0 0 ${held.cut}%)`} />
    <span class="cut" .style=${`left: ${held.cut}%`}></span>
    <span class="tag left">first</span><span class="tag right">${name}</span>
    <input type="range" min="0" max="100" .value=${String(held.cut)} aria-label="First picture to the left, ${name} to the right of"
      aria-valuetext="${held.cut} percent" @input=${(/** @type {any} */ event) => change({ cut: Number(event.target.value) })} />
  </div>`;
}

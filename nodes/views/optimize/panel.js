/** The view as markup: what was found, how, and what can be done. Its parts from top to bottom. */

import { chart, curvesOf } from "./curves.js";
import { outcome } from "./album.js";
import { gaugesOf, warning } from "./health.js";
import { more } from "./more.js";
import { film, compare } from "./film.js";
import { bestBy, fallen, foreseen, ranked, scoreOf, shown, totalBy } from "./trace.js";

/**
 * @typedef {import("./trace.js").Trace} Trace
 * @typedef {object} Held  what the view remembers of a node
 * @property {import("./album.js").Album} album
 * @property {number | null} pinned  the picture that is looked at
 * @property {Map<string, number>} weights  other weights, to rank by
 * @property {number} cut  where the compared pictures meet, in percent
 * @property {boolean} byRank  how the strip is sorted
 * @property {string | null} said  the last warning that was read out
 *
 * @typedef {object} Scene  all that is drawn
 * @property {any} facts @property {Trace} trace @property {Held} held @property {any} host
 * @property {number | null} best  by the weights that are set here
 * @property {number | null} at  the pinned picture, where it stands
 * @property {(picture: number) => string | null} picture  its address
 * @property {(change: Partial<Held>) => void} change
 */

export const MORE = 20;
export const BIAS =
  "Reward models have bias: they prefer looks, people and styles of the web, and optimising makes that stronger. A score is no judgement; look yourself.";

/**
 * @param {any} facts @param {Held} held @param {any} host @param {Scene["change"]} change
 * @returns {Scene}
 */
export function sceneOf(facts, held, host, change) {
  /** @type {Trace} */
  const trace = facts.data;
  const made = outcome(facts, trace, held.album.first);
  const picture = (/** @type {number} */ number) => made.get(number)?.url ?? held.album.get(number);
  const at = held.pinned !== null && held.pinned < trace.rows.length ? held.pinned : null;
  return { facts, trace, held, host, change, at, picture, best: bestBy(trace, held.weights) };
}

/** What is to be warned of, the noise first. @param {Trace} trace @param {number | null} looked @param {number | null} best */
export function warnings(trace, looked, best) {
  const row = looked === null ? undefined : trace.rows[looked];
  const gauges = row === undefined ? [] : gaugesOf(row, trace.white);
  const noise = warning(gauges);
  const told = noise === null ? [] : [{ text: noise, gone: gauges.some(({ level }) => level === "gone") }];
  const held = fallen(trace, best).map(({ name, before, after }) => ({
    text: `“${name}” was held out and fell from ${shown(before)} to ${shown(after)} in the best picture: it may please the other rewards only.`,
    gone: false,
  }));
  return [...told, ...held];
}

/** The picture whose noise is gauged: the last one while it runs, then the best. @param {Pick<Scene, "facts" | "trace" | "at" | "best">} scene */
export function lookedAt({ facts, trace, at, best }) {
  if (at !== null) return at;
  return facts.state === "running" && trace.rows.length > 0 ? trace.rows.length - 1 : best;
}

/** @param {Scene} scene */
export function panel(scene) {
  const { facts, trace, host, best, at } = scene;
  const { html } = host.lit;
  const looked = lookedAt(scene);
  const count = Math.max(trace.rows.length, facts.state === "running" ? (facts.of ?? 0) : 0);
  return html`<div class="view">
    <p>${summary(scene)}</p>
    ${chart(host.lit, curvesOf(trace, scene.held.weights), { count, best, at })}
    ${scrub(scene)} ${table(scene)} ${ranking(scene)}
    ${warnings(trace, looked, best).map(({ text, gone }) => html`<p class="warn ${gone ? "gone" : ""}">${text}</p>`)}
    <div class="beside">${compare(scene)}${gauges(scene, looked)}</div>
    ${film(scene)} ${buttons(scene)}
    <p class="muted">${BIAS}</p>
  </div>`;
}

/** @param {Scene} scene */
function summary({ facts, trace, best, held }) {
  const many = trace.rows.length;
  if (many === 0) return foreseen(trace);
  const gain = best === null ? "" : `; number ${best} is best, ${shown(totalBy(trace, trace.rows[best], held.weights))}`;
  const of = facts.state === "running" && facts.of !== null ? `, ${facts.step} of ${facts.of} in this run` : "";
  return `${many} ${many === 1 ? "picture" : "pictures"}${of}${gain}${facts.partial ? ". Stopped: the best so far is kept" : ""}.`;
}

/** @param {Scene} scene */
function scrub({ trace, host, at, best, change }) {
  const last = Math.max(0, trace.rows.length - 1);
  return host.lit.html`<label class="along">Look at picture ${at ?? best ?? 0}
    <input type="range" min="0" max=${last} .value=${String(at ?? best ?? 0)} ?disabled=${last === 0}
      @input=${(/** @type {any} */ event) => change({ pinned: Number(event.target.value) })} /></label>`;
}

/** @param {Scene} scene */
function table(scene) {
  const { trace, host, at, best, held } = scene;
  const { html } = host.lit;
  const columns = [0, best, ...(at === null || at === best ? [] : [at])];
  const cells = (/** @type {(row: any) => number} */ value) =>
    columns.map((picture) => html`<td>${picture === null || trace.rows[picture] === undefined ? "–" : shown(value(trace.rows[picture]))}</td>`);
  return html`<table>
    <thead><tr><th scope="col">Reward</th><th scope="col">First</th><th scope="col">Best</th>
      ${columns.length > 2 ? html`<th scope="col">Number ${at}</th>` : ""}<th scope="col">Weight</th></tr></thead>
    <tbody>
      ${trace.terms.map((term, place) => html`<tr><th scope="row" title=${term.name}>${swatch(host, `${term.held_out ? "held " : ""}c${place % 6}`)}${term.name}</th>
        ${cells((row) => scoreOf(row, term))}<td>${term.held_out ? "held out" : weight(scene, term)}</td></tr>`)}
      <tr><th scope="row">${swatch(host, "total")}total</th>${cells((row) => totalBy(trace, row, held.weights))}<td></td></tr>
    </tbody>
  </table>`;
}

/** @param {any} host @param {string} style */
function swatch({ lit: { html } }, style) {
  return html`<svg class="swatch" viewBox="0 0 22 6" aria-hidden="true"><line class="curve ${style}" x1="0" x2="22" y1="3" y2="3" /></svg>`;
}

/** @param {Scene} scene @param {import("./trace.js").Term} term */
function weight({ host, held, change }, term) {
  const write = (/** @type {any} */ event) => {
    const value = event.target.value === "" ? term.weight : event.target.valueAsNumber;
    const weights = new Map(held.weights);
    if (value === term.weight || !Number.isFinite(value)) weights.delete(term.name);
    else weights.set(term.name, value);
    event.target.value = String(weights.get(term.name) ?? term.weight);
    change({ weights });
  };
  return host.lit.html`<input type="number" step="0.1" aria-label="Weight of ${term.name} in the ranking" .value=${String(held.weights.get(term.name) ?? term.weight)} @change=${write} />`;
}

/** @param {Scene} scene */
function ranking({ trace, host, held, best, change }) {
  const { html } = host.lit;
  if (held.weights.size === 0 || best === null)
    return html`<p class="muted">Other weights rank the pictures anew by their stored scores; nothing is computed.</p>`;
  const [, ...next] = ranked(trace, held.weights).slice(0, 4);
  const then = next.length === 0 ? "" : `, then ${next.join(", ")}`;
  const before = trace.best === best ? "as before" : `instead of ${trace.best}`;
  return html`<div class="row"><span class="ranked">By these weights ${best} is best, ${before}${then}.</span>
    <button type="button" class="plain" @click=${() => change({ weights: new Map() })}>The run's weights</button></div>`;
}

/** @param {Scene} scene @param {number | null} looked */
function gauges({ trace, host }, looked) {
  const { html, svg } = host.lit;
  const row = looked === null ? undefined : trace.rows[looked];
  if (row === undefined) return html`<div class="gauges"></div>`;
  const at = (/** @type {number} */ off) => 60 + Math.max(-15, Math.min(15, off)) * 3.8;
  return html`<div class="gauges" role="group" aria-label="The noise of picture ${looked}">
    ${gaugesOf(row, trace.white).map(
      ({ name, value, white, off, level, words }) => html`<div class="gauge ${level}">
        <div class="line"><span>${name}</span><span>${shown(value)} <span class="muted">of ${shown(white)}</span></span></div>
        <svg viewBox="0 0 120 8" preserveAspectRatio="none" role="img" aria-label="${name} ${shown(value)}, white noise has ${shown(white)}: ${words}">
          ${svg`<rect class="track" y="2" width="120" height="4" /><rect class="well" x=${at(-4)} y="2" width=${at(4) - at(-4)} height="4" /><rect class="needle" x=${at(off) - 1} width="2.5" height="8" />`}
        </svg>
        <div class="words">${words}</div>
      </div>`,
    )}
  </div>`;
}

/** @param {Scene} scene */
function buttons({ facts, host, trace }) {
  const { html } = host.lit;
  const running = facts.state === "running" || facts.state === "queued";
  const { writes, behind, why } = more(facts, MORE);
  const go = () => {
    if (behind) return host.goOn("resume", "state", Object.fromEntries(writes));
    for (const [input, value] of writes) host.set(input, value, { merge: true });
    host.run();
  };
  return html`<div class="row">
    <button type="button" class="plain" ?disabled=${facts.state !== "running" || trace.rows.length === 0} @click=${host.stop}>Stop and keep the best</button>
    <button type="button" class="plain" ?disabled=${running || writes.length === 0} @click=${go}>${MORE} more</button>
    <span class="muted">${why}</span>
  </div>`;
}

/**
 * A seed: a whole number up to 2⁶⁴ − 1, how the next one is chosen, a new one now, and the one that ran last.
 *
 * Numbers beyond 2⁵³ − 1 are decimal strings, as in the file, and are reckoned with as BigInt.
 */

import { html } from "../vendor/lit-html/lit-html.js";
import { valueOf, write } from "./subject.js";

/** @typedef {import("./subject.js").Subject} Subject */
/** @typedef {"fixed" | "increment" | "random"} Choosing */

const LIMIT = 2n ** 64n;

/** @type {Readonly<Record<Choosing, {next: Choosing, sign: string, says: string}>>} */
const MODES = Object.freeze({
  fixed: { next: "increment", sign: "=", says: "the same each run" },
  increment: { next: "random", sign: "+1", says: "one more each run" },
  random: { next: "fixed", sign: "?", says: "a random one each run" },
});

/**
 * As the file writes it: a number, or a decimal string where a number would not be exact.
 *
 * @param {bigint} seed
 */
export function written(seed) {
  const wrapped = ((seed % LIMIT) + LIMIT) % LIMIT;
  return wrapped <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(wrapped) : String(wrapped);
}

/** @param {string} text @returns {bigint | null} */
export function readSeed(text) {
  return /^\s*\d{1,20}\s*$/.test(text) && BigInt(text.trim()) < LIMIT ? BigInt(text.trim()) : null;
}

/** Below 2³², which is what torch's generator tells apart and people can read. */
export function randomSeed() {
  return crypto.getRandomValues(new Uint32Array(1))[0];
}

/** @param {Subject} subject */
export function seedWidget(subject) {
  const { port, node, tab, address } = subject;
  const value = String(valueOf(subject) ?? 0);
  const mode = MODES[choosing(node.ui.seed?.[port.name])];
  const last = tab.lastSeed(address, port.name);
  const used = last !== undefined && last !== null && String(last) !== value;
  return html`<input class="number seed" type="text" inputmode="numeric" autocomplete="off" spellcheck="false" aria-labelledby=${subject.label}
      .value=${value} @change=${(/** @type {Event} */ event) => typed(subject, event)}
      @keydown=${(/** @type {KeyboardEvent} */ event) => key(subject, event)} @wheel=${(/** @type {WheelEvent} */ event) => wheel(subject, event)} />
    <button type="button" class="mini" ?hidden=${!used} title="Use the seed that ran last: ${last}" aria-label="Use the seed that ran last"
      @click=${() => last !== undefined && last !== null && write(subject, last)}>↩</button>
    <button type="button" class="mini" title="A new random seed" aria-label="A new random seed" @click=${() => write(subject, randomSeed())}>⚄</button>
    <button type="button" class="mini mode" title="After a run: ${mode.says}" aria-label="Seed after a run: ${mode.says}"
      @click=${() => choose(subject, mode.next)}>${mode.sign}</button>`;
}

/** @param {unknown} mode @returns {Choosing} */
function choosing(mode) {
  return mode === "increment" || mode === "random" ? mode : "fixed";
}

/** @param {Subject} subject @param {Event} event */
function typed(subject, event) {
  const input = /** @type {HTMLInputElement} */ (event.currentTarget);
  const seed = readSeed(input.value);
  if (seed === null)
    subject.app.say(`${subject.port.title}: a whole number from 0 to ${LIMIT - 1n} is wanted`, "assertive");
  else write(subject, written(seed));
  input.value = String(seed === null ? (valueOf(subject) ?? 0) : written(seed));
}

/** @param {Subject} subject @param {KeyboardEvent} event */
function key(subject, event) {
  if (event.key === "Enter") typed(subject, event);
  if (event.key === "ArrowUp" || event.key === "ArrowDown") step(subject, event, event.key === "ArrowUp" ? 1n : -1n);
}

/** @param {Subject} subject @param {WheelEvent} event */
function wheel(subject, event) {
  if (document.activeElement !== event.currentTarget || event.ctrlKey) return;
  event.stopPropagation();
  step(subject, event, event.deltaY < 0 ? 1n : -1n);
}

/** @param {Subject} subject @param {Event} event @param {bigint} by */
function step(subject, event, by) {
  event.preventDefault();
  const input = /** @type {HTMLInputElement} */ (event.currentTarget);
  const seed = written((readSeed(input.value) ?? 0n) + by);
  input.value = String(seed);
  write(subject, seed, true);
}

/** @param {Subject} subject @param {Choosing} mode */
function choose({ tab, id, port, node }, mode) {
  const level = tab.levelName.peek();
  tab.edit("Change how the next seed is chosen", (draft) =>
    draft.level(level).draw(id, { seed: { ...node.ui.seed, [port.name]: mode } }),
  );
}

/**
 * The pictures on the way: the previews that came while it ran, kept by the picture that each is of.
 *
 * The server forgets a preview soon, so its bytes are fetched at once. A later run has other pictures of the same numbers:
 * a frame is shown only while the row that it was made with stands.
 *
 * @typedef {import("./trace.js").Trace} Trace
 * @typedef {{url: string, row: string | null}} Frame  row: what it was told with, null until it is told
 */

import { keptPictures } from "./trace.js";

const MOST = 160;

export class Album {
  /** Called when a picture came. */
  changed = () => {};
  /** @type {Map<number, Frame>} */
  #frames = new Map();
  #asked = "";
  #first = 0;
  /** @type {Trace | null} */
  #trace = null;

  /** Look at a node's facts: a preview that is new is kept. @param {any} facts */
  take({ state, preview, previewStep, step, data, linked }) {
    this.#trace = data;
    for (const [picture, frame] of this.#frames) frame.row ??= this.#row(picture);
    if (data !== null && state === "running" && step !== null) {
      this.#first = linked.includes("resume") ? Math.max(0, data.rows.length - step) : 0;
    }
    if (preview === null || previewStep === null || preview === this.#asked) return;
    this.#asked = preview;
    void this.#keep(preview, this.#first + previewStep - 1);
  }

  /** The number of the first picture of the run. */
  get first() {
    return this.#first;
  }

  /** What there is of a picture, null where nothing was kept. @param {number} picture @returns {string | null} */
  get(picture) {
    const frame = this.#frames.get(picture);
    return frame !== undefined && frame.row !== null && frame.row === this.#row(picture) ? frame.url : null;
  }

  /** @param {string} preview @param {number} picture */
  async #keep(preview, picture) {
    const answer = await fetch(preview).catch(() => null);
    if (answer === null || !answer.ok) return;
    const bytes = await answer.blob();
    this.#forget(picture);
    this.#frames.set(picture, { url: URL.createObjectURL(bytes), row: this.#row(picture) });
    if (this.#frames.size > MOST) this.#thin();
    this.changed();
  }

  /** Every other frame goes; the first stays, and the best. */
  #thin() {
    const numbers = [...this.#frames.keys()].sort((a, b) => a - b);
    for (const [place, number] of numbers.entries()) {
      if (place % 2 === 1 && number !== this.#trace?.best) this.#forget(number);
    }
  }

  /** @param {number} picture */
  #forget(picture) {
    const frame = this.#frames.get(picture);
    if (frame !== undefined) URL.revokeObjectURL(frame.url);
    this.#frames.delete(picture);
  }

  /** What tells a picture from that of another run. @param {number} picture */
  #row(picture) {
    const row = this.#trace?.rows[picture];
    return row === undefined ? null : `${row.total} ${row.norm} ${row.kurtosis}`;
  }
}

/**
 * Pictures that came out of the run, by number: the frames that the node kept, and the best.
 *
 * @param {any} facts
 * @param {Trace} trace
 * @param {number} first
 * @returns {Map<number, {url: string, width: number, height: number}>}
 */
export function outcome({ outputs, inputs, state, stale }, trace, first) {
  /** @type {Map<number, any>} */
  const found = new Map();
  if (stale || (state !== "ran" && state !== "cached")) return found;
  const kept = keptPictures(first, trace.rows.length, inputs.keep_every ?? 0);
  for (const [name, entries] of Object.entries(outputs)) {
    const pictures = /** @type {any[]} */ (entries).filter((entry) => typeof entry.url === "string" && entry.width > 0);
    const frames = pictures.length > 1 || /frame/i.test(name);
    if (frames && pictures.length === kept.length) kept.forEach((number, place) => found.set(number, pictures[place]));
    else if (!frames && pictures.length === 1 && trace.best !== null) found.set(trace.best, pictures[0]);
  }
  return found;
}

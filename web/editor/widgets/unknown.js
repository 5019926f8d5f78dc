/**
 * Words of a prompt that its model does not know, marked where they stand. Which these are the server says, in a notice on
 * the input: `… does not know 'wooden', 'desk'; it knows …`.
 */

import { html } from "../vendor/lit-html/lit-html.js";

const TOLD = /does not know ((?:'[^']+'(?:, )?)+)/g;
const WORD = /\p{L}+|\d+/gu;

/**
 * @param {readonly string[]} notices  sentences about an input
 * @returns {ReadonlySet<string>}  lower-case words
 */
export function unknownWords(notices) {
  const lists = notices.flatMap((notice) => [...notice.matchAll(TOLD)].map((found) => found[1]));
  return new Set(lists.flatMap((list) => [...list.matchAll(/'([^']+)'/g)].map((found) => found[1].toLowerCase())));
}

/**
 * A text in pieces: plain text, and words that are among those wanted.
 *
 * @param {string} text
 * @param {ReadonlySet<string>} words
 * @returns {{text: string, marked: boolean}[]}
 */
export function pieces(text, words) {
  const found = [];
  let end = 0;
  for (const { 0: word, index } of text.matchAll(WORD)) {
    if (!words.has(word.toLowerCase())) continue;
    if (index > end) found.push({ text: text.slice(end, index), marked: false });
    found.push({ text: word, marked: true });
    end = index + word.length;
  }
  return end < text.length ? [...found, { text: text.slice(end), marked: false }] : found;
}

/** What lies behind a text area: the same text, unseen, with its marks. @param {string} text @param {ReadonlySet<string>} words */
export function marks(text, words) {
  const inside = pieces(text, words).map((piece) => (piece.marked ? html`<mark>${piece.text}</mark>` : piece.text));
  return html`<div class="text-marks" aria-hidden="true">${inside}${"\u200b"}</div>`;
}

/**
 * The weight of a word in a prompt, as ComfyUI and AUTOMATIC1111 write it: `(red cube:1.2)`.
 *
 * Ctrl+↑ and Ctrl+↓ in a text change the weight of what is selected, or of the word at the caret, by 0.1 (0.05 with
 * Alt). A weight of 1
 * is written without brackets.
 */

/**
 * @typedef {Readonly<{text: string, from: number, to: number}>} Edited  the new text, and what is selected in it
 */

const WEIGHTED = /^\((.*):(\d*\.?\d+)\)$/s;

/**
 * @param {string} text @param {number} from @param {number} to selection, or twice the caret @param {number} by
 * @returns {Edited}
 */
export function weighted(text, from, to, by) {
  const span = spanAt(text, from, to);
  if (span.from === span.to) return { text, from, to };
  const inside = text.slice(span.from, span.to);
  const match = WEIGHTED.exec(inside);
  const words = match?.[1] ?? inside;
  const weight = Math.min(3, Math.max(0, Math.round((Number(match?.[2] ?? 1) + by) * 100) / 100));
  const written = weight === 1 ? words : `(${words}:${weight})`;
  const start = weight === 1 ? span.from : span.from + 1;
  return {
    text: text.slice(0, span.from) + written + text.slice(span.to),
    from: start,
    to: start + words.length,
  };
}

/**
 * What is meant: the brackets around the selection or the caret if they carry a weight, else the selection, else the
 * word.
 * @param {string} text @param {number} from @param {number} to
 */
function spanAt(text, from, to) {
  const brackets = bracketsAround(text, from, to);
  if (brackets) return brackets;
  if (from !== to) return trimmed(text, from, to);
  while (from > 0 && isWord(text[from - 1])) from -= 1;
  while (to < text.length && isWord(text[to])) to += 1;
  return { from, to };
}

/** @param {string | undefined} letter */
function isWord(letter) {
  return letter !== undefined && /[\p{L}\p{N}_'’-]/u.test(letter);
}

/** @param {string} text @param {number} from @param {number} to */
function trimmed(text, from, to) {
  while (from < to && /[\s,]/.test(text.charAt(from))) from += 1;
  while (to > from && /[\s,]/.test(text.charAt(to - 1))) to -= 1;
  return { from, to };
}

/** @param {string} text @param {number} from @param {number} to */
function bracketsAround(text, from, to) {
  const open = text.lastIndexOf("(", text[from] === "(" ? from : from - 1);
  if (open < 0) return undefined;
  const close = text.indexOf(")", Math.max(open, to - 1));
  if (close < 0 || text.slice(open + 1, close).includes("(") || close + 1 < to) return undefined;
  const span = { from: open, to: close + 1 };
  return WEIGHTED.test(text.slice(span.from, span.to)) ? span : undefined;
}

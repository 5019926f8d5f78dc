/**
 * How well what was typed fits a text, from best to worst: the same, its beginning, the beginnings of its words in
 * order, somewhere
 * inside, its letters in order. `ks` finds KSampler, `clip text` CLIPTextEncode, `vd` VAE decode.
 */

/**
 * @typedef {Readonly<{score: number, marks: readonly (readonly [number, number])[]}>} Match  higher is better, 0 …
 *   100; marks are [from, to)
 */

/**
 * Words of a text with their places: at spaces, signs, and where small letters become capitals.
 *
 * @param {string} text
 */
function wordsOf(text) {
  return [...text.matchAll(/[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|\p{L}+/gu)].map((found) => ({
    text: found[0].toLowerCase(),
    at: found.index,
  }));
}

/** @param {string} query @param {string} text @returns {Match | null} */
export function match(query, text) {
  const wanted = query.trim().toLowerCase();
  if (!wanted) return { score: 0, marks: [] };
  const lower = text.toLowerCase();
  if (lower === wanted) return { score: 100, marks: [[0, text.length]] };
  if (lower.startsWith(wanted))
    return { score: 90 - Math.min(9, (text.length - wanted.length) / 4), marks: [[0, wanted.length]] };
  return byWords(wanted, text) ?? inside(wanted, text, lower) ?? byLetters(wanted, lower);
}

/**
 * Each typed word begins a word of the text, in order.
 *
 * @param {string} wanted
 * @param {string} text
 * @returns {Match | null}
 */
function byWords(wanted, text) {
  const words = wordsOf(text);
  const parts = wanted.split(/\s+/);
  /** @type {[number, number][]} */
  const marks = [];
  let from = 0;
  for (const part of parts) {
    const at = words.findIndex((word, i) => i >= from && word.text.startsWith(part));
    if (at < 0) return null;
    marks.push([words[at].at, words[at].at + part.length]);
    from = at + 1;
  }
  const first = marks[0][0] === 0 ? 6 : 0;
  return { score: 70 + first + Math.max(0, 6 - (words.length - parts.length)), marks };
}

/** @param {string} wanted @param {string} text @param {string} lower @returns {Match | null} */
function inside(wanted, text, lower) {
  const joined = wanted.replace(/\s+/g, "");
  const at = lower.indexOf(wanted);
  if (at >= 0) return { score: wanted.length > 1 ? 55 : 30, marks: [[at, at + wanted.length]] };
  const tight = lower.replace(/[^\p{L}\p{N}]/gu, "");
  if (joined.length > 2 && tight.includes(joined)) return { score: 50, marks: [] };
  return initials(joined, text);
}

/** @param {string} wanted @param {string} text @returns {Match | null} */
function initials(wanted, text) {
  const words = wordsOf(text);
  const letters = words.map((word) => word.text[0]).join("");
  const at = letters.indexOf(wanted);
  if (at < 0 || wanted.length < 2) return null;
  return {
    score: at === 0 ? 60 : 45,
    marks: words.slice(at, at + wanted.length).map((word) => [word.at, word.at + 1]),
  };
}

/**
 * Its letters in order, but not scattered over more than three times their count.
 *
 * @param {string} wanted
 * @param {string} lower
 * @returns {Match | null}
 */
function byLetters(wanted, lower) {
  const letters = wanted.replace(/\s+/g, "");
  if (letters.length < 3) return null;
  /** @type {[number, number][]} */
  const marks = [];
  let at = -1;
  for (const letter of letters) {
    at = lower.indexOf(letter, at + 1);
    if (at < 0) return null;
    const last = marks.at(-1);
    if (last && last[1] === at) last[1] = at + 1;
    else marks.push([at, at + 1]);
  }
  const spread = (marks.at(-1)?.[1] ?? 0) - marks[0][0];
  if (spread > letters.length * 3) return null;
  return { score: 20 + Math.round((15 * letters.length) / spread) - Math.min(5, marks.length), marks };
}

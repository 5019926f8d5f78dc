/**
 * The colours that a profile tints nodes with, and what is frozen, for light and for dark ground. Titles and words stay legible on each of
 * them (4.5 to 1 at least), and none says what is not also written on the node.
 */

/**
 * @typedef {"" | "1" | "2" | "3" | "4" | "5" | "cached" | "part" | "ran" | "frozen" | "rests"} Tint  "" is none; 1 to 5: the
 *   more, the warmer; `rests`: on what is frozen
 * @typedef {Readonly<{tint: Tint, words: string}>} Tinted  what is shown of a node
 * @typedef {{readonly id: string, readonly depth: number, readonly title: string} & Tinted} Row  `id`: the address from the
 *   level that is shown on
 * @typedef {{of: (address: string) => Tinted, rows: () => readonly Row[]}} Tints  `rows`: the outline, what took most first
 */

/** @type {Readonly<{[tint in Exclude<Tint, "">]: readonly [light: string, dark: string]}>} */
const COLOURS = Object.freeze({
  1: ["#fbf0c4", "#3d4231"],
  2: ["#fbdd94", "#5a4a24"],
  3: ["#f9bf6b", "#7c4d1f"],
  4: ["#f49a58", "#95431f"],
  5: ["#e8636f", "#a52f3a"],
  cached: ["#a9cdf5", "#1f4a7a"],
  part: ["#d5c3ee", "#55437f"],
  ran: ["#f9bf6b", "#7c4d1f"],
  frozen: ["#a5dcea", "#155264"],
  rests: ["#dcf1f6", "#243c44"],
});

/** For the canvas. @param {Tint} tint @param {boolean} dark @returns {string} "" for none */
export function tintColour(tint, dark) {
  return tint === "" ? "" : COLOURS[tint][dark ? 1 : 0];
}

/** For elements: what follows the theme by itself. @param {Tint | undefined} tint @returns {string} "" for none */
export function tintStyle(tint) {
  return tint ? `light-dark(${COLOURS[tint].join()})` : "";
}

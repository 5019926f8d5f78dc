/**
 * The room that the view takes: what its parts come to, on its canvas at a zoom of 1. Larger where fingers point, whose buttons
 * and fields are 44 pixels high; higher in a narrow node, where lines break and the gauges stand below the pictures.
 *
 * @typedef {Readonly<{weighted: number, plain: number, warned: number}>} Lines
 *   rows of the table with a field for a weight, those without, and warnings
 * @typedef {Readonly<{fingers: boolean, narrow: boolean}>} Where
 */

/** Before anything is told. */
export const EMPTY = 62;
const PARTS = 20 + 118 + 26 + 24 + 30 + 40 + 176 + 24 + 90 + 46 + 56;
const FINGERS = 20 + 24 + 20 + 20; // the slider, the check box, both rows of buttons
const BROKEN = 5 * 17; // lines of words that become two
const GAUGES = 180;

/** Up to which width it is narrow, as the style has it. */
export const NARROW = 356;

/** In pixels. @param {Lines} lines @param {Where} where */
export function roomOf({ weighted, plain, warned }, { fingers, narrow }) {
  const fixed = PARTS + (fingers ? FINGERS : 0) + (narrow ? BROKEN + GAUGES : 0);
  return fixed + (fingers ? 48 : 26) * weighted + 26 * plain + (narrow ? 66 : 48) * warned;
}

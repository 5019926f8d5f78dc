/**
 * Larger controls where a finger is what points. Who has a mouse never loads them.
 */

import { styled } from "./styles.js";

const FINGERS = matchMedia("(pointer: coarse)");

/** Resolves when they hold, which is at once for a mouse; a finger may come later. @returns {Promise<void>} */
export async function touchable() {
  if (FINGERS.matches) await styled("touch.css");
  else FINGERS.addEventListener("change", () => void touchable(), { once: true });
}

/**
 * Words below nodes (why stale, what frozen, notices, faults) have the room down to the next node. Lines that fit are shown; where
 * none does, a mark says that there are some, and they come up over what is there while the node is pointed at, selected or has the
 * focus. Loaded beside the page, and looked after a moment after a frame, so that no frame waits for it.
 *
 * @typedef {import("./stage.js").Stage} Stage
 */

import { styled } from "../palette/styles.js";

const SOON = 200; // milliseconds
const FAR = 160; // units of the drawing: more words than these hold there are not
const GAP = 6; // above the words, as in the style sheet
const LINE = 16.5;

export class Below {
  #asked = false;

  /** @param {Stage} stage */
  constructor(stage) {
    this.stage = stage;
    void styled("below.css");
    stage.followers.add(() => this.#ask());
    this.#ask();
  }

  #ask() {
    if (this.#asked) return;
    this.#asked = true;
    setTimeout(() => this.#look(), SOON);
  }

  #look() {
    this.#asked = false;
    for (const [id, element] of this.stage.mounts.elements) {
      const words = /** @type {HTMLElement | null} */ (element.querySelector(":scope > .node-below"));
      if (words !== null) fit(words, roomBelow(this.stage.geometry, id));
    }
  }
}

/** @param {HTMLElement} words @param {number} room */
function fit(words, room) {
  const lines = Math.floor((room - GAP) / LINE);
  words.classList.toggle("tight", lines < 1);
  words.classList.toggle("short", lines >= 1 && room < FAR);
  words.style.setProperty("--lines", String(Math.max(1, lines)));
  words.style.setProperty("--room", `${Math.max(0, room - GAP)}px`);
}

/**
 * How far it is from a node's lower edge to what stands below it.
 *
 * @param {import("./geometry.js").Geometry} geometry @param {string} id
 */
export function roomBelow(geometry, id) {
  const rect = geometry.rectOf(id);
  if (rect === null) return FAR;
  const bottom = rect.y + rect.height;
  const under = geometry.nodesIn({ left: rect.x, right: rect.x + rect.width, top: bottom, bottom: bottom + FAR });
  const tops = under.map((place) => geometry.ids[place]).filter((other) => other !== id).map((other) => geometry.rectOf(other)?.y ?? bottom);
  return Math.max(0, Math.min(FAR, ...tops.map((top) => top - bottom)));
}

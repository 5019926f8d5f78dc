/**
 * The wire that is being drawn, and the sentence at the pointer that says why it can't end there: an SVG over the stage.
 */

import { handle } from "./curves.js";

/** @typedef {import("./camera.js").Point} Point */

const SVG = "http://www.w3.org/2000/svg";

export class DraftWire {
  /** @param {HTMLElement} overlay @param {string} colour */
  constructor(overlay, colour) {
    this.svg = document.createElementNS(SVG, "svg");
    this.svg.classList.add("draft-wire");
    this.path = document.createElementNS(SVG, "path");
    this.end = document.createElementNS(SVG, "circle");
    this.end.setAttribute("r", "5");
    this.svg.append(this.path, this.end);
    this.svg.style.setProperty("--type", colour);
    this.words = document.createElement("p");
    this.words.className = "draft-words";
    this.words.hidden = true;
    overlay.append(this.svg, this.words);
  }

  /**
   * @param {Point} from an output's place on the screen
   * @param {Point} to an input's
   * @param {"from" | "to"} loose the end at the pointer
   * @param {number} zoom
   */
  show(from, to, loose, zoom) {
    const reach = handle(from.x / zoom, from.y / zoom, to.x / zoom, to.y / zoom) * zoom;
    this.path.setAttribute(
      "d",
      `M${from.x},${from.y} C${from.x + reach},${from.y} ${to.x - reach},${to.y} ${to.x},${to.y}`,
    );
    const end = loose === "to" ? to : from;
    this.end.setAttribute("cx", String(end.x));
    this.end.setAttribute("cy", String(end.y));
  }

  /** @param {string | null} words @param {Point} at @param {boolean} refused */
  say(words, at, refused) {
    this.svg.classList.toggle("refused", refused);
    this.words.classList.toggle("refused", refused);
    this.words.hidden = !words;
    this.words.textContent = words;
    this.words.style.transform = `translate(${at.x + 16}px, ${at.y + 14}px)`;
  }

  remove() {
    this.svg.remove();
    this.words.remove();
  }
}

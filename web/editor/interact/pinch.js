/** Two fingers: what is between them stays between them. One finger on empty ground pans. */

import { panned, zoomed } from "../view/camera.js";
import { Interaction, nodeUnder } from "./interaction.js";

/** @typedef {{x: number, y: number}} Point */

export class Pinch extends Interaction {
  /** @type {Map<number, Point>} */ #fingers = new Map();

  /** @override @param {AbortSignal} signal */
  listen(signal) {
    const { root } = this.stage;
    root.addEventListener("pointerdown", (event) => this.#down(event), { signal, capture: true });
    window.addEventListener("pointermove", (event) => this.#move(event), { signal });
    for (const type of /** @type {const} */ (["pointerup", "pointercancel"])) {
      window.addEventListener(type, (event) => this.#fingers.delete(event.pointerId), { signal });
    }
  }

  /** @param {PointerEvent} event */
  #down(event) {
    if (event.pointerType !== "touch") return;
    const empty = nodeUnder(this.stage, event) === null;
    if (!empty && this.#fingers.size === 0) return;
    this.#fingers.set(event.pointerId, this.stage.screen(event));
    this.claim(event);
  }

  /** @param {PointerEvent} event */
  #move(event) {
    const last = this.#fingers.get(event.pointerId);
    if (!last) return;
    const { tab } = this.stage;
    const now = this.stage.screen(event);
    const other = [...this.#fingers].find(([id]) => id !== event.pointerId)?.[1];
    this.#fingers.set(event.pointerId, now);
    const share = other ? 0.5 : 1;
    const camera = panned(tab.camera.peek(), (now.x - last.x) * share, (now.y - last.y) * share);
    tab.camera.value = other ? zoomed(camera, apart(now, other) / apart(last, other), middle(now, other)) : camera;
  }
}

/** @param {Point} a @param {Point} b */
function apart(a, b) {
  return Math.max(1, Math.hypot(a.x - b.x, a.y - b.y));
}

/** @param {Point} a @param {Point} b */
function middle(a, b) {
  return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 };
}

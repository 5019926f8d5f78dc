/**
 * What is under the pointer lights up: the wire, and the cursor over a socket. Where the pointer is, is kept for who
 * asks.
 */

import { Interaction, nodeUnder } from "./interaction.js";

export class Hover extends Interaction {
  #frame = 0;
  /** @type {PointerEvent | null} */ #event = null;

  /** @override @param {AbortSignal} signal */
  listen(signal) {
    const { root, stage } = { root: this.stage.root, stage: this.stage };
    root.addEventListener("pointermove", (event) => this.#moved(event), { signal });
    root.addEventListener("pointerenter", () => (stage.pointerInside = true), { signal });
    root.addEventListener("pointerleave", () => (stage.pointerInside = false), { signal });
  }

  /** @param {PointerEvent} event */
  #moved(event) {
    this.stage.pointer = this.stage.screen(event);
    this.stage.pointerInside = true;
    this.#event = event;
    if (event.buttons || this.#frame) return;
    this.#frame = requestAnimationFrame(() => this.#look());
  }

  #look() {
    this.#frame = 0;
    const { stage } = this;
    const event = this.#event;
    if (!event || !stage.drawn) return;
    const point = stage.world(event);
    const { zoom } = stage.camera;
    const socket = zoom < 0.2 ? null : stage.geometry.socketAt(point.x, point.y, 12 / zoom);
    stage.root.classList.toggle("over-socket", socket !== null);
    const free = socket === null && zoom > 0.12 && nodeUnder(stage, event) === null;
    stage.hover(free ? stage.geometry.wireAt(point.x, point.y, 8 / zoom) : -1);
  }
}

/**
 * The wheel zooms at the pointer; a touchpad, which scrolls both ways at once, pans, and pinching it zooms (browsers say
 * so by Ctrl).
 * A widget that has the focus keeps its wheel by stopping the event.
 */

import { panned, zoomed } from "../view/camera.js";
import { Interaction } from "./interaction.js";

const LINE = 16;
const A_NOTCH = 1.0016;

export class Wheel extends Interaction {
  /** @override @param {AbortSignal} signal */
  listen(signal) {
    this.stage.root.addEventListener("wheel", (event) => this.#turn(event), { signal, passive: false });
  }

  /** @param {WheelEvent} event */
  #turn(event) {
    event.preventDefault();
    const { stage } = this;
    const { tab } = stage;
    const scale = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? LINE : 1;
    const dx = event.deltaX * scale;
    const dy = event.deltaY * scale;
    if (!event.ctrlKey && !event.metaKey && (event.shiftKey || dx !== 0)) {
      const across = event.shiftKey && dx === 0;
      tab.camera.value = panned(tab.camera.peek(), across ? -dy : -dx, across ? 0 : -dy);
      return;
    }
    const pinch = event.ctrlKey && Math.abs(dy) < 40 ? 6 : 1;
    tab.camera.value = zoomed(tab.camera.peek(), A_NOTCH ** (-dy * pinch), stage.screen(event));
  }
}

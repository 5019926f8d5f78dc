/** Panning: the middle button, or any press while Space is held, moves the drawing. */

import { panned } from "../view/camera.js";
import { Interaction, follow } from "./interaction.js";

export class Pan extends Interaction {
  #space = false;

  /** @override @param {AbortSignal} signal */
  listen(signal) {
    const { root } = this.stage;
    root.addEventListener("pointerdown", (event) => this.#press(event), { signal, capture: true });
    window.addEventListener("keydown", (event) => this.#key(event, true), { signal });
    window.addEventListener("keyup", (event) => this.#key(event, false), { signal });
    window.addEventListener("blur", () => this.#hold(false), { signal });
  }

  /** @param {KeyboardEvent} event @param {boolean} down */
  #key(event, down) {
    if (event.code !== "Space") return;
    const target = /** @type {HTMLElement} */ (event.target);
    if (target.closest("input, textarea, button, select, [contenteditable], .node-view")) return;
    if (down) event.preventDefault();
    this.#hold(down);
  }

  /** @param {boolean} on */
  #hold(on) {
    this.#space = on;
    this.stage.root.classList.toggle("can-pan", on);
  }

  /** @param {PointerEvent} event */
  #press(event) {
    const { stage } = this;
    if (event.button !== 1 && !(event.button === 0 && this.#space)) return;
    this.claim(event);
    stage.root.classList.add("panning");
    let last = { x: event.clientX, y: event.clientY };
    const end = () => stage.root.classList.remove("panning");
    follow(stage.root, event, {
      move: (moved) => {
        const { tab } = stage;
        tab.camera.value = panned(tab.camera.peek(), moved.clientX - last.x, moved.clientY - last.y);
        last = { x: moved.clientX, y: moved.clientY };
      },
      drop: end,
      cancel: end,
      click: end,
    });
  }
}

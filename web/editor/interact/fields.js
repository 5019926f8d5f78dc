/** Escape leads from a field to its node, and Enter from a node into its fields: the way in and out by keyboard. */

import { Interaction } from "./interaction.js";

export class Fields extends Interaction {
  /** @override @param {AbortSignal} signal */
  listen(signal) {
    this.stage.root.addEventListener("keydown", (event) => this.#key(event), { signal });
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.key !== "Escape" || !(event.target instanceof HTMLElement)) return;
    const node = event.target.closest("article");
    if (!node || node === event.target) return;
    event.preventDefault();
    event.stopPropagation();
    node.focus({ preventScroll: true });
    if (node.dataset.id) this.stage.tab.selection.value = new Set([node.dataset.id]);
  }
}

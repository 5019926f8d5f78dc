/**
 * A press on empty ground clears the selection; dragged, it selects what the box touches: Shift adds, Alt takes away.
 */

import { Interaction, choosing, follow, nodeUnder, onControl } from "./interaction.js";
import { touching } from "./reach.js";

export class BoxSelect extends Interaction {
  /** @override @param {AbortSignal} signal */
  listen(signal) {
    this.stage.root.addEventListener("pointerdown", (event) => this.#press(event), { signal });
  }

  /** @param {PointerEvent} event */
  #press(event) {
    const { stage } = this;
    if (event.button !== 0 || event.pointerType === "touch" || onControl(event) || nodeUnder(stage, event) !== null)
      return;
    this.claim(event);
    stage.root.focus({ preventScroll: true });
    const { tab } = stage;
    const before = tab.selection.peek();
    const from = stage.world(event);
    const box = document.createElement("div");
    box.className = "box-select";
    follow(stage.root, event, {
      start: () => stage.overlay.append(box),
      move: (moved) => {
        const to = stage.world(moved);
        const area = {
          left: Math.min(from.x, to.x),
          right: Math.max(from.x, to.x),
          top: Math.min(from.y, to.y),
          bottom: Math.max(from.y, to.y),
        };
        const now = combined(before, touching(stage, area), moved);
        if (!same(now, tab.selection.peek())) tab.selection.value = now;
        show(box, stage.toScreen({ x: area.left, y: area.top }), stage.toScreen({ x: area.right, y: area.bottom }));
      },
      drop: () => box.remove(),
      cancel: () => {
        box.remove();
        tab.selection.value = before;
      },
      click: () => {
        if (!event.shiftKey && !choosing.has(stage) && before.size) tab.selection.value = new Set();
      },
    });
  }
}

/**
 * @param {ReadonlySet<string>} before
 * @param {readonly string[]} found
 * @param {{shiftKey: boolean, altKey: boolean}} keys
 */
function combined(before, found, { shiftKey, altKey }) {
  if (altKey) return new Set([...before].filter((id) => !found.includes(id)));
  return new Set(shiftKey ? [...before, ...found] : found);
}

/** @param {ReadonlySet<string>} a @param {ReadonlySet<string>} b */
function same(a, b) {
  return a.size === b.size && [...a].every((id) => b.has(id));
}

/** @param {HTMLElement} box @param {{x: number, y: number}} from @param {{x: number, y: number}} to */
function show(box, from, to) {
  box.style.transform = `translate(${from.x}px, ${from.y}px)`;
  box.style.width = `${to.x - from.x}px`;
  box.style.height = `${to.y - from.y}px`;
}

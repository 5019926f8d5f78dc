/** The lower right corner of nodes, frames and notes: a drag makes them wider, and higher what may be higher. */

import { patchDrawn } from "../model/edits/drawing.js";
import { kindOf } from "../widgets/kinds.js";
import { FIELD, MAX_WIDTH, MIN_WIDTH } from "../view/shape.js";
import { Interaction, follow } from "./interaction.js";

/** @typedef {import("../model/draft.js").Draft} Draft */

export class Resize extends Interaction {
  /** @override @param {AbortSignal} signal */
  listen(signal) {
    this.stage.root.addEventListener("pointerdown", (event) => this.#press(event), { signal });
  }

  /** @param {PointerEvent} event */
  #press(event) {
    if (event.button !== 0 || event.defaultPrevented || !(event.target instanceof HTMLElement)) return;
    const change = this.#ofItem(event.target) ?? this.#ofNode(event.target);
    if (!change) return;
    this.claim(event);
    const { stage } = this;
    const from = stage.world(event);
    /** @type {ReturnType<import("../session/tab.js").Tab["gesture"]> | null} */
    let gesture = null;
    follow(stage.root, event, {
      start: () => {
        gesture = stage.tab.gesture("Resize");
      },
      move: (moved) => {
        const to = stage.world(moved);
        gesture?.update((draft) => change(draft, Math.round(to.x - from.x), Math.round(to.y - from.y)));
      },
      drop: () => gesture?.commit(),
      cancel: () => gesture?.cancel(),
    });
  }

  /** @param {HTMLElement} target @returns {((draft: Draft, dx: number, dy: number) => void) | null} */
  #ofItem(target) {
    const [key, id] = (target.dataset.grip ?? "").split(":");
    if (key !== "frames" && key !== "notes") return null;
    const level = this.stage.tab.levelName.peek();
    const item = /** @type {HTMLElement} */ (target.parentElement);
    const { offsetWidth, offsetHeight } = item;
    return (draft, dx, dy) =>
      patchDrawn(draft, level, key, id, {
        width: Math.max(96, offsetWidth + dx),
        height: Math.max(64, offsetHeight + dy),
      });
  }

  /** @param {HTMLElement} target @returns {((draft: Draft, dx: number, dy: number) => void) | null} */
  #ofNode(target) {
    if (!target.classList.contains("grip")) return null;
    const { stage } = this;
    const id = target.closest("article")?.dataset.id ?? "";
    const rect = stage.rectOf(id);
    const level = stage.tab.levelName.peek();
    const tall = [...(stage.drawn?.portsOf(id).inputs.values() ?? [])].find((port) =>
      ["text", "picture"].includes(kindOf(port)),
    );
    const row = tall && stage.geometry.shapes[stage.geometry.places.get(id) ?? 0].inputs.get(tall.name);
    return (draft, dx, dy) => {
      const width = Math.min(MAX_WIDTH, Math.max(MIN_WIDTH, rect.width + dx));
      const height = row && !row.linked ? { height: Math.max(2 * FIELD, row.height + dy) } : {};
      draft.level(level).draw(id, { width, ...height });
    };
  }
}

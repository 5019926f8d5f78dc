/**
 * An item of the form is dragged to another place: it is seen there while it is held, and dropping it is one step.
 *
 * @typedef {import("../session/tab.js").Tab} Tab
 */

import { moveItem } from "../model/edits/formitems.js";

/**
 * @param {Tab} tab
 * @param {number} from
 * @param {PointerEvent} press
 */
export function dragItem(tab, from, press) {
  const grip = /** @type {HTMLElement} */ (press.currentTarget);
  const list = grip.closest(".form-items");
  if (press.button !== 0 || list === null) return;
  const heights = [...list.children].map((item) => item.getBoundingClientRect());
  const gesture = tab.gesture("Order of the form");
  const over = new AbortController();
  const { signal } = over;
  let to = from;
  /** @param {PointerEvent} event */
  const move = (event) => {
    if (event.pointerId !== press.pointerId) return;
    const next = placeAt(heights, event.clientY);
    if (next === to) return;
    to = next;
    gesture.update((draft) => moveItem(draft, from, to));
  };
  const end = (/** @type {Event} */ event) => {
    if (event instanceof PointerEvent && event.pointerId !== press.pointerId) return;
    over.abort();
    if (event.type === "pointerup") gesture.commit();
    else gesture.cancel();
  };
  window.addEventListener("pointermove", move, { signal });
  window.addEventListener("pointerup", end, { signal });
  window.addEventListener("pointercancel", end, { signal });
  window.addEventListener("keydown", (event) => event.key === "Escape" && end(event), { signal, capture: true });
}

/**
 * The place among boxes, one below the other, that a height falls into.
 *
 * @param {readonly {top: number, bottom: number}[]} boxes
 * @param {number} y
 */
export function placeAt(boxes, y) {
  const found = boxes.findIndex(({ bottom }) => y < bottom);
  return found < 0 ? boxes.length - 1 : found;
}

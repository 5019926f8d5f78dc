/**
 * Dragging a row of a list to another place: the others make room while it is carried, Escape puts it back.
 */

/**
 * @param {PointerEvent} press  on the row's handle
 * @param {readonly string[]} ids  the rows in their order; each is an element with data-run
 * @param {string} id  the one that is carried
 * @param {{order: (ids: readonly string[] | null) => void, drop: () => void}} told
 */
export function carried(press, ids, id, { order, drop }) {
  if (press.button !== 0) return;
  press.preventDefault();
  const handle = /** @type {HTMLElement} */ (press.currentTarget);
  const list = /** @type {HTMLElement} */ (handle.closest("ol"));
  handle.focus({ preventScroll: true });
  const over = new AbortController();
  const { signal } = over;
  let now = [...ids];
  /** @param {PointerEvent} event */
  const move = (event) => {
    if (event.pointerId !== press.pointerId) return;
    const place = placeAt(list, now, event.clientY);
    if (place === now.indexOf(id)) return;
    now = now.filter((each) => each !== id);
    now.splice(place, 0, id);
    order(now);
  };
  const end = (/** @type {boolean} */ dropped) => {
    over.abort();
    list.querySelector(".is-carried")?.classList.remove("is-carried");
    if (dropped) drop();
    else order(null);
  };
  handle.closest("li")?.classList.add("is-carried");
  window.addEventListener("pointermove", move, { signal });
  window.addEventListener("pointerup", () => end(true), { signal });
  window.addEventListener("pointercancel", () => end(false), { signal });
  window.addEventListener(
    "keydown",
    (event) => {
      if (event.key !== "Escape") return;
      event.preventDefault();
      event.stopPropagation();
      end(false);
    },
    { signal, capture: true },
  );
}

/** @param {HTMLElement} list @param {readonly string[]} ids @param {number} y */
function placeAt(list, ids, y) {
  const rows = [...list.children].map((row) => row.getBoundingClientRect());
  const place = rows.findIndex(({ bottom }) => y < bottom);
  return place < 0 ? ids.length - 1 : place;
}

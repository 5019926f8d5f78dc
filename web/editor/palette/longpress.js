/**
 * A finger that rests asks for the menu, as the right button does: some browsers make a menu event of it, others don't, so that here
 * it is made for all, and theirs is left out.
 */

const LONG = 450; // milliseconds: before a browser's own
export const SLOP = 10; // pixels that a resting finger may move

/**
 * @param {HTMLElement} element
 * @param {object} [options]
 * @param {AbortSignal} [options.signal]  ends it
 * @param {(press: PointerEvent) => boolean} [options.wanted]  whether a press may become one, asked when it begins
 * @param {(press: PointerEvent) => void} [options.before]  the menu event comes next
 */
export function longPress(element, { signal, wanted = () => true, before = () => {} } = {}) {
  /** @type {AbortController | null} */
  let rest = null;
  element.addEventListener("pointerdown", (press) => {
    rest?.abort();
    rest = null;
    if (press.pointerType !== "touch" || !press.isPrimary || !wanted(press)) return;
    rest = resting(press, before);
  }, { signal, capture: true });
}

/** @param {PointerEvent} press @param {(press: PointerEvent) => void} before */
function resting(press, before) {
  const over = new AbortController();
  const options = { signal: over.signal, capture: true };
  let asked = false;
  const ask = () => {
    if (asked) return;
    asked = true;
    before(press);
    swallowClick();
    keepFocus();
    const { clientX, clientY } = press;
    press.target?.dispatchEvent(new MouseEvent("contextmenu", { bubbles: true, cancelable: true, clientX, clientY }));
  };
  const timer = setTimeout(ask, LONG);
  over.signal.addEventListener("abort", () => clearTimeout(timer));
  window.addEventListener("pointermove", (event) => {
    if (event.pointerId === press.pointerId && !asked && moved(press, event)) over.abort();
  }, options);
  for (const type of /** @type {const} */ (["pointerup", "pointercancel"]))
    window.addEventListener(type, (event) => void (event.isTrusted && event.pointerId === press.pointerId && over.abort()), options);
  window.addEventListener("contextmenu", (event) => {
    if (!event.isTrusted) return;
    event.preventDefault();
    event.stopPropagation();
    ask();
  }, options);
  return over;
}

/** @param {PointerEvent} a @param {PointerEvent} b */
function moved(a, b) {
  return Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY) > SLOP;
}

/** What was pressed would take the focus from the menu as the finger leaves it. */
function keepFocus() {
  const over = new AbortController();
  const options = { signal: over.signal, capture: true };
  window.addEventListener("touchend", (event) => (event.preventDefault(), over.abort()), { ...options, passive: false });
  for (const type of ["touchcancel", "pointerdown"]) window.addEventListener(type, () => over.abort(), options);
}

const SOON = 500; // milliseconds in which a browser makes a click of what ended

/** The click that follows a press which has become something else reaches nothing; a key's click is none that follows a press. */
export function swallowClick() {
  const over = new AbortController();
  const { signal } = over;
  window.addEventListener("pointerdown", () => over.abort(), { signal, capture: true });
  for (const type of ["pointerup", "pointercancel"])
    window.addEventListener(type, (event) => void (event.isTrusted && setTimeout(() => over.abort(), SOON)), { signal, capture: true });
  window.addEventListener(
    "click",
    (event) => {
      if (event.detail === 0) return;
      event.preventDefault();
      event.stopPropagation();
      over.abort();
    },
    { signal, capture: true },
  );
}

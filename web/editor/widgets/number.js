/**
 * A number: scrubbed by dragging, typed, calculated (`512*2`), stepped by arrow keys and, while it has the focus, by the
 * wheel.
 *
 * Shift is ten steps, Alt a tenth of one (of a whole number: one).
 */

import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { SLOP } from "../palette/longpress.js";
import { evaluated } from "./arithmetic.js";
import { bounded, shown, snapped, stepOf } from "./bounds.js";
import { valueOf, write, writing } from "./subject.js";

/** @typedef {import("./subject.js").Subject} Subject */

const PIXELS_A_STEP = 6;

/** @param {Subject} subject */
export function numberWidget(subject) {
  const { port } = subject;
  const value = valueOf(subject);
  const now = value === null || value === undefined ? nothing : Number(value);
  return html`<input class="number" type="text" inputmode="decimal" role="spinbutton" autocomplete="off" spellcheck="false"
    aria-labelledby=${subject.label} aria-valuenow=${now} aria-valuemin=${port.min ?? nothing} aria-valuemax=${port.max ?? nothing}
    aria-invalid=${subject.faults.length ? "true" : nothing}
    placeholder=${value === null || port.optional ? "auto" : "needed"} .value=${shown(value)}
    @pointerdown=${(/** @type {PointerEvent} */ event) => scrub(subject, event)}
    @change=${(/** @type {Event} */ event) => typed(subject, field(event))}
    @keydown=${(/** @type {KeyboardEvent} */ event) => key(subject, event)}
    @wheel=${(/** @type {WheelEvent} */ event) => wheel(subject, event)} />`;
}

/** @param {Event} event */
function field(event) {
  return /** @type {HTMLInputElement} */ (event.currentTarget);
}

/** @param {Subject} subject */
function current(subject) {
  const value = Number(valueOf(subject) ?? subject.port.min ?? 0);
  return Number.isFinite(value) ? value : 0;
}

/** @param {Subject} subject @param {HTMLInputElement} input */
function typed(subject, input) {
  const text = input.value.trim();
  if (!text) return emptied(subject, input);
  const result = evaluated(text);
  if ("fault" in result) {
    input.value = shown(valueOf(subject));
    subject.app.say(`${subject.port.title}: ${result.fault}`, "assertive");
    return;
  }
  const value = bounded(result.value, subject.port);
  input.value = shown(value);
  if (value !== result.value && subject.port.type !== "Int") subject.app.say(limits(subject));
  write(subject, value);
}

/** @param {Subject} subject @param {HTMLInputElement} input */
function emptied(subject, input) {
  const { port } = subject;
  if (port.optional) write(subject, null);
  else if (port.default !== undefined) write(subject, port.default);
  input.value = shown(port.optional ? null : port.default);
}

/** @param {Subject} subject */
function limits({ port }) {
  return `${port.title} goes from ${port.min ?? "−∞"} to ${port.max ?? "∞"}`;
}

/** @param {{shiftKey: boolean, altKey: boolean}} event @param {Subject} subject */
function notch(event, subject) {
  const step = stepOf(subject.port);
  if (event.shiftKey) return step * 10;
  return event.altKey ? (subject.port.type === "Int" ? 1 : step / 10) : step;
}

/** @param {Subject} subject @param {KeyboardEvent} event */
function key(subject, event) {
  const input = field(event);
  if (event.key === "Enter") typed(subject, input);
  else if (event.key === "Escape") input.value = shown(valueOf(subject));
  else if (event.key === "ArrowUp" || event.key === "ArrowDown")
    move(subject, input, notch(event, subject) * (event.key === "ArrowUp" ? 1 : -1), event);
}

/** @param {Subject} subject @param {WheelEvent} event */
function wheel(subject, event) {
  const input = field(event);
  if (document.activeElement !== input || event.ctrlKey) return;
  event.stopPropagation();
  move(subject, input, notch(event, subject) * -Math.sign(event.deltaY || event.deltaX), event);
}

/** @param {Subject} subject @param {HTMLInputElement} input @param {number} by @param {Event} event */
function move(subject, input, by, event) {
  event.preventDefault();
  const typedNow = evaluated(input.value);
  const from = "value" in typedNow ? typedNow.value : current(subject);
  const value = snapped(from + by, subject.port, Math.abs(by));
  input.value = shown(value);
  write(subject, value, true);
}

/**
 * A press that moves scrubs, one that doesn't puts the caret in. A finger scrubs on a selected node alone: elsewhere it moves the drawing.
 *
 * @param {Subject} subject
 * @param {PointerEvent} event
 */
function scrub(subject, event) {
  const input = field(event);
  if (event.button !== 0 || document.activeElement === input) return;
  const finger = event.pointerType === "touch";
  if (finger) input.addEventListener("click", () => input.select(), { once: true, signal: AbortSignal.timeout(1000) });
  if (finger && input.closest(".selected") === null) return;
  if (!finger) event.preventDefault();
  const from = { x: event.clientX, value: current(subject) };
  /** @type {ReturnType<Subject["tab"]["gesture"]> | null} */
  let gesture = null;
  input.setPointerCapture(event.pointerId);

  /** @param {PointerEvent} moved */
  const onMove = (moved) => {
    const across = moved.clientX - from.x;
    if (!gesture && Math.abs(across) < (finger ? SLOP : 3)) return;
    gesture ??= subject.tab.gesture(`Change ${subject.port.title}`);
    const step = notch(moved, subject);
    gesture.update(
      writing(subject, snapped(from.value + Math.trunc(across / PIXELS_A_STEP) * step, subject.port, step)),
    );
  };
  /** @param {Event} ended */
  const onEnd = (ended) => {
    input.removeEventListener("pointermove", onMove);
    for (const type of ["pointerup", "pointercancel"]) input.removeEventListener(type, onEnd);
    if (gesture) return ended.type === "pointerup" ? gesture.commit() : gesture.cancel();
    if (finger) return;
    input.focus({ preventScroll: true });
    input.select();
  };
  input.addEventListener("pointermove", onMove);
  for (const type of ["pointerup", "pointercancel"]) input.addEventListener(type, onEnd);
}

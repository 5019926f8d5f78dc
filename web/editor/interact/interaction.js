/**
 * What all interactions share: two hooks to switch one on and off, and a drag that knows its end.
 *
 * A press belongs to the first interaction that claims it (`stage.press`); those that are asked later leave it alone.
 */

import { SLOP } from "../palette/longpress.js";

/** @typedef {import("../view/stage.js").Stage} Stage */

/** Of a stage on which taps select one more: what ends that. @type {WeakMap<Stage, () => void>} */
export const choosing = new WeakMap();

export class Interaction {
  /** @type {AbortController | null} */ #on = null;

  /** @param {Stage} stage */
  constructor(stage) {
    this.stage = stage;
  }

  enable() {
    this.#on ??= new AbortController();
    this.listen(this.#on.signal);
    return this;
  }

  disable() {
    this.#on?.abort();
    this.#on = null;
  }

  /** Add listeners that end with the signal. @param {AbortSignal} signal */
  listen(signal) {
    throw new Error(`an interaction listens to something (${signal.aborted})`);
  }

  /** @param {PointerEvent} event */
  claim(event) {
    event.preventDefault();
    event.stopPropagation();
    const active = /** @type {HTMLElement | null} */ (document.activeElement);
    if (active && active !== document.body && active !== this.stage.root && this.stage.root.contains(active))
      active.blur();
  }
}

/**
 * @typedef {object} Drag
 * @property {(event: PointerEvent) => void} [start] once it has moved far enough to be a drag
 * @property {(event: PointerEvent) => void} move
 * @property {(event: PointerEvent) => void} drop
 * @property {() => void} cancel by Escape, or taken away by the system
 * @property {(event: PointerEvent) => void} [click] it never moved
 */

const THRESHOLD = 3;

/** Follow a press until it ends. @param {HTMLElement} root @param {PointerEvent} press @param {Drag} drag */
export function follow(root, press, drag) {
  const over = new AbortController();
  const { signal } = over;
  const least = press.pointerType === "touch" ? SLOP : THRESHOLD;
  let moving = false;
  /** @param {PointerEvent} event */
  const move = (event) => {
    if (event.pointerId !== press.pointerId) return;
    if (!moving && Math.hypot(event.clientX - press.clientX, event.clientY - press.clientY) < least) return;
    if (!moving) begin(event);
    drag.move(event);
  };
  /** @param {PointerEvent} event */
  const begin = (event) => {
    moving = true;
    if (root.isConnected) root.setPointerCapture(press.pointerId);
    drag.start?.(event);
  };
  /** @param {PointerEvent} event */
  const up = (event) => {
    if (event.pointerId !== press.pointerId) return;
    over.abort();
    if (moving) drag.drop(event);
    else drag.click?.(event);
  };
  const cancel = () => {
    over.abort();
    if (root.hasPointerCapture(press.pointerId)) root.releasePointerCapture(press.pointerId);
    if (moving) drag.cancel();
  };
  /** @param {KeyboardEvent} event */
  const key = (event) => {
    if (event.key !== "Escape") return;
    event.preventDefault();
    event.stopPropagation();
    cancel();
  };
  window.addEventListener("pointermove", move, { signal });
  window.addEventListener("pointerup", up, { signal });
  window.addEventListener("pointercancel", (event) => event.pointerId === press.pointerId && cancel(), { signal });
  window.addEventListener("keydown", key, { signal, capture: true });
}

const CONTROLS = "input, textarea, select, button, a, pre, [contenteditable], .node-view, .grip, .frame-grip";

/** Whether a press is meant for a control of its own. @param {Event} event */
export function onControl(event) {
  return event.target instanceof Element && event.target.closest(CONTROLS) !== null;
}

/**
 * The node whose element was pressed, or that the canvas shows there.
 *
 * @param {Stage} stage
 * @param {{target: EventTarget | null, clientX: number, clientY: number}} event
 * @returns {string | null}
 */
export function nodeUnder(stage, event) {
  const element = event.target instanceof Element ? event.target.closest(".node") : null;
  if (element instanceof HTMLElement) return element.dataset.id ?? null;
  const point = stage.world(event);
  return stage.geometry.nodeAt(point.x, point.y);
}

/** The frame or note whose element was pressed. @param {{target: EventTarget | null}} event @returns {string | null} */
export function itemUnder({ target }) {
  const element = target instanceof Element ? target.closest("[data-item]") : null;
  return element instanceof HTMLElement ? (element.dataset.item ?? null) : null;
}

/** @typedef {{target: EventTarget | null, clientX: number, clientY: number, pointerType?: string}} Press */

/** How far from a socket a press still means it: pixels for a mouse or pen, and for a finger. */
const HIT = 12;
const FINGER_HIT = 24;

/**
 * The socket that is pressed. A field's control that lies within its reach keeps its press.
 *
 * @param {Stage} stage
 * @param {Press} event
 * @returns {import("../view/geometry.js").Socket | null}
 */
export function socketUnder(stage, event) {
  if (stage.camera.zoom < 0.2 || coveredByControl(event)) return null;
  const point = stage.world(event);
  return stage.geometry.socketAt(point.x, point.y, (event.pointerType === "touch" ? FINGER_HIT : HIT) / stage.camera.zoom);
}

/** @param {Press} event */
function coveredByControl(event) {
  return elementUnder(event)?.closest("input, textarea, button, .media") != null;
}

/**
 * What lies at the very point. Browsers give a finger's press to a control that is near it.
 *
 * @param {Press} event
 */
export function elementUnder({ target, clientX, clientY, pointerType }) {
  if (pointerType === "touch") return document.elementFromPoint(clientX, clientY);
  return target instanceof Element ? target : null;
}

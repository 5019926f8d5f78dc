/**
 * Mouse, pen, fingers and arrow keys on the painter's canvas. One finger paints, two move and zoom; the right button and a pen's
 * other end erase; the middle button and Space move.
 *
 * @typedef {import("./board.js").Board} Board
 * @typedef {import("./painting.js").Painting} Painting
 * @typedef {{x: number, y: number}} Point
 */

import { NOWHERE } from "./raster.js";

const RIGHT = 2;
const MIDDLE = 1;
const PEN_ERASER = 5;
/** @type {{readonly [key: string]: readonly [number, number]}} */
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

export class Hands {
  /** @type {Map<number, Point>} */
  _fingers = new Map();
  /** @type {"paint" | "pan" | null} */
  _doing = null;
  /** Whether Space is down, so that a press moves the picture. */
  _held = false;
  /** Whether arrow keys brought the brush where it is. */
  _steered = false;

  /**
   * @param {Board} board
   * @param {() => void} changed  told when a step is done
   */
  constructor(board, changed) {
    this._board = board;
    this._painting = board.painting;
    this._changed = changed;
    this._over = new AbortController();
    this._listen(board.canvas, this._over.signal);
  }

  /** Let go of the canvas. */
  end() {
    this._over.abort();
  }

  /** @param {HTMLCanvasElement} canvas @param {AbortSignal} signal */
  _listen(canvas, signal) {
    canvas.addEventListener("pointerdown", (event) => this._down(event), { signal });
    canvas.addEventListener("pointermove", (event) => this._move(event), { signal });
    canvas.addEventListener("pointerup", (event) => this._up(event), { signal });
    canvas.addEventListener("pointercancel", (event) => this._lost(event), { signal });
    canvas.addEventListener("pointerleave", () => this._leave(), { signal });
    canvas.addEventListener("contextmenu", (event) => event.preventDefault(), { signal });
    canvas.addEventListener("wheel", (event) => this._wheel(event), { passive: false, signal });
    canvas.addEventListener("keydown", (event) => this._key(event), { signal });
    canvas.addEventListener("keyup", (event) => this._lift(event), { signal });
  }

  /** @param {KeyboardEvent} event */
  _lift(event) {
    if (event.key === " ") this._held = false;
  }

  /** @param {PointerEvent} event */
  _down(event) {
    event.preventDefault();
    this._board.canvas.focus({ preventScroll: true });
    this._board.canvas.setPointerCapture(event.pointerId);
    this._fingers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    if (this._fingers.size > 1) return this._pinch();
    const moves = event.button === MIDDLE || this._held || this._painting.choices.tool === "hand";
    this._doing = moves ? "pan" : "paint";
    if (this._doing === "paint") this._board.refresh(this._painting.begin(this._touch(event)));
  }

  /** A second finger: what the first one began is no stroke. */
  _pinch() {
    if (this._doing === "paint") this._board.refresh(this._painting.cancel());
    this._doing = "pan";
  }

  /** @param {PointerEvent} event */
  _move(event) {
    const last = this._fingers.get(event.pointerId);
    const now = { x: event.clientX, y: event.clientY };
    this._steered = false;
    this._board.brush = event.pointerType === "touch" && this._doing !== "paint" ? null : this._board.toMask(event);
    if (last !== undefined && this._doing === "pan") this._pan(event.pointerId, last, now);
    if (last !== undefined && this._doing === "paint") {
      const moves = event.getCoalescedEvents?.() ?? [];
      for (const each of moves.length > 0 ? moves : [event])
        this._board.refresh(this._painting.move(this._touch(each)));
    }
    if (last !== undefined) this._fingers.set(event.pointerId, now);
    this._board.ask();
  }

  /** @param {number} id @param {Point} last @param {Point} now */
  _pan(id, last, now) {
    const other = [...this._fingers].find(([finger]) => finger !== id)?.[1];
    const share = other === undefined ? 1 : 0.5;
    this._board.panBy((now.x - last.x) * share, (now.y - last.y) * share);
    if (other === undefined) return;
    const { left, top } = this._board.canvas.getBoundingClientRect();
    const middle = { x: (now.x + other.x) / 2 - left, y: (now.y + other.y) / 2 - top };
    this._board.zoomBy(apart(now, other) / apart(last, other), middle);
  }

  /** @param {PointerEvent} event */
  _up(event) {
    this._fingers.delete(event.pointerId);
    if (this._doing === "paint") {
      this._board.refresh(this._painting.end(event.altKey));
      this._changed();
    }
    if (this._fingers.size === 0) this._doing = null;
  }

  /** @param {PointerEvent} event */
  _lost(event) {
    this._fingers.delete(event.pointerId);
    if (this._doing === "paint") this._board.refresh(this._painting.cancel());
    if (this._fingers.size === 0) this._doing = null;
  }

  _leave() {
    if (this._doing !== null) return;
    this._board.brush = null;
    this._board.ask();
  }

  /** @param {WheelEvent} event */
  _wheel(event) {
    event.preventDefault();
    const { left, top } = this._board.canvas.getBoundingClientRect();
    this._board.zoomBy(Math.exp(-event.deltaY / 400), { x: event.clientX - left, y: event.clientY - top });
  }

  /** @param {PointerEvent} event @returns {import("./painting.js").Touch} */
  _touch(event) {
    const erases = event.button === RIGHT || (event.buttons & 2) !== 0 || event.button === PEN_ERASER || (event.buttons & 32) !== 0;
    const pressure = event.pointerType === "pen" && event.pressure > 0 ? { pressure: event.pressure } : {};
    return { ...this._board.toMask(event), ...pressure, erases };
  }

  /**
   * Arrows move the brush, Enter (or Space, where no mouse is about) puts it down and lifts it.
   *
   * @param {KeyboardEvent} event
   */
  _key(event) {
    const step = ARROWS[event.key];
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (step !== undefined) this._steer(step, event.shiftKey);
    else if (event.key === "Enter" || (event.key === " " && (this._steered || this._board.brush === null))) this._press(event);
    else if (event.key === " ") this._held = true;
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** @param {readonly [number, number]} step @param {boolean} fine */
  _steer([x, y], fine) {
    const { raster, choices } = this._painting;
    this._steered = true;
    const by = fine ? 1 : Math.max(1, Math.round(choices.size / 4));
    const from = this._board.brush ?? { x: raster.width / 2, y: raster.height / 2 };
    this._board.brush = {
      x: Math.min(raster.width, Math.max(0, from.x + x * by)),
      y: Math.min(raster.height, Math.max(0, from.y + y * by)),
    };
    this._board.refresh(this._painting.drawing ? this._painting.move(this._board.brush) : NOWHERE);
  }

  /** @param {KeyboardEvent} event */
  _press(event) {
    if (event.repeat || this._doing !== null) return;
    const { raster, drawing } = this._painting;
    this._steered = true;
    this._board.brush ??= { x: raster.width / 2, y: raster.height / 2 };
    this._board.refresh(drawing ? this._painting.end() : this._painting.begin(this._board.brush));
    if (drawing) this._changed();
  }
}

/** @param {Point} a @param {Point} b */
function apart(a, b) {
  return Math.max(1, Math.hypot(a.x - b.x, a.y - b.y));
}

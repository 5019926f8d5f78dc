/**
 * Fingers. Two move and zoom the drawing wherever they lie. One moves it too, unless it lies on what a hand moves: a socket, a title,
 * a note, what is selected and its numbers, a grip. A tap selects, and goes to a node that is too far off to be read; a long press
 * opens the menu.
 */

import { SLOP, longPress, swallowClick } from "../palette/longpress.js";
import { panned, zoomed } from "../view/camera.js";
import { FAR_BELOW } from "../view/mounts.js";
import { Interaction, choosing, itemUnder, nodeUnder, onControl, socketUnder } from "./interaction.js";

/** @typedef {import("../view/camera.js").Point} Point */
/** @typedef {import("../view/stage.js").Stage} Stage */
/**
 * What a finger does. `ground`: it moves the drawing. `control`: so it does once it moves, else the control has it. `hand`: another
 * interaction has it. `own`: a grip, a field with the focus, or a node's own view has it. `spent`: its long press is over.
 *
 * @typedef {"ground" | "control" | "hand" | "own" | "spent"} Role
 * @typedef {{press: PointerEvent, from: Point, at: Point, role: Role, moves: boolean}} Finger
 */

export class Fingers extends Interaction {
  /** @type {Map<number, Finger>} */ #fingers = new Map();

  /** @override @param {AbortSignal} signal */
  listen(signal) {
    const { root } = this.stage;
    longPress(root, { signal, wanted: (press) => roleOf(this.stage, press) !== "own", before: (press) => this.#rested(press) });
    root.addEventListener("pointerdown", (event) => this.#down(event), { signal, capture: true });
    window.addEventListener("pointermove", (event) => this.#move(event), { signal });
    window.addEventListener("pointerup", (event) => this.#up(event), { signal });
    window.addEventListener("pointercancel", (event) => event.isTrusted && this.#fingers.delete(event.pointerId), { signal });
  }

  /** @param {PointerEvent} press */
  #down(press) {
    if (press.pointerType !== "touch") return;
    const from = this.stage.screen(press);
    const first = this.#fingers.size === 0;
    const role = first ? roleOf(this.stage, press) : "ground";
    this.#fingers.set(press.pointerId, { press, from, at: from, role, moves: !first });
    if (!first) this.#together();
    if (role !== "ground") return;
    if (choosing.has(this.stage) && onControl(press)) swallowClick();
    this.claim(press);
  }

  /** What one finger had begun ends as the second comes. */
  #together() {
    for (const finger of this.#fingers.values()) {
      letGo(finger.press); // a finger on the ground may be one that a held wire follows
      Object.assign(finger, { role: "ground", moves: true });
    }
    swallowClick();
  }

  /** @param {PointerEvent} event */
  #move(event) {
    const finger = this.#fingers.get(event.pointerId);
    if (!finger) return;
    const now = this.stage.screen(event);
    if (finger.role !== "ground" && finger.role !== "control") return;
    if (finger.moves) return this.#pan(finger, now);
    if (apart(finger.from, now) <= SLOP) return;
    Object.assign(finger, { at: now, moves: true });
    if (finger.role === "control") swallowClick();
  }

  /** @param {Finger} finger @param {Point} now */
  #pan(finger, now) {
    const last = finger.at;
    finger.at = now;
    const { tab } = this.stage;
    const other = [...this.#fingers.values()].find((one) => one !== finger)?.at;
    const share = other ? 0.5 : 1;
    const camera = panned(tab.camera.peek(), (now.x - last.x) * share, (now.y - last.y) * share);
    tab.camera.value = other ? zoomed(camera, apart(now, other) / apart(last, other), middle(now, other)) : camera;
  }

  /** @param {PointerEvent} event */
  #up(event) {
    const finger = this.#fingers.get(event.pointerId);
    this.#fingers.delete(event.pointerId);
    if (!finger || finger.moves || apart(finger.from, this.stage.screen(event)) > SLOP) return;
    if (finger.role === "ground" || finger.role === "hand") this.#tap(finger);
  }

  /** @param {Finger} finger */
  #tap({ press, role }) {
    const { stage } = this;
    const id = nodeUnder(stage, press);
    if (choosing.has(stage)) return role === "hand" ? undefined : toggle(stage, itemUnder(press) ?? id);
    if (id !== null && stage.camera.zoom < FAR_BELOW) stage.go.fit([id]);
    if (role === "hand") return;
    stage.tab.selection.value = new Set(id === null ? [] : [id]);
    if (id === null) stage.root.focus({ preventScroll: true });
    else stage.go.focus(id);
  }

  /** @param {PointerEvent} press */
  #rested(press) {
    const finger = this.#fingers.get(press.pointerId);
    if (finger) finger.role = "spent";
    letGo(press);
  }
}

/** @param {Stage} stage @param {PointerEvent} press @returns {Role} */
function roleOf(stage, press) {
  const target = press.target instanceof Element ? press.target : null;
  if (choosing.has(stage)) return chosenRole(stage, press);
  if (target?.closest(".node-view, .grip, .frame-grip")) return "own";
  if (target?.closest("input, textarea") && target === document.activeElement) return "own";
  if (socketUnder(stage, press) !== null || target?.closest("[data-item], .selected .number")) return "hand";
  if (onControl(press)) return "control";
  const node = nodeUnder(stage, press);
  if (node === null) return "ground";
  return target?.closest(".node-head") || stage.tab.selection.peek().has(node) ? "hand" : "ground";
}

/** What is selected can be moved, all else on a node only taken in. @param {Stage} stage @param {PointerEvent} press @returns {Role} */
function chosenRole(stage, press) {
  const id = itemUnder(press) ?? nodeUnder(stage, press);
  return id !== null && stage.tab.selection.peek().has(id) && !onControl(press) ? "hand" : "ground";
}

/** @param {Stage} stage @param {string | null} id */
function toggle({ tab }, id) {
  if (id === null) return;
  const before = tab.selection.peek();
  tab.selection.value = new Set(before.has(id) ? [...before].filter((other) => other !== id) : [...before, id]);
}

/** End what a finger had begun, as if the system had taken it away. @param {PointerEvent} press */
function letGo({ pointerId, target }) {
  const there = target instanceof Element && target.isConnected ? target : window;
  there.dispatchEvent(new PointerEvent("pointercancel", { pointerId, bubbles: true }));
}

/** @param {Point} a @param {Point} b */
function apart(a, b) {
  return Math.max(1, Math.hypot(a.x - b.x, a.y - b.y));
}

/** @param {Point} a @param {Point} b */
function middle(a, b) {
  return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 };
}

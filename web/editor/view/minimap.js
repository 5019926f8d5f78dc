/**
 * The whole level in a corner: painted anew only when nodes or their states change; the part that is seen is an element
 * that
 * is only moved. While nodes are dragged it waits until they are put down. A press or drag on it moves the camera.
 */

import { centred, seen } from "./camera.js";
import { counters } from "./counters.js";

/** @typedef {import("./stage.js").Stage} Stage */

const WIDTH = 200;
const HEIGHT = 132;
const INSET = 8;

export class Minimap {
  /** @type {unknown} */ #seen = null;
  /** Around all nodes. @type {import("./camera.js").Box | null} */ #box = null;
  #due = true;
  #scale = 1;
  #left = 0;
  #top = 0;

  /** @param {Stage} stage @param {HTMLElement} root */
  constructor(stage, root) {
    this.stage = stage;
    this.element = document.createElement("div");
    this.element.className = "minimap";
    this.element.setAttribute("aria-hidden", "true");
    this.canvas = document.createElement("canvas");
    this.canvas.width = WIDTH * 2;
    this.canvas.height = HEIGHT * 2;
    this.shown = /** @type {ImageBitmapRenderingContext} */ (this.canvas.getContext("bitmaprenderer"));
    this.view = document.createElement("div");
    this.view.className = "minimap-view";
    this.element.append(this.canvas, this.view);
    root.append(this.element);
    this.element.addEventListener("pointerdown", (event) => this.#press(event));
    stage.followers.add(() => this.follow());
  }

  /** After each frame of the stage. */
  follow() {
    const { drawn } = this.stage;
    if (!drawn) return;
    if (!this.stage.floating?.ids.size && this.#stale()) {
      this.#box = drawn.geometry.bounds();
      this.#due = true;
    }
    const hidden = drawn.geometry.ids.length < 2 || this.element.classList.contains("off") || this.#allInView();
    this.element.hidden = hidden;
    if (hidden) return;
    if (this.#due) this.#paint();
    this.#due = false;
    this.#move();
  }

  /** A map of what one sees anyway would only be in the way. */
  #allInView() {
    const { camera, size } = this.stage;
    const view = seen(camera, size);
    const box = this.#box;
    return (
      box === null ||
      (box.left >= view.left && box.top >= view.top && box.right <= view.right && box.bottom <= view.bottom)
    );
  }

  /** Cheap to ask: a number that mixes all places, sizes and states. */
  #stale() {
    const { drawn, theme } = this.stage;
    const { geometry, faces } = /** @type {import("./model.js").DrawnLevel} */ (drawn);
    let mark = theme.dark ? 1 : 2;
    for (let i = 0; i < geometry.ids.length; i++) {
      mark =
        (mark * 31 +
          geometry.x[i] * 7 +
          geometry.y[i] * 13 +
          geometry.width[i] * 17 +
          geometry.height[i] +
          faces[i].tone.length * 3 +
          faces[i].colour.charCodeAt(2)) %
        2147483647;
    }
    if (mark === this.#seen) return false;
    this.#seen = mark;
    return true;
  }

  #paint() {
    counters.minimap += 1;
    const { drawn, theme } = this.stage;
    const { geometry, faces } = /** @type {import("./model.js").DrawnLevel} */ (drawn);
    const aside = new OffscreenCanvas(this.canvas.width, this.canvas.height);
    const context = /** @type {OffscreenCanvasRenderingContext2D} */ (aside.getContext("2d"));
    const box = this.#box ?? { left: 0, top: 0, right: 1, bottom: 1 };
    const scale = Math.min(
      (WIDTH - 2 * INSET) / (box.right - box.left),
      (HEIGHT - 2 * INSET) / (box.bottom - box.top),
      0.1,
    );
    this.#scale = scale;
    this.#left = (box.left + box.right) / 2 - WIDTH / 2 / scale;
    this.#top = (box.top + box.bottom) / 2 - HEIGHT / 2 / scale;
    context.setTransform(2, 0, 0, 2, 0, 0);
    for (const tone of /** @type {const} */ (["", "done", "stale", "running", "failed"])) {
      context.fillStyle = tone === "" ? theme.muted : theme[tone];
      for (let i = 0; i < geometry.ids.length; i++)
        if (faces[i].tone === tone) this.#dot(context, geometry, i, tone === "failed" ? 3 : 1.5);
    }
    this.shown.transferFromImageBitmap(aside.transferToImageBitmap());
  }

  /**
   * @param {OffscreenCanvasRenderingContext2D} context
   * @param {import("./geometry.js").Geometry} geometry
   * @param {number} i
   * @param {number} least so small that it is still seen
   */
  #dot(context, geometry, i, least) {
    const width = Math.max(least, geometry.width[i] * this.#scale);
    const height = Math.max(least, geometry.height[i] * this.#scale);
    context.fillRect(
      (geometry.x[i] - this.#left) * this.#scale,
      (geometry.y[i] - this.#top) * this.#scale,
      width,
      height,
    );
  }

  #move() {
    const { camera, size } = this.stage;
    const x = (camera.x - this.#left) * this.#scale;
    const y = (camera.y - this.#top) * this.#scale;
    this.view.style.transform = `translate(${x.toFixed(1)}px, ${y.toFixed(1)}px)`;
    this.view.style.width = `${((size.width / camera.zoom) * this.#scale).toFixed(1)}px`;
    this.view.style.height = `${((size.height / camera.zoom) * this.#scale).toFixed(1)}px`;
  }

  /** @param {PointerEvent} press */
  #press(press) {
    press.preventDefault();
    press.stopPropagation();
    this.element.setPointerCapture(press.pointerId);
    const over = new AbortController();
    this.#go(press);
    this.element.addEventListener("pointermove", (event) => this.#go(event), { signal: over.signal });
    for (const type of /** @type {const} */ (["pointerup", "pointercancel"]))
      this.element.addEventListener(type, () => over.abort(), { signal: over.signal });
  }

  /** @param {PointerEvent} event */
  #go(event) {
    const box = this.element.getBoundingClientRect();
    const { stage } = this;
    const scale = (this.#scale * box.width) / this.element.offsetWidth; // it is drawn smaller in a narrow window
    const world = {
      x: (event.clientX - box.left) / scale + this.#left,
      y: (event.clientY - box.top) / scale + this.#top,
    };
    stage.tab.camera.value = centred(world, stage.size, stage.camera.zoom);
  }
}

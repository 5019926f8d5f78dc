/**
 * Nodes that are being dragged: they and their wires are painted on a canvas of their own, so that the large one, with all
 * other wires, stays as it is until they are put down.
 */

import { Surface } from "./surface.js";

/** @typedef {import("./camera.js").Camera} Camera */
/** @typedef {import("./camera.js").Size} Size */

export class Floating {
  /** @type {ReadonlySet<string>} */ ids = new Set();
  /** Whether what floats has moved since it was painted. */
  stale = false;

  /** @param {HTMLCanvasElement} canvas @param {import("./mounts.js").Mounts} mounts */
  constructor(canvas, mounts) {
    this.mounts = mounts;
    this.surface = new Surface(canvas, 0);
    this.surface.clear();
  }

  /** Take nodes up; none puts down all that float. @param {Iterable<string>} ids @param {Size} stage */
  take(ids, stage) {
    this.mounts.float(this.ids, false);
    this.ids = new Set(ids);
    this.mounts.float(this.ids, true);
    if (this.ids.size) this.surface.cover(stage);
    else this.surface.clear();
    this.stale = this.ids.size > 0;
  }

  /** Whether all of these float, and there are some. @param {ReadonlySet<string>} moved */
  holds(moved) {
    return moved.size > 0 && [...moved].every((id) => this.ids.has(id));
  }

  /**
   * Bring the canvas up to what has moved, the camera included.
   *
   * @param {import("./surface.js").Drawing} drawing
   * @param {Camera} camera
   * @param {Size} stage
   */
  paint(drawing, camera, stage) {
    if (!this.ids.size || (!this.stale && this.surface.painted === camera)) return;
    this.stale = false;
    this.surface.paint({ ...drawing, floating: true }, camera, stage);
  }
}

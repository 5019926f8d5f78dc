/**
 * The canvas that is larger than the stage by a margin on all sides, so that panning and zooming mostly move a picture that is
 * already painted.
 */

import { counters } from "./counters.js";
import { paint } from "./painter.js";

/** @typedef {import("./camera.js").Camera} Camera */
/** @typedef {import("./camera.js").Size} Size */
/** @typedef {Omit<import("./painter.js").Scene, "camera" | "size">} Drawing */

const MARGIN = 240;
const SCALED = 1.35;

export class Surface {
  /** What stands on the canvas was painted for this camera. @type {Camera | null} */
  painted = null;

  /** @param {HTMLCanvasElement} canvas */
  constructor(canvas) {
    this.canvas = canvas;
    this.context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
    canvas.setAttribute("aria-hidden", "true");
  }

  /** Become as large as a stage of this size needs. @param {Size} stage */
  cover(stage) {
    const { canvas } = this;
    const width = stage.width + 2 * MARGIN;
    const height = stage.height + 2 * MARGIN;
    canvas.width = Math.round(width * devicePixelRatio);
    canvas.height = Math.round(height * devicePixelRatio);
    canvas.style.width = `${width}px`;
    canvas.style.height = `${height}px`;
    canvas.style.left = canvas.style.top = `${-MARGIN}px`;
    this.painted = null;
  }

  /**
   * Shift and scale what is painted to where the camera is now, as far as it still covers the stage; false where it must be
   * painted anew.
   *
   * @param {Camera} camera
   * @param {Size} stage
   */
  shift(camera, stage) {
    const { painted } = this;
    if (!painted) return false;
    const scale = camera.zoom / painted.zoom;
    if (scale < 1 / SCALED || scale > SCALED) return false;
    const left = (painted.x - camera.x) * camera.zoom - MARGIN * scale;
    const top = (painted.y - camera.y) * camera.zoom - MARGIN * scale;
    const right = left + (stage.width + 2 * MARGIN) * scale;
    const bottom = top + (stage.height + 2 * MARGIN) * scale;
    if (left > 0 || top > 0 || right < stage.width || bottom < stage.height) return false;
    const moved = `translate(${onPixels(left + MARGIN)}px, ${onPixels(top + MARGIN)}px)`;
    this.canvas.style.transform = scale === 1 ? moved : `${moved} scale(${scale})`;
    return true;
  }

  /**
   * @param {Drawing} drawing
   * @param {Camera} camera
   * @param {Size} stage
   */
  paint(drawing, camera, stage) {
    counters.paints += 1;
    const { x, y, zoom } = camera;
    const around = { x: x - MARGIN / zoom, y: y - MARGIN / zoom, zoom };
    const size = { width: stage.width + 2 * MARGIN, height: stage.height + 2 * MARGIN };
    paint(this.context, { ...drawing, camera: around, size }, devicePixelRatio);
    this.painted = camera;
    this.canvas.style.transform = "";
  }
}

/** On whole device pixels, so that text and lines stay sharp. @param {number} value in CSS pixels */
export function onPixels(value) {
  return Math.round(value * devicePixelRatio) / devicePixelRatio;
}

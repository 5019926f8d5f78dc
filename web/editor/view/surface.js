/**
 * The canvas that is larger than the stage by a margin on all sides, so that panning and zooming mostly move a picture that is
 * already painted. It is painted aside and then handed over: a browser copies a canvas that can be painted on in every frame in
 * which it moves, one that only shows a picture never.
 */

import { zoomed } from "./camera.js";
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
  /** Whether it was painted with fewer pixels than it has. */
  rough = false;

  /** @param {HTMLCanvasElement} canvas */
  constructor(canvas) {
    this.canvas = canvas;
    this.shown = /** @type {ImageBitmapRenderingContext} */ (canvas.getContext("bitmaprenderer"));
    this.aside = new OffscreenCanvas(1, 1);
    this.context = /** @type {OffscreenCanvasRenderingContext2D} */ (this.aside.getContext("2d"));
    canvas.setAttribute("aria-hidden", "true");
  }

  /** Become as large as a stage of this size needs. @param {Size} stage */
  cover(stage) {
    const { canvas } = this;
    const { width, height } = around(stage);
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
    const { width, height } = around(stage);
    const right = left + width * scale;
    const bottom = top + height * scale;
    if (left > 0 || top > 0 || right < stage.width || bottom < stage.height) return false;
    const moved = `translate(${onPixels(left + MARGIN)}px, ${onPixels(top + MARGIN)}px)`;
    this.canvas.style.transform = scale === 1 ? moved : `${moved} scale(${scale})`;
    return true;
  }

  /**
   * @param {Drawing} drawing
   * @param {Camera} camera
   * @param {Size} stage
   * @param {number} [detail] pixels that are painted by those that are shown, along a side
   */
  paint(drawing, camera, stage, detail = 1) {
    counters.paints += 1;
    this.aside.width = Math.ceil(this.canvas.width * detail);
    this.aside.height = Math.ceil(this.canvas.height * detail);
    const { x, y, zoom } = camera;
    const from = { x: x - MARGIN / zoom, y: y - MARGIN / zoom, zoom };
    paint(this.context, { ...drawing, camera: from, size: around(stage) }, devicePixelRatio * detail);
    this.shown.transferFromImageBitmap(this.aside.transferToImageBitmap());
    this.painted = camera;
    this.rough = detail < 1;
    this.canvas.style.transform = "";
  }
}

/** The stage with the margin on all sides. @param {Size} stage @returns {Size} */
function around({ width, height }) {
  return { width: width + 2 * MARGIN, height: height + 2 * MARGIN };
}

/**
 * The camera to paint for in the middle of a zoom, so that the painting lasts as long as it can: somewhat further on, as far
 * as it covers the stage now.
 *
 * @param {Camera} camera
 * @param {number} turn zoom by zoom of the frame before: above 1 comes nearer
 * @param {Size} stage
 */
export function ahead(camera, turn, stage) {
  const covers = Math.min(...[stage.width, stage.height].map((side) => (side + 2 * MARGIN) / side));
  const most = Math.min(SCALED, covers) * 0.99; // what is on whole pixels may want one more
  const further = turn > 1 ? most : 1 / SCALED / 0.99;
  return zoomed(camera, further, { x: stage.width / 2, y: stage.height / 2 });
}

/** Whether a zoom from frame to frame is a step of a movement, not a jump. @param {number} turn */
export function moving(turn) {
  return turn !== 1 && turn < SCALED && turn > 1 / SCALED;
}

/** On whole device pixels, so that text and lines stay sharp. @param {number} value in CSS pixels */
export function onPixels(value) {
  return Math.round(value * devicePixelRatio) / devicePixelRatio;
}

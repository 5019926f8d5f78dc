/**
 * The painter's canvas: the picture, the mask over it as a tint, what is being drawn, and the brush. It paints only when asked,
 * a frame at most.
 *
 * @typedef {import("./raster.js").Point} Point
 * @typedef {import("./raster.js").Rect} Rect
 */

import { isEmpty } from "./raster.js";

const LEAST_ZOOM = 0.05;
const MOST_ZOOM = 40;
const CRISP_FROM = 2;
const MARGIN = 24;
const CHECK = 8;
/** The tint: a red that neither skin nor sky has. */
const TINT = [255, 40, 110];

export class Board {
  /** @type {{x: number, y: number, zoom: number}} screen = mask × zoom + (x, y), in CSS pixels */
  camera = { x: 0, y: 0, zoom: 1 };
  /** Where the brush is, in pixels of the mask; null where there is none. @type {Point | null} */
  brush = null;
  /** How strongly the mask is seen, 0…1; at 1 it is seen alone. */
  tint = 0.55;
  /** @type {ImageBitmap | null} */
  picture = null;
  _frame = 0;

  /**
   * @param {HTMLCanvasElement} canvas
   * @param {import("./painting.js").Painting} painting
   */
  constructor(canvas, painting) {
    this.canvas = canvas;
    this.painting = painting;
    this._context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
    this._layer = new OffscreenCanvas(painting.raster.width, painting.raster.height);
    this._shown = /** @type {OffscreenCanvasRenderingContext2D} */ (this._layer.getContext("2d"));
    this.refresh(painting.raster.all);
    this._resizes = new ResizeObserver(() => this._resized());
    this._resizes.observe(canvas);
  }

  close() {
    this._resizes.disconnect();
    cancelAnimationFrame(this._frame);
  }

  /** The mask changed there. @param {Rect} rect */
  refresh(rect) {
    if (!isEmpty(rect)) {
      const [wide, high] = [rect.right - rect.left, rect.bottom - rect.top];
      const pixels = new ImageData(wide, high);
      const part = this.painting.raster.cut(rect);
      part.forEach((value, place) => pixels.data.set([...TINT, value], 4 * place));
      this._shown.putImageData(pixels, rect.left, rect.top);
    }
    this.ask();
  }

  ask() {
    if (this._frame === 0) this._frame = requestAnimationFrame(() => this._paint());
  }

  /** @param {{clientX: number, clientY: number}} event @returns {Point}  in pixels of the mask */
  toMask({ clientX, clientY }) {
    const { left, top } = this.canvas.getBoundingClientRect();
    const { x, y, zoom } = this.camera;
    return { x: (clientX - left - x) / zoom, y: (clientY - top - y) / zoom };
  }

  /** All of it in view. */
  fit() {
    const { clientWidth, clientHeight } = this.canvas;
    const { width, height } = this.painting.raster;
    const room = Math.min((clientWidth - 2 * MARGIN) / width, (clientHeight - 2 * MARGIN) / height);
    const zoom = Math.min(MOST_ZOOM, Math.max(LEAST_ZOOM, room));
    this.camera = { zoom, x: (clientWidth - width * zoom) / 2, y: (clientHeight - height * zoom) / 2 };
    this.ask();
  }

  /**
   * Nearer or further, around a point of the canvas (its middle where none is given).
   *
   * @param {number} factor
   * @param {Point} [at]  in CSS pixels of the canvas
   */
  zoomBy(factor, at = { x: this.canvas.clientWidth / 2, y: this.canvas.clientHeight / 2 }) {
    const { x, y, zoom } = this.camera;
    const next = Math.min(MOST_ZOOM, Math.max(LEAST_ZOOM, zoom * factor));
    const by = next / zoom;
    this.camera = { zoom: next, x: at.x - (at.x - x) * by, y: at.y - (at.y - y) * by };
    this.ask();
  }

  /** @param {number} x @param {number} y */
  panBy(x, y) {
    this.camera = { ...this.camera, x: this.camera.x + x, y: this.camera.y + y };
    this.ask();
  }

  _resized() {
    const { clientWidth, clientHeight } = this.canvas;
    if (clientWidth === 0) return;
    const first = this.canvas.dataset.ready === undefined;
    this.canvas.width = Math.round(clientWidth * devicePixelRatio);
    this.canvas.height = Math.round(clientHeight * devicePixelRatio);
    this.canvas.dataset.ready = "";
    if (first) this.fit();
    else this.ask();
  }

  _paint() {
    this._frame = 0;
    const context = this._context;
    const { x, y, zoom } = this.camera;
    const { width, height } = this.painting.raster;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, this.canvas.width, this.canvas.height);
    context.scale(devicePixelRatio, devicePixelRatio);
    context.translate(x, y);
    context.imageSmoothingEnabled = zoom < CRISP_FROM;
    this._ground(width * zoom, height * zoom);
    if (this.picture !== null && this.tint < 1) context.drawImage(this.picture, 0, 0, width * zoom, height * zoom);
    context.globalAlpha = this.tint;
    context.drawImage(this._layer, 0, 0, width * zoom, height * zoom);
    context.globalAlpha = 1;
    this._outline(zoom);
    this._brush(zoom);
  }

  /** What is seen through the picture's holes. @param {number} width @param {number} height */
  _ground(width, height) {
    const tile = new OffscreenCanvas(2 * CHECK, 2 * CHECK);
    const drawn = /** @type {OffscreenCanvasRenderingContext2D} */ (tile.getContext("2d"));
    drawn.fillStyle = "#3b4150";
    drawn.fillRect(0, 0, 2 * CHECK, 2 * CHECK);
    drawn.fillStyle = "#464d5e";
    drawn.fillRect(0, 0, CHECK, CHECK);
    drawn.fillRect(CHECK, CHECK, CHECK, CHECK);
    this._context.fillStyle = /** @type {CanvasPattern} */ (this._context.createPattern(tile, "repeat"));
    this._context.fillRect(0, 0, width, height);
  }

  /** @param {number} zoom */
  _outline(zoom) {
    const { outline } = this.painting;
    if (outline.length < 2) return;
    const path = new Path2D();
    outline.forEach((point, place) => path[place === 0 ? "moveTo" : "lineTo"](point.x * zoom, point.y * zoom));
    path.closePath();
    this._twice(path);
  }

  /** @param {number} zoom */
  _brush(zoom) {
    if (this.brush === null) return;
    const { tool, size } = this.painting.choices;
    const path = new Path2D();
    const [x, y] = [this.brush.x * zoom, this.brush.y * zoom];
    if (tool === "brush" || tool === "eraser") path.arc(x, y, Math.max(1.5, (size / 2) * zoom), 0, 7);
    else if (tool !== "hand") crosshair(path, x, y);
    this._twice(path);
  }

  /** Dark and light, so that it is seen on anything. @param {Path2D} path */
  _twice(path) {
    const context = this._context;
    context.lineWidth = 3;
    context.strokeStyle = "#000a";
    context.stroke(path);
    context.lineWidth = 1.25;
    context.strokeStyle = "#fff";
    context.stroke(path);
  }
}

/** @param {Path2D} path @param {number} x @param {number} y */
function crosshair(path, x, y) {
  path.moveTo(x - 8, y);
  path.lineTo(x + 8, y);
  path.moveTo(x, y - 8);
  path.lineTo(x, y + 8);
}

/**
 * The mask painter: a sheet over the page with the picture, the mask and the tools. Nothing of it reaches the document before
 * Apply, and that is one step of its history.
 *
 * @typedef {import("../session/app.js").App} App
 * @typedef {import("./target.js").Target} Target
 */

import { html, render } from "../vendor/lit-html/lit-html.js";
import { rectOf } from "../commands/selected.js";
import { errorWords } from "../model/errors.js";
import { styled } from "../palette/styles.js";
import { putMask } from "./apply.js";
import { Board } from "./board.js";
import { Hands } from "./hands.js";
import { keyOf } from "./keys.js";
import { atHand, fileOf, made, pixelsOf } from "./load.js";
import { LARGEST, Painting } from "./painting.js";
import { Raster, fromPixels, scaled } from "./raster.js";
import { targetAt } from "./target.js";
import { controls, question } from "./tools.js";

const UNKNOWN_SIZE = 512;

/**
 * Paint the mask of a node, or of one of its inputs.
 *
 * @param {App} app
 * @param {{readonly node: string, readonly input?: string}} at
 */
export async function openPainter(app, at) {
  const tab = app.active.peek();
  const level = tab.levelName.peek();
  const target = targetAt({ catalogue: app.catalogue.peek(), document: tab.document.peek(), level }, at);
  if (target === null) return app.say("This node takes no mask", "assertive");
  const picture = target.beneath === null ? null : await atHand(app, tab, target.beneath);
  const start = target.start === null ? null : await atHand(app, tab, target.start.source);
  await styled("mask.css");
  const first = start === null || target.start === null ? null : maskOf(start, target.start.channel);
  new Painter(app, { at, tab, level, target }, picture?.bitmap ?? null, first).show();
}

/**
 * @param {{bitmap: ImageBitmap, isFile: boolean}} start
 * @param {string} channel  of a file; what a node gave is a mask already
 */
function maskOf({ bitmap, isFile }, channel) {
  return fromPixels(pixelsOf(bitmap), isFile ? channel : "brightness");
}

export class Painter {
  /** What is asked before painting goes on. @type {"size" | "leave" | null} */
  asking = null;
  /** What is being waited for. @type {string | null} */
  waiting = null;
  words = "";
  /** Whether the mask holds what was painted before it was scaled, which no history tells. */
  _carried = false;
  /** Aborted once it is closed. */
  _over = new AbortController();

  /**
   * @param {App} app
   * @param {{at: {readonly node: string, readonly input?: string}, tab: import("../session/tab.js").Tab, level: string, target: Target}} about
   * @param {ImageBitmap | null} picture
   * @param {Raster | null} start
   */
  constructor(app, about, picture, start) {
    this.app = app;
    this.about = about;
    this.picture = picture;
    this.start = start;
    const { width, height } = start ?? picture ?? { width: UNKNOWN_SIZE, height: UNKNOWN_SIZE };
    this.painting = new Painting(start ?? new Raster(width, height));
    this.painting.choices.size = Math.max(4, Math.round(Math.min(width, height) / 12));
    this.dialog = document.createElement("dialog");
    this.dialog.className = "painter";
    this.dialog.setAttribute("aria-labelledby", "painter-title");
    if (this._misfits()) this.asking = "size";
  }

  show() {
    const { dialog } = this;
    document.body.append(dialog);
    this.render();
    const canvas = /** @type {HTMLCanvasElement} */ (dialog.querySelector("canvas"));
    this.board = new Board(canvas, this.painting);
    this.board.picture = this.picture;
    this._hands = new Hands(this.board, () => this.render());
    dialog.addEventListener("keydown", (event) => this._key(event));
    dialog.addEventListener("cancel", (event) => {
      event.preventDefault();
      this.leave();
    });
    dialog.addEventListener("close", () => this._closed());
    dialog.showModal();
    canvas.focus();
    this.render();
  }

  /** Whether there is something that Apply would keep. */
  get changed() {
    return this._carried || this.painting.drawing || this.painting.history.done.length > 0;
  }

  render() {
    render(
      html`<div class="painter-page">
        ${controls(this)}
        <div class="painter-board">
          <canvas
            tabindex="0"
            role="application"
            aria-label="Mask, ${Math.round(100 * this.painting.raster.share)} % covered. Arrow keys move the brush, Enter puts it down and lifts it."
          ></canvas>
          ${question(this)}
        </div>
      </div>`,
      this.dialog,
    );
  }

  /** @param {Partial<import("./painting.js").Choices>} choices */
  choose(choices) {
    this.board?.refresh(this.painting.finish());
    this.painting.choices = { ...this.painting.choices, ...choices };
    this.board?.ask();
    this.render();
  }

  /** @param {import("./raster.js").Rect} rect */
  did(rect) {
    this.board?.refresh(rect);
    this.render();
  }

  /** What to do with a mask whose picture has another size now. @param {"scale" | "empty" | "keep"} how */
  settle(how) {
    this.asking = null;
    const { raster } = this.painting;
    const { width, height } = this.picture ?? raster;
    this.painting.finish();
    this._carried = how !== "empty" && this.changed;
    if (how !== "keep") this._replace(how === "scale" ? scaled(raster, width, height) : new Raster(width, height));
    this.render();
    this.board?.canvas.focus();
  }

  /** Run up to the picture that lies beneath, and show it. */
  async fetchPicture() {
    const port = this.about.target.beneath?.port ?? null;
    if (port === null) return;
    this._wait("Making the picture…");
    try {
      this.picture = await made(this.app, this.about.tab, port, this._over.signal);
      if (this.board) this.board.picture = this.picture;
      if (!this.changed && this.start === null) this._replace(new Raster(this.picture.width, this.picture.height));
      else if (this._misfits()) this._ask();
      this._wait(null);
      if (!this.painting.drawing) this.board?.fit(); // else the mask would move away under the brush
    } catch (error) {
      this._wait(null, `No picture: ${errorWords(error)}`);
    }
  }

  /** Begin with the mask that the workflow makes now. */
  async fetchMask() {
    const port = this.about.target.start?.source.port ?? null;
    if (port === null) return;
    this._wait("Making the mask…");
    try {
      const mask = fromPixels(pixelsOf(await made(this.app, this.about.tab, port, this._over.signal)), "brightness");
      const { width, height } = this.painting.raster;
      if (this.changed) this.board?.refresh(this.painting.become(scaled(mask, width, height)));
      else this._replace((this.start = mask));
      if (this._misfits()) this.asking = "size";
      this._wait(null);
    } catch (error) {
      this._wait(null, `No mask: ${errorWords(error)}`);
    }
  }

  /** Keep the mask: a file among the assets, and one step of the document's history. */
  async apply() {
    if (this.waiting !== null || this.asking === "size") return;
    const { at, tab, level, target } = this.about;
    this._wait("Keeping the mask…");
    try {
      const asset = await this.app.api.upload(await fileOf(this.painting.raster), "mask.png");
      let id = "";
      const shown = tab.levelName.peek() === level ? [...tab.level.peek().nodes.keys()] : [];
      const rects = shown.map((other) => rectOf(this.app, other));
      tab.edit("Paint a mask", (draft) => {
        id = putMask(draft, level, at.node, target, asset, this.app.catalogue.peek(), rects);
      });
      if (tab.levelName.peek() === level && tab.level.peek().nodes.has(id)) tab.selection.value = new Set([id]);
      this.app.say(`The mask covers ${Math.round(100 * this.painting.raster.share)} % of the picture`);
      this.dialog.close();
    } catch (error) {
      this._wait(null, `Not kept: ${errorWords(error)}`);
    }
  }

  /** Go back without keeping anything; asked first where something was painted. */
  leave() {
    if (this.painting.drawing) return this.did(this.painting.cancel());
    if (!this.changed) return this.dialog.close();
    this.asking = this.asking === "leave" ? null : "leave";
    this.render();
    /** @type {HTMLElement | null} */ (this.dialog.querySelector(".painter-question button"))?.focus();
  }

  /** What to do with the mask, now that its picture has another size; a stroke ends as far as it came. */
  _ask() {
    this.board?.refresh(this.painting.finish());
    this.asking = "size";
  }

  _misfits() {
    const { raster } = this.painting;
    const { picture } = this;
    return picture !== null && (picture.width !== raster.width || picture.height !== raster.height);
  }

  /** Another mask, with a history of its own; the brush stays as large beside the picture. @param {Raster} raster */
  _replace(raster) {
    const { choices: before, raster: old } = this.painting;
    const size = Math.round((before.size * Math.min(raster.width, raster.height)) / Math.min(old.width, old.height));
    const choices = { ...before, size: Math.max(1, Math.min(LARGEST, size)) };
    this.board?.close();
    this._hands?.end();
    this.painting = new Painting(raster);
    this.painting.choices = choices;
    if (this.board === undefined) return;
    this.board = new Board(this.board.canvas, this.painting);
    this.board.picture = this.picture;
    this.board.fit();
    this._hands = new Hands(this.board, () => this.render());
  }

  /** @param {string | null} words @param {string} [then] */
  _wait(words, then = "") {
    if (this._over.signal.aborted) return;
    this.waiting = words;
    this.words = then;
    this.render();
  }

  /** @param {KeyboardEvent} event */
  _key(event) {
    const does = keyOf(event);
    event.stopPropagation(); // the page's keys are not meant while this is open
    if (does === null || event.key === "Escape") return;
    event.preventDefault();
    does(this);
  }

  _closed() {
    this._over.abort();
    this.board?.close();
    this._hands?.end();
    this.dialog.remove();
    this.app.view?.stage.root.focus({ preventScroll: true });
  }
}

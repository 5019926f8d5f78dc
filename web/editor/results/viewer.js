/**
 * A picture over the whole page: near, far, its pixels' values, what was changed to make it; or two, held against each other.
 *
 * @typedef {import("../session/app.js").App} App
 * @typedef {import("./picture.js").Picture} Picture
 * @typedef {import("./pixels.js").Pixels} Pixels
 * @typedef {import("./plate.js").Mode} Mode
 */

import { html, nothing, render } from "../vendor/lit-html/lit-html.js";
import { computed, effect, signal } from "../vendor/signals-core/signals-core.mjs";
import { errorWords } from "../model/errors.js";
import { openMenu } from "../palette/menu.js";
import { styled } from "../palette/styles.js";
import { deeds } from "./deeds.js";
import { BACK, CLOSE, FORWARD, MORE } from "./icons.js";
import { difference, loadPixels, sized } from "./pixels.js";
import { Plate } from "./plate.js";
import { facts, readout } from "./viewerfacts.js";
import { nameOf, namesOf } from "./words.js";

const BLINK = 700; // milliseconds a picture
const CLOSER = 1.5;
/** @type {readonly {mode: Mode, title: string}[]} */
const MODES = Object.freeze([
  { mode: "one", title: "One" },
  { mode: "slider", title: "Slider" },
  { mode: "difference", title: "Difference" },
  { mode: "blink", title: "Blink" },
]);

/** The view that is open. @type {Viewer | null} */
let open = null;

class Viewer {
  place = signal(0);
  /** The second picture's place. @type {import("../vendor/signals-core/signals-core.mjs").Signal<number | null>} */
  other = signal(null);
  mode = signal(/** @type {Mode} */ ("one"));
  gain = signal(1);
  split = signal(0.5);
  second = signal(false);
  /** Rises when lens or cursor moved. */
  looked = signal(0);
  pixels = signal(/** @type {readonly [Pixels | null, Pixels | null]} */ ([null, null]));
  fault = signal("");
  /** @type {(() => void)[]} */
  #stops = [];

  /** @param {App} app @param {readonly Picture[]} pictures */
  constructor(app, pictures) {
    this.app = app;
    this.pictures = pictures;
    this.scaled = computed(() => {
      const [a, b] = this.pixels.value;
      return a && b ? sized(b, a) : null;
    });
    this.apart = computed(() => {
      const [a] = this.pixels.value;
      return a && this.scaled.value && this.mode.value === "difference" ? difference(a, this.scaled.value, this.gain.value) : null;
    });
    this.dialog = document.createElement("dialog");
    this.dialog.className = "viewer";
    this.dialog.setAttribute("aria-label", "Picture");
  }

  /** @param {number} place @param {number | null} other */
  show(place, other) {
    render(
      html`<header class="viewer-head"></header>
        <div class="viewer-middle"><canvas class="plate" tabindex="0" role="img"></canvas><aside class="viewer-facts" aria-label="About the picture"></aside></div>
        <footer class="viewer-foot"></footer>`,
      this.dialog,
    );
    document.body.append(this.dialog);
    const part = (/** @type {string} */ name) => /** @type {HTMLElement} */ (this.dialog.querySelector(name));
    const canvas = /** @type {HTMLCanvasElement} */ (part(".plate"));
    this.plate = new Plate(canvas, { looked: () => (this.looked.value += 1), split: (at) => (this.split.value = at), next: (way) => this.step(way) });
    this.go(place);
    if (other !== null) this.compare(other);
    this.dialog.showModal();
    canvas.focus();
    this.dialog.addEventListener("close", () => this.#end());
    this.dialog.addEventListener("keydown", (event) => this.#key(event));
    this.#stops = [
      effect(() => void render(head(this), part(".viewer-head"))),
      effect(() => void render(facts(this), part(".viewer-facts"))),
      effect(() => void render(foot(this), part(".viewer-foot"))),
      effect(() => this.#load(this.place.value, this.other.value)),
      effect(() => this.#paint(canvas)),
      effect(() => this.#blink()),
    ];
  }

  get picture() {
    return /** @type {Picture} */ (this.pictures[this.place.value]);
  }

  /** @returns {Picture | null} */
  get against() {
    const { value } = this.other;
    return value === null ? null : (this.pictures[value] ?? null);
  }

  /** @param {number} place */
  go(place) {
    if (place >= 0 && place < this.pictures.length) this.place.value = place;
  }

  /** Another picture beside this one; null ends it. @param {number | null} other */
  compare(other) {
    if (other !== null && (other < 0 || other >= this.pictures.length || other === this.place.peek())) return;
    this.other.value = other;
    if (other === null) this.mode.value = "one";
    else if (this.mode.peek() === "one") this.mode.value = "slider";
  }

  /** To a neighbour; while two are compared, the second moves on. @param {1 | -1} way */
  step(way) {
    const other = this.other.peek();
    if (other === null) return this.go(this.place.peek() + way);
    const next = other + way === this.place.peek() ? other + 2 * way : other + way;
    this.compare(next);
  }

  swap() {
    const other = this.other.peek();
    if (other === null) return;
    const place = this.place.peek();
    this.other.value = null;
    this.place.value = other;
    this.other.value = place;
  }

  /** @param {number} place @param {number | null} other */
  #load(place, other) {
    const wanted = [this.pictures[place], other === null ? undefined : this.pictures[other]];
    const all = Promise.all(wanted.map((picture) => (picture ? loadPixels(picture.url) : null)));
    let over = false;
    this.fault.value = "";
    all.then(
      ([a = null, b = null]) => {
        if (!over) this.pixels.value = [a, b];
      },
      (error) => {
        if (!over) this.fault.value = errorWords(error);
      },
    );
    return () => (over = true);
  }

  /** @param {HTMLCanvasElement} canvas */
  #paint(canvas) {
    const [a] = this.pixels.value;
    const mode = this.mode.value;
    const split = this.split.value;
    this.plate?.show({ a, b: this.scaled.value, mode, split, second: this.second.value, apart: this.apart.value });
    const { picture, against } = this;
    canvas.setAttribute("aria-label", against ? `${namesOf(picture, against).join(", against ")}, ${mode}` : nameOf(picture));
  }

  #blink() {
    if (this.mode.value !== "blink" || matchMedia("(prefers-reduced-motion: reduce)").matches) return;
    const timer = setInterval(() => (this.second.value = !this.second.peek()), BLINK);
    return () => clearInterval(timer);
  }

  #end() {
    for (const stop of this.#stops) stop();
    this.plate?.dispose();
    this.dialog.remove();
    open = null;
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    event.stopPropagation();
    if (event.target instanceof HTMLInputElement && event.key.startsWith("Arrow")) return;
    const arrow = ARROWS[event.key];
    const plate = /** @type {Plate} */ (this.plate);
    const letter = event.ctrlKey || event.metaKey || event.altKey ? "" : event.key.toLowerCase();
    if (arrow && event.shiftKey) plate.step(...arrow);
    else if (arrow?.[0] === -1) this.step(-1);
    else if (arrow?.[0] === 1) this.step(1);
    else if (letter === "+" || letter === "=") plate.zoom(CLOSER);
    else if (letter === "-") plate.zoom(1 / CLOSER);
    else if (letter === "0") plate.fit();
    else if (letter === "1") plate.actual();
    else if (letter === "c") this.compare(this.other.peek() === null ? nextTo(this) : null);
    else if (letter === "x") this.swap();
    else if (letter === " " && event.target === plate.canvas) this.second.value = !this.second.peek();
    else return;
    event.preventDefault();
  }
}

/** @type {{readonly [key: string]: readonly [number, number] | undefined}} */
const ARROWS = Object.freeze({ ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] });

/**
 * The picture before this one in time, which follows it in the list: what the same output of the document gave, else any. Of the
 * oldest, the one after.
 *
 * @param {Viewer} viewer
 */
function nextTo(viewer) {
  const place = viewer.place.peek();
  const { document: made, output } = viewer.picture;
  const same = viewer.pictures.findIndex((each, at) => at > place && made !== undefined && each.document === made && each.output === output);
  if (same > 0) return same;
  return place + 1 < viewer.pictures.length ? place + 1 : place - 1;
}

/** @param {Viewer} viewer */
function head(viewer) {
  const { picture, against } = viewer;
  const names = against ? namesOf(picture, against) : [nameOf(picture)];
  const shown = viewer.mode.value === "blink" ? names[viewer.second.value ? 1 : 0] : names.join("  |  ");
  return html`<h2 title=${names.join("  |  ")}>${shown}</h2>
    ${against ? modes(viewer) : nothing}
    ${
      viewer.pictures.length < 2
        ? nothing
        : html`<button type="button" class="quiet viewer-compare" aria-pressed=${against ? "true" : "false"} title=${against ? "Back to one picture (C)" : "Hold it against the one before (C)"}
            @click=${() => viewer.compare(against ? null : nextTo(viewer))}>Compare</button>`
    }
    <button type="button" class="round" aria-label="What can be done with the picture" aria-haspopup="menu" title="More" @click=${(/** @type {Event} */ event) => menu(viewer, event)}>${MORE}</button>
    <button type="button" class="round" aria-label="Close the picture" title="Close (Esc)" @click=${() => viewer.dialog.close()}>${CLOSE}</button>`;
}

/** @param {Viewer} viewer */
function modes(viewer) {
  const chosen = viewer.mode.value;
  return html`<div class="segments" role="group" aria-label="How the two are shown">
    ${MODES.filter(({ mode }) => mode !== "one").map(
      ({ mode, title }) => html`<button type="button" aria-pressed=${mode === chosen ? "true" : "false"} @click=${() => (viewer.mode.value = mode)}>${title}</button>`,
    )}
  </div>`;
}

/** @param {Viewer} viewer @param {Event} event */
function menu(viewer, event) {
  const { left, bottom } = /** @type {HTMLElement} */ (event.currentTarget).getBoundingClientRect();
  const items = deeds(viewer.app, viewer.picture, () => viewer.dialog.close());
  openMenu(items, { x: left - 160, y: bottom + 6 }, "What can be done with the picture");
}

/** @param {Viewer} viewer */
function foot(viewer) {
  void viewer.looked.value;
  const { plate, mode, against } = viewer;
  if (!plate) return nothing;
  const step = against ? "second picture" : "picture";
  return html`<div class="viewer-steps" ?hidden=${viewer.pictures.length < 2}>
      <button type="button" class="round" aria-label="Newer ${step}" title="Newer ${step} (←)" @click=${() => viewer.step(-1)}>${BACK}</button>
      <button type="button" class="round" aria-label="Older ${step}" title="Older ${step} (→)" @click=${() => viewer.step(1)}>${FORWARD}</button>
    </div>
    <output class="viewer-pixel">${viewer.fault.value || readout(viewer)}</output>
    ${mode.value === "slider" ? slider("Split", viewer.split.value, 0, 1, 0.01, (value) => (viewer.split.value = value)) : nothing}
    ${mode.value === "difference" ? slider(`Brighter × ${viewer.gain.value}`, viewer.gain.value, 1, 32, 1, (value) => (viewer.gain.value = value)) : nothing}
    <div class="viewer-zoom" role="group" aria-label="Zoom">
      <button type="button" class="round" aria-label="Zoom out" title="Zoom out (−)" @click=${() => plate.zoom(1 / CLOSER)}>−</button>
      <button type="button" class="percent" aria-label="${Math.round(plate.lens.zoom * 100)} %, zoom to 100 %" title="Zoom to 100 % (1)" @click=${() => plate.actual()}>${Math.round(plate.lens.zoom * 100)} %</button>
      <button type="button" class="round" aria-label="Zoom in" title="Zoom in (+)" @click=${() => plate.zoom(CLOSER)}>+</button>
      <button type="button" class="round" aria-label="Fit into the window" title="Fit into the window (0)" @click=${() => plate.fit()}>⤢</button>
    </div>`;
}

/** @param {string} title @param {number} value @param {number} min @param {number} max @param {number} step @param {(value: number) => void} change */
function slider(title, value, min, max, step, change) {
  return html`<label class="viewer-slider"><span>${title}</span><input type="range" min=${min} max=${max} step=${step} .value=${String(value)}
    @input=${(/** @type {Event} */ event) => change(Number(/** @type {HTMLInputElement} */ (event.currentTarget).value))} /></label>`;
}

/** @typedef {Viewer} ViewerState */

/**
 * @param {App} app
 * @param {readonly Picture[]} pictures  those that can be stepped to, the newest first
 * @param {number} place  of the one to show
 * @param {number | null} [other]  of one to hold against it
 */
export async function openViewer(app, pictures, place, other = null) {
  if (pictures[place] === undefined) return;
  await styled("viewer.css");
  open?.dialog.close();
  open = new Viewer(app, pictures);
  open.show(place, other);
}

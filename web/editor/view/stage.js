/**
 * The stage: what is on the screen, kept up with the document by one animation frame at a time.
 *
 * Whoever changes something only says that it is out of date (`ask`); one frame later everything is brought up at once, and
 * when nothing is out of date no frame is asked for. The canvas is larger than the stage by a margin on all sides, so that
 * panning mostly shifts a picture that is already painted.
 */

import { effect, signal } from "../vendor/signals-core/signals-core.mjs";
import { toScreen, toWorld } from "./camera.js";
import { counters } from "./counters.js";
import { Frames } from "./frames.js";
import { DrawnLevel } from "./model.js";
import { Mounts } from "./mounts.js";
import { NodeViews } from "./nodeviews.js";
import { Navigation } from "./navigation.js";
import { Surface, ahead, moving, onPixels } from "./surface.js";
import { themeOf } from "./theme.js";

/** @typedef {import("../session/app.js").App} App */
/** @typedef {import("../session/tab.js").Tab} Tab */
/** @typedef {import("./camera.js").Camera} Camera */
/** @typedef {import("./camera.js").Point} Point */

const RESTS_AFTER = 120;
/** Detail of what is painted for some frames in the middle of a movement, which must not take longer than they do. */
const ROUGH = 0.5;
/** @type {ReadonlySet<string>} */
const NONE = new Set();

export class Stage {
  /** @type {DrawnLevel | null} */ drawn = null;
  size = { width: 0, height: 0 };
  hovered = -1;
  hidden = -1;
  onlySelected = false;
  /** @type {Set<(stage: Stage) => void>} */ followers = new Set();
  /** @type {Point} */ pointer = { x: 0, y: 0 };
  pointerInside = false;
  /** @type {ReadonlySet<string>} */ selection = new Set();
  /** What is being dragged; it comes with what hands do. @type {import("./floating.js").Floating | null} */ floating = null;
  /** What a profile tints nodes by; null is nothing. */
  tints = signal(/** @type {import("./tints.js").Tints | null} */ (null));

  #frame = 0;
  #document = true;
  #canvas = true;
  /** @type {Set<string>} */ #touched = new Set();
  #all = false;
  #redraw = false;
  #resting = 0;
  #sharpAt = 0;
  /** Of the frame before. */
  #zoom = 1;
  /** How the zoom is moving: by which factor when it last did; 1 where it rests. */
  #turn = 1;

  /** @param {App} app @param {HTMLElement} root */
  constructor(app, root) {
    this.app = app;
    this.root = root;
    this.frames = new Frames(this, part(root, "frames-layer"));
    this.surface = new Surface(/** @type {HTMLCanvasElement} */ (part(root, "wires", "canvas")));
    this.layer = part(root, "nodes-layer");
    this.overlay = part(root, "overlay");
    this.views = new NodeViews(app);
    this.mounts = new Mounts(this.layer, this.views);
    this.theme = themeOf(root);
    this.go = new Navigation(this);
    this.#watch();
    new MutationObserver(() => this.askTheme()).observe(document.documentElement, { attributeFilter: ["data-theme"] });
    new ResizeObserver(() => this.resized()).observe(root);
    this.resized();
  }

  get tab() {
    return this.app.active.peek();
  }

  get camera() {
    return this.tab.camera.peek();
  }

  #watch() {
    const { app } = this;
    effect(() => {
      const tab = app.active.value;
      void [tab.document.value, tab.prefix.value, app.catalogue.value];
      this.askDocument();
    });
    effect(() => {
      void [app.models.value, app.inputs.value];
      this.#redraw = true;
      this.ask();
    });
    effect(() => {
      void app.active.value.camera.value;
      this.ask();
    });
    effect(() => {
      void app.active.value.selection.value;
      this.askPaint();
    });
    effect(() => {
      const tab = app.active.value;
      void [tab.plan.value, tab.faults.value, tab.notices.value, this.tints.value];
      this.#all = true;
      this.ask();
    });
    effect(() => {
      for (const address of app.active.value.runTouched.value) this.#touched.add(address);
      this.ask();
    });
    effect(() => {
      if (this.views.changed.value > 0) for (const address of this.drawn?.viewed() ?? []) this.#touched.add(address);
      this.ask();
    });
  }

  ask() {
    if (!this.#frame) this.#frame = requestAnimationFrame(() => this.#bringUp());
  }

  askPaint() {
    this.#canvas = true;
    this.ask();
  }

  askDocument() {
    this.#document = true;
    this.ask();
  }

  /** The theme's variables have changed. */
  askTheme() {
    this.theme = themeOf(this.root);
    this.askDocument();
  }

  /** Bring all up now, for who needs geometry of what was just edited. */
  flush() {
    if (this.#frame) cancelAnimationFrame(this.#frame);
    this.#bringUp();
  }

  #bringUp() {
    this.#frame = 0;
    if (!this.size.width) return;
    counters.frames += 1;
    if (this.#document) this.#syncDocument();
    this.#syncStates();
    this.#syncSelection();
    if (this.#redraw) for (const id of this.mounts.ids) this.mounts.draw(/** @type {DrawnLevel} */ (this.drawn), id);
    this.#redraw = false;
    this.#moveCamera();
    if (this.camera.zoom !== this.#zoom) this.#turn = this.camera.zoom / this.#zoom;
    const waiting = this.#mount();
    if (this.#canvas) this.#paint();
    this.floating?.follow();
    this.#zoom = this.camera.zoom;
    for (const follow of this.followers) follow(this);
    if (waiting) this.ask();
  }

  /**
   * Elements for what came near; true when some still wait. Those that are away go when the canvas, which then shows them, is
   * painted anyway; one that came needs no painting, since it hides what stands under it.
   */
  #mount() {
    const before = counters.unmounts;
    const hurry = moving(this.#turn) ? "moving" : "resting";
    const drawn = /** @type {DrawnLevel} */ (this.drawn);
    const waiting = this.mounts.update(drawn, this.camera, this.size, hurry, this.#canvas);
    if (before !== counters.unmounts) this.#canvas = true;
    return waiting;
  }

  #syncDocument() {
    this.#document = false;
    const { tab } = this;
    if (!this.drawn?.isOf(tab, this.theme)) {
      this.mounts.clear();
      this.drawn = new DrawnLevel(this.app, tab, this.theme, this.views, this.tints);
    }
    const first = this.drawn.catalogue === null;
    const { changed, moved } = this.drawn.sync();
    if (first && !tab.hasCamera) this.go.firstLook();
    for (const id of changed) this.mounts.draw(this.drawn, id);
    for (const id of moved) this.#move(id);
    this.frames.draw();
    if (!changed.size && this.floating?.holds(moved)) this.floating.stale = true;
    else this.#canvas = true;
  }

  /** @param {string} id */
  #move(id) {
    const element = this.mounts.elements.get(id);
    const drawn = /** @type {DrawnLevel} */ (this.drawn);
    const place = drawn.geometry.places.get(id);
    if (element && place !== undefined) this.mounts.place(drawn, place, element);
  }

  #syncStates() {
    const drawn = /** @type {DrawnLevel} */ (this.drawn);
    if (!this.#all && !this.#touched.size) return;
    const { prefix } = drawn;
    // A view that came says nothing in its node's state: what was touched is drawn anew whatever else has changed.
    const touched = [...this.#touched]
      .filter((address) => address.startsWith(prefix))
      .map((address) => address.slice(prefix.length));
    const ids = this.#all ? drawn.changedStates() : [];
    this.#all = false;
    this.#touched.clear();
    for (const id of drawn.refresh(new Set([...ids, ...touched]))) {
      this.mounts.draw(drawn, id);
      this.#canvas = true;
    }
  }

  #syncSelection() {
    const now = this.tab.selection.peek();
    if (now === this.selection) return;
    this.mounts.select(this.selection, now);
    this.selection = now;
    this.frames.draw();
  }

  #moveCamera() {
    const { x, y, zoom } = this.camera;
    const transform = `translate(${onPixels(-x * zoom)}px, ${onPixels(-y * zoom)}px) scale(${zoom})`;
    this.layer.style.transform = transform;
    this.frames.layer.style.transform = transform;
    if (zoom !== this.#sharpAt) this.#rest();
    if (!this.#canvas && !this.surface.shift(this.camera, this.size)) this.#canvas = true;
  }

  /** When a zoom has come to rest, all is drawn at its own size: the canvas anew, and the elements, which were scaled. */
  #rest() {
    clearTimeout(this.#resting);
    this.#resting = setTimeout(() => {
      const { zoom } = this.camera;
      this.#sharpAt = zoom;
      this.#turn = 1;
      if (this.surface.rough || this.surface.painted?.zoom !== zoom) this.askPaint();
      this.layer.classList.add("sharpened");
      requestAnimationFrame(() => requestAnimationFrame(() => this.layer.classList.remove("sharpened")));
    }, RESTS_AFTER);
  }

  #paint() {
    this.#canvas = false;
    const drawing = this.drawing();
    if (moving(this.#turn)) {
      this.surface.paint(drawing, ahead(this.camera, this.#turn, this.size), this.size, ROUGH);
      if (this.surface.shift(this.camera, this.size)) return;
    }
    this.surface.paint(drawing, this.camera, this.size);
  }

  /** All that is painted but what floats. @returns {import("./surface.js").Drawing} */
  drawing() {
    const { geometry, faces, colours } = /** @type {DrawnLevel} */ (this.drawn);
    const { theme, hovered, hidden, onlySelected } = this;
    const selection = this.tab.selection.peek();
    const mounted = this.mounts.ids;
    const afloat = this.floating?.ids ?? NONE;
    return { theme, geometry, faces, colours, selection, mounted, onlySelected, hovered, hidden, afloat, floating: null };
  }

  resized() {
    const { clientWidth, clientHeight } = this.root;
    if (clientWidth === this.size.width && clientHeight === this.size.height) return;
    this.size = { width: clientWidth, height: clientHeight };
    this.surface.cover(this.size);
    this.flush();
  }

  get geometry() {
    return /** @type {DrawnLevel} */ (this.drawn).geometry;
  }

  /** What the edits ask about: catalogue, document and level that are shown. */
  get place() {
    const { app, tab } = this;
    return { catalogue: app.catalogue.peek(), document: tab.document.peek(), level: tab.levelName.peek() };
  }

  /** @param {string} id */
  rectOf = (id) => this.drawn?.geometry.rectOf(id) ?? { x: 0, y: 0, width: 0, height: 0 };

  /** @param {string} id */
  titleOf(id) {
    const place = this.geometry.places.get(id);
    return place === undefined ? id : (this.drawn?.faces[place]?.title ?? id);
  }

  /** @param {string} id */
  statusOf(id) {
    const place = this.geometry.places.get(id);
    return place === undefined ? undefined : this.drawn?.statuses[place];
  }

  /** The last pointer's place in the drawing; the middle of what is seen when it is not over the stage. */
  pointerInWorld() {
    const middle = { x: this.size.width / 2, y: this.size.height / 2 };
    return toWorld(this.camera, this.pointerInside ? this.pointer : middle);
  }

  /** @param {number} wire that lights up; -1 none */
  hover(wire) {
    if (wire === this.hovered) return;
    this.hovered = wire;
    this.askPaint();
  }

  /** @param {number} wire that is not painted; -1 none */
  hide(wire) {
    if (wire === this.hidden) return;
    this.hidden = wire;
    this.askPaint();
  }

  /** @param {{clientX: number, clientY: number}} event */
  world(event) {
    return toWorld(this.camera, this.screen(event));
  }

  /** @param {Point} world */
  toScreen(world) {
    return toScreen(this.camera, world);
  }

  /**
   * Screen point of an event, from the stage's corner.
   *
   * @param {{clientX: number, clientY: number}} event
   * @returns {Point}
   */
  screen(event) {
    const box = this.root.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  }
}

/** @param {HTMLElement} root @param {string} name @param {string} [tag] */
function part(root, name, tag = "div") {
  const element = document.createElement(tag);
  element.className = name;
  root.append(element);
  return element;
}

/**
 * Dragging nodes, notes and frames: what is selected moves together, as one step. A lone node that is dropped on a wire
 * which it
 * fits is inserted there, and its neighbours make room.
 */

import { DRAWN, drawnOf, frameMembers, patchDrawn } from "../model/edits/drawing.js";
import { insertOnWire, makeRoom } from "../model/edits/insert.js";
import { wiring } from "../model/links.js";
import { Interaction, choosing, follow, itemUnder, nodeUnder, onControl } from "./interaction.js";
import { fitsWire, placeOf } from "./reach.js";

/** @typedef {import("../model/draft.js").Draft} Draft */
/** @typedef {Map<string, {x: number, y: number}>} Places */

export class DragNodes extends Interaction {
  /** @override @param {AbortSignal} signal */
  listen(signal) {
    this.stage.root.addEventListener("pointerdown", (event) => this.#press(event), { signal });
  }

  /** @param {PointerEvent} event */
  #press(event) {
    const { stage } = this;
    if (event.button !== 0 || event.defaultPrevented || onControl(event)) return;
    const id = itemUnder(event) ?? nodeUnder(stage, event);
    if (id === null) return;
    this.claim(event);
    const { tab } = stage;
    const before = tab.selection.peek();
    const adding = event.shiftKey || event.ctrlKey || event.metaKey || choosing.has(stage);
    if (!before.has(id)) tab.selection.value = new Set(adding ? [...before, id] : [id]);
    stage.mounts.elements.get(id)?.focus({ preventScroll: true });
    this.#follow(event, id, adding, before);
  }

  /**
   * @param {PointerEvent} press
   * @param {string} id
   * @param {boolean} adding  a click takes it in, or out where it was in
   * @param {ReadonlySet<string>} before
   */
  #follow(press, id, adding, before) {
    const { stage } = this;
    const { tab } = stage;
    const from = stage.world(press);
    const places = this.#places();
    const loose = this.#loose(places);
    /** @type {ReturnType<import("../session/tab.js").Tab["gesture"]> | null} */
    let gesture = null;
    const level = tab.levelName.peek();
    let by = { x: 0, y: 0 };
    const end = () => {
      stage.root.classList.remove("dragging");
      stage.floating?.take([]);
    };
    follow(stage.root, press, {
      start: () => {
        stage.root.classList.add("dragging");
        stage.floating?.take([...places.keys()].filter((key) => !key.includes(":")));
        gesture = tab.gesture("Move");
      },
      move: (event) => {
        const to = stage.world(event);
        by = { x: Math.round(to.x - from.x), y: Math.round(to.y - from.y) };
        gesture?.update((draft) => move(draft, level, places, by));
        stage.hover(this.#wireUnder(loose, event));
      },
      drop: (event) => {
        end();
        const wire = this.#wireUnder(loose, event);
        stage.hover(-1);
        if (gesture && wire >= 0) this.#insert(gesture, places, by, wire);
        gesture?.commit();
      },
      cancel: () => {
        end();
        stage.hover(-1);
        gesture?.cancel();
      },
      click: () => {
        if (adding && before.has(id)) tab.selection.value = new Set([...before].filter((other) => other !== id));
        else if (!adding) tab.selection.value = new Set([id]);
      },
    });
  }

  /** Where all that moves is now: the selection, and what is in its frames. @returns {Places} */
  #places() {
    const { stage } = this;
    const level = stage.tab.level.peek();
    /** @type {Places} */
    const places = new Map();
    for (const id of stage.tab.selection.peek()) {
      const place = placeOf(stage, id);
      if (place) places.set(id, place);
      const frame = drawnOf(level, "frames").find((item) => `frame:${item.id}` === id);
      for (const member of frame ? frameMembers(level, frame, stage.rectOf) : []) {
        const inside = placeOf(stage, member);
        if (inside) places.set(member, inside);
      }
    }
    return places;
  }

  /** The node that is dragged, if it is one without a wire; a drag changes none. @param {Places} places @returns {string | null} */
  #loose(places) {
    const [id] = places.keys();
    if (places.size !== 1 || id.includes(":")) return null;
    const { incoming, outgoing } = wiring(this.stage.tab.level.peek());
    return incoming.get(id)?.length || outgoing.get(id)?.length ? null : id;
  }

  /** The wire into which a loose node would go; -1 without one. @param {string | null} loose @param {PointerEvent} event */
  #wireUnder(loose, event) {
    const { stage } = this;
    if (loose === null) return -1;
    const point = stage.world(event);
    const found = stage.geometry.wireAt(point.x, point.y, 14 / stage.camera.zoom);
    return found >= 0 && fitsWire(stage, loose, found) ? found : -1;
  }

  /**
   * @param {ReturnType<import("../session/tab.js").Tab["gesture"]>} gesture
   * @param {Places} places
   * @param {{x: number, y: number}} by
   * @param {number} wire
   */
  #insert(gesture, places, by, wire) {
    const { stage } = this;
    const { tab, app } = stage;
    const [id] = places.keys();
    const level = tab.levelName.peek();
    const link = stage.geometry.links[wire];
    gesture.update((draft) => {
      move(draft, level, places, by);
      insertOnWire(draft, level, id, link, app.catalogue.peek());
      makeRoom(draft, level, id, stage.rectOf);
    });
  }
}

/** @param {Draft} draft @param {string} level @param {Places} places @param {{x: number, y: number}} by */
function move(draft, level, places, by) {
  for (const [id, place] of places) {
    const to = { x: place.x + by.x, y: place.y + by.y };
    const drawn = DRAWN.find(({ prefix }) => id.startsWith(prefix));
    if (drawn) patchDrawn(draft, level, drawn.key, id.slice(drawn.prefix.length), to);
    else draft.level(level).place(id, to);
  }
}

/**
 * Dragging nodes, notes and frames: what is selected moves together, as one step. A lone node that is dropped on a wire
 * which it
 * fits is inserted there, and its neighbours make room.
 */

import { DRAWN, drawnOf, frameMembers, patchDrawn } from "../model/edits/drawing.js";
import { insertOnWire, makeRoom } from "../model/edits/insert.js";
import { wiring } from "../model/links.js";
import { Interaction, follow, nodeUnder, onControl } from "./interaction.js";

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
    const adding = event.shiftKey || event.ctrlKey || event.metaKey;
    if (!before.has(id)) tab.selection.value = new Set(adding ? [...before, id] : [id]);
    stage.mounts.elements.get(id)?.focus({ preventScroll: true });
    this.#follow(event, id, adding && before.has(id), before);
  }

  /**
   * @param {PointerEvent} press
   * @param {string} id
   * @param {boolean} takesOut
   * @param {ReadonlySet<string>} before
   */
  #follow(press, id, takesOut, before) {
    const { stage } = this;
    const { tab } = stage;
    const from = stage.world(press);
    const places = this.#places();
    /** @type {ReturnType<import("../session/tab.js").Tab["gesture"]> | null} */
    let gesture = null;
    const level = tab.levelName.peek();
    let by = { x: 0, y: 0 };
    const end = () => {
      stage.root.classList.remove("dragging");
      stage.float([]);
    };
    follow(stage.root, press, {
      start: () => {
        stage.root.classList.add("dragging");
        stage.float([...places.keys()].filter((key) => !key.includes(":")));
        gesture = tab.gesture("Move");
      },
      move: (event) => {
        const to = stage.world(event);
        by = { x: Math.round(to.x - from.x), y: Math.round(to.y - from.y) };
        gesture?.update((draft) => move(draft, level, places, by));
        stage.hover(this.#wireUnder(places, event));
      },
      drop: (event) => {
        end();
        const wire = this.#wireUnder(places, event);
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
        if (takesOut) tab.selection.value = new Set([...before].filter((other) => other !== id));
        else if (!press.shiftKey && !press.ctrlKey && !press.metaKey) tab.selection.value = new Set([id]);
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
      const place = stage.placeOf(id);
      if (place) places.set(id, place);
      const frame = drawnOf(level, "frames").find((item) => `frame:${item.id}` === id);
      for (const member of frame ? frameMembers(level, frame, stage.rectOf) : []) {
        const inside = stage.placeOf(member);
        if (inside) places.set(member, inside);
      }
    }
    return places;
  }

  /**
   * The wire into which the node that is dragged would go; -1 without one.
   *
   * @param {Places} places
   * @param {PointerEvent} event
   */
  #wireUnder(places, event) {
    const { stage } = this;
    const [id] = places.keys();
    if (places.size !== 1 || id.includes(":")) return -1;
    const { incoming, outgoing } = wiring(stage.tab.level.peek());
    if (incoming.get(id)?.length || outgoing.get(id)?.length) return -1;
    const point = stage.world(event);
    const found = stage.geometry.wireAt(point.x, point.y, 14 / stage.camera.zoom);
    return found >= 0 && stage.fitsWire(id, found) ? found : -1;
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

/** @param {PointerEvent} event @returns {string | null} */
function itemUnder(event) {
  const element = event.target instanceof Element ? event.target.closest("[data-item]") : null;
  return element instanceof HTMLElement ? (element.dataset.item ?? null) : null;
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

/**
 * Going places: fit, centre, go to a node, and the trail of jumps. What is gone to gets the focus, so that keyboard and
 * screen
 * reader are where the eye is.
 */

import { centred, fitted, seen } from "./camera.js";
import { joined } from "./geometry.js";
import { FAR_BELOW } from "./mounts.js";
import { itemsOf } from "./items.js";
import { Trail } from "./trail.js";

/** @typedef {import("./stage.js").Stage} Stage */

const READABLE = 0.6;

export class Navigation {
  /** @param {Stage} stage */
  constructor(stage) {
    this.stage = stage;
    this.trail = new Trail(() => stage.tab);
  }

  /** A level that is seen for the first time is seen whole. */
  firstLook() {
    const { tab, size } = this.stage;
    const box = this.#everything();
    tab.camera.value = box ? fitted(box, size) : tab.camera.peek();
  }

  #everything() {
    const { tab, geometry } = this.stage;
    let box = geometry.bounds();
    for (const item of itemsOf(tab.level.peek())) {
      box = joined(box, { left: item.x, top: item.y, right: item.x + item.width, bottom: item.y + item.height });
    }
    return box;
  }

  /** All, or some, into the window. @param {Iterable<string>} [ids] */
  fit(ids) {
    this.stage.resized(); // what covered the canvas may have made room just now
    this.stage.flush();
    const box = ids ? this.stage.geometry.bounds(ids) : this.#everything();
    if (box) this.trail.jump(fitted(box, this.stage.size));
  }

  /** A node into the middle, near enough to be read. @param {string} id */
  center(id) {
    const { geometry, camera, size } = this.stage;
    const rect = geometry.rectOf(id);
    if (!rect) return;
    const middle = { x: rect.x + rect.width / 2, y: rect.y + rect.height / 2 };
    this.trail.jump(centred(middle, size, Math.max(camera.zoom, READABLE)));
  }

  /** Select a node, bring it into view if it is not, and give it the focus. @param {string} id */
  to(id) {
    const { stage } = this;
    stage.flush();
    const rect = stage.geometry.rectOf(id);
    if (!rect) return;
    stage.tab.selection.value = new Set([id]);
    const box = seen(stage.camera, stage.size, -24);
    const inside =
      rect.x >= box.left && rect.y >= box.top && rect.x + rect.width <= box.right && rect.y + rect.height <= box.bottom;
    if (!inside || stage.camera.zoom < FAR_BELOW) this.center(id);
    this.focus(id);
  }

  /** @param {string} id of a node; its element is made if it has none */
  focus(id) {
    const { stage } = this;
    stage.flush();
    if (stage.drawn && stage.geometry.places.has(id) && !stage.mounts.elements.has(id))
      stage.mounts.mount(stage.drawn, id);
    (stage.mounts.elements.get(id) ?? stage.root).focus({ preventScroll: true });
  }

  /** The focus into a node's first field. @param {string} id */
  intoFields(id) {
    const field = this.stage.mounts.elements.get(id)?.querySelector(".field textarea, .field input, .field button");
    if (field instanceof HTMLElement) field.focus();
  }
}

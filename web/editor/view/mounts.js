/**
 * The elements of the nodes in view: made when a node comes near, dropped when it is well away, a few a frame.
 *
 * Nodes that wait for their element are drawn by the canvas meanwhile, so that nothing is ever missing and no frame is
 * long.
 */

import { render } from "../vendor/lit-html/lit-html.js";
import { USE } from "../model/document.js";
import { counters } from "./counters.js";
import { nodeTemplate } from "./node.js";
import { overlap, seen } from "./camera.js";
import { tintStyle } from "./tints.js";

/** @typedef {import("./model.js").DrawnLevel} DrawnLevel */
/** @typedef {import("./camera.js").Camera} Camera */
/** @typedef {import("./camera.js").Size} Size */

export const FAR_BELOW = 0.38;
const AWAY = 480;
/** Elements that are made in one frame, and how far out of view: while the zoom is moving, what stands at the edge may soon be away. */
const HURRY = { resting: { most: 6, near: 80 }, moving: { most: 1, near: -160 } };

export class Mounts {
  /** @type {Map<string, HTMLElement>} */ elements = new Map();
  /** @type {Set<string>} */ ids = new Set();

  /** @param {HTMLElement} layer @param {import("./nodeviews.js").NodeViews} views */
  constructor(layer, views) {
    this.layer = layer;
    this.views = views;
  }

  /**
   * Make and drop elements for what the camera sees; true when some are still waiting.
   * @param {DrawnLevel} drawn @param {Camera} camera @param {Size} size @param {keyof typeof HURRY} hurry
   * @param {boolean} dropping what is away may go; seen from afar all elements go, whatever is said here
   */
  update(drawn, camera, size, hurry, dropping) {
    const far = camera.zoom < FAR_BELOW;
    if (far || dropping) this.#drop(drawn, far ? null : seen(camera, size, AWAY));
    if (far) return false;
    let left = HURRY[hurry].most;
    for (const place of drawn.geometry.nodesIn(seen(camera, size, HURRY[hurry].near))) {
      const id = drawn.geometry.ids[place];
      if (this.elements.has(id)) continue;
      if (left === 0) return true;
      left -= 1;
      this.mount(drawn, id);
    }
    return false;
  }

  /** @param {DrawnLevel} drawn @param {import("./camera.js").Box | null} kept */
  #drop(drawn, kept) {
    for (const [id, element] of this.elements) {
      const rect = drawn.geometry.rectOf(id);
      const near =
        rect &&
        kept &&
        overlap(kept, { left: rect.x, top: rect.y, right: rect.x + rect.width, bottom: rect.y + rect.height });
      if (near || (rect && element.contains(document.activeElement))) continue;
      this.#unmount(id, element);
    }
  }

  /** @param {string} id @param {HTMLElement} element */
  #unmount(id, element) {
    counters.unmounts += 1;
    this.views.panels?.drop(id);
    element.remove();
    this.elements.delete(id);
    this.ids.delete(id);
  }

  clear() {
    for (const [id, element] of this.elements) this.#unmount(id, element);
  }

  /** @param {DrawnLevel} drawn @param {string} id */
  mount(drawn, id) {
    counters.mounts += 1;
    const element = document.createElement("article");
    element.dataset.id = id;
    element.tabIndex = -1;
    element.setAttribute("aria-labelledby", `title-${id}`);
    this.elements.set(id, element);
    this.ids.add(id);
    this.draw(drawn, id);
    this.layer.append(element);
  }

  /** Render a node that has an element. @param {DrawnLevel} drawn @param {string} id */
  draw(drawn, id) {
    const element = this.elements.get(id);
    const place = drawn.geometry.places.get(id);
    if (!element || place === undefined) return;
    counters.renders += 1;
    const { app, tab, prefix, name } = drawn;
    const node = drawn.nodes[place];
    const address = prefix + id;
    const ports = drawn.portsOf(id);
    const status = drawn.statuses[place];
    const shape = drawn.geometry.shapes[place];
    const run = tab.nodeRun(address).peek();
    this.#dress(element, drawn, place);
    const view = { app, tab, id, address, level: name, node, ports, shape, run, status, colour: drawn.colour };
    render(nodeTemplate(view, this.views.faultOf(ports)), element);
    if (ports.view !== null) this.views.panels?.draw(element, view);
  }

  /** @param {HTMLElement} element @param {DrawnLevel} drawn @param {number} place */
  #dress(element, drawn, place) {
    const node = drawn.nodes[place];
    const { tone, tint } = drawn.statuses[place];
    const chosen = drawn.tab.selection.peek().has(drawn.geometry.ids[place]);
    const known = drawn.portsOf(drawn.geometry.ids[place]).known;
    element.className = [
      "node",
      tone && `is-${tone}`,
      tint && (tint === "frozen" || tint === "rests" ? "is-icy" : "is-tinted"),
      node.mode && `is-${node.mode}`,
      node.ui.collapsed && "is-collapsed",
      typeof node.ui.color === "string" && "is-coloured",
      node.type.startsWith(USE) && "is-use",
      chosen && "selected",
      !known && "is-unknown",
    ]
      .filter(Boolean)
      .join(" ");
    element.style.setProperty("--own", drawn.faces[place].colour);
    element.style.setProperty("--tint", tintStyle(tint));
    this.place(drawn, place, element);
  }

  /** @param {DrawnLevel} drawn @param {number} place @param {HTMLElement} element */
  place({ geometry }, place, element) {
    counters.moves += 1;
    element.style.transform = `translate(${geometry.x[place]}px, ${geometry.y[place]}px)`;
    element.style.width = `${geometry.width[place]}px`;
    element.style.height = `${geometry.height[place]}px`;
  }

  /**
   * Elements that are dragged become layers of their own, which the browser only has to move. What is animated it moves
   * without putting all layers together anew, so there is an animation, which stands still and adds nothing.
   *
   * @param {Iterable<string>} ids @param {boolean} on
   */
  float(ids, on) {
    for (const id of ids) {
      const element = this.elements.get(id);
      element?.classList.toggle("afloat", on);
      if (on) element?.animate({ transform: ["none", "none"] }, { duration: 1, composite: "add" }).pause();
      else for (const still of element?.getAnimations() ?? []) still.cancel();
    }
  }

  /** @param {ReadonlySet<string>} before @param {ReadonlySet<string>} now */
  select(before, now) {
    for (const id of before) if (!now.has(id)) this.elements.get(id)?.classList.remove("selected");
    for (const id of now) if (!before.has(id)) this.elements.get(id)?.classList.add("selected");
  }
}

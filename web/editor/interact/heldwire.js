/**
 * A wire that a tap on a socket has taken up. It hangs there, however the drawing is moved, until the next tap: on a socket or on a
 * row, on a node's body (what fits there first), or on nothing, which puts a new wire down and takes off one that was there.
 *
 * @typedef {import("../view/stage.js").Stage} Stage
 * @typedef {import("../view/geometry.js").Socket} Socket
 * @typedef {Exclude<import("./wire.js").Started, {kind: "all"}>} Started
 */

import { effect } from "../vendor/signals-core/signals-core.mjs";
import { swallowClick } from "../palette/longpress.js";
import { DraftWire } from "../view/draftwire.js";
import { elementUnder, follow, nodeUnder, socketUnder } from "./interaction.js";

const STUB = 44;
/** What is asked, of a new wire and of one that was there, and the pixels that it takes. */
const NEW = { words: "Tap where it goes", room: 150 };
const THERE = { words: "Tap where it goes; on nothing takes it off", room: 280 };

export class HeldWire {
  waits = true;
  #over = new AbortController();

  /**
   * @param {Stage} stage
   * @param {Started} started
   * @param {string} colour
   * @param {{target: (event: PointerEvent, socket: Socket | null) => import("./wire.js").Target, join: (socket: Socket) => void,
   *   off: (link: import("../model/links.js").Link) => void}} does  `off` takes off the link that was there
   */
  constructor(stage, started, colour, does) {
    this.stage = stage;
    this.does = does;
    this.start =
      started.kind === "input"
        ? { node: started.to.node, side: /** @type {const} */ ("input"), name: started.to.input }
        : { node: started.from.node, side: /** @type {const} */ ("output"), name: started.from.output };
    this.link = started.kind === "output" ? started.detached : null;
    this.asks = this.link === null ? NEW : THERE;
    this.wire = new DraftWire(stage.overlay, colour);
    const { tab } = stage;
    const level = tab.levelName.peek();
    const stop = effect(() => {
      const same = stage.app.active.value === tab && tab.levelName.value === level;
      this.#show(same && tab.level.value.nodes.has(this.start.node) && tab.camera.value !== null);
    });
    this.#over.signal.addEventListener("abort", stop);
    window.addEventListener("keydown", (event) => this.#key(event), { signal: this.#over.signal, capture: true });
    stage.app.say(this.asks.words);
  }

  end() {
    if (!this.waits) return;
    this.waits = false;
    this.#over.abort();
    this.wire.remove();
    this.stage.hide(-1);
  }

  /** @param {boolean} there */
  #show(there) {
    const { stage, start, link } = this;
    const end = there ? stage.geometry.socket(start.node, start.side, start.name) : null;
    if (end === null) return void queueMicrotask(() => this.end());
    const fixed = stage.toScreen(end);
    const out = start.side === "output";
    const before = link && stage.geometry.socket(link.to.node, "input", link.to.input);
    const from = before ? stage.toScreen(before) : fixed;
    const loose = { x: from.x + (out && !before ? STUB : -STUB), y: from.y + STUB / 2 };
    stage.hide(link === null ? -1 : stage.geometry.links.indexOf(link));
    this.wire.show(out ? fixed : loose, out ? loose : fixed, out ? "to" : "from", stage.camera.zoom);
    const { words, room } = this.asks;
    this.wire.say(words, { x: Math.max(0, Math.min(loose.x, stage.size.width - room)), y: loose.y }, false);
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.key !== "Escape") return;
    event.preventDefault();
    event.stopPropagation();
    this.end();
  }

  /** A press that moves is about the drawing; one that doesn't is the tap. @param {PointerEvent} event */
  press(event) {
    if (event.button !== 0 || !event.isPrimary) return;
    const control = event.target instanceof Element && event.target.closest("input, textarea, button, [role=button]") !== null;
    if (control) event.preventDefault(); // it does not take the focus
    const nothing = () => {};
    follow(this.stage.root, event, { move: nothing, drop: nothing, cancel: nothing, click: () => this.#tap(event) });
  }

  /** @param {PointerEvent} event */
  #tap(event) {
    const { stage, start } = this;
    if (!this.waits) return;
    swallowClick();
    const socket = socketOfRow(stage, event) ?? socketUnder(stage, event);
    const { link } = this;
    const back = link && { node: link.to.node, side: "input", name: link.to.input };
    const again = socket !== null && [start, back].some((it) => socket.node === it?.node && socket.name === it.name && socket.side === it.side);
    const { socket: found, why } = again ? { socket: null, why: null } : this.does.target(event, socket);
    if (why !== null) return stage.app.say(why, "assertive");
    if (found !== null) this.does.join(found);
    else if (!again && nodeUnder(stage, event) !== null) return;
    const off = found === null && !again ? link : null;
    if (off) this.does.off(off);
    stage.app.say(found !== null ? "Connected" : off ? "Taken off" : "Put down");
    this.end();
  }
}

/** A row is its socket, all of it. @param {Stage} stage @param {PointerEvent} event @returns {Socket | null} */
function socketOfRow(stage, event) {
  const row = elementUnder(event)?.closest("[data-input], [data-output]") ?? null;
  const node = row?.closest("article")?.dataset.id;
  if (!(row instanceof HTMLElement) || node === undefined) return null;
  const { input, output } = row.dataset;
  if (input !== undefined) return stage.geometry.socket(node, "input", input);
  return output === undefined ? null : stage.geometry.socket(node, "output", output);
}

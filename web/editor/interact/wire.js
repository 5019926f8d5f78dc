/**
 * Wires by hand. A press near a socket starts one:
 *
 *     from an output              to an input: dropped on a socket, or on a body (its first free input that fits)
 *     from an input with a link   that link comes off; dropped on nothing it is gone
 *     from an input without       backwards to an output
 *     Shift, from an output       all its links move to another output
 *
 * What can't be is said at the pointer. Dropped on empty ground, a search opens of what fits. A finger or a pen also taps one
 * end and then the other.
 */

import { connect, disconnect, firstFit, firstFitOutput, moveLinks, whyNot } from "../model/edits/wires.js";
import { typeAt } from "../model/ports.js";
import { incoming, outgoing } from "../model/links.js";
import { DraftWire } from "../view/draftwire.js";
import { swallowClick } from "../palette/longpress.js";
import { HeldWire } from "./heldwire.js";
import { Interaction, choosing, follow, nodeUnder, socketUnder } from "./interaction.js";

/** @typedef {import("../view/geometry.js").Socket} Socket */
/** @typedef {import("../model/links.js").Link} Link */
/** @typedef {import("../model/shapes.js").OutputRef} OutputRef */
/** @typedef {{node: string, input: string}} InputPlace */
/**
 * @typedef {{kind: "output", from: OutputRef, detached: Link | null} | {kind: "input", to: InputPlace} | {kind: "all",
 *   from: OutputRef}} Started
 */
/**
 * @typedef {{socket: Socket | null, why: string | null}} Target  where it would end, or why it can't; both null over
 *   nothing
 */

export class Wires extends Interaction {
  /** @type {HeldWire | null} */ #held = null;
  /** Whether the last press was a wire's. */ #took = false;

  /** @override @param {AbortSignal} signal */
  listen(signal) {
    const { root } = this.stage;
    root.addEventListener("pointerdown", (event) => this.#press(event), { signal, capture: true });
    root.addEventListener("dblclick", (event) => this.#twice(event), { signal, capture: true });
  }

  /** @param {PointerEvent} event */
  #press(event) {
    this.#took = this.#held?.waits === true;
    if (this.#took) return this.#held?.press(event);
    if (event.button !== 0 || event.defaultPrevented || choosing.has(this.stage)) return;
    const socket = socketUnder(this.stage, event);
    if (!socket) return;
    this.#took = true;
    this.claim(event);
    if (event.pointerType === "touch") swallowClick(); // of a control that is near
    const started = this.#start(socket, event);
    if (started) this.#follow(event, started);
  }

  /** @param {Socket} socket @param {PointerEvent} event @returns {Started | null} */
  #start(socket, event) {
    const level = this.stage.tab.level.peek();
    if (socket.side === "output") {
      const from = { node: socket.node, output: socket.name };
      const any = (outgoing(level).get(socket.node) ?? []).some((link) => link.from.output === socket.name);
      return event.shiftKey && any ? { kind: "all", from } : { kind: "output", from, detached: null };
    }
    const links = (incoming(level).get(socket.node) ?? []).filter((link) => link.to.input === socket.name);
    const last = links.at(-1);
    if (last) return { kind: "output", from: last.from, detached: last };
    return { kind: "input", to: { node: socket.node, input: socket.name } };
  }

  /** @param {PointerEvent} press @param {Started} started */
  #follow(press, started) {
    const { stage } = this;
    /** @type {DraftWire | null} */
    let wire = null;
    const end = () => {
      wire?.remove();
      stage.hide(-1);
      stage.root.classList.remove("wiring");
    };
    follow(stage.root, press, {
      start: () => {
        wire = new DraftWire(stage.overlay, stage.drawn?.colour(this.#typeOf(started)) ?? "");
        stage.root.classList.add("wiring");
        if (started.kind === "output" && started.detached) stage.hide(stage.geometry.links.indexOf(started.detached));
      },
      move: (event) => this.#show(/** @type {DraftWire} */ (wire), started, event),
      drop: (event) => this.#drop(started, event, end),
      cancel: end,
      click: () => press.pointerType !== "mouse" && this.#hold(started),
    });
  }

  /** A tap takes a wire up; the next one says where it goes. @param {Started} started */
  #hold(started) {
    if (started.kind === "all") return;
    this.#held = new HeldWire(this.stage, started, this.stage.drawn?.colour(this.#typeOf(started)) ?? "", {
      target: (event, socket) => this.#target(started, event, socket),
      join: (socket) => this.#join(started, socket),
      off: (link) => this.#detach(link),
    });
  }

  /** @param {Started} started */
  #typeOf(started) {
    const { app, tab } = this.stage;
    const level = tab.levelName.peek();
    if (started.kind !== "input") return typeAt(app.catalogue.peek(), tab.document.peek(), level, started.from);
    return this.stage.drawn?.portsOf(started.to.node).inputs.get(started.to.input)?.type ?? "*";
  }

  /** @param {DraftWire} wire @param {Started} started @param {PointerEvent} event */
  #show(wire, started, event) {
    const { stage } = this;
    const pointer = stage.screen(event);
    const target = this.#target(started, event);
    const loose = target.socket ? stage.toScreen(target.socket) : pointer;
    const { zoom } = stage.camera;
    if (started.kind === "input") {
      const fixed = stage.geometry.socket(started.to.node, "input", started.to.input) ?? { x: 0, y: 0 };
      wire.show(loose, stage.toScreen(fixed), "from", zoom);
    } else {
      const fixed = stage.geometry.socket(started.from.node, "output", started.from.output) ?? { x: 0, y: 0 };
      wire.show(stage.toScreen(fixed), loose, "to", zoom);
    }
    wire.say(
      target.why ?? (target.socket ? `${target.socket.name.replaceAll("_", " ")}` : null),
      pointer,
      target.why !== null,
    );
  }

  /** @param {Started} started @param {PointerEvent} event @returns {Target} */
  #target(started, event, socket = socketUnder(this.stage, event)) {
    const body = socket ? null : nodeUnder(this.stage, event);
    if (started.kind === "all") return this.#targetOfAll(started.from, socket);
    if (started.kind === "output") return this.#inputTarget(started, socket, body);
    return this.#outputTarget(started.to, socket, body);
  }

  /**
   * @param {{from: OutputRef, detached: Link | null}} started
   * @param {Socket | null} socket
   * @param {string | null} body
   * @returns {Target}
   */
  #inputTarget({ from, detached }, socket, body) {
    const { geometry, place } = this.stage;
    if (socket?.side === "input") {
      const back = detached?.to.node === socket.node && detached.to.input === socket.name;
      const why = back ? null : whyNot(place, from, inputRef(socket));
      return { socket: why ? null : socket, why };
    }
    const node = body ?? socket?.node ?? null;
    if (node === null || (node === from.node && !detached)) return { socket: null, why: null };
    const input = firstFit(place, from, node);
    if (input !== null) return { socket: geometry.socket(node, "input", input), why: null };
    return { socket: null, why: node === from.node ? null : `${this.#title(node)} has no input for this` };
  }

  /** @param {InputPlace} to @param {Socket | null} socket @param {string | null} body @returns {Target} */
  #outputTarget(to, socket, body) {
    const { geometry, place } = this.stage;
    if (socket?.side === "output") {
      const why = whyNot(place, { node: socket.node, output: socket.name }, { ...to, index: null });
      return { socket: why ? null : socket, why };
    }
    const node = body ?? socket?.node ?? null;
    if (node === null || node === to.node) return { socket: null, why: null };
    const output = firstFitOutput(place, { ...to, index: null }, node);
    if (output !== null) return { socket: geometry.socket(node, "output", output), why: null };
    return { socket: null, why: `${this.#title(node)} gives nothing that fits here` };
  }

  /** @param {OutputRef} from @param {Socket | null} socket @returns {Target} */
  #targetOfAll(from, socket) {
    if (!socket) return { socket: null, why: null };
    if (socket.side === "input") return { socket: null, why: "all links of an output move to another output" };
    const { tab, place } = this.stage;
    const links = (outgoing(tab.level.peek()).get(from.node) ?? []).filter((link) => link.from.output === from.output);
    for (const { to } of links) {
      const why = whyNot(place, { node: socket.node, output: socket.name }, to);
      if (why) return { socket: null, why };
    }
    return { socket, why: null };
  }

  /** @param {string} id */
  #title(id) {
    const place = this.stage.geometry.places.get(id);
    return place === undefined ? id : (this.stage.drawn?.faces[place].title ?? id);
  }

  /** @param {Started} started @param {PointerEvent} event @param {() => void} end */
  #drop(started, event, end) {
    const { socket, why } = this.#target(started, event);
    const { app } = this.stage;
    if (why) {
      app.say(why, "assertive");
      return end();
    }
    if (socket) {
      this.#join(started, socket);
      return end();
    }
    if (nodeUnder(this.stage, event) !== null) return end();
    if (started.kind === "output" && started.detached) {
      this.#detach(started.detached);
      return end();
    }
    if (started.kind === "all") return end();
    app.view?.openSearch({ at: this.stage.world(event), from: started, left: end });
  }

  /** @param {Started} started @param {Socket} socket */
  #join(started, socket) {
    const { app, tab } = this.stage;
    const level = tab.levelName.peek();
    const catalogue = app.catalogue.peek();
    if (started.kind === "all") {
      const to = { node: socket.node, output: socket.name };
      return tab.edit("Move all links", (draft) => moveLinks(draft, level, started.from, to, catalogue));
    }
    const from = started.kind === "output" ? started.from : { node: socket.node, output: socket.name };
    const to = started.kind === "output" ? inputRef(socket) : { ...started.to, index: null };
    const detached = started.kind === "output" ? started.detached : null;
    if (detached?.to.node === to.node && detached.to.input === to.input) return;
    tab.edit("Connect", (draft) => {
      if (detached) disconnect(draft, level, detached.to);
      connect(draft, level, from, to, catalogue);
    });
  }

  /** @param {Link} link */
  #detach(link) {
    const { tab } = this.stage;
    const level = tab.levelName.peek();
    tab.edit("Disconnect", (draft) => disconnect(draft, level, link.to));
  }

  /** A double click on a wire puts a reroute into it; one on a socket is nobody else's. @param {MouseEvent} event */
  #twice(event) {
    const { stage } = this;
    if (this.#took) return event.stopPropagation();
    const point = stage.world(event);
    if (nodeUnder(stage, event) !== null) return;
    const wire = stage.geometry.wireAt(point.x, point.y, 8 / stage.camera.zoom);
    if (wire < 0) return;
    event.preventDefault();
    event.stopPropagation();
    stage.app.commands.run("wire.reroute", { link: stage.geometry.links[wire], at: point });
  }
}

/** @param {Socket} socket */
function inputRef(socket) {
  return { node: socket.node, input: socket.name, index: null };
}

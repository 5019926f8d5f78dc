/**
 * How RewardOptimize shows its work: a curve a reward, how noise-like the noise is, the pictures on the way, and what can be
 * done: stop, go on, rank anew.
 */

import { Album } from "./optimize/album.js";
import { lookedAt, panel, sceneOf, warnings } from "./optimize/panel.js";
import { EMPTY, NARROW, roomOf } from "./optimize/room.js";
import { bestBy } from "./optimize/trace.js";
import { STYLE } from "./optimize/style.js";

/** @typedef {import("./optimize/panel.js").Held} Held */

const WIDE = 420;
const PHONE = 336; // in a window of 360
const FINGERS = matchMedia("(pointer: coarse)");
const SMALL = matchMedia("(max-width: 480px)");

/** @param {any} facts */
function height(facts) {
  const trace = facts.data;
  if (trace === null) return EMPTY;
  const best = bestBy(trace, new Map());
  const told = warnings(trace, lookedAt({ facts, trace, at: null, best }), best);
  const weighted = trace.terms.filter((/** @type {any} */ term) => !term.held_out).length;
  const lines = { weighted, plain: trace.terms.length - weighted + 1, warned: told.length };
  return roomOf(lines, { fingers: FINGERS.matches, narrow: facts.width <= NARROW });
}

/** @param {Map<string, any>} memory @returns {Held} */
function heldIn(memory) {
  const held = memory.get("held") ?? { album: new Album(), pinned: null, weights: new Map(), cut: 50, byRank: false, said: null };
  memory.set("held", held);
  return held;
}

/** A warning is read out once, as it comes up. @param {import("./optimize/panel.js").Scene} scene */
function tell(scene) {
  const [first] = warnings(scene.trace, lookedAt(scene), scene.best);
  const text = first?.text ?? null;
  if (text !== null && text !== scene.held.said && scene.facts.state === "running") scene.host.say(text);
  scene.held.said = text;
}

/** @param {HTMLElement} root @param {any} host */
function mount(root, host) {
  const held = heldIn(host.memory);
  /** @type {any} */
  let facts = null;
  host.style(STYLE);
  const change = (/** @type {Partial<Held>} */ fields) => draw(Object.assign(held, fields));
  const draw = (_ = held) => {
    if (facts.data !== null) return host.lit.render(panel(sceneOf(facts, held, host, change)), root);
    const cached = facts.state === "cached" ? "This came from the cache, which has its curves no more: run it with another seed to watch it." : null;
    const words = cached ?? "Its curves, its noise and its pictures come here as it runs.";
    host.lit.render(host.lit.html`<p class="muted">${words}</p>`, root);
  };
  held.album.changed = () => draw();
  return {
    /** @param {any} told */
    update(told) {
      facts = told;
      held.album.take(facts);
      if (facts.data !== null) tell(sceneOf(facts, held, host, change));
      draw();
    },
    unmount() {
      held.album.changed = () => {};
    },
  };
}

export default {
  get width() {
    return FINGERS.matches && SMALL.matches ? PHONE : WIDE;
  },
  height,
  mount,
};

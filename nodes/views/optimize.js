/**
 * How RewardOptimize shows its work: a curve a reward, how noise-like the noise is, the pictures on the way, and what can be
 * done: stop, go on, rank anew.
 */

import { Album } from "./optimize/album.js";
import { lookedAt, panel, sceneOf, warnings } from "./optimize/panel.js";
import { bestBy } from "./optimize/trace.js";
import { STYLE } from "./optimize/style.js";

/** @typedef {import("./optimize/panel.js").Held} Held */

const EMPTY = 62;
const FIXED = 20 + 118 + 26 + 24 + 30 + 40 + 176 + 24 + 90 + 46 + 56;
const A_ROW = 26;
const A_WARNING = 48;

/** @param {any} facts */
function height(facts) {
  const trace = facts.data;
  if (trace === null) return EMPTY;
  const best = bestBy(trace, new Map());
  const told = warnings(trace, lookedAt({ facts, trace, at: null, best }), best);
  return FIXED + A_ROW * (trace.terms.length + 1) + A_WARNING * told.length;
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
    const words = "Its curves, its noise and its pictures come here as it runs.";
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

export default { width: 420, height, mount };

/**
 * "Connect to…": wiring by keyboard. Lists every socket of the level that fits one of the node's own, nearest nodes
 * first.
 */

import { connect, whyNot } from "../model/edits/wires.js";
import { sorted } from "./commandsearch.js";
import { openPicker } from "./picker.js";

/** @typedef {import("../view/stage.js").Stage} Stage */
/**
 * @typedef {{from: import("../model/shapes.js").OutputRef, to: import("../model/links.js").InputRef, title: string,
 *   detail: string, away: number}} Possible
 */

/** @param {Stage} stage @param {string} id */
export function openConnectTo(stage, id) {
  const found = possible(stage, id).sort((a, b) => a.away - b.away);
  openPicker({
    label: "Connect to",
    placeholder: "Connect to…",
    entries: (query) =>
      sorted(
        found.map((one, i) => ({ id: String(i), title: one.title, detail: one.detail })),
        query,
      ),
    choose: (entry) => {
      const { from, to } = found[Number(entry.id)];
      const level = stage.tab.levelName.peek();
      stage.tab.edit("Connect", (draft) => connect(draft, level, from, to, stage.app.catalogue.peek()));
    },
    empty: () => "No socket here fits",
  });
}

/** @param {Stage} stage @param {string} id @returns {Possible[]} */
function possible(stage, id) {
  const others = stage.geometry.ids.filter((other) => other !== id);
  return others.flatMap((other) => [...between(stage, id, other, other), ...between(stage, other, id, other)]);
}

/**
 * The links that there can be from one node to another; `other` of the two is the one that is listed.
 *
 * @param {Stage} stage @param {string} source @param {string} target @param {string} other
 * @returns {Possible[]}
 */
function between(stage, source, target, other) {
  const drawn = /** @type {import("../view/model.js").DrawnLevel} */ (stage.drawn);
  const found = [];
  for (const output of drawn.portsOf(source).outputs.values()) {
    for (const input of drawn.portsOf(target).inputs.values()) {
      const from = { node: source, output: output.name };
      const to = { node: target, input: input.name, index: null };
      if (whyNot(stage.place, from, to) !== null) continue;
      const [socket, detail] =
        other === target ? [input, `from ${output.title}`] : [output, `into ${input.title}`];
      const title = `${stage.titleOf(other)} · ${socket.title}`;
      found.push({ from, to, title, detail, away: rank(stage, source, target, input.literal) });
    }
  }
  return found;
}

/**
 * Sockets that take only links come before fields, near nodes before far ones.
 *
 * @param {Stage} stage
 * @param {string} a
 * @param {string} b
 * @param {boolean} literal
 */
function rank(stage, a, b, literal) {
  const from = stage.rectOf(a);
  const to = stage.rectOf(b);
  return Math.hypot(from.x - to.x, from.y - to.y) + (literal ? 1e7 : 0);
}

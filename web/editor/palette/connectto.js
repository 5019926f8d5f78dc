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
  const found = [...outward(stage, id), ...inward(stage, id)].sort((a, b) => a.away - b.away);
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
function outward(stage, id) {
  const drawn = /** @type {import("../view/model.js").DrawnLevel} */ (stage.drawn);
  const found = [];
  for (const output of drawn.portsOf(id).outputs.values()) {
    for (const other of drawn.geometry.ids) {
      if (other === id) continue;
      for (const input of drawn.portsOf(other).inputs.values()) {
        const from = { node: id, output: output.name };
        const to = { node: other, input: input.name, index: null };
        if (whyNot(stage.place, from, to) !== null) continue;
        found.push({
          from,
          to,
          title: `${stage.titleOf(other)} · ${input.title}`,
          detail: `from ${output.title}`,
          away: rank(stage, id, other, input.literal),
        });
      }
    }
  }
  return found;
}

/** @param {Stage} stage @param {string} id @returns {Possible[]} */
function inward(stage, id) {
  const drawn = /** @type {import("../view/model.js").DrawnLevel} */ (stage.drawn);
  const found = [];
  for (const input of drawn.portsOf(id).inputs.values()) {
    for (const other of drawn.geometry.ids) {
      if (other === id) continue;
      for (const output of drawn.portsOf(other).outputs.values()) {
        const from = { node: other, output: output.name };
        const to = { node: id, input: input.name, index: null };
        if (whyNot(stage.place, from, to) !== null) continue;
        found.push({
          from,
          to,
          title: `${stage.titleOf(other)} · ${output.title}`,
          detail: `into ${input.title}`,
          away: rank(stage, id, other, input.literal),
        });
      }
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

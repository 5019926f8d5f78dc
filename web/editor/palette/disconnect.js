/**
 * "Disconnect…": taking wires off by keyboard. Lists the wires of a node, those that come in first.
 */

import { disconnect } from "../model/edits/wires.js";
import { wiring } from "../model/links.js";
import { words } from "../model/ports.js";
import { sorted } from "./commandsearch.js";
import { openPicker } from "./picker.js";

/** @param {import("../view/stage.js").Stage} stage @param {string} id */
export function openDisconnect(stage, id) {
  const { incoming, outgoing } = wiring(stage.tab.level.peek());
  const links = [...(incoming.get(id) ?? []), ...(outgoing.get(id) ?? [])];
  const entries = links.map(({ from, to }, i) => ({
    id: String(i),
    title: to.node === id ? words(to.input) : words(from.output),
    detail: to.node === id ? `from ${stage.titleOf(from.node)} · ${words(from.output)}` : `into ${stage.titleOf(to.node)} · ${words(to.input)}`,
  }));
  openPicker({
    label: "Disconnect",
    placeholder: "Disconnect…",
    entries: (query) => sorted(entries, query),
    choose: (entry) => {
      const level = stage.tab.levelName.peek();
      stage.tab.edit("Disconnect", (draft) => disconnect(draft, level, links[Number(entry.id)].to));
    },
    empty: () => "Nothing is connected here",
  });
}

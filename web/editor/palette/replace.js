/** What a node can be replaced by: types that keep most of its wires stand first. */

import { candidates } from "../model/edits/replace.js";
import { openPicker } from "./picker.js";
import { sorted } from "./commandsearch.js";

/** @param {import("../view/stage.js").Stage} stage @param {string} id */
export function openReplace(stage, id) {
  const { app } = stage;
  const { nodes } = app.catalogue.peek();
  const entries = candidates({ ...stage.place, id }).map((type) => ({
    id: type,
    title: nodes.get(type)?.title ?? type,
    detail: nodes.get(type)?.help.split("\n")[0],
    hint: nodes.get(type)?.category,
  }));
  openPicker({
    label: `Replace ${stage.titleOf(id)} by`,
    placeholder: `Replace ${stage.titleOf(id)} by…`,
    entries: (query) => sorted(entries, query),
    choose: (entry) => app.commands.run("node.replaceBy", { id, type: entry.id }),
    empty: (query) => `No node is called “${query}”`,
  });
}

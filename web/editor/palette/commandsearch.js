/**
 * The command palette: all that can be done now, with its keys, found by typing; and "find", which does the same with
 * the nodes of the level.
 */

import { shownTitle } from "../model/ports.js";
import { match } from "./fuzzy.js";
import { openPicker } from "./picker.js";

/** @typedef {import("../view/stage.js").Stage} Stage */
/** @typedef {import("./picker.js").Entry} Entry */

/** @param {import("../session/app.js").App} app */
export function openCommands(app) {
  openPicker({
    label: "Commands",
    placeholder: "What to do…",
    entries: (query) =>
      sorted(
        app.commands
          .list(app)
          .filter(({ hidden }) => !hidden)
          .map((command) => ({
            id: command.id,
            title: command.title,
            detail: command.group,
            hint: app.commands.keysOf(command.id)[0],
          })),
        query,
      ),
    choose: (entry) => app.commands.run(entry.id),
    empty: (query) => `No command is called “${query}”`,
  });
}

/** @param {Stage} stage */
export function openFind(stage) {
  const drawn = /** @type {import("../view/model.js").DrawnLevel} */ (stage.drawn);
  const entries = drawn.geometry.ids.map((id, i) => {
    const ports = drawn.portsOf(id);
    const node = drawn.nodes[i];
    const title = shownTitle(node, ports);
    return {
      id,
      title,
      detail: [title === ports.title ? "" : ports.title, textOf(node)].filter(Boolean).join(" · "),
      hint: id,
    };
  });
  openPicker({
    label: "Find a node",
    placeholder: "Find a node by title, id, type or text…",
    entries: (query) => sorted(entries, query),
    choose: (entry) => stage.go.to(entry.id),
    empty: (query) => `No node here has “${query}”`,
  });
}

/**
 * What was written in a node, so that a prompt is found by its words.
 *
 * @param {import("../model/document.js").Node} node
 */
function textOf(node) {
  return [...node.inputs.values()]
    .filter((value) => typeof value === "string" && value.length > 2)
    .join(" · ")
    .slice(0, 120);
}

/** @param {readonly Entry[]} entries @param {string} query @returns {Entry[]} */
export function sorted(entries, query) {
  const words = query.trim().toLowerCase();
  return entries
    .map((entry, i) => ({ entry, i, fit: match(query, entry.title), other: fitOfRest(entry, query, words) }))
    .filter(({ fit, other }) => fit !== null || other > 0)
    .sort((a, b) => Math.max(b.fit?.score ?? 0, b.other) - Math.max(a.fit?.score ?? 0, a.other) || a.i - b.i)
    .slice(0, 200)
    .map(({ entry, fit }) => ({ ...entry, marks: fit?.marks }));
}

/** @param {Entry} entry @param {string} query @param {string} words */
function fitOfRest(entry, query, words) {
  if (!words) return 0;
  const hint = match(query, entry.hint ?? "");
  return Math.max(hint ? hint.score - 10 : 0, (entry.detail ?? "").toLowerCase().includes(words) ? 15 : 0);
}

/** Colours for nodes, frames and notes: eight that stand in both themes, and none. */

import { DRAWN, patchDrawn } from "../model/edits/drawing.js";
import { drawNodes } from "../model/edits/nodes.js";
import { sorted } from "./commandsearch.js";
import { openPicker } from "./picker.js";

const COLORS = Object.freeze([
  ["No colour", ""],
  ["Red", "#c2545f"],
  ["Orange", "#c47a3d"],
  ["Yellow", "#b39a35"],
  ["Green", "#5f9454"],
  ["Teal", "#3f9490"],
  ["Blue", "#4f7cc0"],
  ["Violet", "#8465b8"],
  ["Grey", "#6f7683"],
]);

/** @param {import("../view/stage.js").Stage} stage */
export function openColors(stage) {
  const { tab } = stage;
  const keys = [...tab.selection.peek()];
  const level = tab.levelName.peek();
  openPicker({
    label: "Colour",
    placeholder: "Colour…",
    entries: (query) =>
      sorted(
        COLORS.map(([title, colour]) => ({ id: title, title, colour: colour || undefined })),
        query,
      ),
    choose: (entry) => {
      const color = entry.colour;
      const { nodes } = tab.level.peek();
      tab.edit("Colour", (draft) => {
        drawNodes(
          draft,
          level,
          keys.filter((key) => nodes.has(key)),
          { color },
        );
        for (const { key, prefix } of DRAWN) {
          for (const one of keys)
            if (one.startsWith(prefix)) patchDrawn(draft, level, key, one.slice(prefix.length), { color });
        }
      });
    },
  });
}

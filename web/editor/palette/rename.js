/** A node's title, written in place of it; Enter keeps it, Escape leaves it, empty is the type's own again. */

import { shownTitle } from "../model/ports.js";

/** @param {import("../view/stage.js").Stage} stage @param {string} id */
export function openRename(stage, id) {
  const element = stage.mounts.elements.get(id);
  const title = element?.querySelector(".node-title");
  const node = stage.tab.level.peek().nodes.get(id);
  const ports = stage.drawn?.portsOf(id);
  if (!element || !title || !node || !ports) return;
  const input = document.createElement("input");
  input.className = "title-input";
  input.setAttribute("aria-label", `Title of ${shownTitle(node, ports)}`);
  input.placeholder = ports.title;
  input.value = shownTitle(node, ports);
  title.after(input);
  element.classList.add("renaming");
  input.focus();
  input.select();
  let over = false;
  /** @param {boolean} keep */
  const end = (keep) => {
    if (over) return;
    over = true;
    element.classList.remove("renaming");
    input.remove();
    const written = input.value.trim();
    if (keep && written !== shownTitle(node, ports)) write(stage, id, written === ports.title ? "" : written);
    element.focus({ preventScroll: true });
  };
  input.addEventListener("blur", () => end(true));
  input.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if (event.key === "Enter" || event.key === "Escape") end(event.key === "Enter");
  });
}

/** @param {import("../view/stage.js").Stage} stage @param {string} id @param {string} title */
function write({ tab }, id, title) {
  const level = tab.levelName.peek();
  tab.edit("Rename", (draft) => draft.level(level).draw(id, { title: title || undefined }));
}

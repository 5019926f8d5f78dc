/** The menu of the right button, and of the menu key: what can be done with what is there, out of the command table. */

import { openMenu } from "../palette/menu.js";
import { Interaction, nodeUnder } from "./interaction.js";

/** @type {Readonly<Record<string, readonly (string | null)[]>>} */
const MENUS = Object.freeze({
  node: ["run.toHere", null, "node.rename", "node.collapse", "node.color", "node.connectTo", "node.replace", null, "node.bypass", "node.mute", null, "edit.copy", "edit.duplicate", "edit.delete", "edit.heal", null, "frame.add", "workflow.enter", "workflow.extract", "workflow.inline"],
  several: ["run.selection", null, "node.collapse", "node.color", "node.bypass", "node.mute", null, "edit.copy", "edit.duplicate", "edit.delete", "edit.heal", null, "arrange.left", "arrange.top", "arrange.layout", null, "frame.add", "workflow.extract"],
  wire: ["wire.reroute", "wire.delete"],
  item: ["frame.run", null, "node.color", "edit.copy", "edit.duplicate", "edit.delete", null, "frame.bypass", "frame.mute"],
  canvas: ["node.add", "edit.paste", "note.add", null, "edit.selectAll", "arrange.layout", null, "view.fit", "view.find", "view.commands"],
});

export class ContextMenu extends Interaction {
  /** @override @param {AbortSignal} signal */
  listen(signal) {
    this.stage.root.addEventListener("contextmenu", (event) => this.#open(event), { signal });
  }

  /** @param {MouseEvent} event */
  #open(event) {
    if (event.target instanceof Element && event.target.closest("textarea, input:not([readonly])") === document.activeElement && document.activeElement !== null && event.target.closest("textarea, input")) return;
    event.preventDefault();
    const { stage } = this;
    const { app, tab } = stage;
    stage.pointer = stage.screen(event);
    const element = event.target instanceof Element ? event.target.closest("[data-item]") : null;
    const item = element instanceof HTMLElement ? (element.dataset.item ?? null) : null;
    const id = item ?? nodeUnder(stage, event) ?? this.#byKey(event);
    if (id !== null && !tab.selection.peek().has(id)) tab.selection.value = new Set([id]);
    const point = stage.world(event);
    const wire = id === null ? stage.geometry.wireAt(point.x, point.y, 10 / stage.camera.zoom) : -1;
    const kind = item ? "item" : id !== null ? (tab.selection.peek().size > 1 ? "several" : "node") : wire >= 0 ? "wire" : "canvas";
    const argument = kind === "wire" ? { link: stage.geometry.links[wire], at: point } : kind === "node" ? { id } : undefined;
    const box = id !== null && event.clientX === 0 && event.clientY === 0 ? stage.mounts.elements.get(id)?.getBoundingClientRect() : null;
    openMenu(itemsOf(app, MENUS[kind], argument), box ? { x: box.left + 24, y: box.top + 36 } : { x: event.clientX, y: event.clientY }, "What can be done here");
  }

  /** With the menu key, the node that has the focus. @param {MouseEvent} event @returns {string | null} */
  #byKey(event) {
    const element = event.target instanceof Element ? event.target.closest("article") : null;
    return element?.dataset.id ?? null;
  }
}

/** @param {import("../session/app.js").App} app @param {readonly (string | null)[]} ids @param {unknown} argument @returns {import("../palette/menu.js").Item[]} */
function itemsOf(app, ids, argument) {
  const can = new Map(app.commands.list(app).map((command) => [command.id, command]));
  const items = ids.map((id) => {
    const command = id === null ? null : can.get(id);
    if (id === null || !command) return id === null ? null : undefined;
    return { id, title: command.title, keys: app.commands.keysOf(id)[0], run: () => void app.commands.run(id, argument) };
  });
  const there = items.filter((item) => item !== undefined);
  return there.filter((item, i) => item !== null || (i > 0 && i < there.length - 1 && there[i - 1] !== null));
}

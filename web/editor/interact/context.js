/** The menu of the right button, and of the menu key: what can be done with what is there, out of the command table. */

import { exposeOutput } from "../model/edits/expose.js";
import { dropOutput } from "../model/edits/uses.js";
import { linksIn } from "../model/shapes.js";
import { openMenu } from "../palette/menu.js";
import { kindOf } from "../widgets/kinds.js";
import { Interaction, choosing, nodeUnder } from "./interaction.js";

/** @type {Readonly<Record<string, readonly (string | null)[]>>} */
const MENUS = Object.freeze({
  node: [
    "run.toHere",
    null,
    "node.rename",
    "node.collapse",
    "node.color",
    "node.connectTo",
    "node.disconnect",
    "node.replace",
    "mask.paint",
    "node.help",
    "select.more",
    null,
    "node.bypass",
    "node.mute",
    "node.freeze",
    "watch.toggle",
    null,
    "edit.copy",
    "edit.duplicate",
    "edit.delete",
    "edit.heal",
    null,
    "frame.add",
    "workflow.enter",
    "workflow.extract",
    "workflow.inline",
    "snippet.save",
  ],
  several: [
    "run.selection",
    "select.more",
    null,
    "node.collapse",
    "node.color",
    "node.bypass",
    "node.mute",
    "node.freeze",
    null,
    "edit.copy",
    "edit.duplicate",
    "edit.delete",
    "edit.heal",
    null,
    "arrange.left",
    "arrange.top",
    "arrange.layout",
    null,
    "frame.add",
    "workflow.extract",
    "snippet.save",
  ],
  wire: ["wire.reroute", "wire.delete"],
  item: [
    "frame.run",
    "select.more",
    null,
    "node.color",
    "edit.copy",
    "edit.duplicate",
    "edit.delete",
    null,
    "frame.bypass",
    "frame.mute",
  ],
  canvas: [
    "node.add",
    "snippet.manage",
    "edit.paste",
    "note.add",
    null,
    "edit.selectAll",
    "select.more",
    "node.unfreezeAll",
    "arrange.layout",
    null,
    "view.fit",
    "view.find",
    "view.commands",
  ],
});

/** Widgets that hold nothing of which there could be a row of values. @type {ReadonlySet<string>} */
const UNSWEPT = new Set(["none", "picture", "folder"]);

export class ContextMenu extends Interaction {
  /** @override @param {AbortSignal} signal */
  listen(signal) {
    this.stage.root.addEventListener("contextmenu", (event) => this.#open(event), { signal });
    this.stage.root.addEventListener("mousedown", focusless, { signal });
  }

  /** @param {MouseEvent} event */
  #open(event) {
    const target = event.target instanceof Element ? event.target : null;
    const field = target?.closest("textarea, input") ?? null;
    if (field && field === document.activeElement) return; // the browser's own, for the text
    event.preventDefault();
    const { stage } = this;
    const { tab } = stage;
    stage.pointer = stage.screen(event);
    const data = (/** @type {string} */ name) => /** @type {HTMLElement?} */ (target?.closest(`[data-${name}]`))?.dataset[name];
    const item = data("item") ?? null;
    const id = item ?? nodeUnder(stage, event) ?? target?.closest("article")?.dataset.id ?? null;
    const before = tab.selection.peek();
    if (id !== null && !before.has(id)) tab.selection.value = new Set(choosing.has(stage) ? [...before, id] : [id]);
    const { kind, argument } = this.#about(event, id, item !== null);
    const input = data("input");
    const own = id === null ? [] : input !== undefined ? [...this.#ofValue(id, input), ...this.#ofInput(id, input)] : this.#ofOutput(id, data("output"));
    openMenu([...own, ...itemsOf(stage.app, MENUS[kind], argument)], this.#place(event, id), "What can be done here");
  }

  /**
   * @param {MouseEvent} event
   * @param {string | null} id
   * @param {boolean} item
   * @returns {{kind: string, argument: unknown}}
   */
  #about(event, id, item) {
    const { stage } = this;
    if (item) return { kind: "item", argument: undefined };
    if (id !== null)
      return stage.tab.selection.peek().size > 1
        ? { kind: "several", argument: undefined }
        : { kind: "node", argument: { id } };
    const at = stage.world(event);
    const wire = stage.geometry.wireAt(at.x, at.y, 10 / stage.camera.zoom);
    return wire < 0
      ? { kind: "canvas", argument: undefined }
      : { kind: "wire", argument: { link: stage.geometry.links[wire], at } };
  }

  /**
   * The menu key has no place of its own: the node has.
   *
   * @param {MouseEvent} event
   * @param {string | null} id
   */
  #place(event, id) {
    const box =
      id !== null && event.clientX === 0 && event.clientY === 0
        ? this.stage.mounts.elements.get(id)?.getBoundingClientRect()
        : null;
    return box ? { x: box.left + 24, y: box.top + 36 } : { x: event.clientX, y: event.clientY };
  }

  /**
   * @param {string} id
   * @param {string | undefined} output
   * @returns {import("../palette/menu.js").Item[]}
   */
  #ofOutput(id, output) {
    if (output === undefined) return [];
    const { app, tab } = this.stage;
    const level = tab.levelName.peek();
    const name = [...tab.level.peek().outputs].find(([, { link }]) => link === `${id}.${output}`)?.[0];
    const words = output.replaceAll("_", " ");
    const watched = app.commands.get("watch.toggle")?.on?.(app, { id, output });
    const watch = {
      id: "watch",
      title: watched ? `Watch “${words}” no more` : `Watch “${words}”`,
      run: () => void app.commands.run("watch.toggle", { id, output }),
    };
    if (name !== undefined) {
      const drop = () => void tab.edit("Expose an output no more", (draft) => dropOutput(draft, level, name));
      return [{ id: "unexpose", title: `“${words}” is no output of the workflow`, run: drop }, watch, null];
    }
    const give = () => void tab.edit("Expose an output", (draft) => exposeOutput(draft, level, { node: id, output }));
    return [{ id: "expose", title: `Make “${words}” an output of the workflow`, run: give }, watch, null];
  }

  /**
   * A value that stands in a widget can be swept.
   *
   * @param {string} id
   * @param {string} input
   * @returns {import("../palette/menu.js").Item[]}
   */
  #ofValue(id, input) {
    const { app, tab, drawn } = this.stage;
    const port = drawn?.portsOf(id).inputs.get(input);
    const linked = linksIn(tab.level.peek().nodes.get(id)?.inputs.get(input) ?? null).length > 0;
    if (!port || linked || UNSWEPT.has(kindOf(port))) return [];
    return [{ id: "sweep", title: "Sweep…", run: () => void app.commands.run("run.sweep", { id, input }) }];
  }

  /**
   * What can be done with one input.
   *
   * @param {string} id
   * @param {string} input
   * @returns {import("../palette/menu.js").Item[]}
   */
  #ofInput(id, input) {
    const { app, tab, drawn } = this.stage;
    const port = drawn?.portsOf(id).inputs.get(input);
    if (!port) return [];
    const level = tab.levelName.peek();
    const name = [...tab.level.peek().inputs].find(([, { to }]) => to.includes(`${id}.${input}`))?.[0];
    const expose =
      name === undefined
        ? {
            id: "expose",
            title: `Expose “${port.title}” as an input of the workflow`,
            run: () => void app.commands.run("workflow.expose", { node: id, input }),
          }
        : {
            id: "unexpose",
            title: `Expose “${port.title}” no more`,
            run: () => void app.commands.run("workflow.unexpose", { node: id, input, name }),
          };
    if (port.type === "Mask" && !port.list) {
      const paint = () => void app.commands.run("mask.paint", { id, input });
      return [{ id: "paint", title: `Paint “${port.title}”…`, run: paint }, expose, null];
    }
    if (!port.literal) return [expose, null];
    const pinned = app.commands.get("form.pin")?.on?.(app, { node: id, input });
    const pin = {
      id: "pin",
      title: pinned ? `Take “${port.title}” off the form` : `Pin “${port.title}” to the form`,
      run: () => void app.commands.run("form.pin", { node: id, input }),
    };
    if (port.default === undefined) return [pin, expose, null];
    const reset = {
      id: "reset",
      title: `Back to ${JSON.stringify(port.default)}`,
      run: () => void tab.edit(`Reset ${port.title}`, (draft) => draft.level(level).setInput(id, input, port.default)),
    };
    return [pin, expose, reset, null];
  }
}

/** A field that the press focused would have the browser's own menu. @param {MouseEvent} event */
function focusless(event) {
  const { button, target } = event;
  if (button === 2 && target !== document.activeElement && target instanceof Element && target.matches("input, textarea")) event.preventDefault();
}

/**
 * @param {import("../session/app.js").App} app
 * @param {readonly (string | null)[]} ids
 * @param {unknown} argument
 * @returns {import("../palette/menu.js").Item[]}
 */
function itemsOf(app, ids, argument) {
  const can = new Map(app.commands.list(app).map((command) => [command.id, command]));
  const items = ids.map((id) => {
    const command = id === null ? null : can.get(id);
    if (id === null || !command) return id === null ? null : undefined;
    return {
      id,
      title: command.title,
      keys: app.commands.keysOf(id)[0],
      run: () => void app.commands.run(id, argument),
    };
  });
  const there = items.filter((item) => item !== undefined);
  const spaced = there.filter((item, i) => item !== null || (i > 0 && there[i - 1] !== null));
  return spaced.at(-1) === null ? spaced.slice(0, -1) : spaced;
}

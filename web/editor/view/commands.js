/**
 * What the view offers to the command table: finding one's way, moving by keyboard, following wires.
 *
 * Keys are those that ComfyUI's hands know where it has any.
 */

import { downstream, upstream } from "../model/links.js";
import { openCommands, openFind } from "../palette/commandsearch.js";
import { openConnectTo } from "../palette/connectto.js";
import { openColors } from "../palette/colors.js";
import { openRename } from "../palette/rename.js";
import { openReplace } from "../palette/replace.js";
import { openSearch } from "../palette/nodesearch.js";
import {
  stageOf,
  chosen,
  some,
  one,
  zoomBy,
  nudge,
  followWire,
  neighbour,
  selectAlong,
  reroute,
  setMark,
  goMark,
  idOf,
  toggleMinimap,
  toggleLinks,
  disconnectWire,
} from "./actions.js";

/** @typedef {import("../session/app.js").App} App */
/** @typedef {import("../commands/table.js").Command} Command */

/** @type {readonly Command[]} */
export const viewCommands = Object.freeze(
  /** @type {Command[]} */ ([
    {
      id: "node.add",
      title: "Add a node…",
      group: "Node",
      keys: ["Tab", "A"],
      canvas: true,
      run: (app) => openSearch(stageOf(app), { at: stageOf(app).pointerInWorld() }),
    },
    {
      id: "node.rename",
      title: "Rename…",
      group: "Node",
      keys: ["F2"],
      when: one,
      run: (app, argument) => openRename(stageOf(app), idOf(app, argument)),
    },
    {
      id: "node.color",
      title: "Colour…",
      group: "Node",
      when: (app) => app.active.peek().selection.peek().size > 0,
      run: (app) => openColors(stageOf(app)),
    },
    {
      id: "node.replace",
      title: "Replace by…",
      group: "Node",
      when: one,
      run: (app, argument) => openReplace(stageOf(app), idOf(app, argument)),
    },
    {
      id: "node.connectTo",
      title: "Connect to…",
      group: "Node",
      keys: ["C"],
      canvas: true,
      when: one,
      run: (app, argument) => openConnectTo(stageOf(app), idOf(app, argument)),
    },
    {
      id: "node.edit",
      title: "Go into the node's fields",
      group: "Node",
      keys: ["Enter"],
      hidden: true,
      canvas: true,
      when: one,
      run: (app) => stageOf(app).go.intoFields(chosen(app)[0]),
    },
    { id: "wire.reroute", title: "Add a reroute", group: "Wire", hidden: true, run: reroute },
    {
      id: "wire.delete",
      title: "Disconnect",
      group: "Wire",
      hidden: true,
      run: (app, argument) => disconnectWire(app, argument),
    },
    {
      id: "view.fit",
      title: "Fit all into the window",
      group: "View",
      keys: ["Home", "."],
      canvas: true,
      run: (app) => stageOf(app).go.fit(),
    },
    {
      id: "view.fitSelection",
      title: "Fit the selection into the window",
      group: "View",
      keys: ["Shift+."],
      canvas: true,
      when: some,
      run: (app) => stageOf(app).go.fit(chosen(app)),
    },
    {
      id: "view.zoomIn",
      title: "Zoom in",
      group: "View",
      keys: ["+", "=", "Shift++"],
      canvas: true,
      run: (app) => zoomBy(app, 1.25),
    },
    { id: "view.zoomOut", title: "Zoom out", group: "View", keys: ["-"], canvas: true, run: (app) => zoomBy(app, 0.8) },
    {
      id: "view.zoomReset",
      title: "Zoom to 100 %",
      group: "View",
      keys: ["Alt+0"],
      run: (app) => zoomBy(app, 1 / stageOf(app).camera.zoom),
    },
    { id: "view.find", title: "Find a node…", group: "View", keys: ["Mod+F"], run: (app) => openFind(stageOf(app)) },
    {
      id: "view.commands",
      title: "All commands…",
      group: "View",
      keys: ["Mod+K", "Mod+Shift+P"],
      inFields: true,
      run: (app) => openCommands(app),
    },
    {
      id: "view.outline",
      title: "Outline of all nodes",
      group: "View",
      keys: ["Mod+Shift+O"],
      inFields: true,
      run: (app) => /** @type {any} */ (app.view).outline.toggle(),
    },
    {
      id: "view.minimap",
      title: "Show or hide the minimap",
      group: "View",
      keys: ["Alt+M"],
      run: (app) => toggleMinimap(app),
    },
    {
      id: "view.onlySelected",
      title: "Show only the selection's links",
      group: "View",
      keys: ["L"],
      canvas: true,
      run: (app) => toggleLinks(app),
    },
    {
      id: "view.back",
      title: "Camera back",
      group: "View",
      keys: ["Alt+["],
      run: (app) => stageOf(app).go.trail.go(-1),
    },
    {
      id: "view.forward",
      title: "Camera forward",
      group: "View",
      keys: ["Alt+]"],
      run: (app) => stageOf(app).go.trail.go(1),
    },
    ...bookmarks(),
    {
      id: "select.upstream",
      title: "Select upstream",
      group: "Select",
      keys: ["Shift+Alt+ArrowLeft"],
      when: some,
      run: (app) => selectAlong(app, upstream),
    },
    {
      id: "select.downstream",
      title: "Select downstream",
      group: "Select",
      keys: ["Shift+Alt+ArrowRight"],
      when: some,
      run: (app) => selectAlong(app, downstream),
    },
    {
      id: "go.left",
      title: "Go to what feeds the node",
      group: "Go",
      keys: ["Alt+ArrowLeft"],
      when: one,
      run: (app) => followWire(app, "incoming"),
    },
    {
      id: "go.right",
      title: "Go to what the node feeds",
      group: "Go",
      keys: ["Alt+ArrowRight"],
      when: one,
      run: (app) => followWire(app, "outgoing"),
    },
    {
      id: "go.up",
      title: "Go to the node above",
      group: "Go",
      keys: ["Alt+ArrowUp"],
      when: one,
      run: (app) => neighbour(app, -1),
    },
    {
      id: "go.down",
      title: "Go to the node below",
      group: "Go",
      keys: ["Alt+ArrowDown"],
      when: one,
      run: (app) => neighbour(app, 1),
    },
    ...moves(),
  ]),
);

/** @returns {Command[]} */
function moves() {
  const ways = /** @type {const} */ ([
    ["Left", -1, 0],
    ["Right", 1, 0],
    ["Up", 0, -1],
    ["Down", 0, 1],
  ]);
  return ways.flatMap(([way, x, y]) => [
    {
      id: `node.move${way}`,
      title: `Move ${way.toLowerCase()}`,
      group: "Node",
      keys: [`Arrow${way}`],
      hidden: true,
      canvas: true,
      run: (/** @type {App} */ app) => nudge(app, x * 10, y * 10),
    },
    {
      id: `node.nudge${way}`,
      title: `Move ${way.toLowerCase()} a little`,
      group: "Node",
      keys: [`Shift+Arrow${way}`],
      hidden: true,
      canvas: true,
      run: (/** @type {App} */ app) => nudge(app, x, y),
    },
  ]);
}

/** Places of the camera, kept in the drawing under `bookmarks`. @returns {Command[]} */
function bookmarks() {
  return [1, 2, 3, 4, 5].flatMap((n) => [
    {
      id: `view.mark${n}`,
      title: `Set camera bookmark ${n}`,
      group: "View",
      keys: [`Shift+Alt+${n}`],
      run: (/** @type {App} */ app) => setMark(app, String(n)),
    },
    {
      id: `view.goMark${n}`,
      title: `Go to camera bookmark ${n}`,
      group: "View",
      keys: [`Alt+${n}`],
      run: (/** @type {App} */ app) => goMark(app, String(n)),
    },
  ]);
}

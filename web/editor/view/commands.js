/**
 * What the view offers to the command table: finding one's way, moving by keyboard, following wires.
 *
 * Keys are those that ComfyUI's hands know where it has any.
 */

import { addNode } from "../model/edits/nodes.js";
import { insertOnWire } from "../model/edits/insert.js";
import { disconnect } from "../model/edits/wires.js";
import { DRAWN, drawnOf, patchDrawn } from "../model/edits/drawing.js";
import { downstream, upstream, wiring } from "../model/links.js";
import { openCommands, openFind } from "../palette/commandsearch.js";
import { openConnectTo } from "../palette/connectto.js";
import { openColors } from "../palette/colors.js";
import { openLightbox } from "../palette/lightbox.js";
import { openRename } from "../palette/rename.js";
import { openReplace } from "../palette/replace.js";
import { openSearch } from "../palette/nodesearch.js";
import { centred, zoomed } from "./camera.js";
import { HEADER, MIN_WIDTH } from "./shape.js";

/** @typedef {import("../session/app.js").App} App */
/** @typedef {import("./stage.js").Stage} Stage */
/** @typedef {import("../commands/table.js").Command} Command */

/** @param {App} app @returns {Stage} */
function stageOf(app) {
  return /** @type {import("./mount.js").ViewHandle} */ (app.view).stage;
}

/** The selected nodes, frames and notes left out. @param {App} app */
function chosen(app) {
  const { nodes } = app.active.peek().level.peek();
  return [...app.active.peek().selection.peek()].filter((id) => nodes.has(id));
}

/** @param {App} app */
const some = (app) => chosen(app).length > 0;
/** @param {App} app */
const one = (app) => chosen(app).length === 1;

/** @param {App} app @param {number} factor */
function zoomBy(app, factor) {
  const { tab, size } = stageOf(app);
  tab.camera.value = zoomed(tab.camera.peek(), factor, { x: size.width / 2, y: size.height / 2 });
}

/** Move what is selected; without a selection, the camera. @param {App} app @param {number} x @param {number} y */
function nudge(app, x, y) {
  const { tab } = stageOf(app);
  const keys = [...tab.selection.peek()];
  if (!keys.length) {
    const camera = tab.camera.peek();
    tab.camera.value = { ...camera, x: camera.x + (x * 6) / camera.zoom, y: camera.y + (y * 6) / camera.zoom };
    return;
  }
  const level = tab.levelName.peek();
  tab.edit("Move", (draft) => {
    for (const key of keys) moveOne(draft, level, key, x, y);
  }, { merge: "nudge" });
}

/** @param {import("../model/draft.js").Draft} draft @param {string} level @param {string} key @param {number} x @param {number} y */
function moveOne(draft, level, key, x, y) {
  const drawn = DRAWN.find(({ prefix }) => key.startsWith(prefix));
  if (!drawn) {
    const { ui } = draft.level(level).node(key);
    return draft.level(level).place(key, { x: (Number(ui.x) || 0) + x, y: (Number(ui.y) || 0) + y });
  }
  const item = drawnOf(draft.level(level).level, drawn.key).find(({ id }) => drawn.prefix + id === key);
  if (item) patchDrawn(draft, level, drawn.key, item.id, { x: item.x + x, y: item.y + y });
}

/**
 * Follow a wire from the selected node: to what feeds it, or to what it feeds; up and down go to its neighbour on the other end of the
 * same wire's node.
 * @param {App} app @param {"incoming" | "outgoing"} way
 */
function followWire(app, way) {
  const stage = stageOf(app);
  const [id] = chosen(app);
  const links = wiring(stage.tab.level.peek())[way].get(id ?? "") ?? [];
  const next = links.map((link) => (way === "incoming" ? link.from.node : link.to.node)).find((node) => stage.geometry.places.has(node));
  if (next) stage.go.to(next);
}

/** The next node above or below on the screen. @param {App} app @param {1 | -1} down */
function neighbour(app, down) {
  const stage = stageOf(app);
  const [id] = chosen(app);
  const from = id === undefined ? null : stage.geometry.rectOf(id);
  if (!from) return;
  let best = null;
  for (const other of stage.geometry.ids) {
    const rect = stage.rectOf(other);
    const away = (rect.y - from.y) * down;
    if (other === id || away <= 0) continue;
    const cost = away + 2 * Math.abs(rect.x - from.x);
    if (!best || cost < best.cost) best = { other, cost };
  }
  if (best) stage.go.to(best.other);
}

/** @param {App} app @param {(level: import("../model/document.js").Level, ids: string[]) => Set<string>} reach */
function selectAlong(app, reach) {
  const { tab } = stageOf(app);
  tab.selection.value = reach(tab.level.peek(), chosen(app));
}

/** @param {App} app @param {any} argument */
function reroute(app, argument) {
  const { tab } = stageOf(app);
  const level = tab.levelName.peek();
  const catalogue = app.catalogue.peek();
  if (!catalogue.nodes.has("Reroute")) return app.say("There is no Reroute node installed", "assertive");
  tab.edit("Add a reroute", (draft) => {
    const id = addNode(draft, level, "Reroute", { x: Math.round(argument.at.x - MIN_WIDTH / 2), y: Math.round(argument.at.y - HEADER / 2) }, catalogue);
    draft.level(level).draw(id, { collapsed: true, width: MIN_WIDTH });
    insertOnWire(draft, level, id, argument.link, catalogue);
  });
}

/** @param {App} app @param {any} argument */
function idOf(app, argument) {
  return /** @type {string} */ (argument?.id ?? chosen(app)[0]);
}

/** @type {readonly Command[]} */
export const viewCommands = Object.freeze(/** @type {Command[]} */ ([
  { id: "node.add", title: "Add a node…", group: "Node", keys: ["Tab", "A"], canvas: true, run: (app) => openSearch(stageOf(app), { at: stageOf(app).pointerInWorld() }) },
  { id: "node.rename", title: "Rename…", group: "Node", keys: ["F2"], when: one, run: (app, argument) => openRename(stageOf(app), idOf(app, argument)) },
  { id: "node.color", title: "Colour…", group: "Node", when: (app) => app.active.peek().selection.peek().size > 0, run: (app) => openColors(stageOf(app)) },
  { id: "node.replace", title: "Replace by…", group: "Node", when: one, run: (app, argument) => openReplace(stageOf(app), idOf(app, argument)) },
  { id: "node.connectTo", title: "Connect to…", group: "Node", keys: ["C"], canvas: true, when: one, run: (app, argument) => openConnectTo(stageOf(app), idOf(app, argument)) },
  { id: "node.edit", title: "Go into the node's fields", group: "Node", keys: ["Enter"], hidden: true, canvas: true, when: one, run: (app) => stageOf(app).go.intoFields(chosen(app)[0]) },
  { id: "wire.reroute", title: "Add a reroute", group: "Wire", hidden: true, run: reroute },
  { id: "wire.delete", title: "Disconnect", group: "Wire", hidden: true, run: (app, argument) => disconnectWire(app, argument) },
  { id: "view.fit", title: "Fit all into the window", group: "View", keys: ["Home", "."], canvas: true, run: (app) => stageOf(app).go.fit() },
  { id: "view.fitSelection", title: "Fit the selection into the window", group: "View", keys: ["Shift+."], canvas: true, when: some, run: (app) => stageOf(app).go.fit(chosen(app)) },
  { id: "view.zoomIn", title: "Zoom in", group: "View", keys: ["+", "=", "Shift++"], canvas: true, run: (app) => zoomBy(app, 1.25) },
  { id: "view.zoomOut", title: "Zoom out", group: "View", keys: ["-"], canvas: true, run: (app) => zoomBy(app, 0.8) },
  { id: "view.zoomReset", title: "Zoom to 100 %", group: "View", keys: ["Alt+0"], run: (app) => zoomBy(app, 1 / stageOf(app).camera.zoom) },
  { id: "view.find", title: "Find a node…", group: "View", keys: ["Mod+F"], run: (app) => openFind(stageOf(app)) },
  { id: "view.commands", title: "All commands…", group: "View", keys: ["Mod+K", "Mod+Shift+P"], inFields: true, run: (app) => openCommands(app) },
  { id: "view.outline", title: "Outline of all nodes", group: "View", keys: ["Mod+Shift+O"], inFields: true, run: (app) => /** @type {any} */ (app.view).outline.toggle() },
  { id: "view.minimap", title: "Show or hide the minimap", group: "View", keys: ["Alt+M"], run: (app) => toggleMinimap(app) },
  { id: "view.onlySelected", title: "Show only the selection's links", group: "View", keys: ["L"], canvas: true, run: (app) => toggleLinks(app) },
  { id: "view.openPicture", title: "Open a picture", group: "View", hidden: true, run: (_, argument) => openLightbox(argument) },
  { id: "view.back", title: "Camera back", group: "View", keys: ["Alt+["], run: (app) => stageOf(app).go.trail.go(-1) },
  { id: "view.forward", title: "Camera forward", group: "View", keys: ["Alt+]"], run: (app) => stageOf(app).go.trail.go(1) },
  ...bookmarks(),
  { id: "select.upstream", title: "Select upstream", group: "Select", keys: ["Shift+Alt+ArrowLeft"], when: some, run: (app) => selectAlong(app, upstream) },
  { id: "select.downstream", title: "Select downstream", group: "Select", keys: ["Shift+Alt+ArrowRight"], when: some, run: (app) => selectAlong(app, downstream) },
  { id: "go.left", title: "Go to what feeds the node", group: "Go", keys: ["Alt+ArrowLeft"], when: one, run: (app) => followWire(app, "incoming") },
  { id: "go.right", title: "Go to what the node feeds", group: "Go", keys: ["Alt+ArrowRight"], when: one, run: (app) => followWire(app, "outgoing") },
  { id: "go.up", title: "Go to the node above", group: "Go", keys: ["Alt+ArrowUp"], when: one, run: (app) => neighbour(app, -1) },
  { id: "go.down", title: "Go to the node below", group: "Go", keys: ["Alt+ArrowDown"], when: one, run: (app) => neighbour(app, 1) },
  ...moves(),
]));

/** @returns {Command[]} */
function moves() {
  const ways = /** @type {const} */ ([["Left", -1, 0], ["Right", 1, 0], ["Up", 0, -1], ["Down", 0, 1]]);
  return ways.flatMap(([way, x, y]) => [
    { id: `node.move${way}`, title: `Move ${way.toLowerCase()}`, group: "Node", keys: [`Arrow${way}`], hidden: true, canvas: true, run: (/** @type {App} */ app) => nudge(app, x * 10, y * 10) },
    { id: `node.nudge${way}`, title: `Move ${way.toLowerCase()} a little`, group: "Node", keys: [`Shift+Arrow${way}`], hidden: true, canvas: true, run: (/** @type {App} */ app) => nudge(app, x, y) },
  ]);
}

/** Places of the camera, kept in the drawing under `bookmarks`. @returns {Command[]} */
function bookmarks() {
  return [1, 2, 3, 4, 5].flatMap((n) => [
    { id: `view.mark${n}`, title: `Set camera bookmark ${n}`, group: "View", keys: [`Shift+Alt+${n}`], run: (/** @type {App} */ app) => setMark(app, String(n)) },
    { id: `view.goMark${n}`, title: `Go to camera bookmark ${n}`, group: "View", keys: [`Alt+${n}`], run: (/** @type {App} */ app) => goMark(app, String(n)) },
  ]);
}

/** @param {App} app @param {string} n */
function setMark(app, n) {
  const { tab, size } = stageOf(app);
  const { x, y, zoom } = tab.camera.peek();
  const level = tab.levelName.peek();
  const middle = { x: Math.round(x + size.width / 2 / zoom), y: Math.round(y + size.height / 2 / zoom), zoom: Math.round(zoom * 1000) / 1000 };
  tab.edit(`Set bookmark ${n}`, (draft) => draft.level(level).ui.set("bookmarks", { .../** @type {object} */ (draft.level(level).ui.get("bookmarks") ?? {}), [n]: middle }));
  app.say(`Bookmark ${n} is set`);
}

/** @param {App} app @param {string} n */
function goMark(app, n) {
  const stage = stageOf(app);
  const marks = /** @type {any} */ (stage.tab.level.peek().ui.get("bookmarks") ?? {});
  const mark = marks[n];
  if (!mark) return app.say(`There is no bookmark ${n}`);
  stage.tab.camera.value = centred({ x: Number(mark.x) || 0, y: Number(mark.y) || 0 }, stage.size, Number(mark.zoom) || 1);
}

/** @param {App} app */
function toggleMinimap(app) {
  const { minimap, stage } = /** @type {import("./mount.js").ViewHandle} */ (app.view);
  minimap.element.classList.toggle("off");
  stage.ask();
}

/** @param {App} app */
function toggleLinks(app) {
  const stage = stageOf(app);
  stage.onlySelected = !stage.onlySelected;
  stage.askPaint();
  app.say(stage.onlySelected ? "Only the selection's links are shown" : "All links are shown");
}

/** @param {App} app @param {any} argument */
function disconnectWire(app, argument) {
  const { tab } = stageOf(app);
  const level = tab.levelName.peek();
  tab.edit("Disconnect", (draft) => disconnect(draft, level, argument.link.to));
}


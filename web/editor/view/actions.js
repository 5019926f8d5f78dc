/**
 * What the view's commands do: moving by keyboard, following wires, the camera's places.
 */

import { addNode } from "../model/edits/nodes.js";
import { insertOnWire } from "../model/edits/insert.js";
import { disconnect } from "../model/edits/wires.js";
import { DRAWN, drawnOf, patchDrawn } from "../model/edits/drawing.js";
import { wiring } from "../model/links.js";
import { centred, zoomed } from "./camera.js";
import { HEADER, MIN_WIDTH } from "./shape.js";

/** @typedef {import("../session/app.js").App} App */
/** @typedef {import("./stage.js").Stage} Stage */

/** @param {App} app @returns {Stage} */
export function stageOf(app) {
  return /** @type {import("./mount.js").ViewHandle} */ (app.view).stage;
}

/** The selected nodes, frames and notes left out. @param {App} app */
export function chosen(app) {
  const { nodes } = app.active.peek().level.peek();
  return [...app.active.peek().selection.peek()].filter((id) => nodes.has(id));
}

/** @param {App} app */
export const some = (app) => chosen(app).length > 0;
/** @param {App} app */
export const one = (app) => chosen(app).length === 1;

/** @param {App} app @param {number} factor */
export function zoomBy(app, factor) {
  const { tab, size } = stageOf(app);
  tab.camera.value = zoomed(tab.camera.peek(), factor, { x: size.width / 2, y: size.height / 2 });
}

/**
 * Move what is selected; without a selection, the camera.
 *
 * @param {App} app
 * @param {number} x
 * @param {number} y
 */
export function nudge(app, x, y) {
  const { tab } = stageOf(app);
  const keys = [...tab.selection.peek()];
  if (!keys.length) {
    const camera = tab.camera.peek();
    tab.camera.value = { ...camera, x: camera.x + (x * 6) / camera.zoom, y: camera.y + (y * 6) / camera.zoom };
    return;
  }
  const level = tab.levelName.peek();
  tab.edit(
    "Move",
    (draft) => {
      for (const key of keys) moveOne(draft, level, key, x, y);
    },
    { merge: "nudge" },
  );
}

/**
 * @param {import("../model/draft.js").Draft} draft
 * @param {string} level
 * @param {string} key
 * @param {number} x
 * @param {number} y
 */
export function moveOne(draft, level, key, x, y) {
  const drawn = DRAWN.find(({ prefix }) => key.startsWith(prefix));
  if (!drawn) {
    const { ui } = draft.level(level).node(key);
    return draft.level(level).place(key, { x: (Number(ui.x) || 0) + x, y: (Number(ui.y) || 0) + y });
  }
  const item = drawnOf(draft.level(level).level, drawn.key).find(({ id }) => drawn.prefix + id === key);
  if (item) patchDrawn(draft, level, drawn.key, item.id, { x: item.x + x, y: item.y + y });
}

/**
 * Follow a wire from the selected node: to what feeds it, or to what it feeds; up and down go to its neighbour on the
 * other end of the
 * same wire's node.
 * @param {App} app @param {"incoming" | "outgoing"} way
 */
export function followWire(app, way) {
  const stage = stageOf(app);
  const [id] = chosen(app);
  const links = wiring(stage.tab.level.peek())[way].get(id ?? "") ?? [];
  const next = links
    .map((link) => (way === "incoming" ? link.from.node : link.to.node))
    .find((node) => stage.geometry.places.has(node));
  if (next) stage.go.to(next);
}

/** The next node above or below on the screen. @param {App} app @param {1 | -1} down */
export function neighbour(app, down) {
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

/**
 * @param {App} app
 * @param {(level: import("../model/document.js").Level, ids: string[]) => Set<string>} reach
 */
export function selectAlong(app, reach) {
  const { tab } = stageOf(app);
  tab.selection.value = reach(tab.level.peek(), chosen(app));
}

/** @param {App} app @param {any} argument */
export function reroute(app, argument) {
  const { tab } = stageOf(app);
  const level = tab.levelName.peek();
  const catalogue = app.catalogue.peek();
  if (!catalogue.nodes.has("Reroute")) return app.say("There is no Reroute node installed", "assertive");
  tab.edit("Add a reroute", (draft) => {
    const id = addNode(
      draft,
      level,
      "Reroute",
      { x: Math.round(argument.at.x - MIN_WIDTH / 2), y: Math.round(argument.at.y - HEADER / 2) },
      catalogue,
    );
    draft.level(level).draw(id, { collapsed: true, width: MIN_WIDTH });
    insertOnWire(draft, level, id, argument.link, catalogue);
  });
}

/** @param {App} app @param {any} argument */
export function idOf(app, argument) {
  return /** @type {string} */ (argument?.id ?? chosen(app)[0]);
}

/** @param {App} app @param {string} n */
export function setMark(app, n) {
  const { tab, size } = stageOf(app);
  const { x, y, zoom } = tab.camera.peek();
  const level = tab.levelName.peek();
  const middle = {
    x: Math.round(x + size.width / 2 / zoom),
    y: Math.round(y + size.height / 2 / zoom),
    zoom: Math.round(zoom * 1000) / 1000,
  };
  tab.edit(`Set bookmark ${n}`, (draft) =>
    draft
      .level(level)
      .ui.set("bookmarks", { .../** @type {object} */ (draft.level(level).ui.get("bookmarks") ?? {}), [n]: middle }),
  );
  app.say(`Bookmark ${n} is set`);
}

/** @param {App} app @param {string} n */
export function goMark(app, n) {
  const stage = stageOf(app);
  const marks = /** @type {any} */ (stage.tab.level.peek().ui.get("bookmarks") ?? {});
  const mark = marks[n];
  if (!mark) return app.say(`There is no bookmark ${n}`);
  stage.tab.camera.value = centred(
    { x: Number(mark.x) || 0, y: Number(mark.y) || 0 },
    stage.size,
    Number(mark.zoom) || 1,
  );
}

/** @param {App} app */
export function toggleMinimap(app) {
  const { minimap, stage } = /** @type {import("./mount.js").ViewHandle} */ (app.view);
  minimap.element.classList.toggle("off");
  stage.ask();
}

/** @param {App} app */
export function toggleLinks(app) {
  const stage = stageOf(app);
  stage.onlySelected = !stage.onlySelected;
  stage.askPaint();
  app.say(stage.onlySelected ? "Only the selection's links are shown" : "All links are shown");
}

/** @param {App} app @param {any} argument */
export function disconnectWire(app, argument) {
  const { tab } = stageOf(app);
  const level = tab.levelName.peek();
  tab.edit("Disconnect", (draft) => disconnect(draft, level, argument.link.to));
}

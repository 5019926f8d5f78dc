/**
 * The view of an app: the stage with its interactions, minimap, breadcrumbs, outline and zoom buttons, and the handle by
 * which
 * commands reach it.
 */

import { html, render } from "../vendor/lit-html/lit-html.js";
import { effect } from "../vendor/signals-core/signals-core.mjs";
import { openCommands } from "../palette/commandsearch.js";
import { openSearch } from "../palette/nodesearch.js";
import { mountBreadcrumbs } from "./breadcrumbs.js";
import { Minimap } from "./minimap.js";
import { Outline } from "./outline.js";
import { Stage } from "./stage.js";

/** @typedef {import("../session/app.js").App} App */

/** @param {App} app @param {HTMLElement} element */
export function mountView(app, element) {
  const root = document.createElement("div");
  root.className = "stage";
  root.tabIndex = 0;
  root.setAttribute("role", "region");
  root.setAttribute("aria-label", "Canvas");
  root.setAttribute("aria-describedby", "canvas-help");
  element.append(root);
  const stage = new Stage(app, root);
  mountBreadcrumbs(app, element);
  const outline = new Outline(stage, element);
  const minimap = new Minimap(stage, element);
  mountZoom(stage, element);
  mountEmpty(stage, element);
  app.view = viewOf(stage, outline, minimap, withHands(stage));
  return app.view;
}

/** @param {Stage} stage */
async function withHands(stage) {
  const { interact } = await import("../interact/all.js");
  interact(stage);
}

/** @param {Stage} stage @param {Outline} outline @param {Minimap} minimap @param {Promise<void>} ready */
function viewOf(stage, outline, minimap, ready) {
  return {
    /** When the canvas can be used by hand. */
    ready,
    stage,
    outline,
    minimap,
    rectOf: stage.rectOf,
    /** @param {string} id */
    sizeOf: (id) => stage.rectOf(id),
    /** @param {Iterable<string>} [ids] */
    bounds: (ids) => stage.geometry.bounds(ids),
    /** @param {Iterable<string>} [ids] */
    fit: (ids) => stage.go.fit(ids),
    /** @param {string} id */
    center: (id) => stage.go.center(id),
    pointer: () => stage.pointerInWorld(),
    /** @param {import("../palette/nodesearch.js").Wanted} [wanted] */
    openSearch: (wanted) => openSearch(stage, wanted ?? { at: stage.pointerInWorld() }),
    openCommands: () => openCommands(stage.app),
    /** @param {string} address */
    focusNode: (address) => stage.go.to(address.slice(stage.tab.prefix.peek().length)),
    refresh: () => stage.askTheme(),
  };
}

/** @typedef {ReturnType<typeof viewOf>} ViewHandle */

/** @param {Stage} stage @param {HTMLElement} element */
function mountZoom(stage, element) {
  const bar = document.createElement("div");
  bar.className = "zoom-bar";
  bar.setAttribute("role", "group");
  bar.setAttribute("aria-label", "Zoom");
  element.append(bar);
  const { commands } = stage.app;
  effect(() => {
    const percent = Math.round(stage.app.active.value.camera.value.zoom * 100);
    render(
      html`<button type="button" aria-label="Zoom out" title="Zoom out" @click=${() => commands.run("view.zoomOut")}>−</button>
      <button type="button" class="percent" title="Zoom to 100 %" aria-label="${percent} %, zoom to 100 %" @click=${() => commands.run("view.zoomReset")}>${percent} %</button>
      <button type="button" aria-label="Zoom in" title="Zoom in" @click=${() => commands.run("view.zoomIn")}>+</button>
      <button type="button" class="fit" aria-label="Fit all into the window" title="Fit all into the window" @click=${() => commands.run("view.fit")}>⤢</button>`,
      bar,
    );
  });
}

/** @param {Stage} stage @param {HTMLElement} element */
function mountEmpty(stage, element) {
  const empty = document.createElement("div");
  empty.className = "canvas-empty";
  element.append(empty);
  render(
    html`<h2>Nothing here yet</h2>
    <p id="canvas-help">Double-click the canvas or press <kbd>Tab</kbd> to add a node. Drop a workflow or a picture to open it.</p>
    <button type="button" class="primary" @click=${() => stage.app.commands.run("node.add")}>Add a node</button>`,
    empty,
  );
  effect(() => {
    empty.classList.toggle("off", stage.app.active.value.level.value.nodes.size > 0);
  });
}

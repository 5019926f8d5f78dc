/**
 * The gallery: what is shown of it, the pictures, and what can be done with those that are selected.
 *
 * @typedef {import("../session/app.js").App} App
 * @typedef {import("./store.js").Results} Results
 */

import { html, nothing, render } from "../vendor/lit-html/lit-html.js";
import { effect, signal } from "../vendor/signals-core/signals-core.mjs";
import { openMenu } from "../palette/menu.js";
import { download } from "./carry.js";
import { aloud, deeds } from "./deeds.js";
import { CLOSE } from "./icons.js";
import { count, resultsOf } from "./store.js";
import { Tiles } from "./tiles.js";

/**
 * @param {App} app
 * @param {HTMLElement} element
 * @param {{viewer: (places: readonly number[]) => void, sweep: (id: string) => void}} go
 * @returns {() => void}  ends it
 */
export function mountGallery(app, element, go) {
  const results = resultsOf(app);
  const asking = signal(false);
  render(
    html`<div class="panel-bar" role="group" aria-label="Which pictures"></div>
      <div class="panel-body"></div>
      <div class="panel-foot" hidden></div>`,
    element,
  );
  const part = (/** @type {string} */ name) => /** @type {HTMLElement} */ (element.querySelector(name));
  const tiles = new Tiles(results, part(".panel-body"), {
    open: (place) => go.viewer([place]),
    menu: (place, at) => menu(app, results, place, at, go),
    remove: () => void (asking.value = true),
  });
  const nothingYet = document.createElement("div");
  part(".panel-body").append(nothingYet);
  const leave = () => {
    if (asking.peek()) asking.value = false;
    else results.selected.value = new Set();
    tiles.focus();
  };
  part(".panel-foot").addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    event.preventDefault();
    event.stopPropagation(); // the panel stays
    leave();
  });
  const stops = [
    effect(() => void render(bar(results), part(".panel-bar"))),
    effect(() => void render(empty(results), nothingYet)),
    effect(() => foot(app, results, part(".panel-foot"), asking, { ...go, leave })),
    effect(() => {
      void app.history.value;
      void results.refresh();
    }),
  ];
  return () => {
    for (const stop of stops) stop();
    tiles.dispose();
  };
}

/** @param {Results} results */
function bar(results) {
  const { starred, here } = results.filter.value;
  const shown = results.items.value.length;
  const more = results.state.value === "all" ? "" : "+";
  return html`${toggle("Starred", starred, () => results.show({ starred: !starred }))}
    ${toggle("This workflow", here, () => results.show({ here: !here }))}
    <span class="panel-count">${shown === 0 ? "" : `${shown}${more} ${shown === 1 ? "picture" : "pictures"}`}</span>`;
}

/** @param {string} title @param {boolean} on @param {() => unknown} flip */
function toggle(title, on, flip) {
  return html`<button type="button" class="chip" aria-pressed=${on ? "true" : "false"} @click=${() => void flip()}>${title}</button>`;
}

/** @param {Results} results */
function empty(results) {
  const state = results.state.value;
  if (results.items.value.length > 0 || state === "new" || state === "loading") return nothing;
  const { starred, here } = results.filter.value;
  const words =
    state === "failed"
      ? "The pictures could not be fetched"
      : starred
        ? "Nothing is starred yet"
        : here
          ? "This workflow has made no picture yet"
          : "No run has made a picture yet";
  const hint = state === "failed" || starred || here ? nothing : html`<p>What Run makes is kept here, with the edit that made it.</p>`;
  return html`<div class="panel-empty"><h3>${words}</h3>${hint}</div>`;
}

/**
 * @param {App} app
 * @param {Results} results
 * @param {HTMLElement} element
 * @param {import("../vendor/signals-core/signals-core.mjs").Signal<boolean>} asking  whether it is asked before deleting
 * @param {{viewer: (places: readonly number[]) => void, leave: () => void}} go  `leave`: back to the pictures
 */
function foot(app, results, element, asking, go) {
  const chosen = results.items.value.filter(({ sha256 }) => results.selected.value.has(sha256));
  element.hidden = chosen.length === 0;
  if (chosen.length === 0) {
    asking.value = false;
    return void render(nothing, element);
  }
  render(asking.value ? question(app, results, chosen, go) : choices(app, results, asking, chosen, go), element);
  if (asking.value) /** @type {HTMLElement | null} */ (element.querySelector("[data-first]"))?.focus();
}

/**
 * @param {App} app
 * @param {Results} results
 * @param {import("../vendor/signals-core/signals-core.mjs").Signal<boolean>} asking
 * @param {readonly import("../session/history.js").Result[]} chosen
 * @param {{viewer: (places: readonly number[]) => void, leave: () => void}} go  `leave`: back to the pictures
 */
function choices(app, results, asking, chosen, go) {
  const starred = chosen.every((item) => item.starred);
  const compare = () => go.viewer(chosen.map((item) => results.items.peek().indexOf(item)));
  return html`<span class="panel-count" role="status">${chosen.length} selected</span>
    ${chosen.length === 2 ? html`<button type="button" class="main small" @click=${compare}>Compare</button>` : nothing}
    <button type="button" class="quiet small" @click=${() => void aloud(app, () => results.star(chosen, !starred))}>${starred ? "Unstar" : "Star"}</button>
    <button type="button" class="quiet small" title="Download the files" @click=${() => chosen.forEach((item) => download(item))}>Save</button>
    <button type="button" class="quiet small" @click=${() => void (asking.value = true)}>Delete…</button>
    <button type="button" class="round" aria-label="Clear the selection" title="Clear the selection (Esc)" @click=${go.leave}>${CLOSE}</button>`;
}

/**
 * @param {App} app
 * @param {Results} results
 * @param {readonly import("../session/history.js").Result[]} chosen
 * @param {{leave: () => void}} go
 */
function question(app, results, chosen, { leave }) {
  const starred = chosen.filter((item) => item.starred).length;
  const words = `Delete ${count(chosen.length)} for good?${starred > 0 ? ` ${starred} of them starred.` : ""}`;
  return html`<span class="panel-question" role="alert">${words}</span>
    <button type="button" class="main small is-bad" data-first @click=${() => void aloud(app, () => results.remove(chosen)).then(leave)}>Delete</button>
    <button type="button" class="quiet small" @click=${leave}>Keep</button>`;
}

/**
 * @param {App} app
 * @param {Results} results
 * @param {number} place
 * @param {{x: number, y: number}} at
 * @param {{viewer: (places: readonly number[]) => void, sweep: (id: string) => void}} go
 */
function menu(app, results, place, at, go) {
  const item = results.items.peek()[place];
  if (!item) return;
  const { sweep } = item;
  openMenu(
    [
      { id: "open", title: "Open", run: () => go.viewer([place]) },
      ...(sweep === null ? [] : [{ id: "sweep", title: "Show its sweep", run: () => go.sweep(sweep) }]),
      null,
      ...deeds(app, item),
      null,
      { id: "star", title: item.starred ? "Take the star away" : "Star", keys: "S", run: () => void aloud(app, () => results.star([item], !item.starred)) },
    ],
    at,
    "What can be done with the picture",
  );
}

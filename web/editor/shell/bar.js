/**
 * The bar on top: menus, the open documents, what a run would cost, Run, and the panels. In a narrow window it is two rows.
 *
 * @typedef {import("../session/app.js").App} App
 * @typedef {import("../session/tab.js").Tab} Tab
 */

import { html, nothing, render } from "../vendor/lit-html/lit-html.js";
import { effect } from "../vendor/signals-core/signals-core.mjs";
import { openMenu } from "../palette/menu.js";
import { CANCEL, CLOSE, DOWN, MARK, MOON, PICTURES, PLAY, PLUS, ROWS, SUN } from "./icons.js";
import { menuItems, MENUS } from "./menus.js";
import { runWords } from "./words.js";

/**
 * @param {App} app
 * @param {HTMLElement} element
 */
export function mountBar(app, element) {
  render(
    html` <div class="bar-menus">${MARK}${MENUS.map((menu) => menuButton(app, menu))}</div>
      <nav class="tabs" aria-label="Open workflows"></nav>
      <div class="bar-run"></div>
      <div class="bar-panels"></div>`,
    element,
  );
  const part = (/** @type {string} */ name) => /** @type {HTMLElement} */ (element.querySelector(name));
  effect(() => void render(tabs(app), part(".tabs")));
  effect(() => void render(run(app), part(".bar-run")));
  effect(() => void render(panels(app), part(".bar-panels")));
  clock(app, part(".bar-run"));
}

/** @param {App} app @param {import("./menus.js").Menu} menu */
function menuButton(app, menu) {
  return html`<button
    type="button"
    class="bar-menu"
    aria-haspopup="menu"
    @click=${(/** @type {Event} */ event) => open(app, event, menu.items, menu.title)}
  >
    ${menu.title}
  </button>`;
}

/** @param {App} app @param {Event} event @param {readonly (string | null)[]} ids @param {string} title */
function open(app, event, ids, title) {
  const button = /** @type {HTMLElement} */ (event.currentTarget);
  const { left, bottom } = button.getBoundingClientRect();
  openMenu(menuItems(app, ids), { x: left, y: bottom + 6 }, title);
}

/** @param {App} app */
function tabs(app) {
  const active = app.active.value;
  return html`<ul @wheel=${(/** @type {any} */ event) => (event.currentTarget.scrollLeft += event.deltaY)}>
      ${app.tabs.value.map((tab) => tabItem(app, tab, tab === active))}
    </ul>
    <button
      type="button"
      class="round"
      title="New workflow"
      aria-label="New workflow"
      @click=${() => app.commands.run("file.new")}
    >
      ${PLUS}
    </button>`;
}

/** @param {App} app @param {Tab} tab @param {boolean} active */
function tabItem(app, tab, active) {
  const dirty = tab.dirty.value;
  const title = tab.title.value;
  const running = tab.active.value;
  return html`<li
    class="tab ${active ? "is-active" : ""} ${running ? "is-running" : ""}"
    @auxclick=${(/** @type {MouseEvent} */ event) => event.button === 1 && app.commands.run("tab.close", { tab })}
  >
    <button
      type="button"
      class="tab-title"
      aria-current=${active ? "page" : nothing}
      title=${dirty ? `${title}, not saved to the library` : title}
      @click=${() => app.commands.run("tab.show", { tab })}
    >
      ${title}${dirty ? html`<span class="hidden">, changed</span><span class="tab-dirty"></span>` : nothing}
    </button>
    <button
      type="button"
      class="tab-close"
      aria-label="Close ${title}"
      title="Close"
      @click=${() => app.commands.run("tab.close", { tab })}
    >
      ${CLOSE}
    </button>
  </li>`;
}

/** @param {App} app */
function run(app) {
  const tab = app.active.value;
  const active = tab.active.value;
  const keys = app.commands.keysOf("run.graph")[0] ?? "";
  return html` <span class="run-words">${runWords(tab, Date.now())}</span>
    ${active ? html`<button type="button" class="cancel" title="Cancel the run" @click=${() => app.commands.run("run.cancel")}>${CANCEL}<span>Cancel</span></button>` : nothing}
    <span class="split">
      <button type="button" class="run" title="Run (${keys})" @click=${() => app.commands.run("run.graph")}>
        ${PLAY}<span>Run</span>
      </button>
      <button
        type="button"
        class="run-more"
        aria-haspopup="menu"
        aria-label="More ways to run"
        @click=${(/** @type {Event} */ event) => open(app, event, RUN_MENU, "Run")}
      >
        ${DOWN}
      </button>
    </span>`;
}

/** @param {App} app */
function panels(app) {
  const { theme } = app.settings.chosen.value;
  const isDark = theme === "dark" || (theme === "system" && document.documentElement.dataset.theme === "dark");
  return html`${panelButton(app, "results.toggle", "Results", PICTURES)}${panelButton(app, "queue.toggle", "Queue", ROWS)}
    <button
      type="button"
      class="round"
      aria-label=${isDark ? "Light colours" : "Dark colours"}
      title=${isDark ? "Light colours" : "Dark colours"}
      @click=${() => app.commands.run("window.theme")}
    >
      ${isDark ? SUN : MOON}
    </button>`;
}

/** @param {App} app @param {string} id @param {string} title @param {unknown} icon */
function panelButton(app, id, title, icon) {
  const run = () => app.commands.run(id);
  return html`<button type="button" class="round" aria-label=${title} title="${title} (${app.commands.keysOf(id)[0] ?? ""})" @click=${run}>${icon}</button>`;
}

const RUN_MENU = Object.freeze([
  "run.graph",
  "run.next",
  "run.selection",
  "run.toHere",
  "run.sweep",
  null,
  "run.onChange",
  null,
  "run.stop",
  "run.cancel",
  "run.cancelAll",
]);

/**
 * The seconds of a run that is under way count on, once a second; nothing ticks when nothing runs.
 *
 * @param {App} app
 * @param {HTMLElement} element
 */
function clock(app, element) {
  effect(() => {
    if (app.active.value.run.value?.status !== "running") return;
    const timer = setInterval(() => render(run(app), element), 1000);
    return () => clearInterval(timer);
  });
}

/**
 * The page around the canvas: bar on top, canvas, status line below, sheets, and what is said to who cannot look.
 *
 * @typedef {import("../session/app.js").App} App
 */

import { html, render } from "../vendor/lit-html/lit-html.js";
import { effect } from "../vendor/signals-core/signals-core.mjs";
import { mountBar } from "./bar.js";
import { mountLive } from "./live.js";
import { mountStatus } from "./status.js";
import { followTheme } from "./theme.js";

/**
 * @param {App} app
 * @param {HTMLElement} body
 * @returns {HTMLElement}  where the canvas goes
 */
export function mountShell(app, body) {
  const page = document.createElement("div");
  page.className = "page";
  render(
    html` <header class="bar"></header>
      <main class="middle">
        <h1 class="hidden">Latent Loom</h1>
        <h2 class="hidden">Workflow</h2>
        <div class="canvas"><p class="starting">The server is starting…</p></div>
        <aside class="faults" aria-label="What is wrong" hidden></aside>
      </main>
      <footer class="status"></footer>`,
    page,
  );
  body.append(page);
  const part = (/** @type {string} */ name) => /** @type {HTMLElement} */ (page.querySelector(name));
  followTheme(app);
  void followTitle(app);
  mountBar(app, part(".bar"));
  mountStatus(app, part(".status"), faultsWhenAsked(app, part(".faults")));
  sheetsWhenAsked(app, body);
  outsideWhenChanged(app, part(".middle"));
  mountLive(app, body);
  return part(".canvas");
}

/** @param {App} app */
async function followTitle(app) {
  const { followFinished, showFinished, tookWords } = await import("./finished.js");
  followFinished(app, () => {
    const tab = app.active.value;
    const dirty = tab.dirty.value ? "• " : "";
    document.title = `${showFinished(tab)}${dirty}${tab.title.value}${tookWords(tab)} · Latent Loom`;
  });
}

/** Sheets are loaded when the first one is asked for. @param {App} app @param {HTMLElement} body */
function sheetsWhenAsked(app, body) {
  /** @type {Promise<void> | null} */
  let sheets = null;
  effect(() => {
    if (app.asking.value !== null) sheets ??= loadSheets(app, body);
  });
}

/** @param {App} app @param {HTMLElement} body */
async function loadSheets(app, body) {
  const { mountSheets } = await import("./sheets.js");
  mountSheets(app, body);
}

/** The bar that tells of files changed outside is loaded when one is. @param {App} app @param {HTMLElement} middle */
function outsideWhenChanged(app, middle) {
  /** @type {Promise<void> | null} */
  let bar = null;
  effect(() => {
    if (app.outside.value.size > 0) bar ??= loadOutside(app, middle);
  });
}

/** @param {App} app @param {HTMLElement} middle */
async function loadOutside(app, middle) {
  const { mountOutside } = await import("./outside.js");
  await mountOutside(app, middle);
}

/** The list of faults is loaded when it is first looked at. @param {App} app @param {HTMLElement} element @returns {() => void} */
function faultsWhenAsked(app, element) {
  /** @type {Promise<{toggle: () => void}> | null} */
  let list = null;
  return () => {
    list ??= loadFaults(app, element);
    void list.then(({ toggle }) => toggle());
  };
}

/** @param {App} app @param {HTMLElement} element */
async function loadFaults(app, element) {
  const { mountFaults } = await import("./faults.js");
  return mountFaults(app, element);
}

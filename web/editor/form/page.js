/**
 * A workflow's form alone, for somebody who never looks at the graph: its widgets, Run, and what comes out. The file in the
 * library is never touched; what was filled in is remembered by this browser.
 *
 * @typedef {import("../session/tab.js").Tab} Tab
 */

import { html, nothing, render } from "../vendor/lit-html/lit-html.js";
import { effect } from "../vendor/signals-core/signals-core.mjs";
import { pressed } from "../commands/keys.js";
import { maskCommands } from "../commands/mask.js";
import { CommandTable } from "../commands/table.js";
import { readCatalogue } from "../model/catalogue.js";
import { unfreeze } from "../model/edits/freeze.js";
import { errorWords } from "../model/errors.js";
import { frozenOf } from "../model/frozen.js";
import { transact } from "../model/transact.js";
import { openMenu } from "../palette/menu.js";
import { touchable } from "../palette/touch.js";
import { Api } from "../session/api.js";
import { App } from "../session/app.js";
import { readText } from "../session/library.js";
import { Checks } from "../session/checks.js";
import { Following } from "../session/following.js";
import { end, submit } from "../session/running.js";
import { Settings } from "../session/settings.js";
import { EventSocket } from "../session/socket.js";
import { Tab as FormTab } from "../session/tab.js";
import { mountLive } from "../shell/live.js";
import { followFinished, showFinished } from "../shell/finished.js";
import { followTheme } from "../shell/theme.js";
import { runWords } from "../shell/words.js";
import { filledIn } from "./body.js";
import { copyAs, WAYS } from "./copying.js";
import { results } from "./results.js";
import { keepValues } from "./values.js";

const name = decodeURIComponent(location.pathname.split("/").at(-1) ?? "");
/** For those who look at the page from its console, and for its tests. */
export const app = new App(new Api(), new Settings());
app.commands = new CommandTable(app);
app.commands.add(maskCommands);
followTheme(app);
await touchable();
mountLive(app, document.body);
const page = document.createElement("div");
page.className = "form-page";
document.body.append(page);
try {
  show(await opened());
} catch (error) {
  render(html`<main class="form-missing"><h1>${name}</h1><p>${errorWords(error)}</p></main>`, page);
}
document.body.dataset.ready = "";

/** The workflow of the library, as a document of this page's own. */
async function opened() {
  const [catalogue, { text, etag }, models, inputs] = await Promise.all([
    app.api.nodes(),
    app.api.workflow(name),
    app.api.models(),
    app.api.inputs(),
  ]);
  app.catalogue.value = readCatalogue(catalogue);
  app.models.value = models;
  app.inputs.value = inputs;
  const tab = new FormTab(`${name} (form)`, asWritten(await readText(app.api, text)), { name, etag });
  app.tabs.value = [tab];
  app.active.value = tab;
  return tab;
}

/** Without what is frozen: that is for who experiments in the editor. @param {import("../model/document.js").Document} document */
function asWritten(document) {
  return transact(document, (draft) => unfreeze(draft, frozenOf(document).keys())).document;
}

/** @param {Tab} tab */
function show(tab) {
  const forget = keepValues(name, app, tab);
  const checks = new Checks(app);
  checks.follow(tab);
  follow(tab, checks);
  effect(() => void render(content(tab, forget), page));
  addEventListener("keydown", (event) => {
    if (pressed(event) === "Mod+Enter") void submit(app, tab);
  });
  followFinished(app, () => {
    document.title = `${showFinished(tab)}${titleOf(tab)}`;
  });
}

/** @param {Tab} tab @param {Checks} checks */
function follow(tab, checks) {
  const following = new Following(app);
  following.over.push(() => checks.soon(tab));
  const anew = () => void following.restore(tab).catch(() => {});
  const socket = new EventSocket({
    message: (messages) => following.take(messages),
    reset: anew,
    state: (on) => {
      app.online.value = on ? "on" : "off";
      if (on) anew();
    },
  });
  socket.open();
}

/** @param {Tab} tab @param {() => void} forget */
function content(tab, forget) {
  const active = tab.active.value;
  const wrong = whatIsWrong(tab);
  return html`<header class="form-head">
      <h1>${titleOf(tab)}</h1>
      <button type="button" class="quiet" aria-haspopup="menu" @click=${(/** @type {Event} */ event) => more(tab, forget, event)}>More</button>
    </header>
    <main class="form-columns">
      <section class="form-filled" aria-label="Values">${filledIn(app, tab, true)}</section>
      <section class="form-results" aria-label="Results">${results(app, tab)}</section>
    </main>
    <footer class="form-foot">
      <p class="form-words ${wrong === null ? "" : "is-wrong"}" role="status">${wrong ?? runWords(tab, Date.now())}</p>
      ${active ? html`<button type="button" class="quiet" @click=${() => void end(app, tab, "cancel")}>Cancel</button>` : nothing}
      <button type="button" class="main form-run" @click=${() => void run(tab)}>Run</button>
    </footer>`;
}

/** Run; where results stand below the values, as on a phone, they are gone to. @param {Tab} tab */
async function run(tab) {
  if ((await submit(app, tab)) === null) return;
  const place = page.querySelector(".form-results");
  if (place && place.getBoundingClientRect().top > innerHeight / 2) place.scrollIntoView();
}

/** In words, what keeps it from running or ended the last run. @param {Tab} tab @returns {string | null} */
function whatIsWrong(tab) {
  if (app.online.value === "off") return "The server does not answer";
  const run = tab.run.value;
  const failed = run?.status === "failed" || run?.status === "interrupted" ? run.faults : [];
  return [...tab.faults.value.values()].flat()[0]?.message ?? failed[0]?.message ?? null;
}

/** @param {Tab} tab @param {() => void} forget @param {Event} event */
function more(tab, forget, event) {
  const { right, bottom } = /** @type {HTMLElement} */ (event.currentTarget).getBoundingClientRect();
  const copies = Object.entries(WAYS).map(([way, { title }]) => ({
    id: way,
    title,
    run: () => void copyAs(app, tab, /** @type {keyof typeof WAYS} */ (way)),
  }));
  const values = tab.dirty.peek() ? [null, { id: "forget", title: "All values as they were", run: forget }] : [];
  openMenu([...copies, ...values], { x: right - 200, y: bottom + 6 }, "More");
}

/** @param {Tab} tab */
function titleOf(tab) {
  const title = tab.document.value.head.get("title");
  return typeof title === "string" && title !== "" ? title : name;
}

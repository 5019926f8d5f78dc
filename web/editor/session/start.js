/**
 * The editor comes to life: what the server offers is fetched, documents of last time are opened, events are followed.
 *
 * @typedef {import("./app.js").App} App
 * @typedef {import("./tab.js").Tab} Tab
 * @typedef {import("./socket.js").Message} Message
 */

import { effect } from "../vendor/signals-core/signals-core.mjs";
import { readCatalogue } from "../model/catalogue.js";
import { parseDocument } from "../model/document.js";
import { errorWords } from "../model/errors.js";
import { Checks } from "./checks.js";
import { Drafts, openLast, restore } from "./drafts.js";
import { Following } from "./following.js";
import { backToPlace, keepPlaces } from "./places.js";
import { EventSocket } from "./socket.js";
import { openNew, show } from "./tabs.js";

/** @typedef {{checks: Checks, drafts: Drafts, following: Following, peers: Promise<import("./peers.js").Peers>}} Services */

/**
 * Open the documents and follow the server. Resolves when a document is to be seen.
 *
 * @param {App} app
 * @returns {Promise<Services>}
 */
export async function start(app) {
  const services = {
    checks: new Checks(app),
    drafts: new Drafts(app),
    following: new Following(app),
    peers: loadPeers(app),
  };
  const catalogue = loadCatalogue(app);
  await openDocuments(app);
  await catalogue;
  followTabs(app, services);
  services.checks.done.push((tab) => void runOnChange(app, tab));
  services.following.over.push((tab) => services.checks.soon(tab));
  services.following.others.push((message) => react(app, services, message));
  listen(app, services);
  keepPlaces(app);
  void loadModels(app);
  void loadInputs(app);
  return services;
}

/** @param {App} app */
async function loadPeers(app) {
  const { Peers } = await import("./peers.js");
  return new Peers(app);
}

/** @param {App} app @param {Tab} tab */
async function runOnChange(app, tab) {
  if (!tab.runOnChange.peek()) return;
  const { runIfChanged } = await import("./running.js");
  runIfChanged(app, tab);
}

/** @param {App} app */
async function loadCatalogue(app) {
  try {
    app.catalogue.value = readCatalogue(await app.api.nodes());
    const failed = app.catalogue.peek().packs.filter((pack) => pack.error);
    for (const pack of failed) app.say(`Pack ${pack.name} could not be loaded: ${pack.error}`, "assertive");
  } catch (error) {
    app.online.value = "off";
    app.say(errorWords(error), "assertive");
  }
}

/** @param {App} app */
async function loadModels(app) {
  app.models.value = await app.api.models().catch(() => app.models.peek());
}

/** @param {App} app */
async function loadInputs(app) {
  app.inputs.value = await app.api.inputs().catch(() => app.inputs.peek());
}

/** The documents of last time, else the first example. @param {App} app */
async function openDocuments(app) {
  const { keys, active } = openLast();
  const restored = await Promise.all(keys.map((key) => restore(app, key)));
  for (const tab of restored) {
    if (tab === null || app.tabOf(tab.key.peek()) !== null) continue;
    backToPlace(tab);
    show(app, tab);
  }
  const last = active === null ? null : app.tabOf(active);
  if (last !== null) show(app, last);
  if (app.tabs.peek().length === 0) await openFirst(app);
}

/** @param {App} app */
async function openFirst(app) {
  try {
    const [example] = await app.api.examples();
    if (example === undefined) openNew(app);
    else openNew(app, parseDocument(await app.api.example(example.pack, example.name)));
  } catch {
    openNew(app); // without examples there is an empty canvas, which says what to do
  }
}

/** Each tab is checked, kept and shared as long as it is open. @param {App} app @param {Services} services */
function followTabs(app, { checks, drafts, following, peers }) {
  /** @type {Map<Tab, (() => void)[]>} */
  const followed = new Map();
  effect(() => {
    const open = new Set(app.tabs.value);
    for (const tab of open) {
      if (followed.has(tab)) continue;
      const stops = [checks.follow(tab), drafts.follow(tab)];
      followed.set(tab, stops);
      void peers.then((there) => followed.has(tab) && stops.push(there.follow(tab)));
      if (app.online.peek() === "on") void following.restore(tab).catch(() => {});
    }
    for (const [tab, stops] of followed) {
      if (open.has(tab)) continue;
      for (const stop of stops) stop();
      followed.delete(tab);
      void drafts.drop(tab);
    }
  });
}

/** @param {App} app @param {Services} services */
function listen(app, { following, checks }) {
  const anew = () => {
    for (const tab of app.tabs.peek()) void following.restore(tab).catch(() => {});
  };
  let lost = false;
  const socket = new EventSocket({
    message: (messages) => {
      following.take(messages);
      if (messages.some(({ type }) => type.startsWith("run."))) app.history.value += 1;
    },
    reset: anew,
    state: (on) => {
      app.online.value = on ? "on" : "off";
      if (on) anew();
      if (on && lost) {
        app.say("The server is back");
        void loadModels(app);
        void loadInputs(app);
        checks.all();
      }
      if (!on && !lost) app.say("The connection to the server is lost; trying again", "assertive");
      lost = !on;
    },
  });
  socket.open();
}

/** @param {App} app @param {Services} services @param {Message} message */
function react(app, { checks }, message) {
  if (message.type === "queue.changed") {
    const { paused = false, queued = 0, running = 0 } = message;
    app.queue.value = { paused, queued, running };
  } else if (message.type === "models.changed") {
    void loadModels(app);
    checks.all();
  } else if (message.type === "inputs.changed") {
    void loadInputs(app);
    checks.all();
  } else if (message.type === "library.changed") {
    app.library.value += 1;
  }
}

/**
 * Runs of a document: submitting what is drawn, ending it, running on change; seeds that move on.
 *
 * @typedef {import("./app.js").App} App
 * @typedef {import("./tab.js").Tab} Tab
 * @typedef {import("../model/json.js").Json} Json
 */

import { toJson } from "../model/document.js";
import { frozenIn } from "../model/frozen.js";
import { specAt } from "../model/normalise.js";
import { linksIn } from "../model/shapes.js";
import { ApiError } from "./api.js";
import { randomHex } from "./random.js";
import { NEW_RUN } from "./tab.js";

const LIMIT = 2n ** 64n;
/**
 * Run what is drawn now; later edits change nothing in it.
 *
 * @param {App} app
 * @param {Tab} tab
 * @param {{targets?: string[], next?: boolean}} [options]  `next`: before what waits already
 * @returns {Promise<string | null>}  the run's id; null where it was refused
 */
export async function submit(app, tab, { targets, next = false } = {}) {
  moveSeeds(app, tab);
  const idle = !tab.active.peek();
  if (idle) tab.run.value = { ...NEW_RUN, targets: targets ?? null, began: Date.now() };
  const document = tab.document.peek();
  const wanted = targets === undefined ? {} : { targets };
  const job = { workflow: toJson(document), document: tab.key.peek(), key: randomHex(32), ...wanted, ...frozenIn(document) };
  try {
    const run = await app.api.submit(job);
    noteSeeds(app, tab);
    tab.queue(run.id);
    if (next) await app.api.move(run.id, 0).catch(() => null); // it has begun already
    return run.id;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    refused(app, tab, error, idle);
    return null;
  }
}

/**
 * @param {App} app
 * @param {Tab} tab
 * @param {ApiError} error
 * @param {boolean} idle
 */
function refused(app, tab, error, idle) {
  if (idle) tab.run.value = null;
  if (error.faults.length > 0) {
    tab.checked.value = { ...tab.checked.peek(), faults: error.faults };
    const [first] = error.faults;
    const more = error.faults.length > 1 ? ` (and ${error.faults.length - 1} more)` : "";
    app.say(`Not run: ${first?.message}${more}`, "assertive");
  } else {
    app.say(`Not run: ${error.message}`, "assertive");
  }
}

/**
 * End what is under way.
 *
 * @param {App} app
 * @param {Tab} tab
 * @param {"cancel" | "stop"} how  stop keeps the best so far
 */
export async function end(app, tab, how) {
  const id = tab.run.peek()?.id;
  if (id) await app.api.end(id, how);
}

/** End all runs of this document, those that wait first. @param {App} app @param {Tab} tab */
export async function cancelAll(app, tab) {
  for (const id of [...tab.waiting.peek()].reverse()) await app.api.end(id, "cancel").catch(() => null);
}

/**
 * Seeds that are to move on do so before a run, so that the seed that is shown is the one that runs: random ones always,
 * counting ones once they have run.
 *
 * @param {App} app
 * @param {Tab} tab
 */
function moveSeeds(app, tab) {
  const document = tab.document.peek();
  tab.edit(
    "Next seed",
    (draft) => {
      for (const [name, level] of document.levels) {
        for (const [id, node] of level.nodes) {
          for (const [input, how] of Object.entries(node.ui.seed ?? {})) {
            const value =
              node.inputs.get(input) ?? specAt(document, name, id, input, app.catalogue.peek())?.default ?? 0;
            if (linksIn(value).length > 0) continue;
            const ran = tab.lastSeed(id, input);
            const moved = nextSeed(value, how, ran !== undefined && String(ran) === String(value));
            if (moved !== value) draft.level(name).setInput(id, input, moved);
          }
        }
      }
    },
    { merge: "next seed" },
  );
}

/**
 * @param {Json} value
 * @param {string} how
 * @param {boolean} ran
 * @returns {Json}
 */
function nextSeed(value, how, ran) {
  if (how === "random") return writtenSeed(crypto.getRandomValues(new BigUint64Array(1))[0] % 2n ** 53n);
  if (how !== "increment" || !ran) return value;
  return writtenSeed((BigInt(/** @type {number | string} */ (value)) + 1n) % LIMIT);
}

/** @param {bigint} seed @returns {Json} */
function writtenSeed(seed) {
  return seed > BigInt(Number.MAX_SAFE_INTEGER) ? seed.toString() : Number(seed);
}

/**
 * Remember what seeds a run was given.
 *
 * @param {App} app
 * @param {Tab} tab
 */
function noteSeeds(app, tab) {
  const document = tab.document.peek();
  for (const [id, node] of document.levels.get("")?.nodes ?? []) {
    for (const [input, value] of node.inputs) {
      const spec = specAt(document, "", id, input, app.catalogue.peek());
      if (spec?.widget === "seed" && linksIn(value).length === 0) tab.seeds.set(`${id}.${input}`, value);
    }
  }
}

/**
 * Where a document runs on change: run when a check found something to run, nothing wrong, and nothing under way.
 *
 * @param {App} app
 * @param {Tab} tab
 */
export function runIfChanged(app, tab) {
  const { faults } = tab.checked.peek();
  if (!tab.runOnChange.peek() || tab.active.peek() || faults.length > 0 || tab.cost.peek().run === 0) return;
  void submit(app, tab);
}

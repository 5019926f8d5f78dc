/**
 * What can be done with a picture, as the items of a menu.
 *
 * @typedef {import("../session/app.js").App} App
 * @typedef {import("../palette/menu.js").Item} Item
 * @typedef {import("../model/edits/send.js").Aim} Aim
 * @typedef {import("./picture.js").Picture} Picture
 */

import { signal } from "../vendor/signals-core/signals-core.mjs";
import { NEEDS, sendTo } from "../model/edits/send.js";
import { takeValues } from "../model/edits/values.js";
import { errorWords } from "../model/errors.js";
import { openNew } from "../session/tabs.js";
import { copy, download, downloadBundle, downloadPlain } from "./carry.js";
import { workflowOf } from "./picture.js";

/** @type {readonly {aim: Aim, title: string}[]} */
const AIMS = Object.freeze([
  { aim: "image", title: "Send to image to image" },
  { aim: "inpaint", title: "Send to Inpaint" },
  { aim: "upscale", title: "Send to Upscale" },
]);

/** How often something was done that is to be seen on the canvas: what covers it makes room. */
export const onCanvas = signal(0);

/**
 * @param {App} app
 * @param {Picture} picture
 * @param {() => void} [leave]  called before something is done that is to be seen elsewhere
 * @returns {Item[]}
 */
export function deeds(app, picture, leave = () => {}) {
  const item = (/** @type {string} */ id, /** @type {string} */ title, /** @type {() => unknown} */ run) => ({
    id,
    title,
    run: () => void aloud(app, run),
  });
  const away = (/** @type {() => unknown} */ run) => () => {
    leave();
    onCanvas.value += 1;
    return run();
  };
  const known = app.catalogue.peek().nodes;
  const aims = AIMS.filter(({ aim }) => NEEDS[aim].every((type) => known.has(type)));
  return [
    item("workflow", "Load its workflow", away(() => loadWorkflow(app, picture))),
    item("values", "Take only its values", away(() => loadValues(app, picture))),
    null,
    ...aims.map(({ aim, title }) => item(aim, title, away(() => send(app, aim, picture)))),
    ...(aims.length > 0 ? [null] : []),
    item("copy", "Copy the picture", () => copy(app, picture)),
    item("download", "Download", () => download(picture)),
    item("plain", "Download without the workflow", () => downloadPlain(picture)),
    item("bundle", "Download with its pictures", () => downloadBundle(app, picture)),
  ];
}

/**
 * Do something; what goes wrong is said.
 *
 * @param {App} app
 * @param {() => unknown} deed
 */
export async function aloud(app, deed) {
  try {
    await deed();
  } catch (error) {
    app.say(errorWords(error), "assertive");
  }
}

/** In a tab of its own. @param {App} app @param {Picture} picture */
export async function loadWorkflow(app, picture) {
  const tab = openNew(app, await workflowOf(app, picture));
  app.say(`${tab.title.peek()}: as it was for ${picture.asset}`);
}

/** Into the workflow that is open, as one step. @param {App} app @param {Picture} picture */
export async function loadValues(app, picture) {
  const from = await workflowOf(app, picture);
  const tab = app.active.peek();
  let told = { taken: 0, missing: /** @type {string[]} */ ([]) };
  tab.edit("Take a picture's values", (draft) => {
    told = takeValues(draft, from);
  });
  const { taken, missing } = told;
  const values = taken === 0 ? "All values are the same" : taken === 1 ? "1 value is changed" : `${taken} values are changed`;
  app.say(missing.length === 0 ? values : `${values}; not here: ${missing.join(", ")}`);
}

/** @param {App} app @param {Aim} aim @param {Picture} picture */
export function send(app, aim, picture) {
  const tab = app.active.peek();
  const bounds = app.view?.bounds();
  const at = bounds ? { x: bounds.left, y: bounds.bottom + 80 } : { x: 0, y: 0 };
  tab.edit("Send a picture on", (draft) => {
    const ids = sendTo(draft, tab.levelName.peek(), aim, picture, at, app.catalogue.peek());
    tab.selection.value = new Set(ids);
  });
  const ids = [...tab.selection.peek()];
  requestAnimationFrame(() => app.view?.fit(ids));
  const painting = matchMedia("(pointer: coarse)").matches ? "Hold a finger on Inpaint for its menu" : "Press P on Inpaint";
  const then = aim === "inpaint" ? `. ${painting}, and paint where it may change` : "";
  app.say(`${ids.length} nodes were added, with ${picture.asset}${then}`);
}

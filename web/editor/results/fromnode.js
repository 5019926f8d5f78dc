/**
 * Between the canvas and the pictures: one of a node opened, one that was dragged onto the canvas put there as a node.
 *
 * @typedef {import("../session/app.js").App} App
 */

import { addNode } from "../model/edits/nodes.js";
import { results } from "../session/history.js";
import { pictureOf } from "./picture.js";
import { openViewer } from "./viewer.js";

const BESIDE = 60;

/**
 * Open a picture of a node among those of the gallery, which it can be held against.
 *
 * @param {App} app
 * @param {{url: string, width: number, height: number, name: string}} picture
 */
export async function openFromNode(app, picture) {
  const tab = app.active.peek();
  const own = pictureOf(picture, { run: tab.run.peek()?.id || null, title: tab.title.peek() });
  const page = await results(app.api, { limit: BESIDE }).catch(() => ({ results: [] }));
  const place = page.results.findIndex(({ sha256 }) => sha256 === own.sha256);
  if (place >= 0) await openViewer(app, page.results, place);
  else await openViewer(app, [own, ...page.results], 0);
}

/** @param {App} app @param {string} data  what the picture was dragged as @param {{x: number, y: number}} at */
export function placePicture(app, data, at) {
  const { asset, sha256 } = JSON.parse(data);
  const tab = app.active.peek();
  tab.edit("Add a picture", (draft) => {
    const id = addNode(draft, tab.levelName.peek(), "LoadImage", at, app.catalogue.peek(), { file: { asset, sha256 } });
    tab.selection.value = new Set([id]);
  });
  app.say(`${asset} was added as a node`);
}

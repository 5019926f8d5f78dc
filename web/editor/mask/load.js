/**
 * The pictures that painting begins with: files among the assets, results that are at hand, and results that a run makes.
 *
 * @typedef {import("../session/app.js").App} App
 * @typedef {import("../session/tab.js").Tab} Tab
 * @typedef {import("./target.js").Source} Source
 */

import { effect } from "../vendor/signals-core/signals-core.mjs";
import { toJson } from "../model/document.js";
import { frozenIn } from "../model/frozen.js";
import { outgoing } from "../model/links.js";
import { readValue } from "../model/shapes.js";
import { placeOf } from "../session/api.js";
import { UNDER_WAY } from "../session/tab.js";

/**
 * What is there without a run: the file itself, else what came out last; null where there is nothing yet.
 *
 * @param {App} app
 * @param {Tab} tab
 * @param {Source} source
 * @returns {Promise<{bitmap: ImageBitmap, isFile: boolean} | null>}
 */
export async function atHand(app, tab, { file, port }) {
  const value = file === null ? null : readValue(file);
  const place = value?.kind === "asset" ? placeOf(value, app.inputs.peek()) : null;
  const own = place && (await bitmapAt(place));
  if (own) return { bitmap: own, isFile: true };
  const [entry] = port === null ? [] : lastOf(tab, port);
  const bitmap = typeof entry?.url === "string" ? await bitmapAt(entry.url) : null;
  return bitmap === null ? null : { bitmap, isFile: false };
}

/**
 * What came out of an output last, as far as a run told it: under an output of the workflow, or at a node that writes or shows it.
 *
 * @param {Tab} tab
 * @param {NonNullable<Source["port"]>} port
 * @returns {readonly any[]}
 */
function lastOf(tab, { node, output }) {
  const level = tab.level.peek();
  const prefix = tab.prefix.peek();
  const named = [...level.outputs].filter(([, { link }]) => link === `${node}.${output}`).map(([name]) => ({ id: node, name }));
  const fed = (outgoing(level).get(node) ?? []).filter(({ from }) => from.output === output);
  const writers = fed.map(({ to }) => ({ id: to.node, name: prefix + to.node }));
  const told = [...named, ...writers].map(({ id, name }) => tab.nodeRun(prefix + id).peek().outputs?.[name] ?? []);
  return told.find((entries) => entries.length > 0) ?? [];
}

/**
 * What an output gives, made by a run up to there. Throws Error, in words, where the run did not come to it. It is cancelled
 * once `over` is aborted, and nothing comes of it then.
 *
 * @param {App} app
 * @param {Tab} tab
 * @param {NonNullable<Source["port"]>} port
 * @param {AbortSignal} over
 * @returns {Promise<ImageBitmap>}
 */
export async function made(app, tab, { node, output }, over) {
  const target = `${tab.prefix.peek()}${node}.${output}`;
  const document = tab.document.peek();
  const job = { workflow: toJson(document), document: tab.key.peek(), targets: [target], ...frozenIn(document) };
  const { id } = await app.api.submit(job);
  tab.queue(id);
  const cancel = () => void app.api.end(id, "cancel").catch(() => {}); // it may have ended by itself
  if (over.aborted) cancel();
  over.addEventListener("abort", cancel);
  await ended(tab, id);
  over.removeEventListener("abort", cancel);
  const run = await app.api.run(id);
  const [entry] = run.outputs?.[target] ?? [];
  const bitmap = typeof entry?.url === "string" ? await bitmapAt(entry.url) : null;
  over.throwIfAborted();
  if (bitmap === null) throw new Error(run.faults?.[0]?.message ?? `${target} gave no picture`);
  return bitmap;
}

/** @param {Tab} tab @param {string} id @returns {Promise<void>} */
function ended(tab, id) {
  return new Promise((done) => {
    const stop = effect(() => {
      const run = tab.run.value;
      if (tab.waiting.value.includes(id) || (run?.id === id && UNDER_WAY.has(run.status))) return;
      queueMicrotask(() => stop());
      done();
    });
  });
}

/** @param {string} url @returns {Promise<ImageBitmap | null>}  null where there is no such picture */
async function bitmapAt(url) {
  const answer = await fetch(url).catch(() => null);
  if (answer === null || !answer.ok) return null;
  return createImageBitmap(await answer.blob()).catch(() => null);
}

/**
 * The bytes of a picture, turned as it is shown.
 *
 * @param {ImageBitmap} bitmap
 */
export function pixelsOf(bitmap) {
  const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
  const context = /** @type {OffscreenCanvasRenderingContext2D} */ (canvas.getContext("2d"));
  context.drawImage(bitmap, 0, 0);
  return context.getImageData(0, 0, bitmap.width, bitmap.height);
}

/**
 * A mask as the grey PNG that is kept.
 *
 * @param {import("./raster.js").Raster} raster
 * @returns {Promise<Blob>}
 */
export function fileOf({ width, height, values }) {
  const canvas = new OffscreenCanvas(width, height);
  const context = /** @type {OffscreenCanvasRenderingContext2D} */ (canvas.getContext("2d"));
  const pixels = new ImageData(width, height);
  values.forEach((value, place) => pixels.data.set([value, value, value, 255], 4 * place));
  context.putImageData(pixels, 0, 0);
  return canvas.convertToBlob({ type: "image/png" });
}

/**
 * A picture that a run made, wherever it is shown: in the gallery, on a node, in a sweep's grid.
 *
 * @typedef {import("../session/app.js").App} App
 * @typedef {import("../session/history.js").Change} Change
 * @typedef {import("../model/document.js").Document} Document
 * @typedef {{readonly url: string, readonly asset: string, readonly sha256: string, readonly width: number,
 *   readonly height: number, readonly run: string | null, readonly title: string, readonly starred?: boolean,
 *   readonly created?: number, readonly sweep?: string | null, readonly changes?: readonly Change[] | null,
 *   readonly frozen?: readonly string[], readonly document?: string, readonly output?: string | null,
 *   readonly item?: number | null, readonly of?: number | null}} Picture
 *   `changes` is undefined where nobody asked for them, `of` how many its output gave, null where its run was deleted; sizes are in pixels
 */

import { parseDocument } from "../model/document.js";

/**
 * @param {{url: string, width?: number, height?: number, name?: string, asset?: string}} entry  of a run's outputs, or as a node shows it
 * @param {{run?: string | null, title?: string}} [made]
 * @returns {Picture}
 */
export function pictureOf(entry, { run = null, title = "" } = {}) {
  const url = entry.url.replace(/\?.*$/, "");
  const sha256 = /([0-9a-f]{64})/.exec(url)?.[1] ?? "";
  const { width = 1, height = 1 } = entry;
  return { url, sha256, width, height, asset: entry.asset ?? entry.name ?? "picture", run, title };
}

/** Whether an entry of a run's outputs is a picture. @param {any} entry */
export function isPicture(entry) {
  return typeof entry?.url === "string" && /\.(png|webp|jpe?g)$/.test(entry.url);
}

/** A small one of it. @param {{url: string, width: number, height: number}} picture @param {256 | 512} [size] */
export function thumbnail({ url, width, height }, size = 256) {
  return Math.max(width, height) <= size ? url : `${url}?size=${size}`;
}

/** Whether single pixels are to be seen when it is enlarged. @param {{width: number, height: number}} picture */
export function isSmall({ width, height }) {
  return Math.max(width, height) <= 256;
}

/**
 * The workflow that made it, as it ran: what the server knows of the run, else what the picture itself carries.
 *
 * @param {App} app
 * @param {Picture} picture
 * @returns {Promise<Document>}
 */
export async function workflowOf(app, picture) {
  const run = picture.run === null ? null : await app.api.run(picture.run).catch(() => null);
  const file = run === null ? await (await fetch(picture.url)).blob() : asFile(run.workflow);
  return parseDocument((await app.api.open(file)).workflow);
}

/** @param {unknown} workflow */
function asFile(workflow) {
  return new Blob([JSON.stringify(workflow)], { type: "application/json" });
}

/**
 * Pictures out of the page: to the clipboard, to the disk with or without their workflow, dragged away, as one file with all that
 * their workflow needs.
 *
 * @typedef {import("../session/app.js").App} App
 * @typedef {import("./picture.js").Picture} Picture
 */

import { toJson } from "../model/document.js";
import { bundle } from "../session/history.js";
import { workflowOf } from "./picture.js";
import { stripped } from "./strip.js";

/** What a picture of ours is dragged as inside of the page. */
export const DRAGGED = "application/x-latentloom-picture";
const REVOKED_AFTER = 10_000;

/** @param {App} app @param {Picture} picture */
export async function copy(app, picture) {
  if (!navigator.clipboard?.write || typeof ClipboardItem === "undefined") {
    throw new Error("This browser lets no page copy pictures over plain HTTP; drag it out instead");
  }
  await navigator.clipboard.write([new ClipboardItem({ "image/png": asPng(picture) })]);
  app.say(`${picture.asset} is in the clipboard`);
}

/** @param {Picture} picture @returns {Promise<Blob>} */
async function asPng({ url }) {
  const blob = await (await fetch(url)).blob();
  if (blob.type === "image/png") return blob;
  const bitmap = await createImageBitmap(blob);
  const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
  canvas.getContext("2d")?.drawImage(bitmap, 0, 0);
  return canvas.convertToBlob({ type: "image/png" });
}

/** @param {Picture} picture */
export function download(picture) {
  save(picture.url, fileName(picture));
}

/** The same pixels, and no word about how they were made. @param {Picture} picture */
export async function downloadPlain(picture) {
  const file = await (await fetch(picture.url)).arrayBuffer();
  saveBlob(new Blob([stripped(new Uint8Array(file))]), fileName(picture));
}

/**
 * What a picture is called outside, where it lies among others: by its workflow and its content, since most are `image.png` here.
 *
 * @param {{title: string, asset: string, sha256: string}} picture
 */
export function fileName({ title, asset, sha256 }) {
  const name = stem(asset);
  const words = [title, title !== "" && name === "image" ? "" : name, sha256.slice(0, 6)].filter((word) => word !== "");
  return safe(words.join(" ")) + asset.slice(name.length);
}

/** The picture, its workflow, and every file that this names. @param {App} app @param {Picture} picture */
export async function downloadBundle(app, picture) {
  const document = await workflowOf(app, picture);
  saveBlob(await bundle(app.api, toJson(document), [picture.sha256]), `${stem(fileName(picture))}.loom.zip`);
}

/** A document with the files that it names. @param {App} app @param {import("../session/tab.js").Tab} tab */
export async function downloadDocument(app, tab) {
  saveBlob(await bundle(app.api, toJson(tab.document.peek()), []), `${safe(tab.title.peek()) || "workflow"}.loom.zip`);
}

/** @param {string} name */
function safe(name) {
  return name.replace(/[^\p{L}\p{N} ._-]+/gu, "_");
}

/** @param {string} name */
function stem(name) {
  return name.replace(/\.[^.]*$/, "");
}

/** @param {Blob} blob @param {string} name */
function saveBlob(blob, name) {
  const url = URL.createObjectURL(blob);
  save(url, name);
  setTimeout(() => URL.revokeObjectURL(url), REVOKED_AFTER);
}

/** @param {string} url @param {string} name */
function save(url, name) {
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
}

/**
 * Let a picture be dragged: as a file to the desktop (Chromium), as an address elsewhere, as itself to the canvas.
 *
 * @param {DragEvent} event
 * @param {Picture} picture
 */
export function drag(event, picture) {
  const { url, asset, sha256, width, height } = picture;
  const data = event.dataTransfer;
  if (!data) return;
  const whole = new URL(url, location.href).href;
  const type = /\.jpe?g$/.test(url) ? "image/jpeg" : `image/${/\.(\w+)$/.exec(url)?.[1] ?? "png"}`;
  data.setData(DRAGGED, JSON.stringify({ asset, sha256, width, height }));
  data.setData("DownloadURL", `${type}:${fileName(picture)}:${whole}`);
  data.setData("text/uri-list", whole);
  data.effectAllowed = "copy";
}

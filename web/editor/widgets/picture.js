/**
 * A picture from the user: chosen, dropped or pasted, uploaded, and shown small, or one of the folder of inputs by its name.
 * Its file stays as it was; how it is turned is read from its EXIF where it is loaded.
 */

import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { readValue } from "../model/shapes.js";
import { placeOf } from "../session/api.js";
import { isPicture, openChoices } from "./choice.js";
import { valueOf, write } from "./subject.js";

/** @typedef {import("./subject.js").Subject} Subject */

const ACCEPTED = "image/png,image/jpeg,image/webp";

/** @param {Subject} subject */
export function pictureWidget(subject) {
  const value = valueOf(subject);
  const shape = value === undefined ? null : readValue(value);
  const asset = shape?.kind === "asset" ? shape : null;
  const files = subject.app.inputs.value;
  const place = asset && placeOf(asset, files);
  return html`<div class="drop ${asset ? "full" : ""}" data-drop=${subject.port.name}
    @dragover=${over} @dragleave=${(/** @type {Event} */ event) => lit(event, false)} @drop=${(/** @type {DragEvent} */ event) => dropped(subject, event)}
    @paste=${(/** @type {ClipboardEvent} */ event) => pasted(subject, event)}>
    ${place ? html`<img src="${place}?size=512" alt=${asset?.name} draggable="false" @error=${there} @load=${there} />` : nothing}
    ${asset ? html`<span class="drop-name">${asset.name}</span>` : html`<span>Drop, paste or choose a picture</span>`}
    <input type="file" accept=${ACCEPTED} aria-labelledby=${subject.label}
      @change=${(/** @type {Event} */ event) => chosen(subject, /** @type {HTMLInputElement} */ (event.currentTarget))} />
    ${files.some(isPicture) ? html`<button type="button" class="from-inputs" aria-haspopup="listbox" title="A file of the folder of inputs" @click=${(/** @type {Event} */ event) => openChoices(subject, /** @type {HTMLElement} */ (event.currentTarget))}>Inputs…</button>` : nothing}
    ${subject.port.widget === "mask" ? html`<button type="button" class="paint" @click=${() => subject.app.commands.run("mask.paint", { id: subject.id, input: subject.port.name })}>Paint…</button>` : nothing}
  </div>`;
}

/**
 * A thumbnail that the server has not (a file beside the workflow) leaves its name to be read.
 *
 * @param {Event} event
 */
function there(event) {
  /** @type {HTMLElement} */ (event.currentTarget).hidden = event.type === "error";
}

/** @param {DragEvent} event */
function over(event) {
  event.preventDefault();
  event.stopPropagation();
  lit(event, true);
}

/** @param {Event} event @param {boolean} on */
function lit(event, on) {
  /** @type {HTMLElement} */ (event.currentTarget).classList.toggle("over", on);
}

/** @param {Subject} subject @param {DragEvent} event */
function dropped(subject, event) {
  lit(event, false);
  const data = event.dataTransfer?.getData("application/x-latentloom-picture"); // one of the gallery
  if (data) {
    event.preventDefault();
    event.stopPropagation();
    const { asset, sha256 } = JSON.parse(data);
    return write(subject, { asset, sha256 });
  }
  const file = event.dataTransfer?.files[0];
  if (!file) return;
  event.preventDefault();
  event.stopPropagation();
  void upload(subject, file);
}

/** @param {Subject} subject @param {ClipboardEvent} event */
function pasted(subject, event) {
  const file = event.clipboardData?.files[0];
  if (!file) return;
  event.preventDefault();
  event.stopPropagation();
  void upload(subject, file);
}

/** @param {Subject} subject @param {HTMLInputElement} input */
function chosen(subject, input) {
  const file = input.files?.[0];
  if (file) void upload(subject, file);
  input.value = "";
}

/** @param {Subject} subject @param {File} file */
async function upload(subject, file) {
  const { app, port } = subject;
  if (!ACCEPTED.includes(file.type)) return app.say(`${file.name} is no PNG, JPEG or WebP`, "assertive");
  try {
    const asset = await app.api.upload(file, file.name);
    write(subject, { asset: asset.asset, sha256: asset.sha256 });
    app.say(`${port.title}: ${file.name}`);
  } catch (error) {
    app.say(`${file.name}: ${error instanceof Error ? error.message : "it could not be uploaded"}`, "assertive");
  }
}

/** A sheet of the devices: what each does and has free, which models are loaded there, how large they are and when they were used, and unloading them. */

import { html, nothing, render } from "../vendor/lit-html/lit-html.js";
import { effect, signal, untracked } from "../vendor/signals-core/signals-core.mjs";
import { errorWords } from "../model/errors.js";
import { CLOSE } from "../palette/cross.js";
import { styled } from "../palette/styles.js";
import { heldBy } from "./held.js";
import { bytesWords } from "./measure.js";

/** @typedef {import("../session/app.js").App} App */
/** @typedef {import("./held.js").Held} Held */
/** @typedef {import("./held.js").Model} Model */

const LOOK_AGAIN = 2000;

/** @param {App} app @returns {Promise<void>} when the sheet is shown */
export async function openDevices(app) {
  await styled("profile.css");
  /** @type {import("../vendor/signals-core/signals-core.mjs").Signal<readonly Held[]>} */
  const held = signal([]);
  let models = /** @type {readonly Model[]} */ ([]);
  const look = async () => {
    held.value = heldBy((await app.api.health()).devices, models);
  };
  const refresh = async () => {
    models = /** @type {Model[]} */ (await app.api.models());
    await look();
  };
  await refresh();
  const dialog = document.createElement("dialog");
  dialog.className = "sheet";
  dialog.setAttribute("aria-labelledby", "devices-title");
  document.body.append(dialog);
  const stops = [
    effect(() => void render(sheet(app, held.value, refresh, dialog), dialog)),
    effect(() => {
      void app.active.value.run.value?.status; // a run loads models, and lets go of them
      void untracked(refresh);
    }),
  ];
  const timer = setInterval(() => void look().catch(() => null), LOOK_AGAIN); // without the server what is shown stays
  dialog.addEventListener("close", () => {
    clearInterval(timer);
    for (const stop of stops) stop();
    dialog.remove();
  });
  dialog.addEventListener("keydown", (event) => event.stopPropagation());
  dialog.showModal();
}

/** @param {App} app @param {readonly Held[]} held @param {() => Promise<void>} refresh @param {HTMLDialogElement} dialog */
function sheet(app, held, refresh, dialog) {
  return html`<div class="sheet-inner">
    <div class="sheet-head">
      <h2 id="devices-title">Devices</h2>
      <button type="button" class="round" aria-label="Close" @click=${() => dialog.close()}>${CLOSE}</button>
    </div>
    ${held.map((one) => device(app, one, refresh))}
  </div>`;
}

/** @param {App} app @param {Held} held @param {() => Promise<void>} refresh */
function device(app, { device, state, on, waiting, memory, parts }, refresh) {
  const free = memory === null ? "" : `, ${bytesWords(memory.free)} of ${bytesWords(memory.total)} free`;
  const waits = waiting ? `, ${bytesWords(waiting)} waiting in RAM` : "";
  const models = [...new Set(parts.map(({ model }) => model))];
  return html`<h3>${device}: ${state}, ${on ? `${bytesWords(on)} loaded` : "nothing loaded"}${waits}${free}</h3>
    ${models.length === 0
      ? nothing
      : html`<ul class="plain-list">${models.map(
          (model) => html`<li class="device-model"><span><b>${model}</b> ${parts
            .filter((part) => part.model === model)
            .map(({ part, bytes, waits, use }) => `${part} ${bytesWords(bytes)}${waits ? " in RAM" : ""}, ${use}`)
            .join("; ")}</span>
            <button type="button" class="quiet small" aria-label="Unload ${model}" @click=${() => unload(app, model, refresh)}>Unload</button></li>`,
        )}</ul>`}`;
}

/** A model that a run uses stays: the server says so in words. @param {App} app @param {string} model @param {() => Promise<void>} refresh */
async function unload(app, model, refresh) {
  try {
    const { unloaded } = await app.api._json("POST", `/models/${encodeURIComponent(model)}/unload`);
    app.say(unloaded ? `${model} is unloaded` : `${model} was not loaded any more`);
  } catch (error) {
    app.say(errorWords(error), "assertive");
  }
  await refresh();
}

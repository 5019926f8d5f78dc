/**
 * One of several: a button that opens a list which is searched by typing. Choices that depend on the machine
 * (models, files in its folder of inputs) are what the server has now; one that is not there any more stays, and says so.
 */

import { html } from "../vendor/lit-html/lit-html.js";
import { same } from "../model/json.js";
import { match } from "../palette/fuzzy.js";
import { openPicker } from "../palette/picker.js";
import { valueOf, write } from "./subject.js";

/** @typedef {import("./subject.js").Subject} Subject */
/** @typedef {import("../palette/picker.js").Entry} Entry */

/** Whether a file is a picture, by its name. @param {string} name */
export const isPicture = (name) => /\.(png|jpe?g|webp)$/i.test(name);

/**
 * @param {Subject} subject
 * @returns {readonly {value: import("../model/json.js").Json, title: string, detail?: string}[]}
 */
export function choicesOf({ app, port }) {
  if (port.choices) return port.choices.map((value) => ({ value, title: String(value) }));
  if (port.type === "File") {
    const pictures = app.inputs.value.filter(isPicture);
    return pictures.map((name) => ({ value: { asset: name }, title: name }));
  }
  if (port.choices_from !== "models") return [];
  return app.models.value.map((model) => ({
    value: model.name,
    title: model.name,
    detail: model.fault ?? model.family ?? undefined,
  }));
}

/** @param {Subject} subject */
export function choiceWidget(subject) {
  const value = valueOf(subject);
  const choices = choicesOf(subject);
  const there = choices.some((choice) => choice.value === value);
  const text = value === undefined || value === null ? "choose…" : String(value);
  return html`<button type="button" class="choice ${there || value === null ? "" : "missing"}" aria-haspopup="listbox"
    aria-labelledby="${subject.label} ${subject.label}-value"
    @click=${(/** @type {Event} */ event) => openChoices(subject, /** @type {HTMLElement} */ (event.currentTarget))}
    @keydown=${(/** @type {KeyboardEvent} */ event) => key(subject, event)}
    @wheel=${(/** @type {WheelEvent} */ event) => wheel(subject, event)}>
    <span class="choice-value" id="${subject.label}-value">${text}</span></button>`;
}

/** What is there is looked at anew at each letter. @param {Subject} subject @param {HTMLElement} button */
export function openChoices(subject, button) {
  const rect = button.getBoundingClientRect();
  const now = valueOf(subject);
  openPicker({
    label: subject.port.title,
    placeholder: `${subject.port.title}…`,
    at: { x: rect.left, y: rect.bottom + 4, width: rect.width },
    entries: (query) => ranked(choicesOf(subject), query, now),
    choose: (entry) => {
      const chosen = choicesOf(subject).find(({ title }) => title === entry.id);
      if (chosen) write(subject, chosen.value);
    },
    empty: (query) => (choicesOf(subject).length ? `Nothing called “${query}”` : "There is none on this machine yet"),
  });
}

/**
 * @param {ReturnType<typeof choicesOf>} choices
 * @param {string} query
 * @param {import("../model/json.js").Json | undefined} now
 * @returns {Entry[]}
 */
function ranked(choices, query, now) {
  const isNow = (/** @type {import("../model/json.js").Json} */ value) => same(value, now);
  return choices
    .map((choice, i) => ({ choice, i, fit: match(query, choice.title) }))
    .filter(({ fit }) => fit !== null)
    .sort((a, b) => (b.fit?.score ?? 0) - (a.fit?.score ?? 0) || a.i - b.i)
    .map(({ choice, fit }) => ({
      id: choice.title,
      title: choice.title,
      detail: choice.detail,
      marks: fit?.marks,
      chosen: isNow(choice.value),
      hint: isNow(choice.value) ? "now" : undefined,
    }));
}

/** @param {Subject} subject @param {KeyboardEvent} event */
function key(subject, event) {
  if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
  event.preventDefault();
  openChoices(subject, /** @type {HTMLElement} */ (event.currentTarget));
}

/** @param {Subject} subject @param {WheelEvent} event */
function wheel(subject, event) {
  if (document.activeElement !== event.currentTarget || event.ctrlKey) return;
  event.preventDefault();
  event.stopPropagation();
  const choices = choicesOf(subject);
  const at = choices.findIndex((choice) => choice.value === valueOf(subject));
  const next = choices[Math.max(0, Math.min(choices.length - 1, at + Math.sign(event.deltaY)))];
  if (next) write(subject, next.value, true);
}

/**
 * Texts: an area for prompts, in which Ctrl+↑ and Ctrl+↓ weight a word, and a line for short ones. Typing within a
 * second is one step of undo.
 */

import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { weighted } from "./emphasis.js";
import { valueOf, write } from "./subject.js";
import { scrollTogether, typed } from "./typed.js";
import { marks, unknownWords } from "./unknown.js";

/** @typedef {import("./subject.js").Subject} Subject */

/** @param {Subject} subject */
export function textWidget(subject) {
  const text = String(valueOf(subject) ?? "");
  const area = html`<textarea class="text" spellcheck="false" aria-labelledby=${subject.label} aria-invalid=${subject.faults.length ? "true" : nothing}
    placeholder=${subject.port.help} .value=${typed(text)}
    @input=${(/** @type {Event} */ event) => write(subject, /** @type {HTMLTextAreaElement} */ (event.currentTarget).value, true)}
    @scroll=${(/** @type {Event} */ event) => scrollTogether(/** @type {HTMLTextAreaElement} */ (event.currentTarget))}
    @keydown=${(/** @type {KeyboardEvent} */ event) => weigh(subject, event)} @wheel=${keepWheel}></textarea>`;
  if (subject.notices === undefined) return area;
  const strange = unknownWords(subject.notices);
  return html`<div class="text-box">${strange.size ? marks(text, strange) : nothing}${area}</div>`;
}

/** A focused area that can scroll keeps the wheel; else the canvas has it. @param {WheelEvent} event */
function keepWheel(event) {
  const area = /** @type {HTMLTextAreaElement} */ (event.currentTarget);
  if (document.activeElement === area && area.scrollHeight > area.clientHeight && !event.ctrlKey)
    event.stopPropagation();
}

/** @param {Subject} subject @param {KeyboardEvent} event */
function weigh(subject, event) {
  if (!(event.ctrlKey || event.metaKey) || (event.key !== "ArrowUp" && event.key !== "ArrowDown")) return;
  event.preventDefault();
  const area = /** @type {HTMLTextAreaElement} */ (event.currentTarget);
  const by = (event.altKey ? 0.05 : 0.1) * (event.key === "ArrowUp" ? 1 : -1);
  const edited = weighted(area.value, area.selectionStart, area.selectionEnd, by);
  area.value = edited.text;
  area.setSelectionRange(edited.from, edited.to);
  write(subject, edited.text, true);
}

/** @param {Subject} subject */
export function lineWidget(subject) {
  const { port } = subject;
  return html`<input class="line" type="text" autocomplete="off" spellcheck="false" aria-labelledby=${subject.label}
    placeholder=${port.optional ? "none" : ""} .value=${String(valueOf(subject) ?? "")}
    @input=${(/** @type {Event} */ event) => {
      const text = /** @type {HTMLInputElement} */ (event.currentTarget).value;
      write(subject, text === "" && port.optional ? null : text, true);
    }} />`;
}

/** @param {Subject} subject */
export function folderWidget(subject) {
  const value = valueOf(subject);
  const name = value && typeof value === "object" && "folder" in value ? String(value.folder) : "";
  return html`<input class="line" type="text" autocomplete="off" spellcheck="false" aria-labelledby=${subject.label}
    placeholder="a folder's name" list="${subject.label}-folders" .value=${name}
    @change=${(/** @type {Event} */ event) => {
      const text = /** @type {HTMLInputElement} */ (event.currentTarget).value.trim();
      write(subject, text ? { folder: text } : undefined);
    }} /><datalist id="${subject.label}-folders">${foldersOf(subject.app.inputs.value).map((folder) => html`<option value=${folder}></option>`)}</datalist>`;
}

/** The folders that hold files of these names. @param {readonly string[]} names @returns {string[]} */
function foldersOf(names) {
  const parts = names.map((name) => name.split("/").slice(0, -1));
  return [...new Set(parts.flatMap((path) => path.map((_, end) => path.slice(0, end + 1).join("/"))))];
}

/** @param {Subject} subject */
export function colourWidget(subject) {
  const value = String(valueOf(subject) ?? "#000000");
  return html`<input class="line" type="text" autocomplete="off" spellcheck="false" aria-labelledby=${subject.label} .value=${value}
      @change=${(/** @type {Event} */ event) => write(subject, /** @type {HTMLInputElement} */ (event.currentTarget).value.trim())} />
    <input class="swatch" type="color" aria-label="Choose ${subject.port.title}" .value=${/^#[0-9a-f]{6}$/i.test(value) ? value : "#000000"}
      @input=${(/** @type {Event} */ event) => write(subject, /** @type {HTMLInputElement} */ (event.currentTarget).value, true)} />`;
}

/** @param {Subject} subject */
export function flagWidget(subject) {
  const on = valueOf(subject) === true;
  return html`<input class="switch" type="checkbox" role="switch" aria-labelledby=${subject.label} .checked=${on}
    @change=${(/** @type {Event} */ event) => write(subject, /** @type {HTMLInputElement} */ (event.currentTarget).checked)} />`;
}

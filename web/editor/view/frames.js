/**
 * Frames and notes: real elements below the wires, so that a title is read, renamed and reached by keyboard like any
 * text.
 */

import { html, nothing, render } from "../vendor/lit-html/lit-html.js";
import { repeat } from "../vendor/lit-html/directives/repeat.js";
import { drawnOf, patchDrawn } from "../model/edits/drawing.js";
import { toned } from "./theme.js";

/** @typedef {import("./stage.js").Stage} Stage */
/** @typedef {import("../model/edits/drawing.js").Drawn} Drawn */
/** @typedef {import("../model/edits/drawing.js").DrawnKey} DrawnKey */

export class Frames {
  /** @param {Stage} stage @param {HTMLElement} layer */
  constructor(stage, layer) {
    this.stage = stage;
    this.layer = layer;
    /** @type {readonly Drawn[]} */ this.frames = [];
  }

  draw() {
    const level = this.stage.tab.level.peek();
    this.frames = drawnOf(level, "frames");
    const notes = drawnOf(level, "notes");
    render(
      html`${repeat(
        this.frames,
        ({ id }) => id,
        (item) => this.#frame(item),
      )} ${repeat(
        notes,
        ({ id }) => id,
        (item) => this.#note(item),
      )}`,
      this.layer,
    );
  }

  /** @param {string} key */
  #selected(key) {
    return this.stage.tab.selection.peek().has(key) ? "selected" : "";
  }

  /** @param {Drawn} item */
  #style(item) {
    const own = item.color ? `--own: ${toned(item.color, this.stage.theme)};` : "";
    return `${own} transform: translate(${Number(item.x) || 0}px, ${Number(item.y) || 0}px); width: ${Number(item.width) || 240}px; height: ${Number(item.height) || 120}px`;
  }

  /** @param {Drawn} item */
  #frame(item) {
    const title = item.title ?? "";
    return html`<section class="frame ${this.#selected(`frame:${item.id}`)}" aria-label=${title || "Frame"} .style=${this.#style(item)}>
      <header class="frame-head" data-item="frame:${item.id}" @dblclick=${(/** @type {Event} */ event) => this.#rename(event)}>
        <input class="frame-title" aria-label="Title of the frame" placeholder="Frame" readonly .value=${title}
          @change=${(/** @type {Event} */ event) => this.#patch("frames", item, "Rename the frame", { title: field(event).value })}
          @keydown=${leaveByKey} @blur=${(/** @type {Event} */ event) => (field(event).readOnly = true)} />
      </header>${this.#grip("frames", item)}</section>`;
  }

  /** @param {Drawn} item */
  #note(item) {
    return html`<section class="note ${this.#selected(`note:${item.id}`)}" aria-label="Note" data-item="note:${item.id}" .style=${this.#style(item)}>
      <textarea class="note-text" aria-label="Text of the note" placeholder="A note…" spellcheck="false" .value=${item.text ?? ""}
        @input=${(/** @type {Event} */ event) => this.#patch("notes", item, "Write a note", { text: field(event).value }, `note:${item.id}`)}></textarea>
      ${this.#grip("notes", item)}</section>`;
  }

  /** @param {DrawnKey} key @param {Drawn} item */
  #grip(key, item) {
    return html`<span class="frame-grip" data-grip="${key}:${item.id}" aria-hidden="true">${nothing}</span>`;
  }

  /** @param {Event} event */
  #rename(event) {
    const input = /** @type {HTMLInputElement} */ (
      /** @type {HTMLElement} */ (event.currentTarget).querySelector("input")
    );
    event.stopPropagation();
    input.readOnly = false;
    input.focus();
    input.select();
  }

  /**
   * @param {DrawnKey} key
   * @param {Drawn} item
   * @param {string} title
   * @param {{[field: string]: string}} fields
   * @param {string} [merge]
   */
  #patch(key, item, title, fields, merge) {
    const { tab } = this.stage;
    const level = tab.levelName.peek();
    tab.edit(title, (draft) => patchDrawn(draft, level, key, item.id, fields), merge ? { merge } : undefined);
  }
}

/** @param {Event} event */
function field(event) {
  return /** @type {HTMLInputElement | HTMLTextAreaElement} */ (event.currentTarget);
}

/** @param {KeyboardEvent} event */
function leaveByKey(event) {
  const input = /** @type {HTMLInputElement} */ (event.currentTarget);
  if (event.key === "Enter" && input.readOnly) {
    input.readOnly = false;
    input.select();
  } else if (event.key === "Enter" || event.key === "Escape") input.blur();
}

/**
 * A list that is searched by typing: the one behind node search, command palette, find, choices and "connect to".
 *
 * An ARIA combobox: focus stays in the field, arrows move the active option, Enter (Tab too, once something is typed) takes it,
 * Escape gives the focus back.
 */

import { html, nothing, render } from "../vendor/lit-html/lit-html.js";

/** @typedef {Readonly<{id: string, title: string, detail?: string, hint?: string, colour?: string, group?: string, chosen?: boolean,
 *    marks?: readonly (readonly [number, number])[]}>} Entry */

/**
 * @typedef {object} Question
 * @property {string} label what the list is, for a screen reader
 * @property {string} placeholder
 * @property {(query: string) => readonly Entry[]} entries best first
 * @property {(entry: Entry, query: string) => void} choose
 * @property {() => void} [left] closed without a choice
 * @property {(query: string) => string} [empty] what is said when nothing fits
 * @property {{x: number, y: number, width?: number} | null} [at] in client pixels; the upper middle of the window by default
 * @property {string} [query] to begin with
 */

const HEIGHT = 420;
const ABOVE_KEYS = 0.55; // of the window's height: below are a screen's keys

let serial = 0;
/** @type {Picker | null} */
let open = null;

/** @param {Question} question */
export function openPicker(question) {
  open?.leave(false);
  open = new Picker(question);
  return open;
}

export function closePicker() {
  open?.leave(true);
}

class Picker {
  /** @param {Question} question */
  constructor(question) {
    this.question = question;
    this.name = `picker-${++serial}`;
    this.query = question.query ?? "";
    this.entries = question.entries(this.query);
    this.active = Math.max(0, this.entries.findIndex((entry) => entry.chosen));
    this.returnTo = /** @type {HTMLElement | null} */ (document.activeElement);
    this.element = document.createElement("div");
    this.element.className = "picker";
    this.element.addEventListener("keydown", this);
    this.element.addEventListener("focusout", this);
    document.addEventListener("pointerdown", this, true);
    document.body.append(this.element);
    this.show();
    this.#place();
    this.input.focus();
    this.input.select();
  }

  /** What it is asked of has more to offer now. The active option stays. */
  refresh() {
    const id = this.entries[this.active]?.id;
    this.entries = this.question.entries(this.query);
    this.active = Math.max(0, this.entries.findIndex((entry) => entry.id === id));
    if (this.element.isConnected) this.show();
  }

  get input() {
    return /** @type {HTMLInputElement} */ (this.element.querySelector("input"));
  }

  show() {
    render(this.#template(), this.element);
    this.element.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: "nearest" });
  }

  #template() {
    const { question, entries, name } = this;
    const current = entries.length ? `${name}-${this.active}` : nothing;
    return html`<div class="picker-box" role="dialog" aria-label=${question.label}>
      <input class="picker-input" type="text" role="combobox" aria-expanded="true" aria-autocomplete="list" spellcheck="false" autocomplete="off"
        aria-controls=${name} aria-activedescendant=${current} aria-label=${question.label}
        placeholder=${question.placeholder} .value=${this.query} @input=${this.#typed} />
      <ul class="picker-list" role="listbox" id=${name} aria-label=${question.label}>
        ${entries.map((entry, i) => this.#option(entry, i))}
      </ul>
      ${entries.length ? nothing : html`<p class="picker-empty" role="status">${question.empty?.(this.query) ?? "Nothing fits"}</p>`}
    </div>`;
  }

  /** @param {Entry} entry @param {number} i */
  #option(entry, i) {
    return html`<li class="picker-option" role="option" id="${this.name}-${i}" aria-selected=${i === this.active}
      @pointermove=${() => this.#move(i)} @click=${() => this.#choose(entry)}>
      <span class="picker-dot" .style=${entry.colour ? `--dot: ${entry.colour}` : ""} ?hidden=${!entry.colour}></span>
      <span class="picker-words"><span class="picker-title">${marked(entry)}</span>
        ${entry.detail ? html`<span class="picker-detail">${entry.detail}</span>` : nothing}</span>
      ${entry.hint ? html`<span class="picker-hint">${entry.hint}</span>` : nothing}
    </li>`;
  }

  #typed = () => {
    this.query = this.input.value;
    this.entries = this.question.entries(this.query);
    this.active = 0;
    this.show();
  };

  /** @param {number} to */
  #move(to) {
    if (to === this.active || !this.entries.length) return;
    this.active = (to + this.entries.length) % this.entries.length;
    this.show();
  }

  /** @param {Entry | undefined} entry */
  #choose(entry) {
    if (!entry) return;
    this.#close();
    this.returnTo?.focus({ preventScroll: true });
    this.question.choose(entry, this.query);
  }

  /** @param {Event} event */
  handleEvent(event) {
    if (event instanceof KeyboardEvent) this.#key(event);
    else if (event instanceof FocusEvent) this.#focus(event);
    else if (!this.element.contains(/** @type {Node} */ (event.target))) this.leave(false);
  }

  /** @param {FocusEvent} event */
  #focus(event) {
    const to = /** @type {Node | null} */ (event.relatedTarget);
    if (to && !this.element.contains(to)) this.leave(false);
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const { key } = event;
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 }[key];
    const to = this.active + (step ?? 0);
    if (step) this.#move(step * step === 1 ? to : Math.max(0, Math.min(this.entries.length - 1, to)));
    else if (key === "Enter" || (key === "Tab" && this.query)) this.#choose(this.entries[this.active]);
    else if (key === "Escape" || key === "Tab") this.leave(true);
    else return event.stopPropagation();
    event.preventDefault();
    event.stopPropagation();
  }

  /** @param {boolean} back whether the focus goes back to where it came from */
  leave(back) {
    if (!this.#close()) return;
    if (back) this.returnTo?.focus({ preventScroll: true });
    this.question.left?.();
  }

  #close() {
    if (open === this) open = null;
    if (!this.element.isConnected) return false;
    document.removeEventListener("pointerdown", this, true);
    this.element.removeEventListener("focusout", this);
    this.element.remove();
    return true;
  }

  #place() {
    const box = /** @type {HTMLElement} */ (this.element.firstElementChild);
    const width = Math.min(
      window.innerWidth - 16,
      Math.max(this.question.at?.width ?? 0, this.question.at?.width ? 200 : 400),
    );
    box.style.width = `${width}px`;
    const { x, y } = this.question.at ?? { x: (window.innerWidth - width) / 2, y: window.innerHeight * 0.16 };
    const height = Math.min(HEIGHT, window.innerHeight - 16);
    const lowest = matchMedia("(pointer: coarse)").matches ? ABOVE_KEYS * window.innerHeight : window.innerHeight - 8;
    box.style.maxHeight = `${height}px`;
    box.style.left = `${Math.max(8, Math.min(x, window.innerWidth - width - 8))}px`;
    box.style.top = `${Math.max(8, Math.min(y, lowest - Math.min(height, box.offsetHeight)))}px`;
  }
}

/** @param {Entry} entry */
function marked({ title, marks = [] }) {
  const parts = [];
  let at = 0;
  for (const [from, to] of marks) {
    if (from < at || to > title.length) continue;
    parts.push(title.slice(at, from), html`<mark>${title.slice(from, to)}</mark>`);
    at = to;
  }
  return [...parts, title.slice(at)];
}

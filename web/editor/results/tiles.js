/**
 * The pictures in rows, of which only those in view are on the page: a thousand of them scroll like ten.
 *
 * Arrows move, Enter opens, Space selects, S stars, Delete asks to delete; Shift selects up to there.
 *
 * @typedef {import("../session/history.js").Result} Result
 * @typedef {import("./store.js").Results} Results
 * @typedef {{open: (place: number) => void, menu: (place: number, at: {x: number, y: number}) => void, remove: () => void}} Deeds
 */

import { html, nothing, render } from "../vendor/lit-html/lit-html.js";
import { repeat } from "../vendor/lit-html/directives/repeat.js";
import { effect } from "../vendor/signals-core/signals-core.mjs";
import { drag } from "./carry.js";
import { STAR, STARRED } from "./icons.js";
import { isSmall, thumbnail } from "./picture.js";
import { moment, nameOf } from "./words.js";

const TILE = 148; // the least width of one, in pixels
const GAP = 10;
const CAPTION = 50;
const AHEAD = 2; // rows above and below the view
const NEAR_END = 6; // rows before the end at which more are asked for

export class Tiles {
  /** @param {Results} results @param {HTMLElement} element  it scrolls @param {Deeds} deeds */
  constructor(results, element, deeds) {
    this.results = results;
    this.element = element;
    this.deeds = deeds;
    this.active = 0;
    this.anchor = 0;
    this.width = 0;
    this.asked = false;
    /** What is drawn was made of these. @type {readonly unknown[]} */
    this.drawn = [];
    this.list = document.createElement("ul");
    this.list.className = "tiles";
    this.list.setAttribute("aria-label", "Pictures that runs made");
    element.append(this.list);
    element.addEventListener("scroll", () => this.ask(), { passive: true });
    this.list.addEventListener("keydown", (event) => this.#key(event));
    this.watcher = new ResizeObserver(() => this.ask());
    this.watcher.observe(element);
    this.stop = effect(() => {
      void results.items.value;
      void results.selected.value;
      this.ask();
    });
  }

  dispose() {
    this.stop();
    this.watcher.disconnect();
    this.list.remove();
  }

  /** Draw in the next frame, once. */
  ask() {
    if (this.asked) return;
    this.asked = true;
    requestAnimationFrame(() => {
      this.asked = false;
      this.draw();
    });
  }

  get columns() {
    return Math.max(2, Math.floor((this.width + GAP) / (TILE + GAP)));
  }

  /** The height of a row with the gap below it. */
  get row() {
    return (this.width - GAP * (this.columns - 1)) / this.columns + CAPTION + GAP;
  }

  draw() {
    const items = this.results.items.peek();
    this.width = this.list.clientWidth;
    if (this.width === 0) return;
    const { columns, row } = this;
    const rows = Math.ceil(items.length / columns);
    const top = this.element.scrollTop - this.list.offsetTop;
    const from = Math.max(0, Math.floor(top / row) - AHEAD);
    const to = Math.min(rows, Math.ceil((top + this.element.clientHeight) / row) + AHEAD);
    this.active = Math.min(this.active, Math.max(0, items.length - 1));
    if (to >= rows - NEAR_END) void this.results.more();
    const made = [items, this.results.selected.peek(), this.active, this.width, from, to];
    if (made.every((part, i) => part === this.drawn[i])) return;
    this.drawn = made;
    const shown = items.slice(from * columns, to * columns).map((item, i) => ({ item, place: from * columns + i }));
    const held = items[this.active];
    if (held && !shown.some(({ place }) => place === this.active)) shown.push({ item: held, place: this.active });
    this.list.style.height = `${Math.max(0, rows * row - GAP)}px`;
    const side = row - CAPTION - GAP;
    render(
      repeat(shown, ({ item }) => item.sha256, ({ item, place }) => this.#tile(item, place, items.length, side)),
      this.list,
    );
  }

  /** @param {Result} item @param {number} place @param {number} count @param {number} side */
  #tile(item, place, count, side) {
    const { columns, row } = this;
    const edit = nameOf(item);
    const chosen = this.results.selected.peek().has(item.sha256);
    const words = `${edit}. ${item.title || item.asset}, ${moment(item.created)}`;
    const where = `translate(${(place % columns) * (side + GAP)}px, ${Math.floor(place / columns) * row}px)`;
    return html`<li class="tile ${chosen ? "is-chosen" : ""}" aria-setsize=${count} aria-posinset=${place + 1} .style=${`width: ${side}px; transform: ${where}`}>
      <button type="button" class="tile-open" data-place=${place} tabindex=${place === this.active ? 0 : -1} title=${words}
        @click=${(/** @type {MouseEvent} */ event) => this.#click(event, place)} @focus=${() => (this.active = place)}
        @contextmenu=${(/** @type {MouseEvent} */ event) => this.#menu(event, place)}>
        <img class=${isSmall(item) ? "crisp" : ""} src=${thumbnail(item)} alt="" decoding="async" draggable="true" .style=${`height: ${side}px`}
          @dragstart=${(/** @type {DragEvent} */ event) => drag(event, item)} />
        <span class="tile-edit">${edit}</span>
        <span class="tile-made">${moment(item.created)}${item.title ? ` · ${item.title}` : nothing}</span>
      </button>
      <input type="checkbox" class="tile-check" tabindex="-1" aria-label="Select: ${words}" .checked=${chosen}
        @click=${(/** @type {MouseEvent} */ event) => this.#check(event, place)} />
      <button type="button" class="tile-star ${item.starred ? "is-on" : ""}" tabindex="-1" aria-pressed=${item.starred ? "true" : "false"}
        aria-label="Star: ${words}" title=${item.starred ? "Take the star away (S)" : "Star (S)"} @click=${() => this.#star(place)}>
        ${item.starred ? STARRED : STAR}</button>
    </li>`;
  }

  /** @param {MouseEvent} event @param {number} place */
  #click(event, place) {
    if (event.shiftKey) this.results.selectRange(this.anchor, place);
    else if (event.ctrlKey || event.metaKey) this.#select(place);
    else this.deeds.open(place);
  }

  /** @param {MouseEvent} event @param {number} place */
  #check(event, place) {
    if (event.shiftKey) this.results.selectRange(this.anchor, place);
    else this.#select(place);
  }

  /** @param {number} place */
  #select(place) {
    this.anchor = place;
    const item = this.results.items.peek()[place];
    if (item) this.results.select(item.sha256);
  }

  /** @param {number} place */
  #star(place) {
    const item = this.results.items.peek()[place];
    if (item) void this.results.star([item], !item.starred).catch((error) => this.results.app.say(String(error.message), "assertive"));
  }

  /** @param {MouseEvent} event @param {number} place */
  #menu(event, place) {
    event.preventDefault();
    const button = /** @type {HTMLElement} */ (event.currentTarget);
    const { left, top } = button.getBoundingClientRect();
    const byKey = event.clientX === 0 && event.clientY === 0;
    this.deeds.menu(place, byKey ? { x: left + 16, y: top + 16 } : { x: event.clientX, y: event.clientY });
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const { columns } = this;
    const last = this.results.items.peek().length - 1;
    const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns }[event.key];
    const to = event.key === "Home" ? 0 : event.key === "End" ? last : step === undefined ? null : this.active + step;
    if (to !== null) this.#go(Math.max(0, Math.min(last, to)), event.shiftKey);
    else if (event.key === " ") this.#select(this.active);
    else if (event.key === "Delete") this.#remove();
    else if (event.key.toLowerCase() === "s" && !event.ctrlKey && !event.metaKey) this.#star(this.active);
    else if (event.key.toLowerCase() === "a" && (event.ctrlKey || event.metaKey)) this.results.selectRange(0, last);
    else if (event.key === "Escape" && this.results.selected.peek().size > 0) this.results.selected.value = new Set();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  #remove() {
    const item = this.results.items.peek()[this.active];
    if (this.results.selected.peek().size === 0 && item) this.results.select(item.sha256, true);
    this.deeds.remove();
  }

  /** @param {number} place @param {boolean} selecting */
  #go(place, selecting) {
    if (selecting) this.results.selectRange(this.anchor, place);
    else this.anchor = place;
    this.active = place;
    const top = Math.floor(place / this.columns) * this.row + this.list.offsetTop;
    const { scrollTop, clientHeight } = this.element;
    if (top < scrollTop) this.element.scrollTop = top - GAP;
    else if (top + this.row > scrollTop + clientHeight) this.element.scrollTop = top + this.row - clientHeight;
    this.focus();
  }

  /** The keyboard stands on the picture where it was. */
  focus() {
    this.draw();
    /** @type {HTMLElement | null} */ (this.list.querySelector(`[data-place="${this.active}"]`))?.focus({ preventScroll: true });
  }
}

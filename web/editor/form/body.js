/**
 * The form: headings and widgets to fill in, or, while it is arranged, its items with handles.
 *
 * @typedef {import("../session/app.js").App} App
 * @typedef {import("../session/tab.js").Tab} Tab
 * @typedef {import("./fields.js").Field} Field
 * @typedef {ReturnType<typeof fieldsOf>[number]} Item
 */

import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { repeat } from "../vendor/lit-html/directives/repeat.js";
import { moveItem, nameItem, removeItem } from "../model/edits/formitems.js";
import { kindOf } from "../widgets/kinds.js";
import { widgetOf } from "../widgets/widget.js";
import { fieldsOf } from "./fields.js";
import { dragItem } from "./reorder.js";
import { subjectOf } from "./subject.js";

/**
 * @param {App} app
 * @param {Tab} tab
 * @param {boolean} [alone]  whether it stands right below the page's own title
 * @returns {unknown}
 */
export function filledIn(app, tab, alone = false) {
  const items = fieldsOf(app.catalogue.value, tab.document.value);
  return html`<div class="form-body">
    ${repeat(items, keyOf, (item) => {
      if (item.kind === "heading") return heading(item.text, alone);
      return item.kind === "field" ? row(app, tab, item, items) : nothing;
    })}
  </div>`;
}

/** @param {string} text @param {boolean} alone */
function heading(text, alone) {
  return alone ? html`<h2 class="form-heading">${text}</h2>` : html`<h3 class="form-heading">${text}</h3>`;
}

/** @param {App} app @param {Tab} tab @param {Field} field @param {readonly Item[]} items */
function row(app, tab, field, items) {
  const subject = subjectOf(app, tab, field);
  const kind = kindOf(field.port);
  if (kind === "none") return nothing;
  const twin = items.some((other) => other.kind === "field" && other !== field && other.title === field.title);
  const { faults } = subject;
  return html`<div class="field form-row kind-${kind} ${faults.length > 0 ? "faulty" : ""}" data-address=${field.address}>
    <span class="form-name" id=${subject.label} title=${field.port.help}>${field.title}${twin ? html`<small>${field.of}</small>` : nothing}</span>
    <div class="form-widget">${widgetOf(subject)}</div>
    ${faults.map((fault) => html`<p class="form-fault">${fault.replace(/^node '[^']*': /, "")}</p>`)}
  </div>`;
}

/**
 * @param {App} app
 * @param {Tab} tab
 * @returns {unknown}
 */
export function arranged(app, tab) {
  const items = fieldsOf(app.catalogue.value, tab.document.value);
  return html`<ol class="form-items">
    ${repeat(items, keyOf, (item) => handle(tab, item, items.length))}
  </ol>`;
}

/** @param {Tab} tab @param {Item} item @param {number} count */
function handle(tab, item, count) {
  const { place } = item;
  const title = titleOf(item);
  const named = (/** @type {Event} */ event) => {
    const words = /** @type {HTMLInputElement} */ (event.currentTarget).value.trim();
    tab.edit("Name in the form", (draft) => nameItem(draft, place, words));
  };
  return html`<li class="form-item ${item.kind === "heading" ? "is-heading" : ""}" data-place=${place}>
    <button
      type="button"
      class="form-grip"
      aria-label="Move ${title}, ${place + 1} of ${count}: arrow up and down"
      title="Drag, or press ↑ and ↓"
      @pointerdown=${(/** @type {PointerEvent} */ event) => dragItem(tab, place, event)}
      @keydown=${(/** @type {KeyboardEvent} */ event) => step(tab, place, count, event)}
    ></button>
    ${
      item.kind === "gone"
        ? html`<span class="form-gone">${item.address}: ${item.why}</span>`
        : html`<input class="form-title" aria-label="Name of ${title}" .value=${title} autocomplete="off" @change=${named} />`
    }
    <button type="button" class="round" aria-label="Take ${title} off the form" title="Take it off the form" @click=${() => void tab.edit("Take off the form", (draft) => removeItem(draft, place))}>✕</button>
  </li>`;
}

/** @param {Tab} tab @param {number} place @param {number} count @param {KeyboardEvent} event */
function step(tab, place, count, event) {
  const way = { ArrowUp: -1, ArrowDown: 1 }[event.key];
  if (way === undefined) return;
  event.preventDefault();
  event.stopPropagation();
  const to = place + way;
  if (to < 0 || to >= count) return;
  const list = /** @type {HTMLElement} */ (event.currentTarget).closest(".form-items");
  tab.edit("Order of the form", (draft) => moveItem(draft, place, to));
  /** @type {HTMLElement | null | undefined} */ (list?.querySelector(`[data-place="${to}"] .form-grip`))?.focus();
}

/** @param {Item} item */
function titleOf(item) {
  return item.kind === "heading" ? item.text : item.kind === "field" ? item.title : item.address;
}

/** @param {Item} item */
function keyOf(item) {
  return item.kind === "heading" ? `# ${item.place} ${item.text}` : item.address;
}

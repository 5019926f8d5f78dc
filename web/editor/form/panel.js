/**
 * The form beside the canvas: filled in as others will see it, or arranged.
 *
 * @typedef {import("../session/app.js").App} App
 */

import { html, nothing, render } from "../vendor/lit-html/lit-html.js";
import { effect, signal } from "../vendor/signals-core/signals-core.mjs";
import { formOf } from "../model/edits/form.js";
import { addHeading } from "../model/edits/formitems.js";
import { CLOSE } from "../palette/cross.js";
import { openMenu } from "../palette/menu.js";
import { styled } from "../palette/styles.js";
import { arranged, filledIn } from "./body.js";
import { WAYS, copyAs } from "./copying.js";

/** @type {Panel | null} */
let panel = null;

/** Show the form, or put it away. @param {App} app */
export async function toggleForm(app) {
  await styled("form.css");
  panel ??= new Panel(app);
  panel.toggle();
}

class Panel {
  /** @param {App} app */
  constructor(app) {
    this._app = app;
    this._arranging = signal(false);
    /** @type {(() => void) | null} */
    this._stop = null;
    this.element = document.createElement("aside");
    this.element.className = "form-panel";
    this.element.setAttribute("aria-label", "Form");
  }

  toggle() {
    if (this._stop !== null) return this._hide();
    (document.querySelector(".middle") ?? document.body).append(this.element);
    this._stop = effect(() => void render(this._content(), this.element));
    /** @type {HTMLElement | null} */ (this.element.querySelector("button"))?.focus();
  }

  _hide() {
    this._stop?.();
    this._stop = null;
    this.element.remove();
    this._app.view?.stage.root.focus({ preventScroll: true });
  }

  _content() {
    const app = this._app;
    const tab = app.active.value;
    const arranging = this._arranging.value;
    const empty = formOf(tab.document.value).length === 0;
    const name = tab.name.value;
    return html`<header class="form-panel-head">
        <h2>Form</h2>
        <button type="button" class="quiet small" aria-pressed=${arranging} @click=${() => (this._arranging.value = !arranging)}>${arranging ? "Fill in" : "Arrange"}</button>
        <button type="button" class="quiet small" aria-haspopup="menu" @click=${(/** @type {Event} */ event) => this._copies(event)}>Copy…</button>
        <button type="button" class="round" aria-label="Close the form" title="Close" @click=${() => this._hide()}>${CLOSE}</button>
      </header>
      ${empty ? html`<p class="form-nothing">Nothing is on the form yet. Point at a widget and press its pin, or take “Pin to the form” from its menu.</p>` : nothing}
      ${arranging ? arranged(app, tab) : filledIn(app, tab)}
      ${arranging ? html`<button type="button" class="quiet" @click=${() => this._heading()}>Add a heading</button>` : nothing}
      <footer class="form-panel-foot">
        ${
          name === null
            ? html`<p class="muted">Saved to the library, it opens alone: a page with this form, for who needs no graph.</p>`
            : html`<a class="quiet form-alone" href="/form/${encodeURIComponent(name)}" target="_blank">Open alone</a>`
        }
      </footer>`;
  }

  _heading() {
    const tab = this._app.active.peek();
    tab.edit("Add a heading", (draft) => addHeading(draft, "Heading"));
    const titles = this.element.querySelectorAll(".form-title");
    const last = /** @type {HTMLInputElement | undefined} */ (titles[titles.length - 1]);
    last?.focus();
    last?.select();
  }

  /** @param {Event} event */
  _copies(event) {
    const { left, bottom } = /** @type {HTMLElement} */ (event.currentTarget).getBoundingClientRect();
    const items = Object.entries(WAYS).map(([way, { title }]) => ({
      id: way,
      title,
      run: () => void this._app.commands.run("form.copy", { way }),
    }));
    openMenu(items, { x: left, y: bottom + 6 }, "Copy");
  }
}

/** @param {App} app @param {keyof typeof WAYS} way */
export function copyActive(app, way) {
  return copyAs(app, app.active.peek(), way);
}

/**
 * The outline: every node of the level as a tree that keyboard and screen reader walk through, whether it is in view or
 * not. What feeds a
 * result stands below it, so that the tree reads as the picture does, backwards from what comes out.
 */

import { html, nothing, render } from "../vendor/lit-html/lit-html.js";
import { effect } from "../vendor/signals-core/signals-core.mjs";
import { wiring } from "../model/links.js";

/** @typedef {import("./stage.js").Stage} Stage */
/** @typedef {{id: string, depth: number}} Row */

export class Outline {
  #open = false;
  /** @type {readonly Row[]} */ #rows = [];
  /** @type {unknown} */ #level = null;
  /** @type {unknown} */ #painted = null;
  #active = "";

  /** @param {Stage} stage @param {HTMLElement} root */
  constructor(stage, root) {
    this.stage = stage;
    this.element = document.createElement("aside");
    this.element.className = "outline";
    this.element.hidden = true;
    this.element.setAttribute("aria-label", "Outline of all nodes");
    this.element.addEventListener("keydown", (event) => this.#key(event));
    root.append(this.element);
    stage.followers.add(() => this.#open && this.#follow());
    effect(() => {
      void stage.app.active.value.selection.value;
      this.#painted = null;
    });
  }

  toggle() {
    this.#open = !this.#open;
    this.element.hidden = !this.#open;
    if (!this.#open) return this.stage.root.focus({ preventScroll: true });
    this.#painted = null;
    this.stage.flush();
    /** @type {HTMLElement | null} */ (this.element.querySelector('[tabindex="0"]'))?.focus();
  }

  #follow() {
    const level = this.stage.tab.level.peek();
    const statuses = this.stage.drawn?.statuses.map((status) => status.words).join() ?? "";
    if (this.#level !== level) this.#rows = rows(level);
    this.#level = level;
    if (this.#painted === level && this.#words === statuses) return;
    this.#painted = level;
    this.#words = statuses;
    this.#draw();
  }

  #words = "";

  #draw() {
    const { stage } = this;
    const chosen = stage.tab.selection.peek();
    if (!this.#rows.some((row) => row.id === this.#active)) this.#active = this.#rows[0]?.id ?? "";
    render(
      html`<h2 class="outline-title" id="outline-title">Outline</h2>
      ${this.#rows.length ? html`<ul role="tree" aria-labelledby="outline-title" aria-multiselectable="true">${this.#rows.map((row) => this.#row(row, chosen))}</ul>` : html`<p class="outline-empty">No nodes yet</p>`}`,
      this.element,
    );
  }

  /** @param {Row} row @param {ReadonlySet<string>} chosen */
  #row({ id, depth }, chosen) {
    const { stage } = this;
    const status = stage.statusOf(id);
    return html`<li role="treeitem" aria-level=${depth + 1} aria-selected=${chosen.has(id)} tabindex=${id === this.#active ? 0 : -1} data-row=${id}
      class=${status?.tone ? `is-${status.tone}` : ""} .style=${`--depth: ${Math.min(8, depth)}`} @click=${() => this.#go(id)}>
      <span class="outline-name">${stage.titleOf(id)}</span>
      ${status?.words ? html`<span class="outline-words">${status.words}</span>` : nothing}</li>`;
  }

  /** @param {string} id */
  #go(id) {
    this.#active = id;
    this.stage.tab.selection.value = new Set([id]);
    this.stage.go.center(id);
    this.#painted = null;
    this.stage.flush();
    this.#item(id)?.focus();
  }

  /** @param {string} id @returns {HTMLElement | null} */
  #item(id) {
    return this.element.querySelector(`[data-row="${CSS.escape(id)}"]`);
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const at = this.#rows.findIndex((row) => row.id === this.#active);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: this.#rows.length - 1 }[event.key];
    if (to !== undefined && this.#rows[to]) this.#go(this.#rows[to].id);
    else if (event.key === "Enter") this.stage.go.focus(this.#active);
    else if (event.key === "Escape") this.toggle();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
}

/**
 * Depth first from what nothing is made from, each node once.
 *
 * @param {import("../model/document.js").Level} level
 * @returns {Row[]}
 */
function rows(level) {
  const { incoming, outgoing } = wiring(level);
  /** @type {Row[]} */
  const found = [];
  const seen = new Set();
  const ends = [...level.nodes.keys()].filter((id) => !outgoing.get(id)?.length);
  const stack = [...ends, ...level.nodes.keys()].map((id) => ({ id, depth: 0 })).reverse();
  for (let row = stack.pop(); row; row = stack.pop()) {
    if (seen.has(row.id) || !level.nodes.has(row.id)) continue;
    seen.add(row.id);
    found.push(row);
    const { depth } = row;
    for (const link of [...(incoming.get(row.id) ?? [])].reverse())
      stack.push({ id: link.from.node, depth: depth + 1 });
  }
  return found;
}

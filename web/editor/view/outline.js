/**
 * The outline: every node of the level as a tree that keyboard and screen reader walk through, whether it is in view or
 * not. What feeds a
 * result stands below it, so that the tree reads as the picture does, backwards from what comes out. While a profile is shown, what
 * took most stands first instead, and below each use what is in it.
 */

import { html, nothing, render } from "../vendor/lit-html/lit-html.js";
import { effect } from "../vendor/signals-core/signals-core.mjs";
import { wiring } from "../model/links.js";
import { tintStyle } from "./tints.js";

/** @typedef {import("./stage.js").Stage} Stage */
/** @typedef {{id: string, depth: number} & Partial<import("./tints.js").Row>} Row */

export class Outline {
  #open = false;
  /** @type {readonly Row[]} */ #rows = [];
  /** @type {unknown} */ #level = null;
  /** @type {unknown} */ #tints = null;
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
    const tints = this.stage.tints.peek();
    if (this.#level !== level || this.#tints !== tints) {
      this.#rows = tints ? tints.rows() : rows(level);
      this.#painted = null;
    }
    this.#level = level;
    this.#tints = tints;
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
  #row({ id, depth, title, words, tint }, chosen) {
    const { stage } = this;
    const status = stage.statusOf(id);
    const said = status?.words ?? words;
    return html`<li role="treeitem" aria-level=${depth + 1} aria-selected=${chosen.has(id)} tabindex=${id === this.#active ? 0 : -1} data-row=${id}
      class=${status?.tone ? `is-${status.tone}` : ""} .style=${`--depth: ${Math.min(8, depth)}`} @click=${() => (isInner(id) ? this.#enter(id) : this.#go(id))}>
      <span class="outline-name">${title ?? stage.titleOf(id)}</span>
      ${said ? html`<span class="outline-words ${tint ? "tinted" : ""}" .style=${`--tint: ${tintStyle(tint)}`}>${said}</span>` : nothing}</li>`;
  }

  /** @param {string} id */
  #go(id) {
    this.#active = id;
    if (!isInner(id)) {
      this.stage.tab.selection.value = new Set([id]);
      this.stage.go.center(id);
    }
    this.#painted = null;
    this.stage.flush();
    this.#item(id)?.focus();
  }

  /** Into the sub-workflow that a node lies in, to that node. @param {string} id */
  #enter(id) {
    const { tab } = this.stage;
    const uses = id.split("/");
    const inner = /** @type {string} */ (uses.pop());
    tab.enter([...tab.path.peek(), ...uses]);
    this.stage.flush();
    this.#go(inner);
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
    else if (event.key === "Enter" && isInner(this.#active)) this.#enter(this.#active);
    else if (event.key === "Enter") this.stage.go.focus(this.#active);
    else if (event.key === "Escape") this.toggle();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
}

/** Whether a row stands for a node inside a use. @param {string} id */
function isInner(id) {
  return id.includes("/");
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

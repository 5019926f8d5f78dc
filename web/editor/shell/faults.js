/**
 * The list of what is wrong, each entry leading to its node. It stands beside the canvas and is never in the way.
 *
 * @typedef {import("../session/app.js").App} App
 * @typedef {import("../session/tab.js").Tab} Tab
 * @typedef {import("../session/api.js").Fault} Fault
 */

import { html, nothing, render } from "../vendor/lit-html/lit-html.js";
import { effect, signal } from "../vendor/signals-core/signals-core.mjs";
import { levelNameAt } from "../session/levels.js";
import { CLOSE } from "./icons.js";

/**
 * @param {App} app
 * @param {HTMLElement} element
 */
export function mountFaults(app, element) {
  const open = signal(false);
  const toggle = () => (open.value = !open.peek());
  effect(() => {
    const tab = app.active.value;
    const faults = [...tab.checked.value.faults, ...(tab.run.value?.faults ?? [])];
    const notices = tab.checked.value.notices;
    element.hidden = !open.value || faults.length + notices.length === 0;
    if (!element.hidden) render(list(app, tab, faults, notices, toggle), element);
  });
  return { toggle };
}

/**
 * @param {App} app
 * @param {Tab} tab
 * @param {readonly Fault[]} faults
 * @param {readonly Fault[]} notices
 * @param {() => void} close
 */
function list(app, tab, faults, notices, close) {
  return html`<div class="faults-head">
      <h2>What is wrong</h2>
      <button type="button" class="round" aria-label="Close the list" @click=${close}>${CLOSE}</button>
    </div>
    <ol>
      ${faults.map((fault) => entry(app, tab, fault, "fault"))}
    </ol>
    ${
      notices.length > 0
        ? html`<h2>Worth a word</h2>
            <ol>
              ${notices.map((notice) => entry(app, tab, notice, "notice"))}
            </ol>`
        : nothing
    }`;
}

/**
 * @param {App} app
 * @param {Tab} tab
 * @param {Fault} fault
 * @param {string} kind
 */
function entry(app, tab, fault, kind) {
  if (fault.node === null) return html`<li class=${kind}><p>${fault.message}</p></li>`;
  const address = fault.node;
  return html`<li class=${kind}>
    <button type="button" @click=${() => goTo(app, tab, address)}>
      <span class="fault-place">${address}${fault.input === null ? nothing : html`<span> · ${fault.input}</span>`}</span
      >${fault.message}
    </button>
  </li>`;
}

/** Show a node, wherever it is. @param {App} app @param {Tab} tab @param {string} address */
function goTo(app, tab, address) {
  const path = address.split("/").slice(0, -1);
  if (path.length > 0 && levelNameAt(tab.document.peek(), path) === "") return;
  if (path.join("/") !== tab.path.peek().join("/")) tab.enter(path);
  requestAnimationFrame(() => app.view?.focusNode(address));
}

/**
 * The line below: the connection, what was said last, what is wrong, whether all is kept.
 *
 * @typedef {import("../session/app.js").App} App
 */

import { html, nothing, render } from "../vendor/lit-html/lit-html.js";
import { effect, signal } from "../vendor/signals-core/signals-core.mjs";
import { WARNING } from "./icons.js";

const SHOWN = 8000;

/**
 * @param {App} app
 * @param {HTMLElement} element
 * @param {() => void} showFaults
 */
export function mountStatus(app, element, showFaults) {
  const shown = signal(/** @type {import("../session/app.js").Said | null} */ (null));
  effect(() => {
    const said = app.said.value;
    shown.value = said;
    const timer = setTimeout(() => (shown.value = null), SHOWN);
    return () => clearTimeout(timer);
  });
  effect(() => void render(line(app, shown.value, showFaults), element));
}

/**
 * @param {App} app
 * @param {import("../session/app.js").Said | null} said
 * @param {() => void} showFaults
 */
function line(app, said, showFaults) {
  const tab = app.active.value;
  const wrong = tab.checked.value.faults.length + (tab.run.value?.faults.length ?? 0);
  const nodes = tab.level.value.nodes.size;
  const online = app.online.value;
  return html` <span class="status-line ${online}"
      ><i class="lamp"></i>${{ on: "Connected", off: "Not connected", starting: "Connecting" }[online]}</span
    >
    <span class="status-said ${said?.how === "assertive" ? "is-urgent" : ""}">${said?.text ?? ""}</span>
    ${wrong > 0 ? html`<button type="button" class="status-faults" @click=${showFaults}>${WARNING}<span>${wrong} ${wrong === 1 ? "fault" : "faults"}</span></button>` : nothing}
    <span>${nodes} ${nodes === 1 ? "node" : "nodes"}</span>
    <span>${{ kept: "Draft kept", waiting: "Keeping draft…", failed: "Draft not kept" }[app.drafts.value]}</span>`;
}

/**
 * Selecting by tapping: while it is on, a tap on a node, frame or note takes it into the selection or out of it, for who has no Shift
 * key. It is loaded when it is first asked for. What it changes elsewhere goes by `choosing`.
 *
 * @typedef {import("../view/stage.js").Stage} Stage
 */

import { html, render } from "../vendor/lit-html/lit-html.js";
import { effect } from "../vendor/signals-core/signals-core.mjs";
import { styled } from "../palette/styles.js";
import { choosing } from "./interaction.js";

/** Begin, or end, to select by tapping. @param {Stage} stage */
export async function choose(stage) {
  const before = choosing.get(stage);
  if (before) return before();
  await styled("choosing.css");
  const over = new AbortController();
  const bar = document.createElement("div");
  bar.className = "choosing";
  bar.setAttribute("role", "group");
  bar.setAttribute("aria-label", "Selecting by tapping");
  const { app, tab } = stage;
  const level = tab.levelName.peek();
  const end = () => {
    if (over.signal.aborted) return;
    over.abort();
    choosing.delete(stage);
    bar.remove();
    app.say("Selecting is over");
  };
  choosing.set(stage, end);
  window.addEventListener("keydown", (event) => escape(event, end), { signal: over.signal, capture: true });
  stage.root.parentElement?.append(bar);
  const stop = effect(() => {
    if (app.active.value !== tab || tab.levelName.value !== level) return queueMicrotask(end);
    draw(bar, tab.selection.value.size, end);
  });
  over.signal.addEventListener("abort", stop);
  app.say("Tap what is to be selected, or not");
}

/** @param {HTMLElement} bar @param {number} many @param {() => void} end */
function draw(bar, many, end) {
  render(
    html`<p aria-live="polite">${many === 0 ? "Tap what you want to select" : `${many} selected`}</p>
      ${many > 1 ? html`<p class="choosing-hint">Long press: what can be done</p>` : ""}
      <button type="button" @click=${end}>Done</button>`,
    bar,
  );
}

/** @param {KeyboardEvent} event @param {() => void} end */
function escape(event, end) {
  if (event.key !== "Escape" || document.querySelector(".menu, dialog[open]") !== null) return;
  event.preventDefault();
  event.stopPropagation();
  end();
}

/**
 * Sheets that the user asked for, or that ask the user: open, save as, a conflict, keys, examples, what was lost.
 *
 * @typedef {import("../session/app.js").App} App
 * @typedef {import("../session/app.js").Asking} Asking
 */

import { html, nothing, render } from "../vendor/lit-html/lit-html.js";
import { keyed } from "../vendor/lit-html/directives/keyed.js";
import { effect, untracked } from "../vendor/signals-core/signals-core.mjs";
import { examplesSheet } from "./examples.js";
import { CLOSE } from "./icons.js";
import { keysSheet } from "./keysheet.js";
import { conflictSheet, openSheet, saveAsSheet } from "./files.js";
import { nodeHelp } from "./nodehelp.js";
import { renameIdSheet } from "./rename.js";
import { saveSnippetSheet, snippetsSheet } from "./snippets.js";

/**
 * @param {App} app
 * @param {HTMLElement} body
 */
export function mountSheets(app, body) {
  const dialog = document.createElement("dialog");
  dialog.className = "sheet";
  body.append(dialog);
  dialog.addEventListener("close", () => {
    // The event comes a frame after the closing. By then the dialog may show what was asked next.
    if (!dialog.open) app.asking.value = null;
  });
  dialog.addEventListener("pointerdown", (event) => {
    if (event.target === dialog) dialog.close();
  });
  effect(() => {
    const asking = app.asking.value;
    if (asking === null) {
      if (dialog.open) dialog.close();
      render(nothing, dialog);
      return;
    }
    const { title, content } = untracked(() => sheet(app, asking)); // a sheet keeps itself up; made anew it would lose focus
    render(
      keyed(
        asking,
        html`<div class="sheet-inner">
          <div class="sheet-head">
            <h2 id="sheet-title">${title}</h2>
            <button type="button" class="round" aria-label="Close" @click=${() => dialog.close()}>${CLOSE}</button>
          </div>
          ${content}
        </div>`,
      ),
      dialog,
    );
    dialog.setAttribute("aria-labelledby", "sheet-title");
    if (!dialog.open) dialog.showModal();
    /** @type {HTMLElement | null} */ (dialog.querySelector("[autofocus]"))?.focus();
  });
}

/**
 * @param {App} app
 * @param {Asking} asking
 * @returns {{title: string, content: unknown}}
 */
function sheet(app, asking) {
  switch (asking.kind) {
    case "open":
      return { title: "Open a workflow", content: openSheet(app) };
    case "saveAs":
      return { title: "Save to the library", content: saveAsSheet(app, asking.tab) };
    case "conflict":
      return {
        title: `${asking.name} is there already, or was changed elsewhere`,
        content: conflictSheet(app, asking),
      };
    case "renameId":
      return { title: `The id of ${asking.id}`, content: renameIdSheet(app, asking) };
    case "snippet":
      return { title: "Save as snippet", content: saveSnippetSheet(app, asking) };
    case "snippets":
      return { title: "Snippets", content: snippetsSheet(app) };
    case "keys":
      return { title: "Keys", content: keysSheet(app) };
    case "examples":
      return { title: "Examples", content: examplesSheet(app) };
    case "node":
      return { title: app.catalogue.peek().nodes.get(asking.type)?.title ?? asking.type, content: nodeHelp(app, asking.type) };
    case "lost":
      return {
        title: `Replaced by ${asking.title}`,
        content: listOf("Not taken over, undo brings it back:", asking.lost),
      };
    case "broken":
      return {
        title: `${asking.title} cannot be opened`,
        content: listOf(
          "What is wrong with it:",
          asking.faults.map((fault) => fault.message),
        ),
      };
  }
}

/** @param {string} words @param {readonly string[]} items */
function listOf(words, items) {
  return html`<p>${words}</p>
    <ul class="plain-list">
      ${items.map((item) => html`<li>${item}</li>`)}
    </ul>`;
}

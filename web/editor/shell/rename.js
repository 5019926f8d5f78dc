/**
 * The id of a node: what links, faults and the command line know it by. Its title is another matter.
 *
 * @typedef {import("../session/app.js").App} App
 * @typedef {import("../session/tab.js").Tab} Tab
 */

import { html } from "../vendor/lit-html/lit-html.js";
import { renameNode } from "../model/edits/rename.js";

/** @param {App} app @param {{tab: Tab, id: string}} asking */
export function renameIdSheet(app, { tab, id }) {
  const submit = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const wanted = String(new FormData(/** @type {HTMLFormElement} */ (event.currentTarget)).get("id") ?? "").trim();
    let now = id;
    tab.edit("Change the id", (draft) => (now = renameNode(draft, tab.levelName.peek(), id, wanted)));
    tab.selection.value = new Set([now]);
    app.asking.value = null;
    app.say(`The node's id is ${now}`);
  };
  return html`<p class="muted">Links follow. Letters, digits, _ and - make an id.</p>
    <form @submit=${submit}>
      <label class="form-field"
        >Id<input
          name="id"
          required
          maxlength="64"
          pattern="[A-Za-z0-9_\\-]+"
          autofocus
          autocomplete="off"
          .value=${id}
      /></label>
      <p class="sheet-foot"><button type="submit" class="main">Change</button></p>
    </form>`;
}

/**
 * What somebody filled in, remembered by the browser and not by the file.
 *
 * @typedef {import("../session/app.js").App} App
 * @typedef {import("../session/tab.js").Tab} Tab
 * @typedef {import("../model/json.js").Json} Json
 */

import { effect } from "../vendor/signals-core/signals-core.mjs";
import { same } from "../model/json.js";
import { onlyFields } from "./fields.js";

const KEY = "latentloom.form.";

/**
 * Fill in what was there last time, and remember what is changed.
 *
 * @param {string} name  of the workflow
 * @param {App} app
 * @param {Tab} tab
 * @returns {() => void}  all values as the file has them again
 */
export function keepValues(name, app, tab) {
  fill(app, tab, read(name));
  effect(() => {
    const saved = tab.saved.peek().levels.get("");
    const fields = onlyFields(app.catalogue.peek(), tab.document.value);
    const changed = fields.flatMap(({ address, id, node, port }) => {
      const value = node.inputs.get(port.name);
      const differs = value !== undefined && !same(value, saved?.nodes.get(id)?.inputs.get(port.name));
      return differs ? [/** @type {const} */ ([address, value])] : [];
    });
    localStorage.setItem(KEY + name, JSON.stringify(Object.fromEntries(changed)));
  });
  return () => {
    tab.edit("All values as they were", (draft) => {
      for (const { id, port } of onlyFields(app.catalogue.peek(), tab.document.peek()))
        draft.level("").setInput(id, port.name, tab.saved.peek().levels.get("")?.nodes.get(id)?.inputs.get(port.name));
    });
  };
}

/** @param {App} app @param {Tab} tab @param {{readonly [address: string]: Json}} values */
function fill(app, tab, values) {
  tab.edit("What was filled in", (draft) => {
    for (const { address, id, port, also } of onlyFields(app.catalogue.peek(), tab.document.peek())) {
      if (!Object.hasOwn(values, address)) continue;
      draft.level("").setInput(id, port.name, values[address]);
      for (const other of also) draft.level("").setInput(other.id, other.input, values[address]);
    }
  });
}

/** @param {string} name @returns {{[address: string]: Json}} */
function read(name) {
  try {
    return JSON.parse(localStorage.getItem(KEY + name) ?? "{}");
  } catch {
    return {}; // somebody else wrote there
  }
}

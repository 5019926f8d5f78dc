/**
 * A field of the form as a widget's subject. Widgets write into the level that is shown; the form's into the file's own,
 * whichever level somebody looks at, and into all that the workflow's name for the input sets.
 *
 * @typedef {import("../session/app.js").App} App
 * @typedef {import("../session/tab.js").Tab} Tab
 * @typedef {import("../model/draft.js").Draft} Draft
 * @typedef {import("./fields.js").Field} Field
 */

import { signal } from "../vendor/signals-core/signals-core.mjs";

const ROOT = signal("");
const NONE = signal(/** @type {ReadonlySet<string>} */ (new Set()));

/**
 * @param {App} app
 * @param {Tab} tab
 * @param {Field} field
 * @returns {import("../widgets/subject.js").Subject}
 */
export function subjectOf(app, tab, field) {
  const { id, node, port, address } = field;
  const faults = (tab.faults.value.get(id) ?? []).filter(({ input }) => input === port.name).map(({ message }) => message);
  return { app, tab: atRoot(tab, field), id, node, address: id, port, label: `form-${address}`, faults };
}

/** @param {Tab} tab @param {Field} field @returns {Tab} */
function atRoot(tab, field) {
  const all = (/** @type {(draft: Draft) => void} */ change) => (/** @type {Draft} */ draft) => {
    change(draft);
    const value = draft.level("").node(field.id).inputs.get(field.port.name);
    for (const { id, input } of field.also) draft.level("").setInput(id, input, value);
  };
  return Object.create(tab, {
    levelName: { value: ROOT },
    selection: { value: NONE },
    edit: {
      /** @type {Tab["edit"]} */
      value: (title, change, options) => tab.edit(title, all(change), options),
    },
    gesture: {
      /** @type {Tab["gesture"]} */
      value: (title) => {
        const gesture = tab.gesture(title);
        return { ...gesture, update: (/** @type {(draft: Draft) => void} */ change) => gesture.update(all(change)) };
      },
    },
  });
}

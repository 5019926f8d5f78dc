/**
 * A node type's page: what it does, in the words of whoever wrote it, what goes in and out, and an example to insert.
 *
 * @typedef {import("../session/app.js").App} App
 * @typedef {import("../model/catalogue.js").NodeType} NodeType
 * @typedef {import("../model/ports.js").InputPort} InputPort
 */

import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { cutOut, loaders, putTogether } from "../help/example.js";
import { typeTitle } from "../model/catalogue.js";
import { USE, parseDocument } from "../model/document.js";
import { addNode } from "../model/edits/nodes.js";
import { paste } from "../model/edits/clipboard.js";
import { portsOfType } from "../model/ports.js";
import { withPlaces } from "../session/tab.js";

/** @param {App} app @param {string} type */
export function nodeHelp(app, type) {
  const node = app.catalogue.peek().nodes.get(type);
  if (type.startsWith(USE))
    return html`<p class="muted">A sub-workflow of this file: a double click goes in, where each node has help of its own.</p>`;
  if (node === undefined) return html`<p class="muted">${type} is not installed, so there is no help on it.</p>`;
  const { inputs, outputs } = portsOfType(node);
  return html`<div class="node-help">
    ${node.help.split(/\n\s*\n/).map((part) => html`<p>${part}</p>`)}
    <p class="muted">${facts(node)}</p>
    ${inputs.size === 0 ? nothing : html`<h3>Inputs</h3><dl>${[...inputs.values()].map((port) => inputRow(app, port))}</dl>`}
    ${outputs.size === 0 ? nothing : html`<h3>Outputs</h3><dl>${[...outputs.values()].map((port) => row(port.title, typeTitle(app.catalogue.peek(), port.type, port.list), port.help))}</dl>`}
    <p class="sheet-foot">
      <button type="button" class="main" @click=${() => void insertExample(app, type)}>Insert an example</button>
      <button type="button" class="quiet" @click=${() => addAlone(app, type)}>Add the node alone</button>
    </p>
  </div>`;
}

/** @param {NodeType} node */
function facts({ category, pack, name, version, peers }) {
  const elsewhere = peers.length > 0 ? `; elsewhere called ${peers.join(", ")}` : "";
  return `${category}, ${name} of the pack ${pack}, version ${version}${elsewhere}`;
}

/** @param {App} app @param {InputPort} port */
function inputRow(app, port) {
  const bounds = port.min === null && port.max === null ? "" : `${bound(port.min) ?? "−∞"} to ${bound(port.max) ?? "∞"}`;
  const usual = port.default === undefined || port.default === null ? "" : `usually ${JSON.stringify(port.default)}`;
  const choices = port.choices === null ? "" : port.choices.join(", ");
  const must = port.optional || port.default !== undefined ? "" : "needed";
  const type = typeTitle(app.catalogue.peek(), port.type, port.list);
  return row(port.title, [type, choices, bounds, usual, must].filter((part) => part !== "").join(" · "), port.help);
}

/** The highest seed is no number that JavaScript has. @param {number | null} value */
function bound(value) {
  return value === 2 ** 64 ? "2⁶⁴ − 1" : value;
}

/** @param {string} title @param {string} type @param {string} help */
function row(title, type, help) {
  return html`<div>
    <dt>${title} <small>${type}</small></dt>
    <dd>${help}</dd>
  </div>`;
}

/** @param {App} app @param {string} type */
async function insertExample(app, type) {
  const example = await exampleOf(app, type);
  const title = app.catalogue.peek().nodes.get(type)?.title ?? type;
  if (example === null) return app.say(`There is nothing installed that ${title} could be tried with`, "assertive");
  insert(app, `Insert an example of ${title}`, (draft, level, at) => paste(draft, level, withPlaces(example), at));
}

/** @param {App} app @param {string} type */
async function exampleOf(app, type) {
  const examples = await app.api.examples().catch(() => []);
  const files = await Promise.all(examples.map(({ pack, name }) => app.api.example(pack, name)));
  return cutOut(files.map(parseDocument), type) ?? putTogether(app.catalogue.peek(), await modelsFor(app), type);
}

/** For each node type that loads a model, one that it takes: the server knows which fits. @param {App} app */
async function modelsFor(app) {
  /** @type {Map<string, string>} */
  const found = new Map();
  for (const { type, input } of loaders(app.catalogue.peek())) {
    const version = app.catalogue.peek().nodes.get(type)?.version ?? 1;
    for (const { name, fault } of app.models.peek()) {
      if (fault || found.has(type)) continue;
      const nodes = { it: { type, version, inputs: { [input]: name } } };
      const { faults } = await app.api.check({ workflow: { format: "latentloom", version: 1, nodes } });
      if (faults.length === 0) found.set(type, name);
    }
  }
  return found;
}

/** @param {App} app @param {string} type */
function addAlone(app, type) {
  insert(app, "Add a node", (draft, level, at) => new Set([addNode(draft, level, type, at, app.catalogue.peek())]));
}

/**
 * @param {App} app
 * @param {string} title
 * @param {(draft: import("../model/draft.js").Draft, level: string, at: {x: number, y: number}) => Set<string>} change
 */
function insert(app, title, change) {
  const tab = app.active.peek();
  const level = tab.levelName.peek();
  const all = app.view?.bounds();
  const at = all && tab.level.peek().nodes.size > 0 ? { x: all.left, y: all.bottom + 80 } : { x: 40, y: 40 };
  /** @type {Set<string>} */
  let ids = new Set();
  tab.edit(title, (draft) => {
    ids = change(draft, level, at);
  });
  app.asking.value = null;
  tab.selection.value = ids;
  requestAnimationFrame(() => app.view?.fit(ids));
}

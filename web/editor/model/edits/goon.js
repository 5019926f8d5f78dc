/**
 * A node goes on in another one behind it: a copy that begins with what the first one gave, and gives what the first one gave to
 * whoever takes it. So what was made stays, and is made once.
 *
 * @typedef {import("../draft.js").Draft} Draft
 * @typedef {import("../json.js").Json} Json
 */

import { outgoing } from "../links.js";
import { freeName } from "../names.js";
import { linksIn } from "../shapes.js";
import { moveLinks } from "./wires.js";

const GAP = 80;

/**
 * @param {Draft} draft
 * @param {string} level
 * @param {string} id
 * @param {{input: string, output: string, values: Readonly<{[input: string]: Json}>, width: number}} how
 *   `input` of the copy is linked to `output` of the node; `values` are written into the copy; `width` of the node
 * @param {import("../catalogue.js").Catalogue} catalogue
 * @returns {string}  the copy's id, or that of the node in which it goes on already
 */
export function goOn(draft, level, id, { input, output, values, width }, catalogue) {
  const there = draft.level(level);
  const node = there.nodes.get(id);
  if (node === undefined) throw new Error(`there is no node '${id}'`);
  const before = goesOnIn(draft, level, id, input, output);
  if (before !== null) return before;
  const next = freeName(id, there.nodes);
  const { frozen: _, ...ui } = node.ui;
  const x = Number(node.ui.x ?? 0) + width + GAP;
  const used = new Set([...(outgoing(there.level).get(id) ?? []).map(({ from }) => from.output), ...given(draft, level, id)]);
  there.nodes.set(next, { ...node, inputs: new Map([...node.inputs, ...Object.entries(values)]), ui: { ...ui, x } });
  for (const name of used) moveLinks(draft, level, { node: id, output: name }, { node: next, output: name }, catalogue);
  there.setInput(next, input, { link: `${id}.${output}` });
  expose(draft, level, id, next, new Set([input, ...Object.keys(values)]));
  return next;
}

/** @param {Draft} draft @param {string} level @param {string} id @param {string} input @param {string} output @returns {string | null} */
function goesOnIn(draft, level, id, input, output) {
  const { nodes } = draft.level(level);
  const type = nodes.get(id)?.type;
  for (const [other, node] of nodes.entries) {
    const links = linksIn(node.inputs.get(input) ?? null);
    if (node.type === type && links.some(({ from }) => from.node === id && from.output === output)) return other;
  }
  return null;
}

/** Outputs of a node that the level gives out. @param {Draft} draft @param {string} level @param {string} id */
function given(draft, level, id) {
  const links = [...draft.level(level).outputs.entries].map(([, { link }]) => link.split("."));
  return links.filter(([node]) => node === id).map(([, name]) => String(name));
}

/** What is set from outside is set in both, but for what the copy has of its own. @param {Draft} draft @param {string} level @param {string} id @param {string} next @param {ReadonlySet<string>} own */
function expose(draft, level, id, next, own) {
  const { inputs } = draft.level(level);
  for (const [name, entry] of [...inputs.entries]) {
    const added = entry.to.filter((port) => port.startsWith(`${id}.`) && !own.has(port.slice(id.length + 1)));
    if (added.length === 0) continue;
    inputs.set(name, { ...entry, to: [...entry.to, ...added.map((port) => `${next}.${port.slice(id.length + 1)}`)] });
  }
}

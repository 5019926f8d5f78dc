/**
 * A node goes on in another one behind it: a copy that begins with what the first one gave, and gives what the first one gave to
 * whoever takes it. So what was made stays, and is made once. Where it goes on already, it does so behind the last one.
 *
 * @typedef {import("../draft.js").Draft} Draft
 * @typedef {import("../json.js").Json} Json
 */

import { outgoing } from "../links.js";
import { freeName } from "../names.js";
import { linksIn } from "../shapes.js";
import { makeRoom } from "./insert.js";
import { moveLinks } from "./wires.js";

/** @typedef {import("./insert.js").Rect} Rect */

const GAP = 80;

/**
 * @param {Draft} draft
 * @param {string} level
 * @param {string} id
 * @param {object} how
 * @param {string} how.input  of the copy, linked to the `output`
 * @param {string} how.output
 * @param {Readonly<{[input: string]: Json}>} how.values  written into the copy
 * @param {(id: string) => Rect} how.rectOf
 * @param {(id: string) => boolean} [how.made]  whether what a node gives is there, or on its way
 * @param {import("../catalogue.js").Catalogue} catalogue
 * @returns {string}  the copy's id, or that of the node in which it goes on already and which is still to be made
 */
export function goOn(draft, level, id, { input, output, values, rectOf, made = () => false }, catalogue) {
  const there = draft.level(level);
  const last = lastOf(draft, level, id, input, output);
  const node = there.nodes.get(last);
  if (node === undefined) throw new Error(`there is no node '${last}'`);
  if (last !== id && !made(last)) return last;
  const next = freeName(id, there.nodes);
  const { frozen: _, ...ui } = node.ui;
  const rect = { ...rectOf(last), x: Number(node.ui.x ?? 0) + rectOf(last).width + GAP };
  const used = new Set([...(outgoing(there.level).get(last) ?? []).map(({ from }) => from.output), ...given(draft, level, last)]);
  there.nodes.set(next, { ...node, inputs: new Map([...node.inputs, ...Object.entries(values)]), ui: { ...ui, x: rect.x } });
  for (const name of used) moveLinks(draft, level, { node: last, output: name }, { node: next, output: name }, catalogue);
  there.setInput(next, input, { link: `${last}.${output}` });
  expose(draft, level, last, next, new Set([input, ...Object.keys(values)]));
  makeRoom(draft, level, next, (other) => (other === next ? rect : rectOf(other)));
  return next;
}

/** The last of those that go on behind a node. @param {Draft} draft @param {string} level @param {string} id @param {string} input @param {string} output */
function lastOf(draft, level, id, input, output) {
  const seen = new Set([id]);
  for (let last = id; ; seen.add(last)) {
    const next = goesOnIn(draft, level, last, input, output);
    if (next === null || seen.has(next)) return last; // a circle is a fault, told elsewhere
    last = next;
  }
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

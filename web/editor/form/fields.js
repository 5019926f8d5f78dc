/**
 * What the form's items stand for: headings, and the inputs of nodes with all that a widget needs. Pure.
 *
 * @typedef {import("../model/catalogue.js").Catalogue} Catalogue
 * @typedef {import("../model/document.js").Document} Document
 * @typedef {import("../model/document.js").Node} Node
 * @typedef {import("../model/json.js").Json} Json
 * @typedef {import("../model/ports.js").InputPort} InputPort
 * @typedef {object} Field
 * @property {"field"} kind
 * @property {number} place  in the form
 * @property {string} address  of the input
 * @property {string} name  under which `--set` knows it: the workflow's own name for it, else the address
 * @property {string} id  of the node in the file's own level that holds the value
 * @property {Node} node
 * @property {InputPort} port  as that node takes it: `sampler.steps` where it lies inside a sub-workflow
 * @property {string} title
 * @property {string} of  the title of the node, to tell apart what bears one title
 * @property {readonly {id: string, input: string}[]} also  further inputs that the workflow's name sets
 * @typedef {{readonly kind: "heading", readonly place: number, readonly text: string}} Heading
 * @typedef {{readonly kind: "gone", readonly place: number, readonly address: string, readonly why: string}} Gone
 */

import { definitionOf, levelOf } from "../model/document.js";
import { formOf } from "../model/edits/form.js";
import { titleAt } from "../model/edits/wires.js";
import { portsOf } from "../model/ports.js";
import { portOf, readValue } from "../model/shapes.js";

/**
 * @param {Catalogue} catalogue
 * @param {Document} document
 * @returns {(Field | Heading | Gone)[]}
 */
export function fieldsOf(catalogue, document) {
  return formOf(document).map((item, place) =>
    "heading" in item
      ? { kind: "heading", place, text: item.heading }
      : fieldAt(catalogue, document, place, item.input, item.title),
  );
}

/** The fields alone. @param {Catalogue} catalogue @param {Document} document @returns {Field[]} */
export function onlyFields(catalogue, document) {
  return fieldsOf(catalogue, document).flatMap((item) => (item.kind === "field" ? [item] : []));
}

/**
 * @param {Catalogue} catalogue
 * @param {Document} document
 * @param {number} place
 * @param {string} address
 * @param {string | undefined} own  the title that the form gives it
 * @returns {Field | Gone}
 */
function fieldAt(catalogue, document, place, address, own) {
  const { node: path, output: input } = portOf(address);
  const found = nodeAt(document, path.split("/"));
  const port = found === null ? undefined : portsOf(catalogue, document, found.level, found.id).inputs.get(input);
  const [id, ...inner] = path.split("/");
  const node = levelOf(document, "").nodes.get(id);
  if (found === null || node === undefined) return { kind: "gone", place, address, why: "this node is no longer there" };
  if (port === undefined) return { kind: "gone", place, address, why: "this node has no such input any more" };
  const held = inner.length === 0 ? input : `${inner.join("/")}.${input}`;
  const written = found.node.inputs.get(input);
  if (written !== undefined && ["link", "many"].includes(readValue(written).kind))
    return { kind: "gone", place, address, why: "a wire leads there now" };
  const exposed = [...levelOf(document, "").inputs].find(([, { to }]) => to.includes(address));
  return {
    kind: "field",
    place,
    address,
    name: exposed?.[0] ?? address,
    id,
    node,
    port: { ...port, name: held, ...(inner.length > 0 && written !== undefined ? { default: written } : {}) },
    title: own ?? (exposed?.[1].title || port.title),
    of: titleAt({ catalogue, document, level: found.level }, found.id),
    also: (exposed?.[1].to ?? []).filter((to) => to !== address).map((to) => ({ id: portOf(to).node, input: portOf(to).output })),
  };
}

/**
 * @param {Document} document
 * @param {readonly string[]} path  ids of uses, and of a node at the end
 * @returns {{level: string, id: string, node: Node} | null}
 */
function nodeAt(document, path) {
  let level = "";
  for (const [place, id] of path.entries()) {
    const node = document.levels.get(level)?.nodes.get(id);
    if (node === undefined) return null;
    if (place === path.length - 1) return { level, id, node };
    const inner = definitionOf(node);
    if (inner === null) return null;
    level = inner;
  }
  return null;
}

/**
 * What a field holds now: what the file says, else the default; undefined where it has none.
 *
 * @param {Field} field
 * @returns {Json | undefined}
 */
export function heldBy({ node, port }) {
  return node.inputs.get(port.name) ?? port.default;
}

/**
 * A selection becomes a sub-workflow. What comes in from outside is exposed as inputs, what is used outside as outputs; `inline`
 * gives the same file back.
 *
 * @typedef {import("../json.js").Json} Json
 * @typedef {import("../catalogue.js").Catalogue} Catalogue
 * @typedef {import("../document.js").Document} Document
 * @typedef {import("../document.js").Exposed} Exposed
 * @typedef {import("../document.js").Output} Output
 * @typedef {import("../document.js").Level} Level
 * @typedef {import("../document.js").Node} Node
 * @typedef {import("../draft.js").Draft} Draft
 * @typedef {{inputs: Map<string, Exposed>, outputs: Map<string, Output>, given: Map<string, Json>}} Boundary
 */

import { USE, levelOf } from "../document.js";
import { freeName } from "../names.js";
import { portsOf } from "../ports.js";
import { linkTo, linksIn, portOf } from "../shapes.js";
import { relink } from "./relink.js";
import { isInside, renameGiven } from "./uses.js";

/**
 * @param {Draft} draft
 * @param {string} level
 * @param {Iterable<string>} keys  node ids
 * @param {string} wanted  a name for the sub-workflow
 * @param {Catalogue} catalogue
 * @returns {{id: string, name: string}}  the use, and the sub-workflow's name. Throws Error, in words, where a list takes
 *   values from both sides: no boundary can run through it.
 */
export function extract(draft, level, keys, wanted, catalogue) {
  const body = draft.level(level).level;
  const ids = new Set([...keys].filter((id) => body.nodes.has(id)));
  refuseMixedLists(body, ids);
  const name = freeName(wanted, new Set([...draft.document.levels.keys(), ""]));
  const outside = new Set([...body.nodes.keys()].filter((id) => !ids.has(id)));
  const id = freeName(wanted, outside);
  const boundary = boundaryOf(catalogue, draft.document, level, ids);
  draft.putLevel(name, innerLevel(body, ids, boundary));
  for (const gone of ids) draft.level(level).nodes.delete(gone);
  draft.level(level).nodes.set(id, {
    type: USE + name,
    version: 1,
    mode: null,
    inputs: boundary.given,
    ui: cornerOf(body, ids),
  });
  leadOutputs(draft, level, id, ids, boundary);
  leadExposed(draft, level, id, ids, boundary);
  renameGiven(draft, level, (given) => ([...ids].some((inner) => isInside(given, inner)) ? `${id}/${given}` : given));
  return { id, name };
}

/**
 * @param {Level} body
 * @param {Set<string>} ids
 */
function refuseMixedLists(body, ids) {
  for (const id of ids) {
    for (const [input, value] of body.nodes.get(id)?.inputs ?? []) {
      const sides = new Set(linksIn(value).map((link) => ids.has(link.from.node)));
      if (sides.size > 1) {
        throw new Error(
          `${id}.${input} takes values from inside and from outside of the selection; select all of them, or leave ${id} out`,
        );
      }
    }
  }
}

/**
 * @param {Catalogue} catalogue
 * @param {Document} document
 * @param {string} level
 * @param {Set<string>} ids
 * @returns {Boundary}
 */
function boundaryOf(catalogue, document, level, ids) {
  const body = levelOf(document, level);
  /** @type {Boundary} */
  const boundary = { inputs: new Map(), outputs: new Map(), given: new Map() };
  const shared = new Map();
  for (const id of ids) {
    for (const [input, value] of body.nodes.get(id)?.inputs ?? []) {
      const [link] = linksIn(value);
      if (link === undefined || ids.has(link.from.node)) continue;
      const port = portsOf(catalogue, document, level, id).inputs.get(input);
      const alike = JSON.stringify([value, port?.type, port?.list, port?.default ?? (port?.optional ? null : 0)]);
      exposeGiven(boundary, shared, alike, `${id}.${input}`, input, value);
    }
  }
  for (const port of portsUsedOutside(body, ids)) {
    boundary.outputs.set(freeName(portOf(port).output, boundary.outputs), { link: port });
  }
  return boundary;
}

/**
 * Several inputs that take the same value and are alike are one input of the boundary.
 *
 * @param {Boundary} boundary
 * @param {Map<string, string>} shared
 * @param {string} alike
 * @param {string} target
 * @param {string} input
 * @param {Json} value
 */
function exposeGiven(boundary, shared, alike, target, input, value) {
  const known = shared.get(alike);
  const name = known ?? freeName(input, boundary.inputs);
  const to = [...(boundary.inputs.get(name)?.to ?? []), target];
  shared.set(alike, name);
  boundary.inputs.set(name, { to });
  boundary.given.set(name, value);
}

/**
 * @param {Level} body
 * @param {Set<string>} ids
 * @returns {Set<string>}
 */
function portsUsedOutside(body, ids) {
  /** @type {Set<string>} */
  const ports = new Set();
  for (const [id, node] of body.nodes) {
    if (ids.has(id)) continue;
    for (const value of node.inputs.values()) {
      for (const { from } of linksIn(value)) if (ids.has(from.node)) ports.add(linkTo(from).link);
    }
  }
  for (const { link } of body.outputs.values()) if (ids.has(portOf(link).node)) ports.add(link);
  return ports;
}

/**
 * @param {Level} body
 * @param {Set<string>} ids
 * @param {Boundary} boundary
 * @returns {Level}
 */
function innerLevel(body, ids, boundary) {
  const exposed = new Set([...boundary.inputs.values()].flatMap((input) => input.to));
  const nodes = new Map();
  for (const id of ids) {
    const node = /** @type {Node} */ (body.nodes.get(id));
    const inputs = new Map([...node.inputs].filter(([input]) => !exposed.has(`${id}.${input}`)));
    nodes.set(id, { ...node, inputs });
  }
  return { nodes, inputs: boundary.inputs, outputs: boundary.outputs, ui: new Map() };
}

/**
 * @param {Level} body
 * @param {Set<string>} ids
 */
export function cornerOf(body, ids) {
  const places = [...ids].map((id) => /** @type {Node} */ (body.nodes.get(id)).ui);
  return { x: Math.min(...places.map(({ x }) => x ?? 0)), y: Math.min(...places.map(({ y }) => y ?? 0)) };
}

/**
 * @param {Draft} draft
 * @param {string} level
 * @param {string} id
 * @param {Set<string>} ids
 * @param {Boundary} boundary
 */
function leadOutputs(draft, level, id, ids, boundary) {
  const names = new Map([...boundary.outputs].map(([name, { link }]) => [link, name]));
  relink(draft, level, (from) => {
    const output = ids.has(from.node) ? names.get(linkTo(from).link) : undefined;
    return output === undefined ? from : { node: id, output };
  });
  for (const [name, output] of [...draft.level(level).outputs.entries]) {
    const inner = names.get(output.link);
    if (inner !== undefined) draft.level(level).outputs.set(name, { ...output, link: `${id}.${inner}` });
  }
}

/**
 * What the level around exposes of the selection is now exposed through the use.
 *
 * @param {Draft} draft
 * @param {string} level
 * @param {string} id
 * @param {Set<string>} ids
 * @param {Boundary} boundary
 */
function leadExposed(draft, level, id, ids, boundary) {
  for (const [name, exposed] of [...draft.level(level).inputs.entries]) {
    const to = exposed.to.map((target) =>
      ids.has(portOf(target).node) ? `${id}.${innerName(boundary, target)}` : target,
    );
    draft.level(level).inputs.set(name, { ...exposed, to });
  }
  const inner = draft.level(level).node(id).type.slice(USE.length);
  for (const [name, exposed] of boundary.inputs) draft.level(inner).inputs.set(name, exposed);
}

/**
 * @param {Boundary} boundary
 * @param {string} target
 */
function innerName(boundary, target) {
  for (const [name, { to }] of boundary.inputs) if (to.length === 1 && to[0] === target) return name;
  const name = freeName(portOf(target).output, boundary.inputs);
  boundary.inputs.set(name, { to: [target] });
  return name;
}

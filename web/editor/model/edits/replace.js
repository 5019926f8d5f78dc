/**
 * Another type in a node's place: wires and values are kept by name, then by type, and what found no place is listed.
 *
 * @typedef {import("../json.js").Json} Json
 * @typedef {import("../catalogue.js").Catalogue} Catalogue
 * @typedef {import("../draft.js").Draft} Draft
 * @typedef {import("../document.js").Document} Document
 * @typedef {import("../document.js").Node} Node
 * @typedef {import("../ports.js").InputPort} InputPort
 * @typedef {import("../ports.js").Ports} Ports
 * @typedef {{readonly catalogue: Catalogue, readonly document: Document, readonly level: string, readonly id: string}} Here
 */

import { levelOf } from "../document.js";
import { fits, typeTitle } from "../catalogue.js";
import { portsOf, portsOfType, typeAt, typeOfLiteral, words } from "../ports.js";
import { linksIn, portOf, readValue } from "../shapes.js";
import { relink } from "./relink.js";
import { dropInput, dropOutput, renameGiven } from "./uses.js";

/**
 * @param {Draft} draft
 * @param {string} level
 * @param {string} id
 * @param {string} type  a type of the catalogue
 * @param {Catalogue} catalogue
 * @returns {{lost: string[]}}  in words, what was there and is no more
 */
export function replaceNode(draft, level, id, type, catalogue) {
  const record = catalogue.nodes.get(type);
  if (record === undefined) throw new RangeError(`there is no node type '${type}'`);
  const here = { catalogue, document: draft.document, level, id };
  const next = portsOfType(record);
  const { inputs, moved, lost } = inputsFor(here, next);
  const outputs = outputsFor(here, next, lost);
  draft.level(level).patch(id, { type, version: record.version, inputs });
  draft.level(level).draw(id, { frozen: undefined }); // what the other type gave is no result of this one
  leadOutputs(draft, level, id, outputs);
  leadInputs(draft, level, id, moved, next, lost);
  return { lost };
}

/**
 * @param {Here} here
 * @param {Ports} next
 */
function inputsFor({ catalogue, document, level, id }, next) {
  const node = /** @type {Node} */ (levelOf(document, level).nodes.get(id));
  const now = portsOf(catalogue, document, level, id);
  /** @type {Map<string, Json>} */
  const inputs = new Map();
  /** @type {Map<string, string>} */
  const moved = new Map();
  /** @type {string[]} */
  const lost = [];
  const takes = (/** @type {string} */ name, /** @type {Json} */ value) => {
    const port = next.inputs.get(name);
    return port !== undefined && !inputs.has(name) && accepts(catalogue, document, level, port, value);
  };
  const given = [...node.inputs];
  for (const [name, value] of given) if (takes(name, value)) keep(name, name, value);
  for (const [name, value] of given) {
    if (moved.has(name)) continue;
    const wanted = now.inputs.get(name)?.type;
    const alike = [...next.inputs.values()].filter((port) => !node.inputs.has(port.name) || !moved.has(port.name));
    const isLink = linksIn(value).length > 0;
    const port = alike.find(
      (each) => takes(each.name, value) && (isLink || (each.type === wanted && each.choices === null)),
    );
    if (port !== undefined) keep(name, port.name, value);
    else if (!isDefault(now.inputs.get(name), value)) lost.push(`${words(name)}: ${shown(value)}`);
  }
  return { inputs, moved, lost };

  /**
   * @param {string} name
   * @param {string} to
   * @param {Json} value
   */
  function keep(name, to, value) {
    inputs.set(to, value);
    moved.set(name, to);
  }
}

/**
 * @param {Catalogue} catalogue
 * @param {Document} document
 * @param {string} level
 * @param {InputPort} port
 * @param {Json} value
 */
function accepts(catalogue, document, level, port, value) {
  const links = linksIn(value);
  if (links.length > 0) {
    return links.every(({ from }) => fits(catalogue, typeAt(catalogue, document, level, from), port.type));
  }
  const shape = readValue(value);
  if (shape.kind !== "literal") return port.type === (shape.kind === "folder" ? "Folder" : "File");
  if (value === null) return port.optional;
  if (port.choices !== null) return typeof value === "string" && port.choices.includes(value);
  return port.literal && inBounds(port, value) && fits(catalogue, typeOfLiteral(value), port.type);
}

/**
 * @param {InputPort} port
 * @param {Json} value
 */
function inBounds(port, value) {
  return (
    typeof value !== "number" || ((port.min === null || value >= port.min) && (port.max === null || value <= port.max))
  );
}

/**
 * @param {InputPort | undefined} port
 * @param {Json} value
 */
function isDefault(port, value) {
  return port !== undefined && JSON.stringify(port.default) === JSON.stringify(value);
}

/** @param {Json} value */
function shown(value) {
  const [link] = linksIn(value);
  if (link !== undefined) return `the wire from ${link.from.node}.${link.from.output}`;
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}

/**
 * The new output for each old one that is used; null where there is none.
 *
 * @param {Here} here
 * @param {Ports} next
 * @param {string[]} lost
 * @returns {Map<string, string | null>}
 */
function outputsFor({ catalogue, document, level, id }, next, lost) {
  const body = levelOf(document, level);
  const outputs = new Map();
  const now = portsOf(catalogue, document, level, id).outputs;
  for (const [name, port] of now) {
    const type = typeAt(catalogue, document, level, { node: id, output: name });
    const named = next.outputs.get(name);
    const fit =
      named !== undefined && fits(catalogue, named.type, type)
        ? named
        : [...next.outputs.values()].find((other) => fits(catalogue, other.type, type));
    outputs.set(name, fit?.name ?? null);
    const used = [...body.nodes.values()].some((node) =>
      [...node.inputs.values()].some((value) =>
        linksIn(value).some(({ from }) => from.node === id && from.output === name),
      ),
    );
    if (fit === undefined && used) lost.push(`the wires from ${port.title} (${typeTitle(catalogue, type)})`);
  }
  return outputs;
}

/**
 * @param {Draft} draft
 * @param {string} level
 * @param {string} id
 * @param {Map<string, string | null>} outputs
 */
function leadOutputs(draft, level, id, outputs) {
  relink(draft, level, (from) => {
    const to = from.node === id ? outputs.get(from.output) : from.output;
    return to === null || to === undefined ? null : { node: from.node, output: to };
  });
  for (const [name, output] of [...draft.level(level).outputs.entries]) {
    const port = portOf(output.link);
    if (port.node !== id) continue;
    const to = outputs.get(port.output);
    if (to === null || to === undefined) dropOutput(draft, level, name);
    else draft.level(level).outputs.set(name, { ...output, link: `${id}.${to}` });
  }
}

/**
 * Exposed inputs follow where their input went, by name where it was not given.
 *
 * @param {Draft} draft
 * @param {string} level
 * @param {string} id
 * @param {Map<string, string>} moved
 * @param {Ports} next
 * @param {string[]} lost
 */
function leadInputs(draft, level, id, moved, next, lost) {
  const renamed = (/** @type {string} */ input) => moved.get(input) ?? (next.inputs.has(input) ? input : null);
  for (const [name, exposed] of [...draft.level(level).inputs.entries]) {
    const to = exposed.to.flatMap((target) => {
      const { node, output: input } = portOf(target);
      const there = node === id ? renamed(input) : input;
      return there === null ? [] : [`${node}.${there}`];
    });
    if (to.length === 0) {
      dropInput(draft, level, name);
      lost.push(`the workflow's input ${name}`);
    } else draft.level(level).inputs.set(name, { ...exposed, to });
  }
  renameGiven(draft, level, (given) => {
    if (!given.startsWith(`${id}.`)) return given;
    const there = renamed(given.slice(id.length + 1));
    return there === null ? null : `${id}.${there}`;
  });
}

/**
 * The types that could stand in a node's place, those that lose the least first.
 *
 * @param {Here} here
 * @returns {string[]}
 */
export function candidates(here) {
  const scored = [...here.catalogue.nodes.values()].map((record) => {
    const next = portsOfType(record);
    const { moved, lost } = inputsFor(here, next);
    outputsFor(here, next, lost);
    const named = [...moved].filter(([name, to]) => name === to).length;
    return { type: record.name, score: lost.length * 100 - (moved.size + named) * 10 + next.inputs.size };
  });
  return scored.sort((a, b) => a.score - b.score).map(({ type }) => type);
}

/**
 * What a node shows: its title, inputs and outputs, whether it is of a known type, a use of a sub-workflow, or a placeholder.
 *
 * @typedef {import("./json.js").Json} Json
 * @typedef {import("./document.js").Document} Document
 * @typedef {import("./document.js").Level} Level
 * @typedef {import("./document.js").Node} Node
 * @typedef {import("./catalogue.js").Catalogue} Catalogue
 * @typedef {import("./catalogue.js").NodeType} NodeType
 * @typedef {import("./catalogue.js").OutputSpec} OutputSpec
 * @typedef {import("./catalogue.js").InputSpec & {readonly title: string, readonly literal: boolean}} InputPort
 *   `literal`: a value can be written here, so there is a widget for it
 * @typedef {OutputSpec & {readonly title: string}} OutputPort
 * @typedef {{readonly title: string, readonly help: string, readonly category: string, readonly pack: string,
 *   readonly known: boolean, readonly writes: boolean, readonly inputs: ReadonlyMap<string, InputPort>,
 *   readonly outputs: ReadonlyMap<string, OutputPort>, readonly view: string | null}} Ports
 *   `writes`: an output node, whose result is written by the host and cannot be linked
 */

import { USE, definitionOf } from "./document.js";
import { isVariable } from "./catalogue.js";
import { outgoing } from "./links.js";
import { LITERALS } from "./normalise.js";
import { portOf, readValue } from "./shapes.js";

/** @type {WeakMap<NodeType, Ports>} */
const ofType = new WeakMap();
/** @type {WeakMap<ReadonlyMap<string, Level>, Map<string, Ports>>} */
const ofLevels = new WeakMap();
/** @type {Ports} */
const NONE = {
  title: "",
  help: "",
  category: "",
  pack: "",
  known: false,
  writes: false,
  inputs: new Map(),
  outputs: new Map(),
  view: null,
};

/**
 * What the node `id` of a level shows. A node that is not there shows nothing.
 *
 * @param {Catalogue} catalogue
 * @param {Document} document
 * @param {string} level
 * @param {string} id
 * @returns {Ports}
 */
export function portsOf(catalogue, document, level, id) {
  const node = document.levels.get(level)?.nodes.get(id);
  if (node === undefined) return NONE;
  const type = catalogue.nodes.get(node.type);
  if (type !== undefined) return portsOfType(type);
  const key = `${level}/${id}`;
  let known = ofLevels.get(document.levels);
  if (known === undefined) ofLevels.set(document.levels, (known = new Map()));
  let ports = known.get(key);
  if (ports === undefined) {
    known.set(key, NONE); // a sub-workflow that contains itself ends here
    ports = portsOfOther(catalogue, document, level, id, node);
    known.set(key, ports);
  }
  return ports;
}

/**
 * What every node of a type shows.
 *
 * @param {NodeType} type
 * @returns {Ports}
 */
export function portsOfType(type) {
  const known = ofType.get(type);
  if (known !== undefined) return known;
  const writes = type.flags.includes("output");
  const inputs = [...type.inputs].map(
    ([name, spec]) =>
      /** @type {const} */ ([
        name,
        {
          ...spec,
          title: words(name),
          literal: LITERALS.has(spec.type),
        },
      ]),
  );
  const outputs = [...type.outputs].map(
    ([name, spec]) => /** @type {const} */ ([name, { ...spec, title: words(name) }]),
  );
  const ports = {
    title: type.title,
    help: type.help,
    category: type.category,
    pack: type.pack,
    known: true,
    writes,
    inputs: new Map(inputs),
    outputs: new Map(writes ? [] : outputs),
    view: type.view,
  };
  ofType.set(type, ports);
  return ports;
}

/**
 * @param {Catalogue} catalogue
 * @param {Document} document
 * @param {string} level
 * @param {string} id
 * @param {Node} node
 * @returns {Ports}
 */
function portsOfOther(catalogue, document, level, id, node) {
  const name = definitionOf(node);
  const body = name === null ? undefined : document.levels.get(name);
  if (name !== null && body !== undefined) return portsOfUse(catalogue, document, name, body, node);
  return placeholder(/** @type {Level} */ (document.levels.get(level)), id, node);
}

/**
 * @param {Catalogue} catalogue
 * @param {Document} document
 * @param {string} name
 * @param {Level} body
 * @param {Node} node
 * @returns {Ports}
 */
function portsOfUse(catalogue, document, name, body, node) {
  /** @type {Map<string, InputPort>} */
  const inputs = new Map();
  for (const [exposed, { to, title, help }] of body.inputs) {
    const found = inputAt(catalogue, document, name, to[0] ?? "");
    const inner = portOf(to[0] ?? "");
    const value = body.nodes.get(inner.node)?.inputs.get(inner.output);
    const given = value === undefined ? {} : { default: value };
    inputs.set(exposed, {
      ...found,
      ...given,
      name: exposed,
      title: title || words(exposed),
      help: help || found.help,
    });
  }
  for (const [given, value] of node.inputs) if (!inputs.has(given)) inputs.set(given, guess(given, value));
  const outputs = [...body.outputs].map(([output, { link, title }]) => {
    const found = outputAt(catalogue, document, name, link);
    return /** @type {const} */ ([output, { ...found, name: output, title: title || words(output) }]);
  });
  return {
    title: words(name),
    help: "",
    category: "sub-workflow",
    pack: "",
    known: true,
    writes: false,
    inputs,
    outputs: new Map(outputs),
    view: null,
  };
}

/**
 * The input of a level that `port` names, as shown.
 *
 * @param {Catalogue} catalogue
 * @param {Document} document
 * @param {string} level
 * @param {string} port
 * @returns {InputPort}
 */
function inputAt(catalogue, document, level, port) {
  const { node, output: input } = portOf(port);
  return portsOf(catalogue, document, level, node).inputs.get(input) ?? guess(input, null);
}

/**
 * The output of a level that a link names, as shown.
 *
 * @param {Catalogue} catalogue
 * @param {Document} document
 * @param {string} level
 * @param {string} link
 * @returns {OutputPort}
 */
function outputAt(catalogue, document, level, link) {
  const { node, output } = portOf(link);
  const found = portsOf(catalogue, document, level, node).outputs.get(output);
  return found ?? { name: output, title: words(output), type: "*", list: false, help: "" };
}

/**
 * A node whose type is not known: the ports that the file speaks of.
 *
 * @param {Level} level
 * @param {string} id
 * @param {Node} node
 * @returns {Ports}
 */
function placeholder(level, id, node) {
  const inputs = [...node.inputs].map(([name, value]) => /** @type {const} */ ([name, guess(name, value)]));
  const names = new Set((outgoing(level).get(id) ?? []).map((link) => link.from.output));
  for (const { link } of level.outputs.values()) if (portOf(link).node === id) names.add(portOf(link).output);
  const outputs = [...names].map(
    (name) =>
      /** @type {const} */ ([
        name,
        {
          name,
          title: words(name),
          type: "*",
          list: false,
          help: "",
        },
      ]),
  );
  const [pack, bare] = node.type.includes(":") ? node.type.split(":") : ["", node.type];
  return { ...NONE, title: bare ?? node.type, pack: pack ?? "", inputs: new Map(inputs), outputs: new Map(outputs) };
}

/**
 * What an input takes, told by the value that it has.
 *
 * @param {string} name
 * @param {Json} value
 * @returns {InputPort}
 */
function guess(name, value) {
  const shape = readValue(value);
  const literal = shape.kind === "literal" && value !== null;
  return {
    name,
    title: words(name),
    type: literal ? typeOfLiteral(value) : "*",
    literal,
    list: shape.kind === "many",
    optional: true,
    lazy: false,
    min: null,
    max: null,
    step: null,
    choices: null,
    choices_from: null,
    widget: null,
    help: "",
  };
}

/**
 * The type that a literal gives to a type variable.
 *
 * @param {Json} value
 * @returns {string}
 */
export function typeOfLiteral(value) {
  if (typeof value === "boolean") return "Bool";
  if (typeof value === "number") return Number.isInteger(value) ? "Int" : "Float";
  return typeof value === "string" ? "Text" : "Data";
}

/**
 * A name as people read it: `text_encoder` is "text encoder".
 *
 * @param {string} name
 * @returns {string}
 */
export function words(name) {
  return name.replaceAll("_", " ");
}

/**
 * The title that a node shows: its own, else its type's.
 *
 * @param {Node} node
 * @param {Ports} ports
 * @returns {string}
 */
export function shownTitle(node, ports) {
  return node.ui.title || ports.title || node.type.replace(USE, "");
}

/**
 * The type that an output really gives, type variables followed to what is linked to the node; `*` where nothing says.
 *
 * @param {Catalogue} catalogue
 * @param {Document} document
 * @param {string} level
 * @param {{node: string, output: string}} port
 * @returns {string}
 */
export function typeAt(catalogue, document, level, port) {
  return follow(catalogue, document, level, port.node, port.output, new Set());
}

/**
 * @param {Catalogue} catalogue
 * @param {Document} document
 * @param {string} level
 * @param {string} id
 * @param {string} output
 * @param {Set<string>} seen
 * @returns {string}
 */
function follow(catalogue, document, level, id, output, seen) {
  const type = portsOf(catalogue, document, level, id).outputs.get(output)?.type ?? "*";
  if (!isVariable(type) || type === "*" || seen.has(id)) return type;
  seen.add(id);
  return boundType(catalogue, document, level, id, type, null, seen) ?? "*";
}

/**
 * What a type variable of a node stands for, told by the other inputs that share it; null where none says.
 *
 * @param {Catalogue} catalogue
 * @param {Document} document
 * @param {string} level
 * @param {string} id
 * @param {string} variable
 * @param {string | null} except  an input that is not asked
 * @param {Set<string>} [seen]
 * @returns {string | null}
 */
export function boundType(catalogue, document, level, id, variable, except, seen = new Set([id])) {
  const node = document.levels.get(level)?.nodes.get(id);
  if (node === undefined || variable === "*") return null;
  for (const [name, port] of portsOf(catalogue, document, level, id).inputs) {
    if (port.type !== variable || name === except || !node.inputs.has(name)) continue;
    const value = /** @type {Json} */ (node.inputs.get(name));
    for (const shape of flat(readValue(value))) {
      if (shape.kind === "literal" && shape.value !== null) return typeOfLiteral(shape.value);
      const type = shape.kind === "link" ? follow(catalogue, document, level, shape.node, shape.output, seen) : "*";
      if (!isVariable(type)) return type;
    }
  }
  return null;
}

/**
 * @param {import("./shapes.js").Shape} shape
 * @returns {readonly import("./shapes.js").Shape[]}
 */
function flat(shape) {
  return shape.kind === "many" ? shape.items : [shape];
}

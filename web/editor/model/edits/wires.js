/**
 * Wires: whether one may be, and making, taking away and moving them. The rules are the engine's; what is refused is said in
 * a sentence that can be shown at the pointer.
 *
 * @typedef {import("../json.js").Json} Json
 * @typedef {import("../document.js").Document} Document
 * @typedef {import("../catalogue.js").Catalogue} Catalogue
 * @typedef {import("../draft.js").Draft} Draft
 * @typedef {import("../shapes.js").OutputRef} OutputRef
 * @typedef {{readonly node: string, readonly input: string, readonly index?: number | null}} InputRef
 * @typedef {{readonly catalogue: Catalogue, readonly document: Document, readonly level: string}} Place
 */

import { levelOf } from "../document.js";
import { fits, isVariable, typeTitle } from "../catalogue.js";
import { downstream, incoming } from "../links.js";
import { boundType, portsOf, shownTitle, typeAt } from "../ports.js";
import { linkTo, linksIn, mapLinks } from "../shapes.js";

/**
 * Why an output may not be linked to an input; null where it may.
 *
 * @param {Place} place
 * @param {OutputRef} from
 * @param {InputRef} to
 * @returns {string | null}
 */
export function whyNot(place, from, to) {
  const { catalogue, document, level } = place;
  if (from.node === to.node) return "A node cannot take its own result";
  const port = portsOf(catalogue, document, level, to.node).inputs.get(to.input);
  if (port === undefined) return `${titleAt(place, to.node)} has no input ${to.input}`;
  if (!portsOf(catalogue, document, level, from.node).outputs.has(from.output)) {
    return `${titleAt(place, from.node)} has no output ${from.output}`;
  }
  const source = typeAt(catalogue, document, level, from);
  if (!fits(catalogue, source, port.type)) {
    return `${port.title} takes ${typeTitle(catalogue, port.type, port.list)}, not ${typeTitle(catalogue, source)}`;
  }
  return variableFault(place, to, port.type, source) ?? circleFault(place, from, to);
}

/**
 * @param {Place} place
 * @param {InputRef} to
 * @param {string} variable
 * @param {string} source
 */
function variableFault({ catalogue, document, level }, to, variable, source) {
  if (!isVariable(variable) || isVariable(source)) return null;
  const bound = boundType(catalogue, document, level, to.node, variable, to.input);
  if (bound === null || fits(catalogue, source, bound) || fits(catalogue, bound, source)) return null;
  return `The other inputs of this node are ${typeTitle(catalogue, bound)}, so this one cannot be ${typeTitle(catalogue, source)}`;
}

/**
 * @param {Place} place
 * @param {OutputRef} from
 * @param {InputRef} to
 */
function circleFault(place, from, to) {
  const level = levelOf(place.document, place.level);
  if (!downstream(level, [to.node]).has(from.node)) return null;
  return `That would be a circle: ${titleAt(place, from.node)} is made from ${titleAt(place, to.node)}`;
}

/**
 * @param {Place} place
 * @param {string} id
 */
export function titleAt({ catalogue, document, level }, id) {
  const node = levelOf(document, level).nodes.get(id);
  return node === undefined ? id : shownTitle(node, portsOf(catalogue, document, level, id));
}

/**
 * Link an output to an input. A list takes one more (or another in place of the item `index`), any other input changes what
 * it had.
 *
 * @param {Draft} draft
 * @param {string} level
 * @param {OutputRef} from
 * @param {InputRef} to
 * @param {Catalogue} catalogue
 * @returns {string | null}  why it was refused; null where it is done
 */
export function connect(draft, level, from, to, catalogue) {
  const place = { catalogue, document: draft.document, level };
  const why = whyNot(place, from, to);
  if (why !== null) return why;
  const isList = portsOf(catalogue, place.document, level, to.node).inputs.get(to.input)?.list ?? false;
  const now = draft.level(level).node(to.node).inputs.get(to.input);
  draft.level(level).setInput(to.node, to.input, isList ? withItem(now, linkTo(from), to.index) : linkTo(from));
  return null;
}

/**
 * @param {Json | undefined} value
 * @param {Json} item
 * @param {number | null | undefined} index
 * @returns {Json}
 */
function withItem(value, item, index) {
  const items = Array.isArray(value) ? [...value] : value === undefined || value === null ? [] : [value];
  if (index !== undefined && index !== null && index < items.length) items[index] = item;
  else items.push(item);
  return items.length === 1 ? item : items;
}

/**
 * Take a wire off an input; a list keeps its other items.
 *
 * @param {Draft} draft
 * @param {string} level
 * @param {InputRef} at
 */
export function disconnect(draft, level, at) {
  const value = draft.level(level).node(at.node).inputs.get(at.input);
  draft
    .level(level)
    .setInput(at.node, at.input, value === undefined ? undefined : withoutItem(value, at.index ?? null));
}

/**
 * @param {Json} value
 * @param {number | null} index
 * @returns {Json | undefined}
 */
function withoutItem(value, index) {
  if (!Array.isArray(value) || index === null) return undefined;
  const items = value.filter((_, place) => place !== index);
  return items.length === 0 ? undefined : items.length === 1 && linksIn(items[0]).length > 0 ? items[0] : items;
}

/**
 * The input of a node that a wire from `from` takes when it is dropped on the node: a free one of the very type first, then one
 * that takes the type, then one that takes anything; choices last; null where none fits.
 *
 * @param {Place} place
 * @param {OutputRef} from
 * @param {string} id
 * @returns {string | null}
 */
export function firstFit(place, from, id) {
  const { catalogue, document, level } = place;
  const source = typeAt(catalogue, document, level, from);
  const linked = new Set((incoming(levelOf(document, level)).get(id) ?? []).map((link) => link.to.input));
  const free = [...portsOf(catalogue, document, level, id).inputs.values()].filter(
    (port) => (port.list || !linked.has(port.name)) && whyNot(place, from, { node: id, input: port.name }) === null,
  );
  const rank = (/** @type {typeof free[number]} */ port) =>
    (port.choices === null ? 0 : 4) + (port.type === source ? 0 : isVariable(port.type) ? 2 : 1);
  return free.sort((a, b) => rank(a) - rank(b))[0]?.name ?? null;
}

/**
 * The output of a node that fits an input, or null.
 *
 * @param {Place} place
 * @param {InputRef} to
 * @param {string} id
 * @returns {string | null}
 */
export function firstFitOutput(place, to, id) {
  const outputs = [...portsOf(place.catalogue, place.document, place.level, id).outputs.keys()];
  return outputs.find((output) => whyNot(place, { node: id, output }, to) === null) ?? null;
}

/**
 * Lead all wires of one output from another one instead, the outputs of the level included.
 *
 * @param {Draft} draft
 * @param {string} level
 * @param {OutputRef} from
 * @param {OutputRef} to
 * @param {Catalogue} catalogue
 * @returns {string[]}  why some were left where they are
 */
export function moveLinks(draft, level, from, to, catalogue) {
  const place = { catalogue, document: draft.document, level };
  /** @type {string[]} */
  const refused = [];
  for (const [id, node] of [...draft.level(level).nodes.entries]) {
    for (const [input, value] of node.inputs) {
      if (!linksIn(value).some((link) => isPort(link.from, from))) continue;
      const why = whyNot(place, to, { node: id, input });
      if (why === null)
        draft.level(level).setInput(
          id,
          input,
          mapLinks(value, (link) => (isPort(link, from) ? to : link)),
        );
      else refused.push(why);
    }
  }
  moveOutputs(draft, level, from, to);
  return refused;
}

/**
 * Lead what a level gives out from another output.
 *
 * @param {Draft} draft
 * @param {string} level
 * @param {OutputRef} from
 * @param {OutputRef} to
 */
export function moveOutputs(draft, level, from, to) {
  for (const [name, output] of [...draft.level(level).outputs.entries]) {
    if (output.link === linkTo(from).link) draft.level(level).outputs.set(name, { ...output, link: linkTo(to).link });
  }
}

/**
 * @param {OutputRef} a
 * @param {OutputRef} b
 */
export function isPort(a, b) {
  return a.node === b.node && a.output === b.output;
}

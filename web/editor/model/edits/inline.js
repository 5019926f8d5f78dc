/**
 * A use of a sub-workflow becomes the nodes that it stands for.
 *
 * @typedef {import("../json.js").Json} Json
 * @typedef {import("../document.js").Level} Level
 * @typedef {import("../document.js").Node} Node
 * @typedef {import("../draft.js").Draft} Draft
 */

import { definitionOf } from "../document.js";
import { freeName } from "../names.js";
import { mapLinks, portOf } from "../shapes.js";
import { cornerOf } from "./extract.js";
import { relink } from "./relink.js";
import { dropOutput, renameGiven, usesOf } from "./uses.js";

/**
 * @param {Draft} draft
 * @param {string} level
 * @param {string} id  a use; one that is bypassed or muted is refused in words
 * @returns {string[]}  the ids of the nodes that took its place. The sub-workflow goes with its last use.
 */
export function inline(draft, level, id) {
  const use = draft.level(level).node(id);
  const name = definitionOf(use);
  const body = name === null ? undefined : draft.document.levels.get(name);
  if (name === null || body === undefined) throw new Error(`${id} is no sub-workflow`);
  if (use.mode !== null) throw new Error(`${id} is ${use.mode === "mute" ? "muted" : "bypassed"}; switch it on first`);
  draft.level(level).nodes.delete(id);
  const renamed = newIds(draft, level, body);
  putNodes(draft, level, use, body, renamed);
  leadThrough(draft, level, id, body, renamed);
  renameGiven(draft, level, (given) => outsideName(given, id, renamed));
  if (usesOf(draft.document, name).length === 0) draft.deleteLevel(name);
  return [...renamed.values()];
}

/**
 * @param {Draft} draft
 * @param {string} level
 * @param {Level} body
 * @returns {Map<string, string>}
 */
function newIds(draft, level, body) {
  const taken = new Set(draft.level(level).nodes.entries.keys());
  const renamed = new Map();
  for (const inner of body.nodes.keys()) {
    const fresh = freeName(inner, taken);
    renamed.set(inner, fresh);
    taken.add(fresh);
  }
  return renamed;
}

/**
 * @param {Draft} draft
 * @param {string} level
 * @param {Node} use
 * @param {Level} body
 * @param {Map<string, string>} renamed
 */
function putNodes(draft, level, use, body, renamed) {
  const given = givenInside(use, body);
  const corner = cornerOf(body, new Set(body.nodes.keys()));
  const step = { x: (use.ui.x ?? 0) - corner.x, y: (use.ui.y ?? 0) - corner.y };
  for (const [inner, node] of body.nodes) {
    const inputs = new Map();
    for (const [input, value] of node.inputs) inputs.set(input, relabelled(value, renamed));
    for (const [input, value] of given.get(inner) ?? []) inputs.set(input, value);
    const ui = { ...node.ui, x: (node.ui.x ?? 0) + step.x, y: (node.ui.y ?? 0) + step.y };
    draft.level(level).nodes.set(/** @type {string} */ (renamed.get(inner)), { ...node, inputs, ui });
  }
}

/**
 * @param {Json} value
 * @param {Map<string, string>} renamed
 */
function relabelled(value, renamed) {
  return mapLinks(value, (from) => ({ node: renamed.get(from.node) ?? from.node, output: from.output })) ?? null;
}

/**
 * What a use gives to each inner node, by the name there; an address wins over an exposed input.
 *
 * @param {Node} use
 * @param {Level} body
 * @returns {Map<string, Map<string, Json>>}
 */
function givenInside(use, body) {
  /** @type {Map<string, Map<string, Json>>} */
  const given = new Map();
  const exposedFirst = [...use.inputs].sort(([a], [b]) => Number(a.includes(".")) - Number(b.includes(".")));
  for (const [name, value] of exposedFirst) {
    for (const target of name.includes(".") ? [name] : (body.inputs.get(name)?.to ?? [])) {
      const cut = target.search(/[/.]/);
      const inner = target.slice(0, cut);
      given.set(inner, (given.get(inner) ?? new Map()).set(target.slice(cut + 1), value));
    }
  }
  return given;
}

/**
 * @param {Draft} draft
 * @param {string} level
 * @param {string} id
 * @param {Level} body
 * @param {Map<string, string>} renamed
 */
function leadThrough(draft, level, id, body, renamed) {
  const port = (/** @type {string} */ target) => {
    const { node, output } = portOf(target);
    return { node: renamed.get(node) ?? node, output };
  };
  const source = (/** @type {string} */ output) => {
    const made = body.outputs.get(output);
    return made === undefined ? null : port(made.link);
  };
  relink(draft, level, (from) => (from.node === id ? source(from.output) : from));
  for (const [name, output] of [...draft.level(level).outputs.entries]) {
    const { node, output: inner } = portOf(output.link);
    if (node !== id) continue;
    const to = source(inner);
    if (to === null) dropOutput(draft, level, name);
    else draft.level(level).outputs.set(name, { ...output, link: `${to.node}.${to.output}` });
  }
  for (const [name, exposed] of [...draft.level(level).inputs.entries]) {
    const to = exposed.to.flatMap((target) => {
      if (portOf(target).node !== id) return [target];
      return (body.inputs.get(portOf(target).output)?.to ?? []).map((inner) => {
        const { node, output } = port(inner);
        return `${node}.${output}`;
      });
    });
    draft.level(level).inputs.set(name, { ...exposed, to });
  }
}

/**
 * An address given to a use further out, one level up: `use/a.b` is `a.b` now.
 *
 * @param {string} given
 * @param {string} id
 * @param {Map<string, string>} renamed
 */
function outsideName(given, id, renamed) {
  if (!given.startsWith(`${id}/`)) return given;
  const rest = given.slice(id.length + 1);
  const cut = rest.search(/[/.]/);
  const inner = rest.slice(0, cut);
  return (renamed.get(inner) ?? inner) + rest.slice(cut);
}

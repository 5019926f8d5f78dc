/**
 * What a level offers to the outside: inputs and outputs of the workflow as a whole, or of a sub-workflow.
 *
 * @typedef {import("../document.js").Level} Level
 * @typedef {import("../draft.js").Draft} Draft
 * @typedef {import("../shapes.js").OutputRef} OutputRef
 */

import { freeName } from "../names.js";
import { linkTo } from "../shapes.js";
import { dropInput, renameGiven, usesOf } from "./uses.js";
import { relink } from "./relink.js";

/**
 * The name under which a level exposes an input, or null.
 *
 * @param {Level} level
 * @param {{node: string, input: string}} port
 * @returns {string | null}
 */
export function exposedAs(level, { node, input }) {
  const target = `${node}.${input}`;
  for (const [name, exposed] of level.inputs) if (exposed.to.includes(target)) return name;
  return null;
}

/**
 * Expose an input of a node.
 *
 * @param {Draft} draft
 * @param {string} level
 * @param {{node: string, input: string}} port
 * @param {string} [wanted]  its name there
 * @returns {string}  the name that it has
 */
export function exposeInput(draft, level, port, wanted = port.input) {
  const known = exposedAs(draft.level(level).level, port);
  if (known !== null) return known;
  const name = freeName(wanted, draft.level(level).inputs);
  draft.level(level).inputs.set(name, { to: [`${port.node}.${port.input}`] });
  return name;
}

/**
 * Expose an input no more; the others that its name sets stay.
 *
 * @param {Draft} draft
 * @param {string} level
 * @param {{node: string, input: string}} port
 */
export function unexposeInput(draft, level, port) {
  const name = exposedAs(draft.level(level).level, port);
  const exposed = name === null ? undefined : draft.level(level).inputs.get(name);
  if (name === null || exposed === undefined) return;
  const to = exposed.to.filter((target) => target !== `${port.node}.${port.input}`);
  if (to.length === 0) dropInput(draft, level, name);
  else draft.level(level).inputs.set(name, { ...exposed, to });
}

/**
 * Give an output of a node out of the level.
 *
 * @param {Draft} draft
 * @param {string} level
 * @param {OutputRef} port
 * @param {string} [wanted]
 * @returns {string}  its name
 */
export function exposeOutput(draft, level, port, wanted = port.output) {
  const { link } = linkTo(port);
  for (const [name, output] of draft.level(level).outputs.entries) if (output.link === link) return name;
  const name = freeName(wanted, draft.level(level).outputs);
  draft.level(level).outputs.set(name, { link });
  return name;
}

/**
 * Change the name of an exposed input; uses follow.
 *
 * @param {Draft} draft
 * @param {string} level
 * @param {string} name
 * @param {string} wanted
 * @returns {string}  the new name
 */
export function renameInput(draft, level, name, wanted) {
  const exposed = draft.level(level).inputs.get(name);
  if (exposed === undefined || name === wanted) return name;
  const fresh = freeName(wanted, draft.level(level).inputs);
  draft.level(level).inputs.delete(name);
  draft.level(level).inputs.set(fresh, exposed);
  renameGiven(draft, level, (given) => (given === name ? fresh : given));
  return fresh;
}

/**
 * Change the name of an output of the level; uses follow.
 *
 * @param {Draft} draft
 * @param {string} level
 * @param {string} name
 * @param {string} wanted
 * @returns {string}  the new name
 */
export function renameOutput(draft, level, name, wanted) {
  const output = draft.level(level).outputs.get(name);
  if (output === undefined || name === wanted) return name;
  const fresh = freeName(wanted, draft.level(level).outputs);
  draft.level(level).outputs.delete(name);
  draft.level(level).outputs.set(fresh, output);
  for (const use of usesOf(draft.document, level)) {
    relink(draft, use.level, (from) =>
      from.node === use.id && from.output === name ? { node: use.id, output: fresh } : from,
    );
  }
  return fresh;
}

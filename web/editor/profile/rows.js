/**
 * The outline by a profile: what took most first, and below each use what is in it, sorted alike. Pure.
 *
 * @typedef {import("../model/document.js").Document} Document
 * @typedef {import("../model/catalogue.js").Catalogue} Catalogue
 */

import { definitionOf } from "../model/document.js";
import { portsOf, shownTitle } from "../model/ports.js";

/**
 * @param {Document} document
 * @param {Catalogue} catalogue
 * @param {string} level  the name of the level that is shown
 * @param {(id: string) => number} weight  by address from that level on; of equals, the one that is first in the file is first
 * @returns {{id: string, depth: number, title: string}[]}
 */
export function sortedRows(document, catalogue, level, weight) {
  /** @type {{id: string, depth: number, title: string}[]} */
  const rows = [];
  /** @param {string} name @param {string} prefix @param {ReadonlySet<string>} around  a sub-workflow that contains itself ends there */
  const walk = (name, prefix, around) => {
    const nodes = [...(document.levels.get(name)?.nodes ?? [])].map(([id, node]) => ({ id, node, weight: weight(prefix + id) }));
    for (const { id, node } of nodes.sort((a, b) => b.weight - a.weight)) {
      const title = shownTitle(node, portsOf(catalogue, document, name, id));
      rows.push({ id: prefix + id, depth: around.size - 1, title });
      const inner = definitionOf(node);
      if (inner !== null && !around.has(inner)) walk(inner, `${prefix}${id}/`, new Set([...around, inner]));
    }
  };
  walk(level, "", new Set([level]));
  return rows;
}

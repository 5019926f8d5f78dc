/**
 * Which widget an input gets: read from the catalogue's record of it alone, so that a pack's inputs get theirs unasked.
 */

/**
 * @typedef {"none" | "seed" | "choice" | "number" | "flag" | "text" | "line" | "colour" | "picture" | "folder"} Kind
 */
/**
 * @typedef {{type: string, list: boolean, literal: boolean, choices: readonly string[] | null, choices_from: string |
 *   null, widget: string | null}} Described
 */

/** @param {Described} port @returns {Kind} */
export function kindOf(port) {
  if (!port.literal || port.list) return "none";
  if (port.widget === "seed") return "seed";
  if (port.choices || port.choices_from) return "choice";
  if (port.widget === "color") return "colour";
  if (port.widget === "textarea") return "text";
  return BY_TYPE[port.type] ?? "none";
}

/** @type {Readonly<Record<string, Kind | undefined>>} */
const BY_TYPE = Object.freeze({
  Int: "number",
  Float: "number",
  Bool: "flag",
  Text: "line",
  File: "picture",
  Folder: "folder",
});

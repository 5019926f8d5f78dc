/** Names that a level does not have yet. */

/**
 * A name near `wanted` that is not taken: itself, else with a number. It fits the format's pattern.
 *
 * @param {string} wanted
 * @param {{has(name: string): boolean}} taken
 * @returns {string}
 */
export function freeName(wanted, taken) {
  const name = lawful(wanted);
  if (!taken.has(name)) return name;
  const stem = name.replace(/_\d+$/, "").slice(0, 58);
  for (let number = 2; ; number += 1) {
    if (!taken.has(`${stem}_${number}`)) return `${stem}_${number}`;
  }
}

/**
 * The id that a new node of a type is given: `KSampler` is "ksampler", `pack:TextEncode` is "text_encode".
 *
 * @param {string} type
 * @returns {string}
 */
export function idOfType(type) {
  const bare = type.slice(type.indexOf(":") + 1);
  return bare.replace(/(?<=[a-z])(?=[A-Z])/g, "_").toLowerCase();
}

/**
 * @param {string} name
 * @returns {string}
 */
function lawful(name) {
  const kept = name
    .trim()
    .replace(/[^A-Za-z0-9_-]+/g, "_")
    .replace(/^_+|_+$/g, "")
    .slice(0, 64);
  return kept === "" ? "unnamed" : kept;
}

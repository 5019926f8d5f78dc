/**
 * Whether what a node gives is there, or on its way: then it need not be asked for again.
 *
 * @typedef {import("./tab.js").Tab} Tab
 */

/** Nodes that were asked for by name; they are on their way as long as anything is. @type {WeakMap<Tab, Set<string>>} */
const asked = new WeakMap();

/** @param {Tab} tab @param {string} address */
export function noteAsked(tab, address) {
  const known = asked.get(tab) ?? new Set();
  asked.set(tab, known.add(address));
}

/** @param {Tab} tab @param {string} address */
export function isMade(tab, address) {
  const { state, partial = false } = tab.nodeRun(address).peek();
  const planned = tab.plan.peek().get(address)?.state;
  if (state === "queued" || state === "running") return true;
  if (state === "ran" || state === "cached") return !partial && planned !== "stale";
  if (planned === "cached") return true;
  return state === "idle" && tab.active.peek() && asked.get(tab)?.has(address) === true;
}

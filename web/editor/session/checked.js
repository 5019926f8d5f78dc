/**
 * What a check said of a document: what is wrong, what is worth a word, what would run. Pure.
 *
 * @typedef {import("./api.js").Fault} Fault
 * @typedef {import("./api.js").Planned} Planned
 * @typedef {ReadonlyMap<string, Planned>} Plan
 * @typedef {{readonly faults: readonly Fault[], readonly notices: readonly Fault[], readonly plan: Plan}} Checked
 */

/** @type {Checked} */
export const UNCHECKED = Object.freeze({ faults: [], notices: [], plan: new Map() });

/**
 * Faults by the address that they sit at; those inside a use at the use as well. What has no node sits at "".
 *
 * @param {readonly Fault[]} faults
 * @returns {ReadonlyMap<string, readonly Fault[]>}
 */
export function byAddress(faults) {
  /** @type {Map<string, Fault[]>} */
  const found = new Map();
  for (const fault of faults) {
    const address = fault.node ?? "";
    for (const place of [address, ...usesAround(address)]) {
      const list = found.get(place) ?? [];
      list.push(place === address ? fault : { ...fault, input: null });
      found.set(place, list);
    }
  }
  return found;
}

/** @type {readonly Planned["state"][]} */
const WORST_FIRST = ["stale", "new", "cached"];

/**
 * The plan with an entry for each use: the worst of what is inside, with its reason.
 *
 * @param {Plan} plan
 * @returns {Plan}
 */
export function withUses(plan) {
  const found = new Map(plan);
  for (const [address, planned] of plan) {
    for (const use of usesAround(address)) {
      const now = found.get(use);
      const worse = now === undefined || WORST_FIRST.indexOf(planned.state) < WORST_FIRST.indexOf(now.state);
      const why = planned.why === "" ? "" : `${address.slice(use.length + 1)}: ${planned.why}`;
      const seconds =
        planned.state === "cached" ? (now?.seconds ?? null) : (now?.seconds ?? 0) + (planned.seconds ?? 0);
      const rests = [...new Set([...(now?.frozen ?? []), ...(planned.frozen ?? [])])];
      const frozen = rests.length === 0 ? {} : { frozen: rests };
      found.set(use, worse ? { state: planned.state, why, seconds, ...frozen } : { ...now, seconds, ...frozen });
    }
  }
  return found;
}

/**
 * What a run would take: how many nodes of how many, and how long where that is known of each.
 *
 * @param {Plan} plan
 * @returns {{run: number, of: number, seconds: number | null}}
 */
export function costOf(plan) {
  const times = [...plan.values()].filter(({ state }) => state !== "cached").map(({ seconds }) => seconds ?? null);
  const known = times.filter((time) => time !== null);
  const seconds = known.length === times.length ? known.reduce((sum, time) => sum + time, 0) : null;
  return { run: times.length, of: plan.size, seconds };
}

/**
 * The addresses of the uses that an address lies in, innermost first.
 *
 * @param {string} address
 * @returns {string[]}
 */
export function usesAround(address) {
  const uses = [];
  for (let cut = address.lastIndexOf("/"); cut > 0; cut = address.lastIndexOf("/", cut - 1))
    uses.push(address.slice(0, cut));
  return uses;
}

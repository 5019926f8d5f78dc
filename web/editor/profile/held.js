/**
 * What is loaded where, by device, from what the server tells of its devices and of its models. Pure.
 *
 * @typedef {{readonly fingerprint: string, readonly part: string, readonly place: string, readonly bytes: number,
 *   readonly leases?: number, readonly idle_seconds?: number}} Part  `place`: the device, or `ram` where a model waits in the
 *   machine's memory; `leases`: how many calls use it just now
 * @typedef {{readonly name: string, readonly fingerprint: string}} Model
 * @typedef {{readonly device: string, readonly state: string, readonly models?: readonly Part[],
 *   readonly memory?: {readonly free: number, readonly total: number} | null}} Device
 * @typedef {{readonly model: string, readonly part: string, readonly bytes: number, readonly waits: boolean,
 *   readonly use: string}} HeldPart  `use`: when it was used last, in words
 * @typedef {{readonly device: string, readonly state: string, readonly on: number, readonly waiting: number,
 *   readonly memory: {readonly free: number, readonly total: number} | null, readonly parts: readonly HeldPart[]}} Held  `on`
 *   and `waiting`: bytes on the device, and in RAM for it
 */

/**
 * @param {readonly Device[]} devices
 * @param {readonly Model[]} models
 * @returns {Held[]}  the largest part first
 */
export function heldBy(devices, models) {
  const names = new Map(models.map(({ fingerprint, name }) => [fingerprint, name]));
  return devices.map(({ device, state, models: loaded = [], memory = null }) => {
    const parts = loaded.map((part) => ({
      model: names.get(part.fingerprint) ?? `a model that is not in the folders any more (${part.fingerprint.slice(0, 8)})`,
      part: part.part,
      bytes: part.bytes,
      waits: part.place === "ram" && device !== "ram",
      use: useWords(part.leases ?? 0, part.idle_seconds ?? 0),
    }));
    const sum = (/** @type {boolean} */ waits) =>
      parts.filter((part) => part.waits === waits).reduce((bytes, part) => bytes + part.bytes, 0);
    return { device, state, on: sum(false), waiting: sum(true), memory, parts: parts.sort((a, b) => b.bytes - a.bytes) };
  });
}

/** @param {number} leases @param {number} idle seconds since it was used */
export function useWords(leases, idle) {
  if (leases > 0) return leases === 1 ? "in use" : `in use by ${leases}`;
  if (idle < 1) return "used just now";
  if (idle < 120) return `used ${Math.round(idle)} s ago`;
  if (idle < 7200) return `used ${Math.round(idle / 60)} min ago`;
  return `used ${Math.round(idle / 3600)} h ago`;
}

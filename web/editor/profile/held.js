/**
 * What is loaded where, by device, from what the server tells of its devices and of its models. Pure.
 *
 * @typedef {{readonly device: string, readonly part: string, readonly place: string, readonly bytes: number}} Part  `place`: the
 *   device, or `ram` where a model waits in the machine's memory
 * @typedef {{readonly name: string, readonly loaded?: readonly Part[]}} Model
 * @typedef {{readonly device: string, readonly state: string}} Device
 * @typedef {{readonly model: string, readonly part: string, readonly bytes: number, readonly waits: boolean}} HeldPart
 * @typedef {{readonly device: string, readonly state: string, readonly on: number, readonly waiting: number,
 *   readonly parts: readonly HeldPart[]}} Held  `on` and `waiting`: bytes on the device, and in RAM for it
 */

/**
 * @param {readonly Device[]} devices
 * @param {readonly Model[]} models
 * @returns {Held[]}  the largest part first
 */
export function heldBy(devices, models) {
  return devices.map(({ device, state }) => {
    const parts = models.flatMap(({ name, loaded = [] }) =>
      loaded
        .filter((part) => part.device === device)
        .map(({ part, place, bytes }) => ({ model: name, part, bytes, waits: place === "ram" && device !== "ram" })),
    );
    const sum = (/** @type {boolean} */ waits) =>
      parts.filter((part) => part.waits === waits).reduce((bytes, part) => bytes + part.bytes, 0);
    return { device, state, on: sum(false), waiting: sum(true), parts: parts.sort((a, b) => b.bytes - a.bytes) };
  });
}

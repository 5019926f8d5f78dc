/**
 * Commands for the profile of the last run, and for what is loaded on the devices. Both are loaded when they are first asked for.
 *
 * @typedef {import("./table.js").Command} Command
 * @typedef {import("../session/app.js").App} App
 */

/** @type {readonly Command[]} */
export const profileCommands = Object.freeze(
  /** @type {Command[]} */ ([
    { id: "profile.toggle", title: "Profile of the last run", group: "View", keys: ["Alt+P"], run: async (app) => (await profiler(app)).toggle() },
    { id: "profile.seconds", title: "Tint nodes by seconds", group: "View", run: async (app) => (await profiler(app)).show("seconds") },
    { id: "profile.memory", title: "Tint nodes by memory", group: "View", run: async (app) => (await profiler(app)).show("memory") },
    { id: "profile.cache", title: "Tint nodes by cache state", group: "View", run: async (app) => (await profiler(app)).show("cache") },
    { id: "devices.show", title: "Devices…", group: "View", run: devices },
  ]),
);

/** @param {App} app */
async function devices(app) {
  const { openDevices } = await import("../profile/devices.js");
  await openDevices(app);
}

/** @param {App} app */
async function profiler(app) {
  const { profilerOf } = await import("../profile/profile.js");
  return profilerOf(app);
}

/**
 * Commands for the profile of the last run. It is loaded when it is first asked for.
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
  ]),
);

/** @param {App} app */
async function profiler(app) {
  const { profilerOf } = await import("../profile/profile.js");
  return profilerOf(app);
}

/**
 * Commands for what runs made, and for the queue. The panels are loaded when the first of them is opened.
 *
 * @typedef {import("./table.js").Command} Command
 * @typedef {import("../session/app.js").App} App
 */

import { nodesOf } from "./selected.js";

/** @type {readonly Command[]} */
export const resultCommands = Object.freeze(
  /** @type {Command[]} */ ([
    {
      id: "results.toggle",
      title: "Results",
      group: "View",
      keys: ["Alt+R"],
      run: async (app) => (await dock(app)).toggle("results"),
    },
    { id: "queue.toggle", title: "Queue", group: "View", keys: ["Alt+Q"], run: async (app) => (await dock(app)).toggle("queue") },
    { id: "queue.pause", title: "Pause the queue", group: "Run", when: (app) => !app.queue.peek().paused, run: (app) => change(app, "pause") },
    { id: "queue.resume", title: "Resume the queue", group: "Run", when: (app) => app.queue.peek().paused, run: (app) => change(app, "resume") },
    { id: "run.sweep", title: "Sweep…", group: "Run", when: (app) => nodesOf(app).length === 1, run: sweep },
    { id: "view.openPicture", title: "Open a picture", group: "View", hidden: true, run: openPicture },
    { id: "picture.place", title: "Put a picture here", group: "Edit", hidden: true, run: place },
    { id: "file.bundle", title: "Download with its pictures", group: "File", run: bundle },
  ]),
);

/** @param {App} app */
async function dock(app) {
  const { dockOf } = await import("../results/dock.js");
  return dockOf(app);
}

/** @param {App} app @param {"pause" | "resume"} how */
async function change(app, how) {
  const { changeQueue } = await import("../session/history.js");
  app.queue.value = (await changeQueue(app.api, how)).queue;
  app.say(how === "pause" ? "The queue is paused: what runs runs on, nothing else begins" : "The queue goes on");
}

/** @param {App} app @param {{id: string, input?: string} | undefined} about  else the node that is selected */
async function sweep(app, about) {
  const { openSweep } = await import("../results/sweep.js");
  const [id] = nodesOf(app);
  await openSweep(app, about ?? { id: /** @type {string} */ (id) });
}

/**
 * A picture of a node, and behind it those of the gallery, so that it can be held against them.
 *
 * @param {App} app
 * @param {{url: string, width: number, height: number, name: string}} picture
 */
async function openPicture(app, picture) {
  const { openFromNode } = await import("../results/fromnode.js");
  await openFromNode(app, picture);
}

/** @param {App} app @param {{data: string, at: {x: number, y: number}}} dropped */
async function place(app, { data, at }) {
  const { placePicture } = await import("../results/fromnode.js");
  placePicture(app, data, at);
}

/** @param {App} app */
async function bundle(app) {
  const { downloadDocument } = await import("../results/carry.js");
  await downloadDocument(app, app.active.peek());
}

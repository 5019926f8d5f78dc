/**
 * What the server keeps of runs: pictures with the edits that made them, the queue, sweeps. Functions over the Api, loaded when a
 * panel of them is opened.
 *
 * @typedef {import("./api.js").Api} Api
 * @typedef {import("./api.js").Job} Job
 * @typedef {import("./api.js").RunDoc} RunDoc
 * @typedef {import("../model/json.js").Json} Json
 * @typedef {{readonly node: string | null, readonly message: string, readonly kind: "added" | "removed" | "changed",
 *   readonly before: string | null, readonly after: string | null}} Change  `before` and `after` are as the message has them
 * @typedef {{readonly number: number, readonly asset: string, readonly sha256: string, readonly url: string,
 *   readonly width: number, readonly height: number, readonly bytes: number, readonly created: number,
 *   readonly run: string | null, readonly output: string | null, readonly document: string, readonly starred: boolean,
 *   readonly title: string, readonly sweep: string | null, readonly changes: readonly Change[] | null,
 *   readonly frozen: readonly string[], readonly item: number | null, readonly of: number | null}} Result
 *   `frozen`: nodes that gave what was frozen, and not what the workflow says; `of`: how many its output gave, null where the run is gone
 * @typedef {RunDoc & {changes: readonly Change[] | null}} QueuedRun
 * @typedef {{queue: import("./app.js").Queue, running: QueuedRun[], waiting: QueuedRun[], done: QueuedRun[]}} QueuePage
 */

/**
 * A page of pictures, newest first.
 *
 * @param {Api} api
 * @param {{before?: number, limit?: number, workflow?: string, starred?: boolean}} query
 * @returns {Promise<{results: Result[], next: number | null}>}
 */
export function results(api, query) {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== false);
  return api._json("GET", `/results?${new URLSearchParams(given.map(([key, value]) => [key, String(value)]))}`);
}

/** @param {Api} api @param {string} sha256 @param {boolean} on */
export function star(api, sha256, on) {
  return api._json(on ? "PUT" : "DELETE", `/assets/${sha256}/star`);
}

/** @param {Api} api @param {string} sha256 */
export function deleteAsset(api, sha256) {
  return api._json("DELETE", `/assets/${sha256}`);
}

/** @param {Api} api @returns {Promise<QueuePage>} */
export function queue(api) {
  return api._json("GET", "/queue");
}

/** @param {Api} api @param {"pause" | "resume" | "clear"} how @returns {Promise<{queue: import("./app.js").Queue, cleared?: number}>} */
export function changeQueue(api, how) {
  return api._json("POST", `/queue/${how}`);
}

/** The same once more, as a new run. @param {Api} api @param {string} id @returns {Promise<RunDoc>} */
export function retry(api, id) {
  return api._json("POST", `/runs/${id}/retry`);
}

/** @param {Api} api @param {string} id */
export function deleteRun(api, id) {
  return api._json("DELETE", `/runs/${id}`);
}

/**
 * A run for every combination of the inputs' values.
 *
 * @param {Api} api
 * @param {{workflow: unknown, inputs: {[address: string]: readonly Json[]}, document: string, key: string,
 *   frozen?: {readonly [address: string]: string}}} job
 * @returns {Promise<{id: string, runs: string[]}>}
 */
export function sweep(api, job) {
  return api._send("POST", "/sweeps", job);
}

/** The runs of a sweep, in order. @param {Api} api @param {string} id @returns {Promise<RunDoc[]>} */
export async function sweepRuns(api, id) {
  /** @type {RunDoc[]} */
  const found = [];
  for (let before = ""; ; ) {
    const page = await api._json("GET", `/runs?sweep=${id}&limit=500${before === "" ? "" : `&before=${before}`}`);
    found.push(...page.runs);
    if (page.next === null) return found.reverse();
    before = page.next;
  }
}

/**
 * One file of a workflow, the files that it names, and pictures that it made.
 *
 * @param {Api} api
 * @param {unknown} workflow
 * @param {readonly string[]} pictures  their SHA-256
 * @returns {Promise<Blob>}
 */
export async function bundle(api, workflow, pictures) {
  const body = JSON.stringify({ workflow, pictures });
  return (await api._fetch("POST", "/bundles", { body, headers: { "Content-Type": "application/json" } })).blob();
}

/**
 * The server's routes as functions. A refusal is an ApiError that carries the server's words; no answer at all has the
 * code `offline`.
 *
 * @typedef {import("../model/json.js").Json} Json
 * @typedef {{readonly code: string, readonly node: string | null, readonly input: string | null,
 *   readonly message: string}} Fault
 * @typedef {{readonly state: "cached" | "stale" | "new", readonly why: string, readonly seconds?: number | null,
 *   readonly needed?: false, readonly frozen?: readonly string[]}} Planned  `needed`: false where only what is frozen would need
 *   it; `frozen`: the frozen nodes that its result rests on, itself perhaps among them
 * @typedef {{faults: Fault[], notices: Fault[], plan: {[address: string]: Planned}, frozen?: {[address: string]: string}}} Checked
 * @typedef {{workflow: unknown, text: string, upgraded: {node: string, type: string, from: number, to: number}[],
 *   faults: Fault[], notices: Fault[]}} Opened
 * @typedef {{name: string, etag: string, bytes: number, modified: number}} Saved
 * @typedef {{[key: string]: any, id: string, status: string}} RunDoc
 * @typedef {{asset: string, sha256: string, url: string, type: string, width?: number, height?: number}} AssetDoc
 * @typedef {{name: string, fault?: string | null, family?: string | null, loaded?: unknown[]}} ModelDoc
 * @typedef {{workflow: unknown, inputs?: {[name: string]: Json}, targets?: string[], key?: string, document?: string,
 *   since?: string, frozen?: {readonly [address: string]: string | null}}} Job
 */

export class ApiError extends Error {
  /**
   * @param {number} status
   * @param {string} code
   * @param {string} message
   * @param {readonly Fault[]} [faults]
   * @param {string | null} [etag]  of what is there now, where a newer version is in the way
   */
  constructor(status, code, message, faults = [], etag = null) {
    super(message);
    this.status = status;
    this.code = code;
    this.faults = faults;
    this.etag = etag;
  }
}

export class Api {
  /** @param {string} [base] */
  constructor(base = "/api") {
    this._base = base;
  }

  /** The catalogue. @returns {Promise<any>} */
  nodes() {
    return this._json("GET", "/nodes");
  }

  /** @returns {Promise<any>} */
  health() {
    return this._json("GET", "/health");
  }

  /** @returns {Promise<ModelDoc[]>} */
  async models() {
    return (await this._json("GET", "/models")).models;
  }

  /** Names of the files that a workflow may name. @returns {Promise<readonly string[]>} */
  async inputs() {
    return (await this._json("GET", "/inputs")).files;
  }

  /** @param {Blob} file @returns {Promise<Opened>} */
  open(file) {
    const type = /^(image\/(png|jpeg|webp)|application\/(json|zip))$/.test(file.type)
      ? file.type
      : "application/octet-stream";
    return this._json("POST", "/open", { body: file, headers: { "Content-Type": type } });
  }

  /** @param {Job} job @param {AbortSignal} [signal] @returns {Promise<Checked>} */
  check(job, signal) {
    return this._send("POST", "/check", job, { signal });
  }

  /** @param {Job} job @returns {Promise<RunDoc>} */
  submit(job) {
    return this._send("POST", "/runs", job);
  }

  /** @param {{document?: string, limit?: number, status?: string}} query @returns {Promise<RunDoc[]>} */
  async runs(query) {
    const given = Object.entries(query).map(([key, value]) => [key, String(value)]);
    return (await this._json("GET", `/runs?${new URLSearchParams(given)}`)).runs;
  }

  /** @param {string} id @returns {Promise<RunDoc>} */
  run(id) {
    return this._json("GET", `/runs/${id}`);
  }

  /**
   * A look at what outputs had in a run; nothing is run for it.
   *
   * @param {string} id
   * @param {readonly string[]} ports
   * @returns {Promise<{[port: string]: import("../profile/looks.js").Look}>}
   */
  async values(id, ports) {
    return (await this._send("POST", `/runs/${id}/values`, { ports })).values;
  }

  /** @param {string} id @param {"cancel" | "stop"} how @returns {Promise<RunDoc>} */
  end(id, how) {
    return this._json("POST", `/runs/${id}/${how}`);
  }

  /** Give a run another place in the queue, 0 being next. @param {string} id @param {number} place */
  move(id, place) {
    return this._send("POST", `/runs/${id}/move`, { place });
  }

  /** Packs, and the address below which the modules of each are. @returns {Promise<{name: string, views: string | null}[]>} */
  async packs() {
    return (await this._json("GET", "/packs")).packs;
  }

  /** @returns {Promise<Saved[]>} */
  async workflows() {
    return (await this._json("GET", "/workflows")).workflows;
  }

  /** @param {string} name @returns {Promise<{text: string, etag: string | null}>} */
  async workflow(name) {
    const answer = await this._fetch("GET", `/workflows/${encodeURIComponent(name)}`);
    return { text: await answer.text(), etag: answer.headers.get("ETag") };
  }

  /**
   * Save into the library: over the version `etag`, or as a new file (null). Refused with 412 where another one is there.
   *
   * @param {string} name
   * @param {unknown} workflow
   * @param {string | null} etag
   * @returns {Promise<Saved>}
   */
  save(name, workflow, etag) {
    /** @type {Record<string, string>} */
    const headers = etag === null ? { "If-None-Match": "*" } : { "If-Match": quoted(etag) };
    return this._send("PUT", `/workflows/${encodeURIComponent(name)}`, workflow, { headers });
  }

  /** @returns {Promise<Saved[]>} */
  async drafts() {
    return (await this._json("GET", "/drafts")).drafts;
  }

  /** @param {string} name @returns {Promise<any>} */
  draft(name) {
    return this._json("GET", `/drafts/${encodeURIComponent(name)}`);
  }

  /** @param {string} name @param {unknown} draft @param {boolean} [last]  the page is about to go */
  saveDraft(name, draft, last = false) {
    return this._send("PUT", `/drafts/${encodeURIComponent(name)}`, draft, { keepalive: last });
  }

  /** @param {string} name */
  deleteDraft(name) {
    return this._fetch("DELETE", `/drafts/${encodeURIComponent(name)}`);
  }

  /** @returns {Promise<{name: string, pack: string, title: string, picture: string | null}[]>} */
  async examples() {
    return (await this._json("GET", "/examples")).examples;
  }

  /** @param {string} pack @param {string} name @returns {Promise<unknown>} */
  example(pack, name) {
    return this._json("GET", `/examples/${encodeURIComponent(pack)}/${encodeURIComponent(name)}`);
  }

  /** @param {Blob} file @param {string} name @returns {Promise<AssetDoc>} */
  upload(file, name) {
    const type = /^(image\/(png|jpeg|webp)|text\/csv)$/.test(file.type) ? file.type : "application/octet-stream";
    return this._json("POST", `/assets?name=${encodeURIComponent(name)}`, {
      body: file,
      headers: { "Content-Type": type },
    });
  }

  /**
   * @param {string} method
   * @param {string} path
   * @param {unknown} body
   * @param {RequestInit} [more]
   * @returns {Promise<any>}
   */
  _send(method, path, body, more = {}) {
    const headers = { ...more.headers, "Content-Type": "application/json" };
    return this._json(method, path, { ...more, headers, body: JSON.stringify(body) });
  }

  /**
   * @param {string} method
   * @param {string} path
   * @param {RequestInit} [more]
   * @returns {Promise<any>}
   */
  async _json(method, path, more = {}) {
    const answer = await this._fetch(method, path, more);
    return answer.status === 204 ? null : answer.json();
  }

  /**
   * @param {string} method
   * @param {string} path
   * @param {RequestInit} [more]
   * @returns {Promise<Response>}
   */
  async _fetch(method, path, more = {}) {
    const answer = await fetch(this._base + path, { method, ...more }).catch((error) => {
      if (error instanceof DOMException && error.name === "AbortError") throw error;
      throw new ApiError(0, "offline", "The server does not answer");
    });
    if (!answer.ok) throw await refusal(answer);
    return answer;
  }
}

/** An etag as bodies have it, or null. @param {string | null} etag */
export function bareEtag(etag) {
  return etag === null ? null : etag.replace(/^"|"$/g, "");
}

/**
 * An etag as headers have it; bodies have it bare.
 *
 * @param {string} etag
 */
export function quoted(etag) {
  return etag === "*" || etag.includes('"') ? etag : `"${etag}"`;
}

/** @param {Response} answer */
async function refusal(answer) {
  const words = await answer.json().catch(() => null);
  const error = words?.error ?? { code: String(answer.status), message: answer.statusText || "The server refused" };
  return new ApiError(answer.status, error.code, error.message, error.faults ?? [], answer.headers.get("ETag"));
}

/**
 * Where the server has a file: by its content, else by its name, where a run looks for it; null where it lies nowhere.
 *
 * @param {{name: string, sha256: string | null}} asset
 * @param {readonly string[]} files  that have names
 */
export function placeOf({ name, sha256 }, files) {
  if (sha256 !== null) return `/api/assets/${sha256}`;
  return files.includes(name) ? `/api/inputs/${encodeURIComponent(name)}` : null;
}

/**
 * Events find their document here, once: a run's messages change the tab that it belongs to.
 *
 * @typedef {import("./app.js").App} App
 * @typedef {import("./tab.js").Tab} Tab
 * @typedef {import("./socket.js").Message} Message
 * @typedef {import("./api.js").RunDoc} RunDoc
 */

import { keep } from "./node_run.js";

const OVER = new Set(["run.succeeded", "run.failed", "run.cancelled", "run.interrupted"]);

export class Following {
  /** @param {App} app */
  constructor(app) {
    this._app = app;
    /** @type {Map<string, Tab>} */
    this._tabs = new Map();
    /** Told when a run is over. @type {((tab: Tab) => void)[]} */
    this.over = [];
    /** Told of what concerns no run. @type {((message: Message) => void)[]} */
    this.others = [];
  }

  /** @param {readonly Message[]} messages */
  take(messages) {
    /** @type {Map<Tab, Message[]>} */
    const byTab = new Map();
    for (const message of messages) {
      const tab = this._tabFor(message);
      if (tab === null) {
        if (message.run === undefined) for (const told of this.others) told(message);
        continue;
      }
      byTab.set(tab, [...(byTab.get(tab) ?? []), message]);
    }
    for (const [tab, list] of byTab) tab.runs.together(() => list.forEach((message) => this._one(tab, message)));
  }

  /** @param {Message} message @returns {Tab | null} */
  _tabFor(message) {
    if (message.run === undefined) return null;
    const known = this._tabs.get(message.run) ?? this._waitingIn(message.run);
    if (known !== null) return known;
    const tab = message.type === "run.queued" ? this._app.tabOf(message.document ?? "") : null;
    if (tab !== null) this._tabs.set(message.run, tab);
    return tab;
  }

  /** @param {string} run */
  _waitingIn(run) {
    return this._app.tabs.peek().find((tab) => tab.waiting.peek().includes(run) || tab.run.peek()?.id === run) ?? null;
  }

  /** @param {Tab} tab @param {Message} message */
  _one(tab, message) {
    if (message.type.startsWith("node.")) {
      tab.runs.take(message);
      if (message.type === "node.succeeded" || message.type === "node.failed") this._count(tab, message);
    } else {
      this._state(tab, message);
    }
  }

  /** @param {Tab} tab @param {Message} message */
  _count(tab, message) {
    const run = tab.run.peek();
    if (run !== null && run.id === message.run && message.cached !== true) {
      tab.run.value = { ...run, done: Math.min(run.done + 1, Math.max(run.total, run.done + 1)) };
    }
  }

  /** @param {Tab} tab @param {Message} message */
  _state(tab, message) {
    const id = /** @type {string} */ (message.run);
    if (message.type === "run.queued") tab.queue(id);
    if (message.type === "run.started") this._begin(tab, message);
    if (message.type === "run.planned") this._plan(tab, message);
    if (message.type === "run.output") this._show(tab, id, { [message.output ?? ""]: message.entries ?? [] });
    if (OVER.has(message.type)) this._end(tab, message);
  }

  /** @param {Tab} tab @param {Message} message */
  _begin(tab, message) {
    tab.runs.begin();
    const now = tab.run.peek();
    const began = (message.time ?? Date.now() / 1000) * 1000;
    const targets = now?.id === message.run ? (now?.targets ?? null) : null;
    tab.run.value = {
      id: message.run ?? "",
      status: "running",
      targets,
      done: 0,
      total: 0,
      seconds: null,
      began,
      partial: false,
      faults: [],
    };
  }

  /** @param {Tab} tab @param {Message} message */
  _plan(tab, message) {
    tab.runs.plan(message.order ?? [], message.cached ?? []);
    const run = tab.run.peek();
    const cached = new Set(message.cached ?? []);
    const total = (message.order ?? []).filter((/** @type {string} */ address) => !cached.has(address)).length;
    if (run?.id === message.run)
      tab.run.value = { .../** @type {any} */ (run), total: Math.max(total, run?.total ?? 0) };
  }

  /** @param {Tab} tab @param {Message} message */
  _end(tab, message) {
    const id = /** @type {string} */ (message.run);
    const status = message.type.slice("run.".length);
    this._tabs.delete(id);
    tab.waiting.value = tab.waiting.peek().filter((other) => other !== id);
    const run = tab.run.peek();
    if (run?.id === id) {
      tab.runs.end();
      const faults = message.faults ?? (message.fault ? [message.fault] : []);
      tab.run.value = { ...run, status, seconds: message.seconds ?? null, partial: message.partial === true, faults };
    }
    if (message.outputs) this._show(tab, id, message.outputs);
    this._tell(tab, status, message);
    for (const told of this.over) told(tab);
  }

  /**
   * Results as the event tells them; long values it leaves out, and they are asked for.
   *
   * @param {Tab} tab
   * @param {string} id
   * @param {{[name: string]: any[]}} outputs
   */
  _show(tab, id, outputs) {
    const whole = Object.entries(outputs).filter(([, entries]) => !entries.some((entry) => entry.omitted === true));
    tab.runs.show(tab.document.peek(), Object.fromEntries(whole));
    if (whole.length === Object.keys(outputs).length) return;
    void this._app.api.run(id).then(
      (run) => {
        tab.runs.together(() => tab.runs.show(tab.document.peek(), run.outputs ?? {}));
      },
      () => {},
    );
  }

  /** @param {Tab} tab @param {string} status @param {Message} message */
  _tell(tab, status, message) {
    const title = tab.title.peek();
    if (status === "succeeded") {
      const time = message.seconds === undefined ? "" : ` in ${message.seconds.toFixed(1)} s`;
      this._app.say(`${title}: ${message.partial === true ? "stopped, the best so far is kept" : `done${time}`}`);
    } else if (status === "cancelled") {
      this._app.say(`${title}: cancelled`);
    } else {
      const [fault] = message.faults ?? [];
      this._app.say(`${title}: ${fault?.message ?? status}`, "assertive");
    }
  }

  /**
   * What the server knows of a document's last run: after a reload, or when events were lost.
   *
   * @param {Tab} tab
   */
  async restore(tab) {
    const [last, ...older] = await this._app.api.runs({ document: tab.key.peek(), limit: 20 });
    if (last === undefined) return;
    const run = await this._app.api.run(last.id);
    const active = [last, ...older].filter(({ status }) => status === "queued" || status === "running");
    tab.runs.together(() => {
      restoreNodes(tab, run);
      tab.waiting.value = active.map(({ id }) => id).reverse();
      const shown = active.find(({ status }) => status === "running") ?? active.at(-1) ?? run;
      tab.run.value = {
        id: shown.id,
        status: shown.status,
        targets: shown.targets ?? null,
        done: 0,
        total: 0,
        seconds: shown.seconds ?? null,
        began: (shown.started ?? shown.created ?? 0) * 1000,
        partial: shown.partial === true,
        faults: shown.faults ?? [],
      };
    });
    for (const [place, seed] of Object.entries(run.seeds ?? {})) tab.seeds.set(place, /** @type {number} */ (seed));
  }
}

/**
 * @param {Tab} tab
 * @param {RunDoc} run
 */
function restoreNodes(tab, run) {
  const faults = new Map((run.faults ?? []).map((/** @type {any} */ fault) => [fault.node, fault]));
  for (const [address, node] of Object.entries(run.nodes ?? {})) {
    const fault = faults.get(address);
    const data = run.data?.[address];
    tab.runs.set(address, {
      ...keep(tab.runs.at(address).peek()),
      state: node.state,
      ...(node.state === "ran" ? { seconds: node.seconds } : {}),
      ...(fault === undefined ? {} : { fault }),
      ...(data === undefined ? {} : { data }),
    });
  }
  tab.runs.show(tab.document.peek(), run.outputs ?? {});
}

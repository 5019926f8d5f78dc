/**
 * The views that are on nodes now: mounted with the node's element, told of what changed, taken away with it.
 *
 * Each has a shadow root of its own, so that neither its style nor the page's reaches the other; the page's CSS variables
 * come through. A view that throws is taken away, and its nodes are plain ones.
 *
 * @typedef {import("../model/ports.js").Ports} Ports
 * @typedef {import("../session/tab.js").Tab} Tab
 * @typedef {import("../session/node_run.js").NodeRun} NodeRun
 * @typedef {import("../model/json.js").Json} Json
 * @typedef {import("./nodeviews.js").NodeViews} NodeViews
 */

/**
 * @typedef {object} NodeFacts  what a view is told; a new record at each change
 * @property {string} address  of the node: its id, below the uses that lead to it
 * @property {string} type @property {string} title
 * @property {number} width  of the node, in pixels at a zoom of 1
 * @property {NodeRun["state"]} state  of the run that is under way, else of the last one
 * @property {boolean} stale  what is shown was made from other inputs than stand there now
 * @property {boolean} partial  it was stopped: what is shown is the best so far
 * @property {number | null} step @property {number | null} of @property {number | null} secondsLeft
 * @property {number | null} seconds  that it took
 * @property {string | null} preview  address of a small picture of what it is making
 * @property {number | null} previewStep  the step that it was told with
 * @property {any} data  the last state that the node told of itself (`Progress.data`), null before; not to be changed
 * @property {Readonly<{[name: string]: readonly any[]}>} outputs  what came out: `{url, width, height, …}` or `{value}` each
 * @property {Readonly<{[name: string]: Json}>} inputs  literals that are written, else defaults
 * @property {readonly string[]} linked  inputs that a link gives
 *
 * @typedef {object} Host  what a view may do
 * @property {(input: string, value: Json | undefined, options?: {merge?: boolean}) => void} set
 *   write an input as one step of undo (`merge` joins those of a second); undefined is the default again
 * @property {() => void} run  what the node needs, and the node
 * @property {(input: string, output: string, values?: Readonly<{[input: string]: Json}>) => void} goOn
 *   in a copy behind the node, or behind the last that does so already, whose `input` takes the `output`, as one step of undo; it runs
 * @property {() => void} stop  keep the best so far
 * @property {() => void} cancel
 * @property {(text: string, how?: "polite" | "assertive") => void} say
 * @property {(picture: {url: string, name: string, width: number, height: number}) => void} openPicture  at its full size
 * @property {(css: string) => void} style  the view's style sheet
 * @property {Map<string, any>} memory  kept for this node while the page lives, also while the view is away
 * @property {typeof import("../vendor/lit-html/lit-html.js")} lit  `html`, `svg`, `nothing`, `render`
 *
 * @typedef {object} Mounted
 * @property {(facts: NodeFacts) => void} update  before a frame is drawn, at most once a frame
 * @property {() => void} [unmount]
 *
 * @typedef {object} ViewModule  the default export of a view's module
 * @property {number} [width]  that nodes have whose user gave them no other
 * @property {number | ((facts: NodeFacts) => number)} height  in pixels at a zoom of 1; cheap, it is asked at each change
 * @property {(root: HTMLElement, host: Host) => Mounted} mount
 */

import * as lit from "../vendor/lit-html/lit-html.js";
import { goOn } from "../model/edits/goon.js";
import { linksIn } from "../model/shapes.js";
import { shownTitle } from "../model/ports.js";
import { isMade, noteAsked } from "../session/made.js";
import { end, submit } from "../session/running.js";
import { stageOf } from "./actions.js";

const HIGHEST = 1200;

/** @type {Promise<Map<string, string | null>> | null} */
let addresses = null;

/**
 * Load a view's module. Throws Error in words where there is none, or it is none.
 *
 * @param {import("../session/api.js").Api} api
 * @param {Ports} ports
 * @returns {Promise<ViewModule>}
 */
export async function load(api, { pack, view }) {
  addresses ??= api.packs().then((packs) => new Map(packs.map(({ name, views }) => [name, views])));
  const base = (await addresses).get(pack) ?? null;
  if (base === null) throw new Error("the pack has no folder of views");
  const { default: module } = await import(new URL(view ?? "", new URL(base, location.href)).href);
  if (typeof module?.mount !== "function") throw new Error("its module's default export has no function mount");
  if (typeof module.height !== "number" && typeof module.height !== "function") throw new Error("it has no height");
  return module;
}

export class Panels {
  /** @type {Map<string, Panel>} */
  #shown = new Map();
  /** @type {WeakMap<Tab, Map<string, Map<string, any>>>} */
  #memories = new WeakMap();

  /** @param {NodeViews} views */
  constructor(views) {
    this.views = views;
    const again = () => void (views.changed.value += 1); // a view's room may go by pointer and window
    matchMedia("(pointer: coarse)").addEventListener("change", again);
    addEventListener("resize", again);
  }

  /**
   * The room that a node's view takes.
   *
   * @param {ViewModule} module @param {Omit<Told, "width">} told
   * @returns {import("./shape.js").Room}
   */
  room(module, told) {
    const height = (/** @type {number} */ width) => {
      try {
        const wanted = typeof module.height === "function" ? module.height(factsOf({ ...told, width })) : module.height;
        if (!Number.isFinite(wanted) || wanted < 0) throw new Error(`its height is ${wanted}`);
        return Math.min(HIGHEST, Math.round(wanted));
      } catch (error) {
        this.views.fail(told.ports, error);
        return 0;
      }
    };
    return { width: typeof module.width === "number" ? module.width : null, height };
  }

  /** After a node was rendered: its view is mounted, told what is new, or dropped. @param {HTMLElement} element @param {import("./node.js").NodeView} view */
  draw(element, view) {
    const place = /** @type {HTMLElement | null} */ (element.querySelector(":scope > .node-view"));
    const module = place === null ? null : this.views.of(view.ports);
    const told = { ...view, width: view.shape.width, stale: view.status.tone === "stale" };
    try {
      if (this.#shown.get(view.id)?.place !== place || module === null) this.drop(view.id);
      if (place === null || module === null) return;
      let panel = this.#shown.get(view.id);
      if (panel === undefined) this.#shown.set(view.id, (panel = this.#mount(module, place, view)));
      panel.tell(told);
    } catch (error) {
      this.drop(view.id);
      this.views.fail(view.ports, error);
    }
  }

  /** @param {string} id of a node */
  drop(id) {
    const panel = this.#shown.get(id);
    this.#shown.delete(id);
    try {
      panel?.mounted.unmount?.();
    } catch (error) {
      console.error("a view failed as it went", error);
    }
  }

  /** @param {ViewModule} module @param {HTMLElement} place @param {import("./node.js").NodeView} view */
  #mount(module, place, view) {
    const shadow = place.shadowRoot ?? place.attachShadow({ mode: "open" });
    const root = document.createElement("div");
    shadow.replaceChildren(root);
    const mounted = module.mount(root, hostOf(this.views.app, view, shadow, this.#memoryOf(view)));
    if (typeof mounted?.update !== "function") throw new Error("what its mount gives back has no function update");
    return new Panel(place, mounted);
  }

  /** @param {import("./node.js").NodeView} view */
  #memoryOf({ tab, address }) {
    const memories = this.#memories.get(tab) ?? new Map();
    this.#memories.set(tab, memories);
    const memory = memories.get(address) ?? new Map();
    memories.set(address, memory);
    return memory;
  }
}

/** @typedef {{address: string, node: import("../model/document.js").Node, ports: Ports, run: NodeRun, width: number, stale: boolean}} Told */

class Panel {
  /** @type {Told | null} */
  #last = null;

  /** @param {HTMLElement} place @param {Mounted} mounted */
  constructor(place, mounted) {
    this.place = place;
    this.mounted = mounted;
  }

  /** @param {Told} told */
  tell(told) {
    const last = this.#last;
    const same = last !== null && ["node", "run", "width", "stale"].every((key) => Reflect.get(last, key) === Reflect.get(told, key));
    this.#last = told;
    if (!same) this.mounted.update(factsOf(told));
  }
}

/** @param {Told} told @returns {NodeFacts} */
function factsOf({ address, node, ports, run, width, stale }) {
  const linked = [...node.inputs].filter(([, value]) => linksIn(value).length > 0).map(([name]) => name);
  return Object.freeze({
    address,
    type: node.type,
    title: shownTitle(node, ports),
    width,
    state: run.state,
    stale,
    partial: run.partial === true,
    step: run.step ?? null,
    of: run.of ?? null,
    secondsLeft: run.secondsLeft ?? null,
    seconds: run.seconds ?? null,
    preview: run.preview ?? null,
    previewStep: run.previewStep ?? null,
    data: run.data ?? null,
    outputs: run.outputs ?? {},
    inputs: inputsOf(node, ports),
    linked,
  });
}

/** @param {import("../model/document.js").Node} node @param {Ports} ports */
function inputsOf(node, ports) {
  /** @type {{[name: string]: Json}} */
  const found = {};
  for (const [name, port] of ports.inputs) {
    const value = node.inputs.get(name) ?? port.default;
    if (value !== undefined && linksIn(value).length === 0) found[name] = value;
  }
  return found;
}

/**
 * @param {import("../session/app.js").App} app
 * @param {import("./node.js").NodeView} view
 * @param {ShadowRoot} shadow
 * @param {Map<string, any>} memory
 * @returns {Host}
 */
function hostOf(app, { tab, id, level, address, ports }, shadow, memory) {
  const tried = (/** @type {Promise<unknown>} */ work) => void work.catch((error) => app.say(String(error?.message ?? error), "assertive"));
  return Object.freeze({
    set(input, value, { merge = false } = {}) {
      const title = `Change ${ports.inputs.get(input)?.title ?? input}`;
      tab.edit(title, (draft) => draft.level(level).setInput(id, input, value), merge ? { merge: `${address}.${input}` } : {});
    },
    run: () => tried(submit(app, tab, { targets: [address] })),
    goOn(input, output, values = {}) {
      let next = id;
      const prefix = address.slice(0, address.length - id.length);
      const made = (/** @type {string} */ other) => isMade(tab, prefix + other);
      const how = { input, output, values, rectOf: stageOf(app).rectOf, made };
      tab.edit("Go on", (draft) => (next = goOn(draft, level, id, how, app.catalogue.peek())));
      const there = prefix + next;
      noteAsked(tab, there);
      requestAnimationFrame(() => app.view?.focusNode(there));
      tried(submit(app, tab, { targets: [there] }));
    },
    stop: () => tried(end(app, tab, "stop")),
    cancel: () => tried(end(app, tab, "cancel")),
    say: (text, how = "polite") => app.say(text, how),
    openPicture: (picture) => void app.commands.run("view.openPicture", picture),
    style(css) {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(css);
      shadow.adoptedStyleSheets = [sheet];
    },
    memory,
    lit,
  });
}

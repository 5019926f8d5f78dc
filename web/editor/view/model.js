/**
 * The drawing of the level that is shown: geometry, faces and wire colours, brought up to date from what changed.
 *
 * Records that are the same object as before are skipped, so that a keystroke costs one node, not two thousand.
 */

import { isVariable } from "../model/catalogue.js";
import { definitionOf } from "../model/document.js";
import { isFrozen } from "../model/frozen.js";
import { linksOf, wiring } from "../model/links.js";
import { portOf } from "../model/shapes.js";
import { portsOf, shownTitle, typeAt } from "../model/ports.js";
import { counters } from "./counters.js";
import { Geometry } from "./geometry.js";
import { ratioOf } from "./media.js";
import { shapeOf } from "./shape.js";
import { statusOf } from "./status.js";
import { toned } from "./theme.js";

/** @typedef {import("../session/app.js").App} App */
/** @typedef {import("../session/tab.js").Tab} Tab */
/** @typedef {import("../model/document.js").Node} Node */
/** @typedef {import("./painter.js").Face} Face */
/** @typedef {import("./theme.js").Theme} Theme */

const BYPASS = "#8a63c0";

export class DrawnLevel {
  geometry = new Geometry();
  /** @type {Face[]} */ faces = [];
  /** @type {string[]} */ colours = [];
  /** @type {Node[]} */ nodes = [];
  /** @type {import("./status.js").Status[]} */ statuses = [];
  /** @type {ReadonlySet<string>} */ promised = new Set();
  /** @type {import("../model/document.js").Level["outputs"] | null} */ outputs = null;
  /** @type {unknown} */ catalogue = null;
  /** @type {ReadonlyMap<string, import("../model/document.js").Level> | null} */ levels = null;
  /** @type {import("../model/document.js").Level["inputs"] | null} */ inputs = null;

  /**
   * @param {App} app @param {Tab} tab @param {Theme} theme @param {import("./nodeviews.js").NodeViews} views
   * @param {{peek: () => import("./tints.js").Tints | null}} tints
   */
  constructor(app, tab, theme, views, tints) {
    this.app = app;
    this.views = views;
    this.tints = tints;
    this.tab = tab;
    this.theme = theme;
    this.name = tab.levelName.peek();
    this.prefix = tab.prefix.peek();
  }

  /** Whether this is the drawing of what is to be shown now. @param {Tab} tab @param {Theme} theme */
  isOf(tab, theme) {
    return (
      tab === this.tab &&
      theme === this.theme &&
      tab.prefix.peek() === this.prefix &&
      tab.levelName.peek() === this.name &&
      this.catalogue === this.app.catalogue.peek()
    );
  }

  /**
   * Bring all up to the document; gives the ids whose element must be rendered anew, and those that only moved.
   * @returns {{changed: Set<string>, moved: Set<string>}}
   */
  sync() {
    counters.syncs += 1;
    const level = this.tab.level.peek();
    this.catalogue = this.app.catalogue.peek();
    const ids = [...level.nodes.keys()];
    const same = ids.length === this.nodes.length && ids.every((id, i) => id === this.geometry.ids[i]);
    const before = new Map(this.geometry.ids.map((id, i) => [id, this.nodes[i]]));
    const changed = new Set([...before.keys()].filter((id) => !level.nodes.has(id)));
    this.#readOutputs(level, changed);
    this.#readAround(level, changed);
    if (!same) this.#reset(ids);
    /** @type {Set<string>} */
    const moved = new Set();
    let wired = !same;
    for (let i = 0; i < ids.length; i++) {
      const node = /** @type {Node} */ (level.nodes.get(ids[i]));
      const old = before.get(ids[i]);
      if (same && node === old && !changed.has(ids[i])) continue;
      if (same && old && onlyMoved(old, node) && !changed.has(ids[i])) {
        this.nodes[i] = node;
        this.geometry.move(i, Number(node.ui.x) || 0, Number(node.ui.y) || 0);
        moved.add(ids[i]);
        continue;
      }
      if (
        node.inputs !== old?.inputs ||
        node.type !== old.type ||
        node.ui.collapsed !== old.ui.collapsed ||
        node.ui.title !== old.ui.title ||
        node.ui.width !== old.ui.width ||
        node.ui.height !== old.ui.height
      )
        wired = true;
      if (node !== old) changed.add(ids[i]);
      this.nodes[i] = node;
      this.#place(i);
      this.#face(i);
    }
    if (wired) this.#wire(level, changed, before);
    return { changed, moved };
  }

  /** @param {readonly string[]} ids */
  #reset(ids) {
    this.geometry.setNodes(ids);
    this.nodes = new Array(ids.length);
    this.faces = new Array(ids.length);
    this.statuses = new Array(ids.length);
  }

  /** @param {import("../model/document.js").Level} level @param {Set<string>} changed */
  #readOutputs(level, changed) {
    if (level.outputs === this.outputs) return;
    const promised = new Set([...level.outputs.values()].map(({ link }) => portOf(link).node));
    for (const outputs of [this.outputs, level.outputs])
      for (const { link } of outputs?.values() ?? []) changed.add(portOf(link).node);
    this.promised = promised;
    this.outputs = level.outputs;
  }

  /**
   * What a node shows of others: which inputs are exposed, what the sub-workflow that it uses has.
   * @param {import("../model/document.js").Level} level @param {Set<string>} changed
   */
  #readAround(level, changed) {
    const { levels } = this.tab.document.peek();
    const inner =
      this.levels !== null && [...levels].some(([name, one]) => name !== this.name && one !== this.levels?.get(name));
    if (inner) for (const [id, node] of level.nodes) if (definitionOf(node)) changed.add(id);
    if (this.inputs !== level.inputs) {
      for (const { to } of [...(this.inputs?.values() ?? []), ...level.inputs.values()])
        for (const port of to) changed.add(portOf(port).node);
    }
    this.levels = levels;
    this.inputs = level.inputs;
  }

  /**
   * Wires, and the nodes whose rows change because a link came or went.
   *
   * @param {import("../model/document.js").Level} level
   * @param {Set<string>} changed
   * @param {ReadonlyMap<string, Node>} before
   */
  #wire(level, changed, before) {
    const links = linksOf(level);
    for (const { from, to } of links) {
      const [old, now] = [before.get(from.node), level.nodes.get(from.node)];
      if (old !== now && (changed.has(to.node) || old?.ui.title !== now?.ui.title)) changed.add(from.node).add(to.node);
    }
    for (const id of level.nodes.keys())
      if ([...this.portsOf(id).outputs.values()].some(({ type }) => isVariable(type))) changed.add(id);
    this.geometry.setLinks(links);
    const document = this.tab.document.peek();
    const catalogue = this.app.catalogue.peek();
    this.colours = links.map((link) => this.colour(typeAt(catalogue, document, this.name, link.from)));
  }

  /** @param {string} type of a value */
  colour = (type) => toned(this.app.catalogue.peek().types.get(type)?.color, this.theme);

  /** @param {string} id */
  portsOf(id) {
    return portsOf(this.app.catalogue.peek(), this.tab.document.peek(), this.name, id);
  }

  /** @param {number} i */
  #place(i) {
    const { geometry } = this;
    const id = geometry.ids[i];
    const node = this.nodes[i];
    const ports = this.portsOf(id);
    const links = wiring(this.tab.level.peek()).incoming.get(id) ?? [];
    const linked = new Set(links.map((link) => link.to.input));
    const run = this.tab.nodeRun(this.prefix + id).peek();
    const ratio = ratioOf(run, ports.writes || this.promised.has(id));
    const room = this.#room(ports, node, this.prefix + id, run);
    geometry.setNode(
      i,
      Number(node.ui.x) || 0,
      Number(node.ui.y) || 0,
      shapeOf(ports, node, (input) => linked.has(input), ratio, room),
    );
  }

  /**
   * What the view that the node's type brings wants.
   *
   * @param {import("../model/ports.js").Ports} ports @param {Node} node @param {string} address
   * @param {import("../session/node_run.js").NodeRun} run
   */
  #room(ports, node, address, run) {
    const module = this.views.of(ports);
    const stale = this.tab.plan.peek().get(address)?.state === "stale";
    return module && (this.views.panels?.room(module, { address, node, ports, run, stale }) ?? null);
  }

  /** The nodes whose types bring views. @returns {string[]} addresses */
  viewed() {
    return this.geometry.ids.filter((id) => this.portsOf(id).view !== null).map((id) => this.prefix + id);
  }

  /** @param {string} address */
  #status(address) {
    const { tab } = this;
    const run = tab.nodeRun(address).peek();
    const [faults, notices] = [tab.faults.peek().get(address), tab.notices.peek().get(address)];
    const frozen = isFrozen(tab.frozen.peek(), address);
    return statusOf(run, tab.plan.peek().get(address), faults, notices, this.tints.peek()?.of(address), frozen);
  }

  /** @param {number} i */
  #face(i) {
    const id = this.geometry.ids[i];
    const node = this.nodes[i];
    const address = this.prefix + id;
    const status = this.#status(address);
    this.statuses[i] = status;
    this.faces[i] = {
      title: shownTitle(node, this.portsOf(id)),
      colour:
        typeof node.ui.color === "string"
          ? toned(node.ui.color, this.theme)
          : node.mode === "bypass"
            ? BYPASS
            : this.theme.head,
      tone: status.tone,
      tint: status.tint,
      done: status.done,
    };
  }

  /** The nodes whose plan or faults say something else than their face does. @returns {string[]} */
  changedStates() {
    return this.geometry.ids.filter((id, i) => {
      const address = this.prefix + id;
      const now = this.#status(address);
      return !alike(now, this.statuses[i]);
    });
  }

  /**
   * The states of nodes, after a run, a plan or faults said something of them; gives those that look otherwise now.
   * @param {Iterable<string>} ids @returns {Set<string>}
   */
  refresh(ids) {
    const changed = new Set();
    let moved = false;
    for (const id of ids) {
      const i = this.geometry.places.get(id);
      if (i === undefined) continue;
      const { [i]: width } = this.geometry.width;
      const { [i]: height } = this.geometry.height;
      this.#place(i);
      this.#face(i);
      moved ||= height !== this.geometry.height[i] || width !== this.geometry.width[i];
      changed.add(id);
    }
    if (moved) this.geometry.setLinks(this.geometry.links);
    return changed;
  }
}

/** @param {Node} before @param {Node} now */
function onlyMoved(before, now) {
  if (
    before.inputs !== now.inputs ||
    before.type !== now.type ||
    before.mode !== now.mode ||
    before.version !== now.version
  )
    return false;
  const keys = new Set([...Object.keys(before.ui), ...Object.keys(now.ui)]);
  keys.delete("x");
  keys.delete("y");
  return [...keys].every((key) => before.ui[key] === now.ui[key]);
}

/** @param {import("./status.js").Status} a @param {import("./status.js").Status} b */
function alike(a, b) {
  return (
    a.tone === b.tone &&
    a.tint === b.tint &&
    a.ice === b.ice &&
    a.words === b.words &&
    a.why === b.why &&
    a.notices.join() === b.notices.join() &&
    a.faults.length === b.faults.length &&
    a.faults.every((fault, i) => fault.message === b.faults[i].message && fault.input === b.faults[i].input)
  );
}

/**
 * The search that adds nodes: over titles, the peers' names, aliases and help; what one uses most stands first. From a
 * wire dropped on
 * empty ground it shows what fits, and what is chosen is connected: one step of undo. Escape leaves no trace.
 */

import { addNode } from "../model/edits/nodes.js";
import { exposeInput, exposeOutput } from "../model/edits/expose.js";
import { connect, firstFit, firstFitOutput } from "../model/edits/wires.js";
import { fits, searchEntries, typeTitle } from "../model/catalogue.js";
import { portsOf, typeAt } from "../model/ports.js";
import { shapeOf } from "../view/shape.js";
import { ALIASES } from "./aliases.js";
import { sorted } from "./commandsearch.js";
import { match } from "./fuzzy.js";
import { openPicker } from "./picker.js";

/** @typedef {import("../view/stage.js").Stage} Stage */
/** @typedef {import("../model/catalogue.js").SearchEntry} SearchEntry */
/** @typedef {import("../interact/wire.js").Started} Started */
/** @typedef {{at: {x: number, y: number}, from?: Started, left?: () => void}} Wanted  at: in the drawing */

/** @param {Stage} stage @param {Wanted} wanted */
export function openSearch(stage, { at, from, left }) {
  const { app } = stage;
  let all = searchEntries(app.catalogue.peek()).filter((entry) => !from || fitsWire(stage, entry.type, from));
  const screen = stage.toScreen(at);
  const box = stage.root.getBoundingClientRect();
  const picker = openPicker({
    label: from ? "Add a node that fits the wire" : "Add a node",
    placeholder: from ? `What takes ${said(stage, from)}…` : "Add a node…",
    at: { x: box.left + screen.x + 8, y: box.top + screen.y - 18 },
    entries: (query) => [
      ...ranked(all, query, (type) => app.settings.usesOf(type)).map((found) => described(stage, found)),
      ...(from ? sorted([outside(from)], query) : []),
    ],
    choose: (entry) => {
      left?.();
      if (entry.id === OUTSIDE && from) expose(stage, from);
      else if (entry.id.startsWith(SNIPPET)) insert(stage, entry.id, at);
      else add(stage, entry.id, at, from);
    },
    left,
    empty: (query) => `No node is called “${query}”`,
  });
  if (from) return; // a snippet has many ends
  void snippetEntries(app).then((found) => {
    all = [...all, ...found];
    picker.refresh();
  });
}

const OUTSIDE = "(outside)"; // no node type is called so
const SNIPPET = "(snippet) "; // nor so

/** @param {Stage} stage @param {string} id @param {{x: number, y: number}} at */
function insert({ app }, id, at) {
  app.settings.countUse(id);
  void app.commands.run("snippet.insert", { name: id.slice(SNIPPET.length), at });
}

/** What the library has of snippets; nothing where the server does not say. @param {import("../session/app.js").App} app @returns {Promise<SearchEntry[]>} */
async function snippetEntries(app) {
  const { contentWords, snippets } = await import("../session/snippets.js");
  const all = await snippets(app.api).catch(() => []);
  return all.map((snippet) => ({
    type: SNIPPET + snippet.name,
    title: snippet.name,
    category: "snippet",
    help: contentWords(snippet, app.catalogue.peek()),
    peers: [],
  }));
}

/** The far end of a wire that leaves the level. @param {Started} from @returns {import("./picker.js").Entry} */
function outside(from) {
  return from.kind === "input"
    ? {
        id: OUTSIDE,
        title: "Input of the workflow",
        detail: "It is set from outside: on the command line, in a use",
        hint: "↤",
      }
    : { id: OUTSIDE, title: "Output of the workflow", detail: "It is among the results", hint: "↦" };
}

/** @param {Stage} stage @param {Started} from */
function expose({ tab }, from) {
  const level = tab.levelName.peek();
  if (from.kind === "input") tab.edit("Expose an input", (draft) => exposeInput(draft, level, from.to));
  else tab.edit("Expose an output", (draft) => exposeOutput(draft, level, from.from));
}

/** @param {Stage} stage @param {Started} from */
function said(stage, from) {
  const catalogue = stage.app.catalogue.peek();
  const { document, level } = stage.place;
  if (from.kind === "input")
    return typeTitle(catalogue, stage.drawn?.portsOf(from.to.node).inputs.get(from.to.input)?.type ?? "*");
  return typeTitle(catalogue, typeAt(catalogue, document, level, from.from));
}

/** @param {Stage} stage @param {string} type @param {Started} from */
function fitsWire(stage, type, from) {
  const { catalogue, document, level } = stage.place;
  const record = catalogue.nodes.get(type);
  if (!record) return false;
  if (from.kind === "input") {
    const wanted = stage.drawn?.portsOf(from.to.node).inputs.get(from.to.input)?.type ?? "*";
    return (
      !record.flags.includes("output") &&
      [...record.outputs.values()].some((port) => fits(catalogue, port.type, wanted))
    );
  }
  const given = typeAt(catalogue, document, level, from.from);
  return [...record.inputs.values()].some((port) => fits(catalogue, given, port.type));
}

/**
 * @typedef {Readonly<{entry: SearchEntry, score: number, marks: readonly (readonly [number, number])[], because:
 *   string}>} Found
 */

/**
 * Best first: how well title, peers' names, aliases, type and help fit, then how often it was used, then by name.
 * @param {readonly SearchEntry[]} entries
 * @param {string} query
 * @param {(type: string) => number} usesOf
 * @returns {Found[]}
 */
export function ranked(entries, query, usesOf) {
  return entries
    .map((entry) => found(entry, query))
    .filter((found) => found !== null)
    .map((found) => ({ ...found, score: found.score + Math.min(4, Math.log2(1 + usesOf(found.entry.type))) }))
    .sort((a, b) => b.score - a.score || a.entry.title.localeCompare(b.entry.title));
}

/** @param {SearchEntry} entry @param {string} query @returns {Found | null} */
function found(entry, query) {
  const title = match(query, entry.title);
  let best = title ? { entry, score: title.score + 5, marks: title.marks, because: "" } : null;
  for (const name of [entry.type, ...entry.peers, ...(ALIASES[entry.type] ?? [])]) {
    const fit = match(query, name);
    if (fit && (!best || fit.score > best.score)) best = { entry, score: fit.score, marks: [], because: name };
  }
  if (best) return best;
  const words = query.trim().toLowerCase();
  const help = words.length > 2 && entry.help.toLowerCase().includes(words);
  return help ? { entry, score: 10, marks: [], because: "" } : null;
}

/** @param {Stage} stage @param {Found} found @returns {import("./picker.js").Entry} */
function described(stage, { entry, marks, because }) {
  const record = stage.app.catalogue.peek().nodes.get(entry.type);
  const output = record && [...record.outputs.values()][0];
  const line = entry.help.split("\n")[0];
  const known = because && because !== entry.type && because.toLowerCase() !== entry.title.toLowerCase();
  return {
    id: entry.type,
    title: entry.title,
    detail: known ? `${because} · ${line}` : line,
    hint: entry.category,
    marks,
    colour: output && !record.flags.includes("output") ? stage.drawn?.colour(output.type) : undefined,
  };
}

/** @param {Stage} stage @param {string} type @param {{x: number, y: number}} at @param {Started} [from] */
export function add(stage, type, at, from) {
  const { app, tab } = stage;
  const level = tab.levelName.peek();
  const catalogue = app.catalogue.peek();
  /** @type {string | null} */
  let id = null;
  tab.edit(`Add ${catalogue.nodes.get(type)?.title ?? type}`, (draft) => {
    id = addNode(draft, level, type, { x: Math.round(at.x), y: Math.round(at.y) }, catalogue);
    if (from) join(draft, level, id, from, at, catalogue);
  });
  app.settings.countUse(type);
  if (id === null) return;
  tab.selection.value = new Set([id]);
  stage.flush();
  stage.go.focus(id);
}

/**
 * Connect a node that was made for a wire, and lay it so that its socket is where the wire was dropped.
 * @param {import("../model/draft.js").Draft} draft @param {string} level @param {string} id @param {Started} from
 * @param {{x: number, y: number}} at @param {import("../model/catalogue.js").Catalogue} catalogue
 */
function join(draft, level, id, from, at, catalogue) {
  const place = { catalogue, document: draft.document, level };
  const node = draft.level(level).node(id);
  const ports = portsOf(catalogue, place.document, level, id);
  if (from.kind === "input") {
    const to = { ...from.to, index: null };
    const output = firstFitOutput(place, to, id);
    if (output === null) return;
    connect(draft, level, { node: id, output }, to, catalogue);
    const shape = shapeOf(ports, node, () => false, 0);
    return draft
      .level(level)
      .place(id, { x: Math.round(at.x - shape.width), y: Math.round(at.y - (shape.outputs.get(output) ?? 0)) });
  }
  const input = firstFit(place, from.from, id);
  if (input === null) return;
  connect(draft, level, from.from, { node: id, input, index: null }, catalogue);
  const shape = shapeOf(ports, node, (name) => name === input, 0);
  draft.level(level).place(id, { x: Math.round(at.x), y: Math.round(at.y - (shape.inputs.get(input)?.y ?? 0)) });
}

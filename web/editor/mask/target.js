/**
 * What is painted: which node holds the mask, what it begins with, what takes it, and which picture lies beneath. Pure.
 *
 * @typedef {import("../model/edits/wires.js").Place} Place
 * @typedef {import("../model/json.js").Json} Json
 * @typedef {import("../model/ports.js").Ports} Ports
 * @typedef {{readonly node: string, readonly input: string}} InputAt
 * @typedef {{readonly node: string, readonly output: string}} OutputAt
 * @typedef {{readonly file: Json | null, readonly port: OutputAt | null}} Source
 *   the file that an input names, where a node only reads one, and the output that gives the same
 * @typedef {object} Target
 * @property {InputAt | null} file  the input that takes the painted file; null where a node for it is still to be made
 * @property {readonly InputAt[]} inputs  the mask inputs that the new node is to feed
 * @property {{readonly source: Source, readonly channel: string} | null} start  what is there to begin with
 * @property {Source | null} beneath  the picture that whoever takes the mask gets
 * @property {string} words  what the mask is for
 */

import { levelOf } from "../model/document.js";
import { titleAt } from "../model/edits/wires.js";
import { incoming, outgoing } from "../model/links.js";
import { portsOf, portsOfType } from "../model/ports.js";
import { readValue } from "../model/shapes.js";

/**
 * What painting at a node, or at one of its inputs, is about; null where nothing there takes a mask.
 *
 * @param {Place} place
 * @param {{readonly node: string, readonly input?: string}} at
 * @returns {Target | null}
 */
export function targetAt(place, { node, input }) {
  const ports = portsAt(place, node);
  const file = maskFileOf(ports);
  if (file !== null && (input === undefined || input === file)) return atLoader(place, { node, input: file });
  const mask = input ?? [...ports.inputs.values()].find(isMask)?.name;
  if (mask !== undefined && isMask(ports.inputs.get(mask))) return atInput(place, { node, input: mask });
  const alpha = [...ports.outputs.values()].find((port) => port.type === "Mask");
  const picture = pictureFileOf(ports);
  if (alpha === undefined || picture === null) return null;
  const fed = (outgoing(levelAt(place)).get(node) ?? []).filter((link) => link.from.output === alpha.name);
  return described(place, node, fed, {
    file: null,
    inputs: fed.map((link) => link.to),
    start: alphaOf(place, { node, output: alpha.name }, picture),
  });
}

/**
 * The node type that holds a painted mask, with its file input and its output; null where none is installed.
 *
 * @param {import("../model/catalogue.js").Catalogue} catalogue
 */
export function loaderType(catalogue) {
  for (const type of catalogue.nodes.values()) {
    const input = maskFileOf(portsOfType(type));
    const output = [...type.outputs.values()].find((port) => port.type === "Mask");
    if (input !== null && output !== undefined) return { type: type.name, input, output: output.name };
  }
  return null;
}

/** @param {Place} place @param {InputAt} file @returns {Target} */
function atLoader(place, file) {
  const node = levelAt(place).nodes.get(file.node);
  const value = node?.inputs.get(file.input);
  const channel = String(node?.inputs.get("channel") ?? "brightness");
  const output = [...portsAt(place, file.node).outputs.values()].find(isMask)?.name;
  const port = output === undefined ? null : { node: file.node, output };
  const there = value !== undefined && readValue(value).kind === "asset";
  const start = there ? { source: { file: value, port }, channel } : null;
  return described(place, file.node, outgoing(levelAt(place)).get(file.node) ?? [], { file, inputs: [], start });
}

/** @param {Place} place @param {InputAt} at @returns {Target} */
function atInput(place, at) {
  const link = (incoming(levelAt(place)).get(at.node) ?? []).find(({ to }) => to.input === at.input);
  const ports = link === undefined ? null : portsAt(place, link.from.node);
  const file = ports === null ? null : maskFileOf(ports);
  if (link !== undefined && file !== null) return atLoader(place, { node: link.from.node, input: file });
  const fed = [{ from: { node: "", output: "" }, to: { ...at, index: null } }];
  return described(place, at.node, fed, { file: null, inputs: [at], start: link ? startAt(place, link.from) : null });
}

/** @param {Place} place @param {OutputAt} port @returns {Target["start"]} */
function startAt(place, port) {
  const picture = pictureFileOf(portsAt(place, port.node));
  const alpha = picture === null ? null : alphaOf(place, port, picture);
  return alpha ?? { source: { file: null, port }, channel: "brightness" };
}

/** @param {Place} place @param {OutputAt} port @param {string} input @returns {Target["start"]} */
function alphaOf(place, port, input) {
  const value = levelAt(place).nodes.get(port.node)?.inputs.get(input);
  if (value === undefined || readValue(value).kind !== "asset") return null;
  return { source: { file: value, port }, channel: "alpha" };
}

/**
 * @param {Place} place
 * @param {string} node  whose mask it is
 * @param {readonly import("../model/links.js").Link[]} fed  the links by which the mask leaves
 * @param {Pick<Target, "file" | "inputs" | "start">} target
 * @returns {Target}
 */
function described(place, node, fed, target) {
  const beneath = beneathOf(place, fed) ?? pictureAt(place, node);
  const takers = [...new Set(fed.map(({ to }) => to.node))];
  const words = (takers.length > 0 ? takers : [node]).map((id) => titleAt(place, id)).join(", ");
  return { ...target, beneath, words };
}

/**
 * The picture beside which the mask arrives: at the node that takes it, at what that one's latent is made from, or further on.
 *
 * @param {Place} place
 * @param {readonly import("../model/links.js").Link[]} links
 * @returns {Source | null}
 */
function beneathOf(place, links) {
  const level = levelAt(place);
  const seen = new Set(links.map(({ to }) => to.node));
  for (const node of seen) {
    const found = upTo(place, node);
    if (found !== null) return found;
    for (const link of outgoing(level).get(node) ?? []) seen.add(link.to.node); // a Set's loop reaches what is added
  }
  return null;
}

/** @param {Place} place @param {string} from @returns {Source | null} */
function upTo(place, from) {
  const level = levelAt(place);
  const seen = new Set([from]);
  for (const node of seen) {
    const ports = portsAt(place, node);
    const links = incoming(level).get(node) ?? [];
    const picture = links.find(({ to }) => ports.inputs.get(to.input)?.type === "Image");
    if (picture !== undefined) return sourceOf(place, picture.from);
    for (const { from: port, to } of links) {
      const type = ports.inputs.get(to.input)?.type ?? "";
      if (type === "Latent" || type.startsWith("*")) seen.add(port.node);
    }
  }
  return null;
}

/**
 * What a link brings: a file where a node only reads it, else what the node makes. Reroutes are followed.
 *
 * @param {Place} place
 * @param {OutputAt} port
 * @returns {Source}
 */
function sourceOf(place, port) {
  const node = levelAt(place).nodes.get(port.node);
  const ports = portsAt(place, port.node);
  if (node?.type === "Reroute") {
    const [link] = incoming(levelAt(place)).get(port.node) ?? [];
    if (link !== undefined) return sourceOf(place, link.from);
  }
  const file = pictureFileOf(ports);
  const value = file === null ? undefined : node?.inputs.get(file);
  const read = ports.outputs.get(port.output)?.type === "Image" && value !== undefined;
  return { file: read && readValue(value).kind === "asset" ? value : null, port };
}

/** @param {Place} place @param {string} node @returns {Source | null} */
function pictureAt(place, node) {
  const output = [...portsAt(place, node).outputs.values()].find((port) => port.type === "Image");
  return output === undefined ? null : sourceOf(place, { node, output: output.name });
}

/** The input of a node that reads a painted mask. @param {Ports} ports */
function maskFileOf(ports) {
  return [...ports.inputs.values()].find((port) => port.type === "File" && port.widget === "mask")?.name ?? null;
}

/** The input of a node that reads a picture as it is. @param {Ports} ports */
function pictureFileOf(ports) {
  if (![...ports.outputs.values()].some((port) => port.type === "Image" && !port.list)) return null;
  const files = [...ports.inputs.values()].filter((port) => port.type === "File");
  return files.length === 1 ? files[0].name : null;
}

/** @param {{type: string, list: boolean} | undefined} port */
function isMask(port) {
  return port !== undefined && port.type === "Mask" && !port.list;
}

/** @param {Place} place @param {string} node */
function portsAt({ catalogue, document, level }, node) {
  return portsOf(catalogue, document, level, node);
}

/** @param {Place} place */
function levelAt({ document, level }) {
  return levelOf(document, level);
}

/**
 * How large a node is, and where its rows and sockets stand, without asking the browser.
 *
 *     ┌ header ─────────────────┐     sockets that take no literal share rows with the outputs;
 *     ● image            latent ●     inputs that can be written have a row of their own, with a
 *     ○ steps             [ 20 ]│     socket too; a text area and a picture have higher ones;
 *     │ ┌─────────────────────┐ │     what came out is shown below.
 *     │ │ result              │ │
 *     └─┴─────────────────────┴─┘
 *
 * All heights are fixed and style/nodes.css uses the same ones (a test holds the two together). So the canvas can draw
 * wires and far nodes, and a hit is found, for nodes that have no element.
 */

import { kindOf } from "../widgets/kinds.js";

/** @typedef {import("../model/ports.js").Ports} Ports */
/** @typedef {import("../model/document.js").Node} Node */
/**
 * @typedef {Readonly<{top: number, height: number, y: number, linked: boolean}>} Row  y: where the socket is
 */
/** @typedef {Readonly<{width: number, height: number, inputs: ReadonlyMap<string, Row>, outputs: ReadonlyMap<string, number>,
 *    view: Readonly<{top: number, height: number}> | null, media: Readonly<{top: number, height: number}> | null}>} Shape */
/** @typedef {Readonly<{width: number | null, height: (width: number) => number}>} Room  what a pack's view of the node wants */

export const HEADER = 34;
export const SOCKETS = 24;
export const FIELD = 28;
export const TEXT = 84;
export const PICTURE = 164;
export const PAD = 8;
export const WIDTH = 240;
export const WIDE = 300;
export const MIN_WIDTH = 160;
export const MAX_WIDTH = 1200;

/**
 * @param {Ports} ports of the node @param {Node} node
 * @param {(input: string) => boolean} linked whether an input has a link
 * @param {number} ratio height / width of the picture below the rows; 0 without one
 * @param {Room | null} [room] of the view that the node's type brings
 * @returns {Shape}
 */
export function shapeOf(ports, node, linked, ratio, room = null) {
  const width = widthOf(ports, node, room);
  if (node.ui.collapsed) return collapsed(ports, width, linked);
  const outputs = new Map([...ports.outputs.keys()].map((name, i) => [name, HEADER + PAD / 2 + (i + 0.5) * SOCKETS]));
  const sockets = [...ports.inputs.values()].filter((port) => kindOf(port) === "none");
  /** @type {Map<string, Row>} */
  const inputs = new Map();
  let top = HEADER + PAD / 2;
  for (const port of sockets) {
    inputs.set(port.name, row(top, SOCKETS, linked(port.name)));
    top += SOCKETS;
  }
  top = HEADER + PAD / 2 + Math.max(sockets.length, ports.outputs.size) * SOCKETS;
  for (const port of ports.inputs.values()) {
    if (inputs.has(port.name)) continue;
    const height = fieldHeight(port, linked(port.name), node);
    inputs.set(port.name, row(top, height, linked(port.name)));
    top += height;
  }
  const view = room ? { top, height: room.height(width) } : null;
  top += view?.height ?? 0;
  const media = ratio ? { top, height: mediaHeight(width, ratio) } : null;
  return { width, height: top + (media ? media.height : 0) + PAD, inputs, outputs, view, media };
}

/** @param {number} top @param {number} height @param {boolean} linked @returns {Row} */
function row(top, height, linked) {
  return { top, height, y: top + Math.min(height, FIELD) / 2, linked };
}

/** @param {Ports} ports @param {Node} node @param {Room | null} room */
function widthOf(ports, node, room) {
  const own = Number(node.ui.width);
  if (Number.isFinite(own) && own > 0) return Math.min(MAX_WIDTH, Math.max(MIN_WIDTH, own));
  if (room?.width) return Math.min(MAX_WIDTH, Math.max(MIN_WIDTH, room.width));
  return [...ports.inputs.values()].some((port) => kindOf(port) === "text") ? WIDE : WIDTH;
}

/** @param {import("../model/ports.js").InputPort} port @param {boolean} linked @param {Node} node */
function fieldHeight(port, linked, node) {
  const kind = kindOf(port);
  if (linked || (kind !== "text" && kind !== "picture")) return FIELD;
  const own = Number(node.ui.height);
  if (Number.isFinite(own) && own >= FIELD) return Math.min(2000, own);
  return kind === "text" ? TEXT : PICTURE;
}

/** @param {number} width @param {number} ratio */
function mediaHeight(width, ratio) {
  return PAD + Math.round(Math.min(480, Math.max(72, (width - 2 * PAD) * ratio)));
}

/** @param {Ports} ports @param {number} width @param {(input: string) => boolean} linked @returns {Shape} */
function collapsed(ports, width, linked) {
  const inputs = new Map(
    [...ports.inputs.keys()].map((name) => [name, { ...row(0, HEADER, linked(name)), y: HEADER / 2 }]),
  );
  const outputs = new Map([...ports.outputs.keys()].map((name) => [name, HEADER / 2]));
  return { width, height: HEADER, inputs, outputs, view: null, media: null };
}

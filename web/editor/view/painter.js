/**
 * What stands on the canvas: grid, wires, and the nodes that have no element because they are too small or not there
 * yet.
 *
 * Painting reads a scene and writes pixels; it changes nothing else. What has one colour is one path, since the count of
 * strokes and
 * fills, not of curves, is what costs.
 */

import { overlap, seen } from "./camera.js";
import { handle } from "./curves.js";
import { HEADER } from "./shape.js";
import { tintColour } from "./tints.js";

/** @typedef {CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D} Context */
/** @typedef {import("./camera.js").Box} Box */
/** @typedef {import("./camera.js").Camera} Camera */
/** @typedef {import("./camera.js").Size} Size */
/** @typedef {import("./geometry.js").Geometry} Geometry */
/** @typedef {import("./theme.js").Theme} Theme */
/** @typedef {"" | "running" | "done" | "failed" | "stale"} Tone */
/**
 * @typedef {{title: string, colour: string, tone: Tone, tint: import("./tints.js").Tint, done: number}} Face  a far node: done
 *   is 0 … 1 of its progress
 */

/**
 * @typedef {object} Scene
 * @property {Camera} camera @property {Size} size of the canvas in CSS pixels @property {Theme} theme
 * @property {Geometry} geometry
 * @property {readonly Face[]} faces a node each
 * @property {readonly string[]} colours a wire each
 * @property {ReadonlySet<string>} selection @property {ReadonlySet<string>} mounted nodes that have an element
 * @property {boolean} onlySelected links of others are left out
 * @property {number} hovered wire under the pointer, or -1
 * @property {number} hidden a wire that is being dragged, or -1
 * @property {ReadonlySet<string>} afloat nodes that are being dragged: they and their wires are painted apart
 * @property {readonly number[] | null} floating what is afloat is painted, with these wires, and nothing else; null: all but that
 */

const STRAIGHT_BELOW = 0.28;
/** Pixels: lines that are no wider than one are drawn by a shorter way than others, which are filled as areas. */
const HAIRLINE = 0.99;
const TITLES_FROM = 0.14;
const ROUND_FROM = 0.22;

/**
 * @param {Context} context
 * @param {Scene} scene
 * @param {number} ratio device pixels a CSS pixel
 */
export function paint(context, scene, ratio) {
  const { camera, size } = scene;
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, size.width, size.height);
  if (!scene.floating) grid(context, scene);
  const zoom = camera.zoom * ratio;
  context.setTransform(zoom, 0, 0, zoom, -camera.x * zoom, -camera.y * zoom);
  const box = seen(camera, size);
  wires(context, scene, box);
  farNodes(context, scene, box);
}

/** @param {Context} context @param {Scene} scene */
function grid(context, { camera, size, theme }) {
  let step = 24 * camera.zoom;
  while (step < 18) step *= 5;
  const left = (((-camera.x * camera.zoom) % step) + step) % step;
  const top = (((-camera.y * camera.zoom) % step) + step) % step;
  const dot = Math.max(1, Math.min(2, camera.zoom * 1.4));
  context.fillStyle = theme.dot;
  context.beginPath();
  for (let x = left; x < size.width; x += step) {
    for (let y = top; y < size.height; y += step) context.rect(x - dot / 2, y - dot / 2, dot, dot);
  }
  context.fill();
}

/** @param {Context} context @param {Scene} scene @param {Box} box */
function wires(context, scene, box) {
  const { geometry, selection, colours, camera } = scene;
  /** @type {Map<string, number[]>} */
  const plain = new Map();
  const chosen = [];
  let dimmed = false;
  for (const i of scene.floating ?? geometry.links.keys()) {
    if (i === scene.hidden) continue;
    const { from, to } = geometry.links[i];
    const lit = i === scene.hovered || selection.has(from.node) || selection.has(to.node);
    dimmed ||= lit && selection.size > 0;
    if (!scene.floating && (scene.afloat.has(from.node) || scene.afloat.has(to.node))) continue;
    if (lit) chosen.push(i);
    else if (!scene.onlySelected) into(plain, colours[i], i);
  }
  const width = Math.max(2.4, HAIRLINE / camera.zoom);
  context.globalAlpha = dimmed ? 0.45 : 0.9;
  for (const [colour, group] of plain) strokeWires(context, scene, box, group, colour, width);
  context.globalAlpha = 1;
  for (const i of chosen) strokeWires(context, scene, box, [i], colours[i], width * (i === scene.hovered ? 1.8 : 1.3));
}

/** @param {Map<string, number[]>} groups @param {string} key @param {number} value */
function into(groups, key, value) {
  const group = groups.get(key);
  if (group) group.push(value);
  else groups.set(key, [value]);
}

const ends = new Float64Array(4);

/**
 * @param {Context} context @param {Scene} scene @param {Box} box @param {readonly number[]} group
 * @param {string} colour @param {number} width
 */
function strokeWires(context, { geometry, camera }, box, group, colour, width) {
  const straight = camera.zoom < STRAIGHT_BELOW;
  context.beginPath();
  for (const i of group) {
    if (!geometry.wire(i, ends)) continue;
    const x1 = ends[0];
    const y1 = ends[1];
    const x2 = ends[2];
    const y2 = ends[3];
    const swing = handle(x1, y1, x2, y2);
    const reach = {
      left: Math.min(x1, x2 - swing),
      right: Math.max(x2, x1 + swing),
      top: Math.min(y1, y2),
      bottom: Math.max(y1, y2),
    };
    if (!overlap(reach, box)) continue;
    context.moveTo(x1, y1);
    if (straight) context.lineTo(x2, y2);
    else context.bezierCurveTo(x1 + swing, y1, x2 - swing, y2, x2, y2);
  }
  context.strokeStyle = colour;
  context.lineWidth = width;
  context.stroke();
}

/** @param {Context} context @param {Scene} scene @param {Box} box */
function farNodes(context, scene, box) {
  const { geometry, mounted, faces, afloat, floating } = scene;
  const places = geometry.nodesIn(box).filter((place) => {
    const id = geometry.ids[place];
    return !mounted.has(id) && afloat.has(id) === (floating !== null);
  });
  if (!places.length) return;
  /** @type {Map<string, number[]>} */
  const fills = new Map();
  const plain = scene.camera.zoom >= ROUND_FROM ? scene.theme.node : scene.theme.far;
  for (const place of places) into(fills, tintColour(faces[place].tint, scene.theme.dark) || plain, place);
  for (const [colour, group] of fills) bodies(context, scene, group, colour);
  /** @type {Map<string, number[]>} */
  const heads = new Map();
  for (const place of places) into(heads, faces[place].colour, place);
  for (const [colour, group] of heads) headers(context, scene, group, colour);
  marks(context, scene, places);
  if (scene.camera.zoom >= TITLES_FROM) titles(context, scene, places);
}

/**
 * @param {Context} context
 * @param {Scene} scene
 * @param {readonly number[]} places
 * @param {string} colour
 */
function bodies(context, { geometry, theme, camera }, places, colour) {
  const round = camera.zoom >= ROUND_FROM;
  context.beginPath();
  for (const i of places) {
    if (round) context.roundRect(geometry.x[i], geometry.y[i], geometry.width[i], geometry.height[i], 10);
    else context.rect(geometry.x[i], geometry.y[i], geometry.width[i], geometry.height[i]);
  }
  context.fillStyle = colour;
  context.fill();
  if (!round) return;
  context.strokeStyle = theme.edge;
  context.lineWidth = 1 / camera.zoom;
  context.stroke();
}

/**
 * @param {Context} context
 * @param {Scene} scene
 * @param {readonly number[]} places
 * @param {string} colour
 */
function headers(context, { geometry, camera }, places, colour) {
  const round = camera.zoom >= ROUND_FROM;
  context.beginPath();
  for (const i of places) {
    if (round) context.roundRect(geometry.x[i], geometry.y[i], geometry.width[i], HEADER, [10, 10, 0, 0]);
    else context.rect(geometry.x[i], geometry.y[i], geometry.width[i], Math.max(HEADER, 2 / camera.zoom));
  }
  context.fillStyle = colour;
  context.fill();
}

/**
 * Selection, progress and faults: what must be seen from any height.
 *
 * @param {Context} context
 * @param {Scene} scene
 * @param {readonly number[]} places
 */
function marks(context, scene, places) {
  const { geometry, theme, faces, selection, camera } = scene;
  /** @type {Map<string, number[]>} */
  const outlines = new Map();
  for (const i of places) {
    const { tone } = faces[i];
    if (selection.has(geometry.ids[i])) into(outlines, theme.accent, i);
    else if (tone === "failed" || tone === "running" || tone === "stale") into(outlines, theme[tone], i);
    if (tone === "running") progress(context, scene, i);
  }
  for (const [colour, group] of outlines) {
    const width = (colour === theme.stale ? 1.5 : 2.5) / camera.zoom;
    context.beginPath();
    for (const i of group) context.rect(geometry.x[i], geometry.y[i], geometry.width[i], geometry.height[i]);
    context.strokeStyle = colour;
    context.lineWidth = width;
    context.stroke();
  }
}

/** @param {Context} context @param {Scene} scene @param {number} i */
function progress(context, { geometry, theme, faces, camera }, i) {
  const thick = Math.max(4, 4 / camera.zoom);
  context.fillStyle = theme.running;
  context.fillRect(geometry.x[i], geometry.y[i] + HEADER, geometry.width[i] * faces[i].done, thick);
}

/** @param {Context} context @param {Scene} scene @param {readonly number[]} places */
function titles(context, { geometry, theme, faces, camera }, places) {
  const large = camera.zoom < 0.4;
  const height = Math.min(large ? 44 : 14, 11 / camera.zoom);
  context.font = `600 ${height}px ${theme.font}`;
  context.textBaseline = "middle";
  context.fillStyle = theme.text;
  for (const i of places) {
    const room = Math.floor((geometry.width[i] - 20) / (height * 0.6));
    const { title } = faces[i];
    const shown = title.length > room ? `${title.slice(0, Math.max(1, room - 1))}…` : title;
    const y = large ? geometry.y[i] + HEADER + height : geometry.y[i] + HEADER / 2;
    context.fillText(shown, geometry.x[i] + 10, Math.min(y, geometry.y[i] + geometry.height[i] - height / 2));
  }
}

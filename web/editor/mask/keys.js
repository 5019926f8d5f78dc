/**
 * The painter's own keys. They are single letters, as painting programs have them; the page's keys rest while it is open.
 *
 * @typedef {import("./painter.js").Painter} Painter
 */

import { pressed } from "../commands/keys.js";

const ZOOM_STEP = 1.25;

/** @type {Readonly<Record<string, (painter: Painter) => void>>} */
const KEYS = Object.freeze({
  B: (painter) => painter.choose({ tool: "brush" }),
  E: (painter) => painter.choose({ tool: "eraser" }),
  R: (painter) => painter.choose({ tool: "box" }),
  L: (painter) => painter.choose({ tool: "lasso" }),
  H: (painter) => painter.choose({ tool: "hand" }),
  "[": (painter) => resize(painter, -1),
  "]": (painter) => resize(painter, 1),
  "Shift+[": (painter) => soften(painter, -0.1),
  "Shift+]": (painter) => soften(painter, 0.1),
  I: (painter) => painter.did(painter.painting.whole("invert")),
  F: (painter) => painter.did(painter.painting.whole("fill")),
  Delete: (painter) => painter.did(painter.painting.whole("clear")),
  "Mod+Z": (painter) => painter.did(painter.painting.undo()),
  "Mod+Shift+Z": (painter) => painter.did(painter.painting.redo()),
  "Mod+Y": (painter) => painter.did(painter.painting.redo()),
  "+": (painter) => painter.board?.zoomBy(ZOOM_STEP),
  "=": (painter) => painter.board?.zoomBy(ZOOM_STEP),
  "-": (painter) => painter.board?.zoomBy(1 / ZOOM_STEP),
  0: (painter) => painter.board?.fit(),
  "Mod+Enter": (painter) => void painter.apply(),
});

/**
 * What a key does; null where it is not the painter's, or is typed into a field.
 *
 * @param {KeyboardEvent} event
 * @returns {((painter: Painter) => void) | null}
 */
export function keyOf(event) {
  const key = pressed(event);
  return key !== null && Object.hasOwn(KEYS, key) ? KEYS[key] : null;
}

/** @param {Painter} painter @param {1 | -1} way */
function resize(painter, way) {
  painter.painting.resize(way);
  painter.board?.ask();
  painter.render();
}

/** @param {Painter} painter @param {number} by */
function soften(painter, by) {
  const softness = Math.round(10 * (painter.painting.choices.softness + by)) / 10;
  painter.choose({ softness: Math.min(1, Math.max(0, softness)) });
}

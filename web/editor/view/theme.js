/**
 * The colours the canvas paints with: the page's own CSS variables, read once for each theme.
 */

/** @typedef {Readonly<{dark: boolean, node: string, far: string, edge: string, head: string, text: string, muted: string, dot: string, wire: string,
 *    accent: string, running: string, done: string, failed: string, stale: string, font: string}>} Theme */

/** @type {Readonly<Record<Exclude<keyof Theme, "dark">, string>>} */
const VARIABLES = Object.freeze({
  node: "--node",
  far: "--node-far",
  edge: "--node-line",
  head: "--node-head",
  text: "--canvas-text",
  muted: "--canvas-muted",
  dot: "--canvas-dot",
  wire: "--wire",
  accent: "--canvas-accent",
  running: "--state-running",
  done: "--state-done",
  failed: "--state-failed",
  stale: "--state-stale",
  font: "--canvas-font",
});

/** @param {HTMLElement} element whose computed style has the variables @returns {Theme} */
export function themeOf(element) {
  const style = getComputedStyle(element);
  /** @param {string} name */
  const read = (name) => style.getPropertyValue(name).trim();
  const entries = Object.entries(VARIABLES).map(([key, name]) => [key, read(name)]);
  return Object.freeze({ dark: isDark(read("--stage")), ...Object.fromEntries(entries) });
}

/** @param {string} colour as the browser writes a resolved one: rgb(…) */
function isDark(colour) {
  const [red = 0, green = 0, blue = 0] = (colour.match(/\d+/g) ?? []).map(Number);
  return 0.3 * red + 0.59 * green + 0.11 * blue < 128;
}

/** @type {Map<string, string>} */
const tones = new Map();

/**
 * A type's or a node's colour, fit for the theme: the catalogue gives bright ones that need a dark ground.
 * @param {string | undefined} colour as #rrggbb @param {Theme} theme
 */
export function toned(colour, theme) {
  if (!colour || !/^#[0-9a-f]{6}$/i.test(colour)) return theme.wire;
  if (theme.dark) return colour;
  let tone = tones.get(colour);
  if (tone === undefined) {
    tone = darkened(colour, 0.68);
    tones.set(colour, tone);
  }
  return tone;
}

/** @param {string} colour @param {number} by */
function darkened(colour, by) {
  const parts = [1, 3, 5].map((at) => Math.round(parseInt(colour.slice(at, at + 2), 16) * by));
  return `#${parts.map((part) => part.toString(16).padStart(2, "0")).join("")}`;
}

/**
 * Keys as people write them: "Mod+Shift+Z", where Mod is Ctrl, on a Mac ⌘. Pure but for the question which of the two it is.
 */

const MODIFIERS = ["Mod", "Ctrl", "Alt", "Shift"];
const MAC = typeof navigator === "object" && /Mac|iPhone|iPad/.test(navigator.platform);
/** What names the key where Shift or Alt changes the character that it types. @type {{[code: string]: string}} */
const BY_CODE = {
  Period: ".",
  Comma: ",",
  BracketLeft: "[",
  BracketRight: "]",
  Equal: "=",
  Minus: "-",
  Slash: "/",
  Space: "Space",
};

/**
 * The name of what was pressed, as `normal` writes it; null for a modifier alone.
 *
 * @param {KeyboardEvent} event
 * @param {boolean} [mac]
 * @returns {string | null}
 */
export function pressed(event, mac = MAC) {
  if (["Control", "Meta", "Alt", "Shift", "AltGraph", "Dead", "Process"].includes(event.key)) return null;
  const mod = mac ? event.metaKey : event.ctrlKey;
  const ctrl = mac && event.ctrlKey;
  const parts = [mod ? "Mod" : "", ctrl ? "Ctrl" : "", event.altKey ? "Alt" : "", event.shiftKey ? "Shift" : ""];
  return [...parts.filter((part) => part !== ""), keyName(event)].join("+");
}

/** @param {KeyboardEvent} event */
function keyName(event) {
  if (/^(Key[A-Z]|Digit[0-9])$/.test(event.code) && (event.altKey || event.shiftKey || !/^[ -~]$/.test(event.key))) {
    return event.code.slice(-1);
  }
  if (event.altKey || event.shiftKey || event.key === " ") {
    const named = BY_CODE[event.code];
    if (named !== undefined) return named;
  }
  return event.key.length === 1 ? event.key.toUpperCase() : event.key;
}

/**
 * A written binding in its one form: modifiers in a fixed order, letters upper case.
 *
 * @param {string} binding
 * @returns {string}
 */
export function normal(binding) {
  const plus = binding.endsWith("++") || binding === "+";
  const parts = (plus ? binding.slice(0, -1) : binding).split("+").filter((part) => part !== "");
  const key = plus ? "+" : (parts.pop() ?? "");
  const modifiers = MODIFIERS.filter((name) => parts.some((part) => part.toLowerCase() === name.toLowerCase()));
  return [...modifiers, key.length === 1 ? key.toUpperCase() : key].join("+");
}

/** @type {{[part: string]: string}} */
const SHOWN = {
  ArrowLeft: "←",
  ArrowRight: "→",
  ArrowUp: "↑",
  ArrowDown: "↓",
  Escape: "Esc",
  Delete: "Del",
  Backspace: "⌫",
  Enter: "Enter",
};

/**
 * A binding as it is shown.
 *
 * @param {string} binding
 * @param {boolean} [mac]
 * @returns {string}
 */
export function shownKeys(binding, mac = MAC) {
  const parts = normal(binding).split(/\+(?=.)/);
  const named = parts.map((part) => (part === "Mod" ? (mac ? "⌘" : "Ctrl") : (SHOWN[part] ?? part)));
  return named.join(mac ? " " : "+");
}

/** Whether keys without Ctrl are meant for the canvas: it, a node on it, or nothing at all has the focus. */
export function canvasHasKeys() {
  const { activeElement } = document;
  return activeElement === null || activeElement === document.body || activeElement.matches(".stage, .node");
}

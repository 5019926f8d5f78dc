/**
 * A menu of commands at the pointer. Titles, keys and whether one can be run come from the command table; arrows move, letters
 * find, Escape closes.
 */

import { html, nothing, render } from "../vendor/lit-html/lit-html.js";

/**
 * @typedef {Readonly<{id: string, title: string, keys?: string, run: () => void}> | null} Item  null is a line between
 *   groups
 */

/** @type {(() => void) | null} */
let close = null;

/**
 * @param {readonly Item[]} items
 * @param {{x: number, y: number}} at in client pixels
 * @param {string} label
 */
export function openMenu(items, at, label) {
  close?.();
  const returnTo = /** @type {HTMLElement | null} */ (document.activeElement);
  const element = document.createElement("div");
  element.className = "menu";
  host().append(element);
  const over = new AbortController();
  const end = () => {
    close = null;
    over.abort();
    element.remove();
  };
  close = end;
  render(
    menu(items, label, (item) => {
      end();
      returnTo?.focus({ preventScroll: true });
      item.run();
    }),
    element,
  );
  const { signal } = over;
  document.addEventListener("pointerdown", (event) => !element.contains(/** @type {Node} */ (event.target)) && end(), {
    signal,
    capture: true,
  });
  window.addEventListener("blur", end, { signal });
  element.addEventListener("contextmenu", (event) => event.preventDefault(), { signal });
  element.addEventListener(
    "keydown",
    (event) =>
      key(element, event, () => {
        end();
        returnTo?.focus({ preventScroll: true });
      }),
    { signal },
  );
  place(element, at);
  buttons(element)[0]?.focus();
}

/** Where a menu is seen: over the dialog that is open, which nothing lies above, else in the page. */
function host() {
  return [...document.querySelectorAll("dialog:modal")].at(-1) ?? document.querySelector("main") ?? document.body;
}

/** @param {readonly Item[]} items @param {string} label @param {(item: NonNullable<Item>) => void} choose */
function menu(items, label, choose) {
  return html`<ul role="menu" aria-label=${label}>${items.map((item) =>
    item === null
      ? html`<li role="separator"></li>`
      : html`<li role="none"><button type="button" role="menuitem" tabindex="-1" @click=${() => choose(item)}>
        <span>${item.title}</span>${item.keys ? html`<kbd>${item.keys}</kbd>` : nothing}</button></li>`,
  )}</ul>`;
}

/** @param {HTMLElement} element @returns {HTMLButtonElement[]} */
function buttons(element) {
  return [...element.querySelectorAll("button")];
}

/** @param {HTMLElement} element @param {KeyboardEvent} event @param {() => void} leave */
function key(element, event, leave) {
  const all = buttons(element);
  const at = all.indexOf(/** @type {HTMLButtonElement} */ (document.activeElement));
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  event.stopPropagation();
  if (step) all[(at + step + all.length) % all.length]?.focus();
  else if (event.key === "Home") all[0]?.focus();
  else if (event.key === "End") all.at(-1)?.focus();
  else if (event.key === "Escape" || event.key === "Tab") leave();
  else if (event.key.length === 1 && event.key !== " ") byLetter(all, at, event);
  else return;
  event.preventDefault();
}

let typed = "";
let last = 0;

/** Quick letters are a word; the same one again goes to the next. @param {readonly HTMLButtonElement[]} all @param {number} at @param {KeyboardEvent} event */
function byLetter(all, at, { key, timeStamp }) {
  typed = (timeStamp < last + 800 ? typed : "") + key.toLowerCase();
  last = timeStamp;
  const word = typed.replace(/^(.)\1+$/, "$1");
  const from = word.length > 1 ? at : at + 1;
  [...all.slice(from), ...all.slice(0, from)].find((button) => button.textContent?.trim().toLowerCase().startsWith(word))?.focus();
}

/** @param {HTMLElement} element @param {{x: number, y: number}} at */
function place(element, at) {
  const { offsetWidth, offsetHeight } = element;
  element.style.left = `${Math.max(4, Math.min(at.x, window.innerWidth - offsetWidth - 4))}px`;
  element.style.top = `${Math.max(4, Math.min(at.y, window.innerHeight - offsetHeight - 4))}px`;
}

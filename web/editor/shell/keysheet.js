/**
 * The help sheet of keys, made from the command table; each can be given other keys.
 *
 * @typedef {import("../session/app.js").App} App
 * @typedef {import("../commands/table.js").Command} Command
 */

import { html, nothing, render } from "../vendor/lit-html/lit-html.js";
import { normal, pressed, shownKeys } from "../commands/keys.js";

/** @param {App} app */
export function keysSheet(app) {
  const element = document.createElement("div");
  element.className = "keys";
  const draw = (/** @type {string} */ note = "") => render(content(app, note, draw), element);
  draw();
  return element;
}

/** @param {App} app @param {string} note @param {(note?: string) => void} draw */
function content(app, note, draw) {
  /** @type {Map<string, Command[]>} */
  const groups = new Map();
  for (const command of app.commands.all()) {
    if (command.hidden === true && app.commands.bindingsOf(command.id).length === 0) continue;
    groups.set(command.group, [...(groups.get(command.group) ?? []), command]);
  }
  return html`<p class="muted" role="status">
      ${note || "Choose a key to change it. Hold Space and drag to move the canvas."}
    </p>
    <div class="key-groups">
      ${[...groups].map(
        ([group, commands]) =>
          html`<section>
            <h3>${group}</h3>
            <dl>${commands.map((command) => row(app, command, draw))}</dl>
          </section>`,
      )}
    </div>`;
}

/** @param {App} app @param {Command} command @param {(note?: string) => void} draw */
function row(app, command, draw) {
  const own = app.settings.chosen.peek().bindings[command.id] !== undefined;
  const keys = app.commands.bindingsOf(command.id);
  return html`<div>
    <dt>${command.title}</dt>
    <dd>
      <button
        type="button"
        class="key"
        ?disabled=${command.native === true}
        @click=${(/** @type {Event} */ event) => listen(app, command, event, draw)}
      >
        <span class="hidden">Keys of ${command.title}:</span
        >${keys.length === 0 ? "–" : keys.map((key) => html`<kbd>${shownKeys(key)}</kbd>`)}
      </button>
      ${own ? html`<button type="button" class="quiet small" @click=${() => unbind(app, command, draw)}>Reset</button>` : nothing}
    </dd>
  </div>`;
}

/** @param {App} app @param {Command} command @param {(note?: string) => void} draw */
function unbind(app, command, draw) {
  app.settings.bind(command.id, null);
  draw(`${command.title} has its own keys again`);
}

/**
 * Take the next key for a command; Escape leaves it as it is.
 *
 * @param {App} app
 * @param {Command} command
 * @param {Event} event
 * @param {(note?: string) => void} draw
 */
function listen(app, command, event, draw) {
  const button = /** @type {HTMLElement} */ (event.currentTarget);
  button.classList.add("is-listening");
  draw(`Press the new key for “${command.title}”; Escape leaves it`);
  const over = new AbortController();
  const take = (/** @type {KeyboardEvent} */ press) => {
    press.preventDefault();
    press.stopPropagation();
    const key = pressed(press);
    if (key === null) return;
    over.abort();
    button.classList.remove("is-listening");
    draw(key === "Escape" ? "" : bind(app, command, key));
  };
  button.addEventListener("keydown", take, { signal: over.signal });
  button.addEventListener(
    "blur",
    () => {
      over.abort();
      button.classList.remove("is-listening");
    },
    { signal: over.signal },
  );
}

/** @param {App} app @param {Command} command @param {string} key @returns {string} */
function bind(app, command, key) {
  const others = app.commands.clashes(command.id, key);
  for (const other of others)
    app.settings.bind(
      other.id,
      app.commands.bindingsOf(other.id).filter((each) => normal(each) !== key),
    );
  app.settings.bind(command.id, [key]);
  const taken = others.map((other) => `“${other.title}”`).join(" and ");
  return `${command.title} is ${shownKeys(key)} now${taken === "" ? "" : `; ${taken} no longer has it`}`;
}

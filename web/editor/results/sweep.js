/**
 * "Sweep…": values for an input, perhaps for a second one too; a run for every combination, and their grid.
 *
 * @typedef {import("../session/app.js").App} App
 * @typedef {import("../session/tab.js").Tab} Tab
 * @typedef {import("../model/json.js").Json} Json
 * @typedef {import("../model/ports.js").InputPort} InputPort
 * @typedef {import("./ranges.js").Read} Read
 * @typedef {{address: string, title: string, port: InputPort, value: Json | undefined}} Axis
 */

import { html, nothing, render } from "../vendor/lit-html/lit-html.js";
import { effect, signal } from "../vendor/signals-core/signals-core.mjs";
import { toJson } from "../model/document.js";
import { errorWords } from "../model/errors.js";
import { frozenIn } from "../model/frozen.js";
import { portsOf, shownTitle } from "../model/ports.js";
import { linksIn } from "../model/shapes.js";
import { styled } from "../palette/styles.js";
import { sweep } from "../session/history.js";
import { randomHex } from "../session/random.js";
import { kindOf } from "../widgets/kinds.js";
import { dockOf } from "./dock.js";
import { CLOSE } from "./icons.js";
import { MOST, readLines, readNumbers, valueWords } from "./ranges.js";

const SWEPT = new Set(["number", "seed", "choice", "flag", "text", "line", "colour"]);

/** Whether an input can be swept. @param {InputPort} port */
export function canSweep(port) {
  return SWEPT.has(kindOf(port));
}

class Sweeping {
  /** What is typed or chosen for each axis. @type {import("../vendor/signals-core/signals-core.mjs").Signal<readonly [string, string]>} */
  texts = signal(["", ""]);
  /** @type {import("../vendor/signals-core/signals-core.mjs").Signal<Axis | null>} */
  second = signal(null);
  fault = signal("");
  busy = signal(false);

  /** @param {App} app @param {Tab} tab @param {Axis} first @param {readonly Axis[]} all  what could be swept */
  constructor(app, tab, first, all) {
    this.app = app;
    this.tab = tab;
    this.all = all;
    this.first = signal(first);
    this.texts.value = [begun(first), ""];
  }

  /** @returns {Axis[]} */
  get axes() {
    return this.second.value === null ? [this.first.value] : [this.first.value, this.second.value];
  }

  /** @returns {Read[]} */
  get reads() {
    return this.axes.map((axis, place) => readAxis(this.app, axis, this.texts.value[place] ?? ""));
  }

  /** @param {0 | 1} place @param {string} text */
  type(place, text) {
    const [first, second] = this.texts.peek();
    this.texts.value = place === 0 ? [text, second] : [first, text];
  }

  /** @param {Axis} axis */
  chooseFirst(axis) {
    this.first.value = axis;
    this.type(0, begun(axis));
    if (this.second.peek() === axis) this.chooseSecond(null);
  }

  /** @param {Axis | null} axis */
  chooseSecond(axis) {
    this.second.value = axis;
    this.type(1, axis === null ? "" : begun(axis));
  }
}

/** What an axis begins with: values around the one that is there. @param {Axis} axis */
function begun({ port, value }) {
  const kind = kindOf(port);
  if (kind === "flag") return "no\nyes";
  if (kind === "choice" || kind === "text" || kind === "line" || kind === "colour") return typeof value === "string" ? value : "";
  if (kind === "seed") return "1..4";
  const now = Number(value ?? port.min ?? 1);
  const step = port.step ?? (port.type === "Int" ? Math.max(1, Math.round(now / 4)) : 1);
  const around = [now - step, now, now + step].filter((one) => (port.min === null || one >= port.min) && (port.max === null || one <= port.max));
  return around.map((one) => Number(one.toPrecision(6))).join(", ");
}

/** @param {App} app @param {Axis} axis @param {string} text @returns {Read} */
function readAxis(app, { port }, text) {
  const kind = kindOf(port);
  if (kind === "number" || kind === "seed") return readNumbers(text, { whole: port.type === "Int" || kind === "seed", min: port.min, max: port.max });
  const read = readLines(text);
  if ("fault" in read || kind !== "flag") return read;
  void app;
  return { values: read.values.map((line) => line === "yes") };
}

/**
 * @param {App} app
 * @param {{id: string, input?: string}} about  without an input, the node's first value
 */
export async function openSweep(app, { id, input }) {
  await styled("results.css");
  const tab = app.active.peek();
  const all = axesOf(app, tab);
  const address = `${tab.prefix.peek()}${id}.${input ?? ""}`;
  const first = all.find((axis) => (input === undefined ? axis.address.startsWith(address) : axis.address === address));
  if (first === undefined) return app.say("Only a value that no wire brings can be swept", "assertive");
  const sweeping = new Sweeping(app, tab, first, all);
  const dialog = document.createElement("dialog");
  dialog.className = "sheet sweep";
  dialog.setAttribute("aria-labelledby", "sweep-title");
  document.body.append(dialog);
  const stop = effect(() => void render(sheet(sweeping, dialog), dialog));
  dialog.addEventListener("close", () => {
    stop();
    dialog.remove();
  });
  dialog.addEventListener("keydown", (event) => event.stopPropagation());
  dialog.showModal();
  /** @type {HTMLElement | null} */ (dialog.querySelector("[data-first]"))?.focus();
}

/** Every value of the level that is shown that a sweep can set. @param {App} app @param {Tab} tab @returns {Axis[]} */
function axesOf(app, tab) {
  const document = tab.document.peek();
  const level = tab.levelName.peek();
  return [...tab.level.peek().nodes].flatMap(([id, node]) => {
    const ports = portsOf(app.catalogue.peek(), document, level, id);
    const title = shownTitle(node, ports);
    return [...ports.inputs.values()]
      .filter((port) => canSweep(port) && linksIn(node.inputs.get(port.name) ?? null).length === 0)
      .map((port) => ({
        address: `${tab.prefix.peek()}${id}.${port.name}`,
        title: `${port.title} of ${title}`,
        port,
        value: node.inputs.get(port.name) ?? port.default,
      }));
  });
}

/** @param {Sweeping} sweeping @param {HTMLDialogElement} dialog */
function sheet(sweeping, dialog) {
  const { all, second, reads } = sweeping;
  const first = sweeping.first.value;
  const runs = reads.reduce((product, read) => product * ("values" in read ? read.values.length : 0), 1);
  const chosen = (/** @type {Event} */ event) => all.find(({ address }) => address === /** @type {HTMLSelectElement} */ (event.currentTarget).value);
  const fits = runs > 0 && runs <= MOST;
  const words = runs > MOST ? `${runs} runs are too many; up to ${MOST} at once` : runs === 0 ? "Give a value or more" : runs === 1 ? "1 run" : `${runs} runs`;
  return html`<form class="sheet-inner" @submit=${(/** @type {Event} */ event) => void submit(sweeping, event, dialog)}>
    <div class="sheet-head"><h2 id="sweep-title">Sweep ${first.title}</h2>
      <button type="button" class="round" aria-label="Close" @click=${() => dialog.close()}>${CLOSE}</button></div>
    <label class="form-field sweep-first">What is swept
      <select @change=${(/** @type {Event} */ event) => sweeping.chooseFirst(chosen(event) ?? first)}>${options(all, first)}</select></label>
    ${editor(sweeping, first, 0)}
    <label class="form-field sweep-second">And, for each of them
      <select @change=${(/** @type {Event} */ event) => sweeping.chooseSecond(chosen(event) ?? null)}>
        <option value="">nothing else</option>
        ${options(all.filter((axis) => axis !== first), second.value)}
      </select></label>
    ${second.value === null ? nothing : editor(sweeping, second.value, 1)}
    ${sweeping.fault.value === "" ? nothing : html`<p class="sweep-fault" role="alert">${sweeping.fault.value}</p>`}
    <p class="sheet-foot sweep-foot"><button type="submit" class="main" ?disabled=${!fits || sweeping.busy.value}>Run them</button><span class="muted" role="status">${words}</span></p>
  </form>`;
}

/** @param {readonly Axis[]} axes @param {Axis | null} chosen */
function options(axes, chosen) {
  return axes.map((axis) => html`<option value=${axis.address} .selected=${axis === chosen}>${axis.title}</option>`);
}

/** @param {Sweeping} sweeping @param {Axis} axis @param {0 | 1} place */
function editor(sweeping, axis, place) {
  const read = /** @type {Read} */ (sweeping.reads[place]);
  const kind = kindOf(axis.port);
  const choices = kind === "flag" ? ["no", "yes"] : kind === "choice" ? choicesOf(sweeping, axis) : null;
  const label = `Values of ${axis.title}`;
  const text = sweeping.texts.value[place] ?? "";
  const typed = (/** @type {Event} */ event) => sweeping.type(place, /** @type {HTMLInputElement} */ (event.currentTarget).value);
  if (choices !== null) return checks(sweeping, place, choices, label);
  const field =
    kind === "text" || kind === "line" || kind === "colour"
      ? html`<textarea rows="5" ?data-first=${place === 0} placeholder="One text a line" .value=${text} @input=${typed}></textarea>`
      : html`<input type="text" inputmode="text" autocomplete="off" spellcheck="false" ?data-first=${place === 0} placeholder="10, 20, 30 or 1..8" .value=${text} @input=${typed} />`;
  const words = "fault" in read ? read.fault : read.values.slice(0, 12).map((value) => shorten(valueWords(value))).join(" · ") + (read.values.length > 12 ? " …" : "");
  return html`<label class="form-field">${label}${field}</label><p class="sweep-read ${"fault" in read ? "is-bad" : "muted"}">${words}</p>`;
}

/** @param {Sweeping} sweeping @param {0 | 1} place @param {readonly string[]} choices @param {string} label */
function checks(sweeping, place, choices, label) {
  const chosen = new Set((sweeping.texts.value[place] ?? "").split("\n"));
  const flip = (/** @type {string} */ choice) => {
    const next = choices.filter((each) => (each === choice ? !chosen.has(each) : chosen.has(each)));
    sweeping.type(place, next.join("\n"));
  };
  return html`<fieldset class="sweep-choices"><legend>${label}</legend>
    ${choices.map((choice, i) => html`<label class="chip-check"><input type="checkbox" ?data-first=${place === 0 && i === 0} .checked=${chosen.has(choice)} @change=${() => flip(choice)} />${choice}</label>`)}
  </fieldset>`;
}

/** @param {Sweeping} sweeping @param {Axis} axis @returns {readonly string[]} */
function choicesOf({ app }, { port }) {
  return port.choices ?? app.models.peek().map(({ name }) => name);
}

/** @param {string} text */
function shorten(text) {
  return text.length > 32 ? `${text.slice(0, 31)}…` : text;
}

/** @param {Sweeping} sweeping @param {Event} event @param {HTMLDialogElement} dialog */
async function submit(sweeping, event, dialog) {
  event.preventDefault();
  const { app, tab } = sweeping;
  const inputs = Object.fromEntries(sweeping.axes.map(({ address }, place) => [address, valuesOf(sweeping.reads[place])]));
  sweeping.busy.value = true;
  try {
    const drawn = tab.document.peek();
    const job = { workflow: toJson(drawn), inputs, document: tab.key.peek(), key: randomHex(32), ...frozenIn(drawn) };
    const made = await sweep(app.api, job);
    dialog.close();
    app.say(`${made.runs.length} runs wait for their turn`);
    (await dockOf(app)).openSweep(made.id);
  } catch (error) {
    sweeping.fault.value = errorWords(error);
  } finally {
    sweeping.busy.value = false;
  }
}

/** @param {Read | undefined} read @returns {readonly Json[]} */
function valuesOf(read) {
  return read !== undefined && "values" in read ? read.values : [];
}

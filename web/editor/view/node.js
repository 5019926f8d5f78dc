/**
 * A node as the page shows it: header, sockets, fields, result. Labels, buttons and fields are real ones, so that
 * keyboard and
 * screen reader have what the mouse has. Heights are those of shape.js.
 */

import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { incoming } from "../model/links.js";
import { shownTitle, typeAt } from "../model/ports.js";
import { kindOf } from "../widgets/kinds.js";
import { widgetOf } from "../widgets/widget.js";
import { mediaOf } from "./media.js";

/** @typedef {import("../model/ports.js").InputPort} InputPort */
/** @typedef {import("../model/ports.js").OutputPort} OutputPort */

/**
 * @typedef {object} NodeView all that a node's picture is made of
 * @property {import("../session/app.js").App} app @property {import("../session/tab.js").Tab} tab
 * @property {string} id @property {string} address @property {string} level
 * @property {import("../model/document.js").Node} node @property {import("../model/ports.js").Ports} ports
 * @property {import("./shape.js").Shape} shape @property {import("../session/node_run.js").NodeRun} run
 * @property {import("./status.js").Status} status @property {(type: string) => string} colour of a value type
 */

/** @param {NodeView} view @param {string | null} broken  why the view that its type brings is not shown */
export function nodeTemplate(view, broken) {
  const { ports, shape, node } = view;
  return html`${header(view)}
    ${node.ui.collapsed ? collapsedSockets(view) : html`${sockets(view)}${fields(view)}${ownView(view)}${shape.media ? media(view) : nothing}`}
    ${below(view, broken)} ${ports.known ? nothing : placeholder(view)}<span class="grip" aria-hidden="true"></span>`;
}

/** @param {NodeView} view */
function header(view) {
  const { id, node, ports, status } = view;
  const title = shownTitle(node, ports);
  const flag = node.mode === "bypass" ? "bypassed" : node.mode === "mute" ? "muted" : "";
  return html`<header class="node-head">
    <button type="button" class="fold" aria-expanded=${node.ui.collapsed ? "false" : "true"} aria-label="Collapse ${title}" @click=${() => fold(view)}></button>
    <h3 class="node-title" id="title-${id}" title=${ports.help || node.type}>${title}</h3>
    <span class="node-words">${flag || status.words}</span>
    <span class="node-bar" .style=${`--done: ${status.done}`} ?hidden=${!status.running}></span>
  </header>`;
}

/** @param {NodeView} view */
function fold({ tab, id, node, level }) {
  tab.edit(node.ui.collapsed ? "Unfold" : "Collapse", (draft) =>
    draft.level(level).draw(id, { collapsed: node.ui.collapsed ? undefined : true }),
  );
}

/** @param {NodeView} view */
function sockets(view) {
  const inputs = [...view.ports.inputs.values()].filter((port) => kindOf(port) === "none");
  const outputs = [...view.ports.outputs.values()];
  if (!inputs.length && !outputs.length) return html`<div class="sockets"></div>`;
  return html`<div class="sockets">
    <ul class="ins" aria-label="Inputs">${inputs.map((port) => inputRow(view, port))}</ul>
    <ul class="outs" aria-label="Outputs">${outputs.map((port) => outputRow(view, port))}</ul>
  </div>`;
}

/** @param {NodeView} view @param {InputPort} port */
function inputRow(view, port) {
  const faulty = faultsAt(view, port.name).length > 0;
  const wanted = port.optional || port.lazy ? "" : "wanted";
  return html`<li class="in-row ${faulty ? "faulty" : ""} ${wanted} ${exposed(view, port)}" data-input=${port.name} title=${port.help}>
    ${dot(view, "in", port)}<span class="socket-name">${port.title}</span></li>`;
}

/** @param {NodeView} view @param {OutputPort} port */
function outputRow(view, port) {
  const link = `${view.id}.${port.name}`;
  const given = [...view.tab.level.peek().outputs.values()].some((output) => output.link === link);
  return html`<li class="out-row ${given ? "exposed" : ""}" data-output=${port.name} title=${port.help}><span class="socket-name">${port.title}</span>${dot(view, "out", port)}</li>`;
}

/** @param {NodeView} view @param {"in" | "out"} side @param {InputPort | OutputPort} port */
function dot({ app, tab, id, level, shape, colour }, side, port) {
  const type =
    side === "out"
      ? typeAt(app.catalogue.peek(), tab.document.peek(), level, { node: id, output: port.name })
      : port.type;
  const full = side === "out" || shape.inputs.get(port.name)?.linked;
  const form = port.list ? "list" : (app.catalogue.peek().types.get(port.type)?.shape ?? "circle");
  return html`<span class="socket ${side} ${form} ${full ? "full" : ""}" data-port=${port.name} .style=${`--type: ${colour(type)}`}></span>`;
}

/** @param {NodeView} view */
function collapsedSockets(view) {
  const { ports } = view;
  return html`${ports.inputs.size ? html`<span class="socket in folded"></span>` : nothing}
    ${ports.outputs.size ? html`<span class="socket out folded"></span>` : nothing}`;
}

/** @param {NodeView} view */
function fields(view) {
  const ports = [...view.ports.inputs.values()].filter((port) => kindOf(port) !== "none");
  return html`${ports.map((port) => field(view, port))}`;
}

/** @param {NodeView} view @param {InputPort} port */
function field(view, port) {
  const { app, tab, id, node, address, shape } = view;
  const row = shape.inputs.get(port.name);
  const faults = faultsAt(view, port.name);
  const label = `label-${id}-${port.name}`;
  const kind = kindOf(port);
  return html`<div class="field ${row?.linked ? "linked" : `kind-${kind}`} ${faults.length ? "faulty" : ""} ${exposed(view, port)}" data-input=${port.name} .style=${`height: ${row?.height ?? 0}px`}>
    ${dot(view, "in", port)}
    <span class="field-name" id=${label} title=${port.help}>${port.title}</span>
    ${row?.linked ? html`<span class="field-source">${sources(view, port)}</span>` : widgetOf({ app, tab, id, node, address, port, label, faults, notices: noticesAt(view, port.name) })}
  </div>`;
}

/**
 * Whether the workflow, or the sub-workflow, takes this from outside.
 *
 * @param {NodeView} view
 * @param {InputPort} port
 */
function exposed({ tab, id }, port) {
  const address = `${id}.${port.name}`;
  return [...tab.level.peek().inputs.values()].some(({ to }) => to.includes(address)) ? "exposed" : "";
}

/** @param {NodeView} view @param {InputPort} port */
function sources({ tab, id, app }, port) {
  const current = tab.level.peek();
  const links = (incoming(current).get(id) ?? []).filter((link) => link.to.input === port.name);
  const names = links.map(({ from }) => {
    const node = current.nodes.get(from.node);
    return node ? (node.ui.title ?? app.catalogue.peek().nodes.get(node.type)?.title ?? from.node) : from.node;
  });
  return `← ${names.join(", ")}`;
}

/** @param {NodeView} view @param {string} input @returns {string[]} */
function faultsAt({ status }, input) {
  return status.faults.filter((fault) => fault.input === input).map((fault) => fault.message);
}

/** Where the view that the node's type brings goes; what is in it is the view's own. @param {NodeView} view */
function ownView({ shape, node, ports }) {
  if (shape.view === null) return nothing;
  return html`<div class="node-view" role="group" aria-label="View of ${shownTitle(node, ports)}" .style=${`height: ${shape.view.height}px`}></div>`;
}

/** @param {NodeView} view @param {string} input @returns {string[]} */
function noticesAt({ tab, address }, input) {
  return (tab.notices.peek().get(address) ?? []).filter((notice) => notice.input === input).map((notice) => notice.message);
}

/** @param {NodeView} view */
function media(view) {
  const { preview, pictures, texts } = mediaOf(view.run);
  return html`<div class="media" .style=${`height: ${view.shape.media?.height ?? 0}px`}>${mediaBody(view, preview, pictures, texts)}</div>`;
}

/**
 * @param {NodeView} view
 * @param {string | null} preview
 * @param {readonly import("./media.js").Picture[]} pictures
 * @param {readonly string[]} texts
 */
function mediaBody(view, preview, pictures, texts) {
  const title = shownTitle(view.node, view.ports);
  if (preview) return html`<img class="picture soft" src=${preview} alt="What ${title} is making" draggable="false" />`;
  if (pictures.length)
    return html`<div class="pictures many-${Math.min(4, pictures.length)}">${pictures.slice(0, 4).map((picture, i) => shownPicture(view, picture, i, pictures.length))}</div>`;
  if (texts.length)
    return html`<pre class="value" tabindex="0" aria-label="Value of ${title}">${texts.join("\n")}</pre>`;
  return html`<p class="awaited">${view.status.running ? "working…" : "the result comes here"}</p>`;
}

/**
 * @param {NodeView} view
 * @param {import("./media.js").Picture} picture
 * @param {number} i
 * @param {number} count
 */
function shownPicture(view, picture, i, count) {
  const small = picture.width <= 256 && picture.height <= 256;
  const url = small ? picture.url : `${picture.url}?size=512`;
  return html`<button type="button" class="shown" aria-label="Open picture ${i + 1} of ${count} of ${shownTitle(view.node, view.ports)}"
    @click=${() => view.app.commands.run("view.openPicture", picture)}>
    <img class="picture ${small ? "crisp" : ""}" src=${url} alt="" draggable="false" loading="lazy" />
    ${i === 3 && count > 4 ? html`<span class="more">+${count - 4}</span>` : nothing}</button>`;
}

/**
 * Faults, the reason of staleness and a preview hang below the node, so that they move nothing.
 *
 * @param {NodeView} view
 * @param {string | null} broken
 */
function below({ status, shape, run, node, ports }, broken) {
  const { preview } = mediaOf(run);
  const made = preview && !shape.media && !shape.view ? preview : null;
  const { faults, why, ice } = status;
  const notices = broken === null ? status.notices : [...status.notices, broken];
  if (!made && !faults.length && !why && !ice && !notices.length) return nothing;
  return html`<div class="node-below">
    ${made ? html`<img class="node-preview" src=${made} alt="What ${shownTitle(node, ports)} is making" draggable="false" />` : nothing}
    ${faults.length ? html`<ul class="node-faults" aria-label="Faults">${faults.map((fault) => html`<li>${inPlace(fault.message)}</li>`)}</ul>` : nothing}
    ${why ? html`<p class="node-why">${why}</p>` : nothing}
    ${ice ? html`<p class="node-ice"><span aria-hidden="true">❄ </span>${ice}</p>` : nothing}
    ${notices.map((notice) => html`<p class="node-notice">${inPlace(notice)}</p>`)}
  </div>`;
}

/** The sentence without the node's name, where it stands on the node. @param {string} message */
function inPlace(message) {
  return message.replace(/^node '[^']*': /, "");
}

/** @param {NodeView} view */
function placeholder(view) {
  return html`<p class="unknown">not installed: ${view.node.type}
    <button type="button" class="plain" @click=${() => view.app.commands.run("node.replace", { id: view.id })}>Replace…</button></p>`;
}

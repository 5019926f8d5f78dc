/**
 * A picture sent on: a LoadImage with it, and the nodes behind which work on it, wired to the model and prompts that are there.
 *
 * @typedef {import("../json.js").Json} Json
 * @typedef {import("../catalogue.js").Catalogue} Catalogue
 * @typedef {import("../document.js").Level} Level
 * @typedef {import("../document.js").Node} Node
 * @typedef {import("../draft.js").Draft} Draft
 * @typedef {{readonly link: string}} Link
 * @typedef {"image" | "inpaint" | "upscale"} Aim
 * @typedef {{draft: Draft, level: string, catalogue: Catalogue, at: {x: number, y: number}, added: string[]}} Work
 */

import { linksIn, linkTo } from "../shapes.js";
import { addNode } from "./nodes.js";

const COLUMN = 320;
/** What enlarges, best first: the catalogue decides which of them there is. */
const UPSCALERS = ["Upscale", "ImageResize"];
/** How much of a picture that is sent to be changed is replaced. */
const DENOISE = 0.6;
/** How many times larger a picture becomes where no network says it. */
const TIMES = 2;

/** The node types that an aim needs; it is offered where all of them are known. @type {{readonly [aim in Aim]: readonly string[]}} */
export const NEEDS = Object.freeze({
  image: ["LoadImage", "VAEEncode", "KSampler", "VAEDecode", "TextEncode", "LoadModel", "Preview"],
  inpaint: ["LoadImage", "Inpaint", "TextEncode", "LoadModel", "Preview"],
  upscale: ["LoadImage", "ImageResize", "Preview"],
});

/**
 * @param {Draft} draft
 * @param {string} level
 * @param {Aim} aim
 * @param {{asset: string, sha256: string, width: number, height: number}} picture
 * @param {{x: number, y: number}} at  where the first node comes
 * @param {Catalogue} catalogue
 * @returns {string[]}  the ids of the nodes that were added
 */
export function sendTo(draft, level, aim, picture, at, catalogue) {
  const work = { draft, level, catalogue, at, added: [] };
  const load = add(work, 0, 0, "LoadImage", { file: { asset: picture.asset, sha256: picture.sha256 } });
  const image = linkTo({ node: load, output: "image" });
  const made = { image: imageToImage, inpaint, upscale }[aim](work, image, picture, load);
  add(work, 4, 0, "Preview", { value: made });
  return work.added;
}

/** @param {Work} work @param {Link} image @returns {Link} */
function imageToImage(work, image) {
  const { model, vae, settings } = sources(work, "KSampler");
  const encode = add(work, 1, 0, "VAEEncode", { vae, image });
  const latent = linkTo({ node: encode, output: "latent" });
  const sampler = add(work, 2, 0, "KSampler", { ...settings, model, latent, denoise: DENOISE, start: 0, end: null });
  const decode = add(work, 3, 0, "VAEDecode", { vae, latent: linkTo({ node: sampler, output: "latent" }) });
  return linkTo({ node: decode, output: "image" });
}

/** @param {Work} work @param {Link} image @param {unknown} _ @param {string} load @returns {Link} */
function inpaint(work, image, _, load) {
  const { model, vae, settings } = sources(work, "Inpaint");
  const mask = linkTo({ node: load, output: "mask" });
  const node = add(work, 2, 0, "Inpaint", { ...settings, model, vae, image, mask });
  return linkTo({ node, output: "image" });
}

/** @param {Work} work @param {Link} image @param {{width: number, height: number}} picture @returns {Link} */
function upscale(work, image, { width, height }) {
  const type = /** @type {string} */ (UPSCALERS.find((name) => work.catalogue.nodes.has(name)));
  const size = type === "ImageResize" ? { width: TIMES * width, height: TIMES * height } : enlarging(work);
  return linkTo({ node: add(work, 2, 0, type, { image, ...size }), output: "image" });
}

/** By the network that is there, as much as that does; else by a filter. @param {Work} work @returns {{[input: string]: Json}} */
function enlarging({ draft, level }) {
  const network = [...draft.level(level).nodes.entries].find(([, { type, mode }]) => type === "LoadUpscaler" && mode === null)?.[0];
  return network === undefined ? { scale: TIMES } : { upscaler: linkTo({ node: network, output: "upscaler" }) };
}

/**
 * Where model, VAE and conditionings come from: from a node that samples already, else from new nodes.
 *
 * @param {Work} work
 * @param {string} type  for which settings are wanted
 * @returns {{model: Json, vae: Json, settings: {[input: string]: Json}}}
 */
function sources(work, type) {
  const nodes = [...work.draft.level(work.level).nodes.entries.values()];
  const samples = nodes.find((node) => node.type === type) ?? nodes.find(({ type: other }) => SAMPLES.has(other));
  const known = work.catalogue.nodes.get(type)?.inputs;
  const settings = Object.fromEntries(
    [...(samples?.inputs ?? [])].filter(([name]) => TAKEN_OVER.has(name) && known?.has(name)),
  );
  const vae = nodes.map((node) => node.inputs.get("vae")).find((value) => value !== undefined && linksIn(value).length > 0);
  const model = samples?.inputs.get("model");
  if (model !== undefined && vae !== undefined && settings.positive !== undefined) return { model, vae, settings };
  return { ...fresh(work, nodes), ...(samples === undefined ? {} : { settings }) };
}

const SAMPLES = new Set(["KSampler", "Inpaint"]);
const TAKEN_OVER = new Set(["positive", "negative", "seed", "steps", "cfg", "sampler", "schedule"]);

/** A model and two prompts of its own. @param {Work} work @param {Node[]} nodes */
function fresh(work, nodes) {
  const chosen = nodes.find(({ type }) => type === "LoadModel")?.inputs.get("model") ?? "solids";
  const node = add(work, 0, 1, "LoadModel", { model: chosen });
  const encoder = linkTo({ node, output: "text_encoder" });
  const prompts = [1, 2].map((row) => add(work, 1, row, "TextEncode", { encoder, text: "" }));
  const [positive, negative] = prompts.map((id) => linkTo({ node: id, output: "conditioning" }));
  return {
    model: linkTo({ node, output: "model" }),
    vae: linkTo({ node, output: "vae" }),
    settings: /** @type {{[input: string]: Json}} */ ({ positive, negative }),
  };
}

/**
 * @param {Work} work
 * @param {number} column
 * @param {number} row
 * @param {string} type
 * @param {{[input: string]: Json}} inputs
 */
function add({ draft, level, catalogue, at, added }, column, row, type, inputs) {
  const id = addNode(draft, level, type, { x: at.x + column * COLUMN, y: at.y + row * COLUMN }, catalogue, inputs);
  added.push(id);
  return id;
}

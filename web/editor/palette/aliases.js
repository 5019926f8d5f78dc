/**
 * Words under which people who come from other programs look for a node, beside the names that the nodes give themselves
 * (`peers`).
 *
 * AUTOMATIC1111's and InvokeAI's words first, then what people simply say. A word of a node that is not installed finds
 * nothing.
 */

/** @type {Readonly<Record<string, readonly string[]>>} */
export const ALIASES = Object.freeze({
  LoadModel: ["checkpoint", "ckpt", "main model", "Load Checkpoint", "unet", "diffusion model"],
  TextEncode: ["prompt", "clip text", "conditioning", "compel", "positive prompt", "negative prompt"],
  KSampler: ["ks", "sampler", "denoise latents", "txt2img", "img2img", "generate", "diffuse"],
  EmptyLatent: ["empty latent image", "noise", "size", "width height", "resolution", "canvas", "batch size"],
  VAEDecode: ["latents to image", "l2i", "decode"],
  VAEEncode: ["image to latents", "i2l", "img2img", "encode"],
  LoadImage: ["open image", "image primitive", "upload", "picture", "init image"],
  LoadImages: ["batch from folder", "directory", "pictures"],
  SaveImage: ["save", "output", "export", "write picture"],
  Preview: ["show", "view", "display", "preview image", "show any"],
  ImageResize: ["scale", "resize", "upscale image", "size"],
  ImageBatch: ["join images", "collect images", "make batch"],
  ImageGrid: ["x/y plot", "xy plot", "contact sheet", "tile", "collage"],
  ImageSize: ["dimensions", "get width", "get height"],
  ImagesFromBatch: ["split batch", "unbatch", "iterate images"],
  Text: ["string", "string primitive", "note"],
  TextTemplate: ["format", "concat", "join text", "wildcard", "string join"],
  TextLines: ["split text", "prompts from file", "dynamic prompts", "iterate text"],
  Integer: ["int", "integer primitive", "whole number", "seed"],
  Number: ["float", "float primitive", "decimal"],
  Flag: ["boolean", "toggle", "checkbox", "bool"],
  Math: ["calculate", "add", "multiply", "integer math", "float math"],
  Switch: ["if", "choose", "condition", "branch"],
  SeedList: ["random seeds", "batch count", "n iter", "random range"],
  MakeList: ["collect", "array", "iterate"],
  ListItem: ["select", "index", "pick"],
  ListLength: ["count"],
  Reroute: ["bend", "dot", "knot", "pass through"],
  Repeat: ["duplicate", "times"],
});

/**
 * What a node has to show below its rows: pictures and values that came out of it, or the preview of what it is making.
 */

/** @typedef {import("../session/node_run.js").NodeRun} NodeRun */
/** @typedef {Readonly<{url: string, width: number, height: number, name: string}>} Picture */
/**
 * @typedef {Readonly<{preview: string | null, pictures: readonly Picture[], texts: readonly string[]}>} Media
 */

/** @param {NodeRun} run @returns {Media} */
export function mediaOf(run) {
  const entries = Object.values(run.outputs ?? {}).flat();
  const pictures = entries.flatMap(pictureOf);
  return {
    preview: run.state === "running" ? (run.preview ?? null) : null,
    pictures,
    texts: entries.flatMap((entry) =>
      entry && typeof entry === "object" && "value" in entry ? [plain(entry.value)] : [],
    ),
  };
}

/** @param {any} entry @returns {Picture[]} */
function pictureOf(entry) {
  if (!entry || typeof entry.url !== "string" || !/\.(png|webp|jpe?g)$/.test(entry.url)) return [];
  return [
    {
      url: entry.url,
      width: Number(entry.width) || 1,
      height: Number(entry.height) || 1,
      name: String(entry.asset ?? "picture"),
    },
  ];
}

/** @param {unknown} value */
function plain(value) {
  return typeof value === "string" ? value : JSON.stringify(value, null, 1);
}

/**
 * Height by width of the area: that of the first picture; a square where one is sure to come; 0 where there is nothing.
 * A preview
 * hangs below a node that has no area, so that nothing moves while it runs.
 * @param {NodeRun} run @param {boolean} promised the node is an output, or an output of the workflow
 */
export function ratioOf(run, promised) {
  const { pictures, texts } = mediaOf(run);
  if (pictures.length > 0) return pictures.length > 1 ? 1 : Math.min(1.6, pictures[0].height / pictures[0].width);
  if (texts.length) return 0.4;
  return promised ? 1 : 0;
}

/**
 * A picture's pixels: loaded once, read one by one, held against another's.
 *
 * @typedef {{readonly width: number, readonly height: number, readonly canvas: OffscreenCanvas, readonly data: Uint8ClampedArray}} Pixels
 *   `data`: red, green, blue and alpha of each pixel, 0 to 255, row by row
 * @typedef {{readonly canvas: OffscreenCanvas, readonly changed: number, readonly largest: number}} Difference
 *   `changed`: the share of pixels that differ at all, 0 to 1; `largest`: the largest difference of a channel, 0 to 255
 */

/**
 * @param {string} url
 * @returns {Promise<Pixels>}
 */
export async function loadPixels(url) {
  const image = new Image(); // which may come from where a page may not fetch: a view's own data
  image.src = url;
  await image.decode().catch(() => {
    throw new Error("This picture cannot be shown; perhaps it was deleted");
  });
  const bitmap = await createImageBitmap(image, { colorSpaceConversion: "none" });
  return drawn(bitmap, bitmap.width, bitmap.height, true);
}

/**
 * The same picture at another's size; itself where it has it.
 *
 * @param {Pixels} pixels
 * @param {{width: number, height: number}} size
 * @returns {Pixels}
 */
export function sized(pixels, { width, height }) {
  return pixels.width === width && pixels.height === height ? pixels : drawn(pixels.canvas, width, height, false);
}

/** @param {CanvasImageSource} source @param {number} width @param {number} height @param {boolean} sharp @returns {Pixels} */
function drawn(source, width, height, sharp) {
  const canvas = new OffscreenCanvas(width, height);
  const context = /** @type {OffscreenCanvasRenderingContext2D} */ (canvas.getContext("2d", { willReadFrequently: true }));
  context.imageSmoothingEnabled = !sharp;
  context.drawImage(source, 0, 0, width, height);
  return { width, height, canvas, data: context.getImageData(0, 0, width, height).data };
}

/** @param {Pixels} pixels @param {{x: number, y: number}} at @returns {[number, number, number, number]} */
export function valueAt({ data, width }, { x, y }) {
  const at = 4 * (y * width + x);
  return [data[at] ?? 0, data[at + 1] ?? 0, data[at + 2] ?? 0, data[at + 3] ?? 0];
}

/** @param {readonly [number, number, number, number]} value */
export function colourWords([red, green, blue, alpha]) {
  const hex = [red, green, blue].map((one) => one.toString(16).padStart(2, "0")).join("");
  return `#${hex}  ${red} ${green} ${blue}${alpha === 255 ? "" : ` alpha ${alpha}`}`;
}

/**
 * How much two pictures of one size differ, a channel each, made `gain` times brighter.
 *
 * @param {Pixels} a
 * @param {Pixels} b
 * @param {number} gain
 * @returns {Difference}
 */
export function difference(a, b, gain) {
  const image = new ImageData(a.width, a.height);
  let changed = 0;
  let largest = 0;
  for (let at = 0; at < image.data.length; at += 4) {
    let most = Math.abs(a.data[at + 3] - b.data[at + 3]);
    for (let channel = at; channel < at + 3; channel += 1) {
      const by = Math.abs(a.data[channel] - b.data[channel]);
      most = Math.max(most, by);
      image.data[channel] = by * gain;
    }
    image.data[at + 3] = 255;
    if (most > 0) changed += 1;
    largest = Math.max(largest, most);
  }
  const canvas = new OffscreenCanvas(a.width, a.height);
  canvas.getContext("2d")?.putImageData(image, 0, 0);
  return { canvas, changed: changed / (a.width * a.height), largest };
}

/**
 * A picture's file without what it tells of itself: the workflow, EXIF and comments go, not a pixel changes.
 *
 * PNG loses its text and EXIF chunks (PNG third edition, 11.3.3 and 11.3.4.2), JPEG its application segments but the one
 * that names its colours (ITU T.81, B.2.4.6), WebP its EXIF and XMP chunks and the flags that announce them (RFC 9649, 2.7).
 */

const PNG_TEXTS = new Set(["tEXt", "zTXt", "iTXt", "eXIf"]);
const WEBP_TEXTS = new Set(["EXIF", "XMP "]);
const WEBP_FLAGS = 0b1100; // EXIF and XMP in the first byte of VP8X
const PNG_START = 8;
const WEBP_START = 12;

/**
 * Throws RangeError for what is none of the three, or is cut short.
 *
 * @param {Uint8Array} file
 * @returns {Uint8Array<ArrayBuffer>}
 */
export function stripped(file) {
  const start = ascii(file, 0, 12);
  if (start.slice(1, 4) === "PNG") return joined(pngParts(file));
  if (start.startsWith("RIFF") && start.endsWith("WEBP")) return webp(file);
  if (file[0] === 0xff && file[1] === 0xd8) return joined(jpegParts(file));
  throw new RangeError("this is no PNG, JPEG or WebP");
}

/** @param {Uint8Array} file @returns {Uint8Array[]} */
function pngParts(file) {
  const view = viewOf(file);
  const parts = [file.subarray(0, PNG_START)];
  for (let at = PNG_START; at < file.length; ) {
    const end = at + 12 + view.getUint32(at);
    if (!PNG_TEXTS.has(ascii(file, at + 4, 4))) parts.push(file.subarray(at, end));
    at = end;
  }
  return parts;
}

/** @param {Uint8Array} file @returns {Uint8Array[]} */
function jpegParts(file) {
  const view = viewOf(file);
  const parts = [file.subarray(0, 2)];
  for (let at = 2; at < file.length; ) {
    const marker = view.getUint16(at);
    if (marker === 0xffda) return [...parts, file.subarray(at)]; // the picture's data, up to the end
    const end = at + 2 + view.getUint16(at + 2);
    const names = ascii(file, at + 4, 11) === "ICC_PROFILE" || marker === 0xffe0 || marker === 0xffee;
    const told = (marker >= 0xffe0 && marker <= 0xffef && !names) || marker === 0xfffe;
    if (!told) parts.push(file.subarray(at, end));
    at = end;
  }
  throw new RangeError("this JPEG is cut short");
}

/** @param {Uint8Array} file */
function webp(file) {
  const view = viewOf(file);
  const parts = [file.slice(0, WEBP_START)];
  for (let at = WEBP_START; at < file.length; ) {
    const length = view.getUint32(at + 4, true);
    const end = at + 8 + length + (length % 2);
    const kind = ascii(file, at, 4);
    const part = file.slice(at, end);
    if (kind === "VP8X") part[8] = /** @type {number} */ (part[8]) & ~WEBP_FLAGS;
    if (!WEBP_TEXTS.has(kind)) parts.push(part);
    at = end;
  }
  const whole = joined(parts);
  viewOf(whole).setUint32(4, whole.length - 8, true);
  return whole;
}

/** @param {Uint8Array} file */
function viewOf(file) {
  return new DataView(file.buffer, file.byteOffset, file.byteLength);
}

/** @param {Uint8Array} file @param {number} at @param {number} length */
function ascii(file, at, length) {
  return String.fromCharCode(...file.subarray(at, at + length));
}

/** @param {readonly Uint8Array[]} parts */
function joined(parts) {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/**
 * Names that nobody else has. `crypto.randomUUID` is kept from pages that came over plain HTTP, as in a home network.
 */

/**
 * Random hexadecimal digits.
 *
 * @param {number} digits
 * @returns {string}
 */
export function randomHex(digits) {
  const bytes = crypto.getRandomValues(new Uint8Array(Math.ceil(digits / 2)));
  return [...bytes]
    .map((byte) => byte.toString(16).padStart(2, "0"))
    .join("")
    .slice(0, digits);
}

/**
 * Numbers typed as sums: `512*2`, `(1024 + 64) / 8`, `2^10`, `-3`, `1e-4`, `1024%100`.
 *
 * A parser by precedence over its own tokens, so that nothing typed is ever run as code.
 *
 *     sum     = product { ("+" | "-") product }
 *     product = power { ("*" | "/" | "%") power }
 *     power   = sign [ ("^" | "**") power ]
 *     sign    = { "+" | "-" } ( number | "(" sum ")" )
 */

const TOKEN = /\s*(\d+\.?\d*(?:e[+-]?\d+)?|\.\d+(?:e[+-]?\d+)?|\*\*|[-+*/%^()])/iy;

/**
 * The value of what was typed, or a sentence that says what is wrong with it.
 * @param {string} text
 * @returns {{value: number} | {fault: string}}
 */
export function evaluated(text) {
  const read = tokens(text.replaceAll(",", ".").replaceAll("×", "*").replaceAll("÷", "/"));
  if ("fault" in read) return read;
  const reader = new Reader(read.tokens);
  try {
    const value = reader.sum();
    if (reader.next !== undefined) return { fault: `“${reader.next}” is not expected there` };
    return Number.isFinite(value) ? { value } : { fault: "the result is not a number" };
  } catch (error) {
    if (error instanceof Unexpected) return { fault: error.message };
    throw error;
  }
}

/** @param {string} text @returns {{tokens: string[]} | {fault: string}} */
function tokens(text) {
  const found = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.trimEnd().length) {
    const from = TOKEN.lastIndex;
    const match = TOKEN.exec(text);
    if (!match) return { fault: `“${text.slice(from).trim()}” is not a number` };
    found.push(/** @type {string} */ (match[1]));
  }
  return found.length ? { tokens: found } : { fault: "a number is wanted" };
}

class Unexpected extends Error {}

class Reader {
  /** @param {string[]} read */
  constructor(read) {
    this.read = read;
    this.at = 0;
  }

  get next() {
    return this.read[this.at];
  }

  /** @param {...string} wanted */
  took(...wanted) {
    const next = this.next;
    if (next === undefined || !wanted.includes(next)) return undefined;
    this.at += 1;
    return next;
  }

  /** @returns {number} */
  sum() {
    let value = this.product();
    for (let sign = this.took("+", "-"); sign; sign = this.took("+", "-")) {
      const by = this.product();
      value = sign === "+" ? value + by : value - by;
    }
    return value;
  }

  /** @returns {number} */
  product() {
    let value = this.power();
    for (let sign = this.took("*", "/", "%"); sign; sign = this.took("*", "/", "%")) {
      const by = this.power();
      value = sign === "*" ? value * by : sign === "/" ? value / by : value % by;
    }
    return value;
  }

  /** @returns {number} */
  power() {
    if (this.took("-")) return -this.power();
    if (this.took("+")) return this.power();
    const base = this.single();
    return this.took("^", "**") ? base ** this.power() : base;
  }

  /** @returns {number} */
  single() {
    if (this.took("(")) {
      const value = this.sum();
      if (!this.took(")")) throw new Unexpected("a bracket is not closed");
      return value;
    }
    const next = this.next;
    if (next === undefined) throw new Unexpected("something is missing at the end");
    if (!/^[\d.]/.test(next)) throw new Unexpected(`“${next}” is not expected there`);
    this.at += 1;
    return Number(next);
  }
}

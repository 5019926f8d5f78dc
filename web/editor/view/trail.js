/** Where the camera has been: jumps are remembered (find, fit, a fault that was gone to), not every pixel of a pan. */

/** @typedef {import("./camera.js").Camera} Camera */

const KEPT = 50;

export class Trail {
  /** @type {Camera[]} */ #before = [];
  /** @type {Camera[]} */ #after = [];

  /** @param {() => import("../session/tab.js").Tab} tab */
  constructor(tab) {
    this.tab = tab;
  }

  /** Jump there, and remember where it was. @param {Camera} to */
  jump(to) {
    this.#before.push(this.tab().camera.peek());
    this.#after = [];
    if (this.#before.length > KEPT) this.#before.shift();
    this.tab().camera.value = to;
  }

  /** @param {1 | -1} way */
  go(way) {
    const [from, to] = way < 0 ? [this.#before, this.#after] : [this.#after, this.#before];
    const next = from.pop();
    if (!next) return;
    to.push(this.tab().camera.peek());
    this.tab().camera.value = next;
  }
}

/**
 * The pictures that are shown in the gallery: pages of them as they are scrolled to, what is selected, what bears a star.
 *
 * @typedef {import("../session/app.js").App} App
 * @typedef {import("../session/history.js").Result} Result
 * @typedef {{readonly starred: boolean, readonly here: boolean}} Filter  `here`: of the workflow that is open
 */

import { batch, signal } from "../vendor/signals-core/signals-core.mjs";
import { errorWords } from "../model/errors.js";
import { deleteAsset, results, star } from "../session/history.js";

const PAGE = 60;
const AT_ONCE = 6;

export class Results {
  /** @type {import("../vendor/signals-core/signals-core.mjs").Signal<readonly Result[]>} */
  items = signal([]);
  /** SHA-256 of the selected ones. @type {import("../vendor/signals-core/signals-core.mjs").Signal<ReadonlySet<string>>} */
  selected = signal(new Set());
  /** @type {import("../vendor/signals-core/signals-core.mjs").Signal<Filter>} */
  filter = signal({ starred: false, here: false });
  /** @type {import("../vendor/signals-core/signals-core.mjs").Signal<"new" | "loading" | "some" | "all" | "failed">} */
  state = signal("new");
  /** @type {number | null} */
  #next = null;
  #asked = 0;

  /** @param {App} app */
  constructor(app) {
    this.app = app;
  }

  /** The newest ones again; what was scrolled to stays. */
  async refresh() {
    const asked = (this.#asked += 1);
    try {
      const page = await results(this.app.api, { ...this.#query(), limit: PAGE });
      if (asked !== this.#asked) return;
      const fresh = new Set(page.results.map(({ sha256 }) => sha256));
      const last = page.results.at(-1)?.number ?? 0;
      const older = page.next === null ? [] : this.items.peek().filter((item) => item.number < last && !fresh.has(item.sha256));
      batch(() => {
        this.items.value = [...page.results, ...older];
        if (older.length === 0) this.#next = page.next;
        this.state.value = this.#next === null ? "all" : "some";
      });
    } catch (error) {
      this.state.value = "failed";
      this.app.say(errorWords(error), "assertive");
    }
  }

  /** The next page, unless it is on its way. */
  async more() {
    if (this.state.peek() !== "some" || this.#next === null) return;
    this.state.value = "loading";
    const asked = this.#asked;
    try {
      const page = await results(this.app.api, { ...this.#query(), before: this.#next, limit: PAGE });
      if (asked !== this.#asked) return;
      batch(() => {
        const known = new Set(this.items.peek().map(({ sha256 }) => sha256));
        this.items.value = [...this.items.peek(), ...page.results.filter(({ sha256 }) => !known.has(sha256))];
        this.#next = page.next;
        this.state.value = page.next === null ? "all" : "some";
      });
    } catch {
      if (asked === this.#asked) this.state.value = "some";
    }
  }

  /** @param {Partial<Filter>} change */
  show(change) {
    batch(() => {
      this.filter.value = { ...this.filter.peek(), ...change };
      this.items.value = [];
      this.selected.value = new Set();
      this.state.value = "new";
    });
    return this.refresh();
  }

  #query() {
    const { starred, here } = this.filter.peek();
    return { starred, ...(here ? { workflow: this.app.active.peek().key.peek() } : {}) };
  }

  /** The selected pictures, as they stand in the gallery. @returns {Result[]} */
  get chosen() {
    return this.items.peek().filter(({ sha256 }) => this.selected.peek().has(sha256));
  }

  /** @param {string} sha256 @param {boolean} [on] */
  select(sha256, on = !this.selected.peek().has(sha256)) {
    const next = new Set(this.selected.peek());
    if (on) next.add(sha256);
    else next.delete(sha256);
    this.selected.value = next;
  }

  /** Select all from one to another. @param {number} from @param {number} to */
  selectRange(from, to) {
    const between = this.items.peek().slice(Math.min(from, to), Math.max(from, to) + 1);
    this.selected.value = new Set([...this.selected.peek(), ...between.map(({ sha256 }) => sha256)]);
  }

  /** @param {readonly {sha256: string}[]} pictures @param {boolean} on */
  async star(pictures, on) {
    const stars = new Set(pictures.map(({ sha256 }) => sha256));
    await each(pictures, ({ sha256 }) => star(this.app.api, sha256, on));
    this.items.value = this.items.peek().map((item) => (stars.has(item.sha256) ? { ...item, starred: on } : item));
    this.app.say(`${count(pictures.length)} ${on ? "starred" : "no longer starred"}`);
  }

  /** Delete for good. @param {readonly {sha256: string}[]} pictures */
  async remove(pictures) {
    const gone = new Set();
    try {
      await each(pictures, async ({ sha256 }) => {
        await deleteAsset(this.app.api, sha256);
        gone.add(sha256);
      });
    } finally {
      batch(() => {
        this.items.value = this.items.peek().filter(({ sha256 }) => !gone.has(sha256));
        this.selected.value = new Set([...this.selected.peek()].filter((sha256) => !gone.has(sha256)));
      });
    }
    this.app.say(`${count(gone.size)} deleted`);
  }
}

/** @param {number} pictures */
export function count(pictures) {
  return pictures === 1 ? "1 picture" : `${pictures} pictures`;
}

/**
 * A few at a time.
 *
 * @template T
 * @param {readonly T[]} items
 * @param {(item: T) => Promise<unknown>} work
 */
async function each(items, work) {
  for (let at = 0; at < items.length; at += AT_ONCE) await Promise.all(items.slice(at, at + AT_ONCE).map(work));
}

/** @type {WeakMap<App, Results>} */
const stores = new WeakMap();

/** The one store of a page. @param {App} app */
export function resultsOf(app) {
  let found = stores.get(app);
  if (found === undefined) stores.set(app, (found = new Results(app)));
  return found;
}

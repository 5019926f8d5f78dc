import { toJson } from "../../../../web/editor/model/document.js";
import { Api, ApiError } from "../../../../web/editor/session/api.js";
import { App } from "../../../../web/editor/session/app.js";
import { Outside, keepMine, reload } from "../../../../web/editor/session/outside.js";
import { Peers } from "../../../../web/editor/session/peers.js";
import { saveAs } from "../../../../web/editor/session/saving.js";
import { Settings } from "../../../../web/editor/session/settings.js";
import { Tab } from "../../../../web/editor/session/tab.js";
import { equal, test } from "./harness.js";
import { documentOf } from "./sample.js";

/** @typedef {import("../../../../web/editor/model/json.js").Json} Json */

/** @param {Json} steps */
const sampler = (steps) => documentOf({ sampler: ["KSampler", { steps }] });

/** But for what only one side says that it needs. @param {unknown} workflow */
const text = (workflow) => JSON.stringify(workflow, (key, value) => (key === "requires" ? undefined : value));

/** A library of one file, as its server answers; texts are compared as they are. */
class Library {
  text = "";
  /** Called before a save is answered: others may hear of it first. */
  before = async () => {};

  get etag() {
    return this.text === "" ? null : `e${this.text.length}-${[...this.text].reduce((sum, one) => (sum * 31 + one.charCodeAt(0)) % 1e9, 7)}`;
  }

  /** @returns {Api} */
  get api() {
    return Object.assign(new Api(), {
      workflows: async () => (this.etag === null ? [] : [{ name: "cat", etag: this.etag, bytes: 1, modified: 1 }]),
      workflow: async () => {
        if (this.etag === null) throw new ApiError(404, "unknown_document", "there is no 'cat'");
        return { text: this.text, etag: `"${this.etag}"` };
      },
      open: async (/** @type {Blob} */ file) => ({ workflow: JSON.parse(await file.text()) }),
      save: async (/** @type {string} */ _, /** @type {unknown} */ workflow) => {
        this.text = JSON.stringify(workflow);
        await this.before();
        return { name: "cat", etag: this.etag };
      },
      deleteDraft: async () => {},
      _send: async (/** @type {string} */ _, /** @type {string} */ __, /** @type {{before: unknown, after: unknown}} */ { before, after }) => ({
        changes: text(before) === text(after) ? [] : [{ node: null, message: "differs" }],
      }),
    });
  }

  /** @param {import("./sample.js").Document} document */
  write(document) {
    this.text = JSON.stringify(toJson(document));
  }
}

/** A window with the file open. @param {Library} library */
function opened(library) {
  const app = new App(library.api, new Settings(/** @type {any} */ ({ getItem: () => null, setItem: () => {} })));
  const tab = new Tab("cat", sampler(1), { name: "cat", etag: `"${library.etag}"` });
  app.tabs.value = [tab];
  app.active.value = tab;
  return { app, tab, outside: new Outside(app) };
}

/** @param {Tab} tab */
const steps = (tab) => tab.level.peek().nodes.get("sampler")?.inputs.get("steps");

/** A library with the file in it. */
function filled() {
  const library = new Library();
  library.write(new Tab("cat", sampler(1)).document.peek());
  return library;
}

test("a file that somebody else changed is told of once, and no more when it is as it was", async () => {
  const library = filled();
  const { app, tab, outside } = opened(library);
  const before = library.text;
  library.write(sampler(9));
  await outside.look();
  const told = app.outside.peek();
  equal(told.get(tab)?.etag, library.etag);
  await outside.look();
  equal(app.outside.peek() === told, true);
  library.text = before;
  await outside.look();
  equal(app.outside.peek().size, 0);
});

test("a file that says what is open is taken for seen, however it came there", async () => {
  const library = filled();
  const { app, tab, outside } = opened(library);
  tab.edit("Steps", (draft) => draft.level("").setInput("sampler", "steps", 2));
  library.write(tab.document.peek());
  await outside.look();
  equal([app.outside.peek().size, tab.etag.peek(), tab.dirty.peek()], [0, library.etag, false]);
});

test("what is open is saved where somebody else's save only added what it needs", async () => {
  const library = filled();
  const { app, tab, outside } = opened(library);
  library.text = JSON.stringify({ ...JSON.parse(library.text), requires: { packs: {}, models: { solids: { family: "sd" } } } });
  await outside.look();
  equal([app.outside.peek().size, tab.etag.peek(), tab.dirty.peek()], [0, library.etag, false]);
});

test("what this window saves is nobody else's, though the server tells of it before it answers", async () => {
  const library = filled();
  const { app, tab, outside } = opened(library);
  /** @type {Promise<void>} */
  let looked = Promise.resolve();
  library.before = async () => {
    tab.edit("Steps", (draft) => draft.level("").setInput("sampler", "steps", 3)); // it is not even what is open any more
    looked = outside.look();
    await new Promise((go) => setTimeout(go, 0));
  };
  let seen = 0;
  app.outside.subscribe((map) => void (seen += map.size));
  await saveAs(app, tab, "cat", tab.etag.peek());
  await looked;
  equal([seen, tab.etag.peek(), tab.dirty.peek()], [0, library.etag, true]);
});

test("a reload is one step, after which the file is what is open; undo brings back what was", async () => {
  const library = filled();
  const { app, tab, outside } = opened(library);
  library.write(sampler(9));
  await outside.look();
  reload(app, tab);
  equal([steps(tab), tab.dirty.peek(), tab.etag.peek(), tab.history.peek().done.length], [9, false, library.etag, 1]);
  tab.undo();
  equal([steps(tab), tab.dirty.peek()], [1, true]);
  await outside.look();
  equal(app.outside.peek().size, 0);
});

test("who keeps his own saves over what was changed, or anew what is gone", async () => {
  const library = filled();
  const { app, tab, outside } = opened(library);
  library.write(sampler(9));
  await outside.look();
  keepMine(app, tab);
  await outside.look();
  equal([steps(tab), tab.dirty.peek(), tab.etag.peek(), app.outside.peek().size], [1, true, library.etag, 0]);
  library.text = "";
  await outside.look();
  equal(app.outside.peek().get(tab), { etag: null, document: null, broken: null });
  keepMine(app, tab);
  await outside.look();
  equal([tab.dirty.peek(), tab.etag.peek(), app.outside.peek().size], [true, null, 0]);
});

test("what another window says that it saved is known here, and its edits since are no part of it", () => {
  const library = filled();
  const [one, two] = [opened(library), opened(library)];
  /** @type {((event: {data: any}) => void)[]} */
  const listeners = [];
  const channel = (/** @type {number} */ own) => ({
    postMessage: (/** @type {any} */ data) => listeners.forEach((listener, place) => place !== own && listener({ data })),
    addEventListener: (/** @type {string} */ _, /** @type {any} */ listener) => void listeners.push(listener),
  });
  [one, two].forEach(({ app, tab }, place) => new Peers(app, /** @type {any} */ (channel(place)), `w${place}`, () => () => {}).follow(tab));
  one.tab.edit("Steps", (draft) => draft.level("").setInput("sampler", "steps", 2));
  const saved = one.tab.document.peek();
  one.tab.edit("Steps", (draft) => draft.level("").setInput("sampler", "steps", 3));
  one.tab.etag.value = "new";
  one.tab.saved.value = saved;
  equal([steps(two.tab), two.tab.etag.peek(), two.tab.dirty.peek()], [3, "new", true]);
  equal([one.tab.dirty.peek(), one.tab.saved.peek() === saved], [true, true]);
});

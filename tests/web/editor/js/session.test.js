import { normal, pressed, shownKeys } from "../../../../web/editor/commands/keys.js";
import { CommandTable } from "../../../../web/editor/commands/table.js";
import { levelOf } from "../../../../web/editor/model/document.js";
import { extract } from "../../../../web/editor/model/edits/extract.js";
import { deleteNodes } from "../../../../web/editor/model/edits/nodes.js";
import { Api, ApiError } from "../../../../web/editor/session/api.js";
import { App } from "../../../../web/editor/session/app.js";
import { byAddress, costOf, withUses } from "../../../../web/editor/session/checked.js";
import { Following } from "../../../../web/editor/session/following.js";
import { makersOf } from "../../../../web/editor/session/node_runs.js";
import { submit } from "../../../../web/editor/session/running.js";
import { Settings } from "../../../../web/editor/session/settings.js";
import { EventSocket } from "../../../../web/editor/session/socket.js";
import { Tab } from "../../../../web/editor/session/tab.js";
import { runWords } from "../../../../web/editor/shell/words.js";
import { equal, ok, test, throws } from "./harness.js";
import { TEXT_TO_IMAGE, catalogue, given } from "./sample.js";

/** An app with a server of the test's making. @param {Partial<Api>} [answers] */
function appWith(answers = {}) {
  const app = new App(Object.assign(new Api(), answers), new Settings(memory()));
  app.catalogue.value = catalogue;
  app.commands = new CommandTable(app);
  return app;
}

/** A storage that forgets. @returns {Storage} */
function memory() {
  const held = new Map();
  return /** @type {any} */ ({
    getItem: (/** @type {string} */ key) => held.get(key) ?? null,
    setItem: (/** @type {string} */ key, /** @type {string} */ value) => held.set(key, value),
  });
}

/** @param {Partial<KeyboardEventInit>} init */
const press = (init) => pressed(new KeyboardEvent("keydown", init), false);

test("keys have one form, however they are written, and are named as they are pressed", () => {
  equal(normal("shift+mod+z"), "Mod+Shift+Z");
  equal(normal("Shift++"), "Shift++");
  equal(press({ key: "z", code: "KeyZ", ctrlKey: true }), "Mod+Z");
  equal(press({ key: "!", code: "Digit1", altKey: true, shiftKey: true }), "Alt+Shift+1");
  equal(press({ key: "Shift", shiftKey: true }), null);
  equal(shownKeys("Mod+Enter", false), "Ctrl+Enter");
  equal(shownKeys("Mod+Enter", true), "⌘ Enter");
});

test("a key does the one thing that can be done now, in a text field only what may be done there", async () => {
  const app = appWith();
  /** @type {string[]} */
  const done = [];
  let can = false;
  app.commands.add([
    { id: "a.one", title: "One", group: "A", keys: ["Mod+J"], when: () => can, run: () => done.push("one") },
    { id: "a.two", title: "Two", group: "A", keys: ["mod+j"], run: () => done.push("two") },
    { id: "a.field", title: "Field", group: "A", keys: ["Mod+S"], inFields: true, run: () => done.push("field") },
  ]);
  equal(app.commands.forKey("Mod+J", false)?.id, "a.two");
  can = true;
  equal(app.commands.forKey("Mod+J", false)?.id, "a.one");
  equal(app.commands.forKey("Mod+J", true), null);
  equal(app.commands.forKey("Mod+S", true)?.id, "a.field");
  throws(() => app.commands.add([{ id: "a.one", title: "", group: "", run: () => {} }]), /two commands a\.one/);
});

test("a user's own keys take the place of a command's", () => {
  const app = appWith();
  app.commands.add([
    { id: "a.one", title: "One", group: "A", keys: ["Mod+J"], run: () => {} },
    { id: "a.two", title: "Two", group: "A", run: () => {} },
  ]);
  equal(
    app.commands.clashes("a.two", "mod+j").map(({ id }) => id),
    ["a.one"],
  );
  app.settings.bind("a.one", ["F7"]);
  equal([app.commands.forKey("Mod+J", false)?.id, app.commands.forKey("F7", false)?.id], [undefined, "a.one"]);
  app.settings.bind("a.one", null);
  equal(app.commands.keysOf("a.one"), ["Ctrl+J"]);
});

test("a command that fails says why, and throws at nobody", async () => {
  const app = appWith();
  app.commands.add([{ id: "a.bad", title: "Bad", group: "A", run: () => Promise.reject(new Error("no such luck")) }]);
  equal(await app.commands.run("a.bad"), false);
  equal(app.said.peek()?.text, "no such luck");
});

test("faults and plans inside a sub-workflow show at its use, the worst first", () => {
  const fault = { code: "x", node: "u/v/n", input: "a", message: "wrong" };
  const faults = byAddress([fault, { code: "y", node: null, input: null, message: "all wrong" }]);
  equal([...faults.keys()], ["u/v/n", "u/v", "u", ""]);
  equal(faults.get("u"), [{ ...fault, input: null }]);
  const plan = new Map(
    /** @type {const} */ ([
      ["u/a", { state: "cached", why: "" }],
      ["u/b", { state: "stale", why: "steps 1 → 2", seconds: 3 }],
      ["c", { state: "new", why: "", seconds: 1 }],
    ]),
  );
  equal(withUses(plan).get("u"), { state: "stale", why: "b: steps 1 → 2", seconds: 3 });
  equal(costOf(plan), { run: 2, of: 3, seconds: 4 });
});

test("a gesture is one step, and what it shows on the way is none", () => {
  const tab = new Tab("k", TEXT_TO_IMAGE);
  const gesture = tab.gesture("Move");
  for (const x of [10, 20, 30]) gesture.update((draft) => draft.level("").place("prompt", { x, y: 0 }));
  equal(levelOf(tab.document.peek(), "").nodes.get("prompt")?.ui.x, 30);
  gesture.commit();
  equal(tab.history.peek().done.length, 1);
  equal(tab.undo(), "Move");
  ok(!tab.dirty.peek(), "undone to the start, nothing is changed");
  const dropped = tab.gesture("Move");
  dropped.update((draft) => draft.level("").place("prompt", { x: 99, y: 0 }));
  dropped.cancel();
  ok(!tab.dirty.peek());
});

test("undo takes back neither camera nor results", () => {
  const tab = new Tab("k", TEXT_TO_IMAGE);
  tab.edit("Steps", (draft) => draft.level("").setInput("sampler", "steps", 4));
  tab.camera.value = { x: 5, y: 6, zoom: 2 };
  tab.runs.together(() => tab.runs.set("sampler", { state: "ran", seconds: 1 }));
  tab.undo();
  equal(tab.camera.peek(), { x: 5, y: 6, zoom: 2 });
  equal(tab.nodeRun("sampler").peek().state, "ran");
});

test("a level that is no longer there is left, and undo leads back to where the change was", () => {
  const tab = new Tab("k", TEXT_TO_IMAGE);
  tab.edit("Fold", (draft) => void extract(draft, "", ["sampler"], "part", catalogue));
  tab.enter(["part"]);
  tab.edit("Steps", (draft) => draft.level("part").setInput("sampler", "steps", 4));
  equal([tab.levelName.peek(), tab.prefix.peek()], ["part", "part/"]);
  tab.enter([]);
  tab.undo();
  equal(tab.path.peek(), ["part"]);
  tab.undo();
  equal([tab.path.peek(), tab.levelName.peek()], [[], ""]);
});

test("a selection holds no node that is gone", () => {
  const tab = new Tab("k", TEXT_TO_IMAGE);
  tab.selection.value = new Set(["prompt", "sampler", "frame:a"]);
  tab.edit("Delete", (draft) => deleteNodes(draft, "", ["prompt"]));
  equal(tab.selection.peek(), new Set(["sampler", "frame:a"]));
});

test("an edit from another window is seen, and is no step of this one", () => {
  const [one, other] = [new Tab("k", TEXT_TO_IMAGE), new Tab("k", TEXT_TO_IMAGE)];
  const diff = one.edit("Steps", (draft) => draft.level("").setInput("sampler", "steps", 4));
  other.receive(structuredClone(diff));
  equal(given(other.document.peek(), "sampler", "steps"), 4);
  equal(other.undo(), null);
});

test("events change the tab that their run belongs to, and inner nodes show at their use", () => {
  const app = appWith();
  const tab = new Tab("doc", TEXT_TO_IMAGE);
  tab.edit("Fold", (draft) => void extract(draft, "", ["sampler"], "part", catalogue));
  app.tabs.value = [tab, new Tab("other", TEXT_TO_IMAGE)];
  const following = new Following(app);
  const run = "r1";
  following.take([
    { type: "run.queued", run, document: "doc" },
    { type: "run.started", run, time: 1 },
    { type: "run.planned", run, order: ["prompt", "part/sampler", "decode"], cached: ["model"] },
    { type: "node.started", run, node: "part/sampler" },
    { type: "node.progress", run, node: "part/sampler", step: 3, of: 20 },
    { type: "node.started", run: "strange", node: "decode" },
  ]);
  equal([tab.run.peek()?.status, tab.run.peek()?.total, tab.active.peek()], ["running", 3, true]);
  const use = tab.nodeRun("part").peek();
  equal([use.state, use.step, use.of], ["running", 3, 20]);
  equal([tab.nodeRun("model").peek().state, tab.nodeRun("decode").peek().state], ["cached", "queued"]);
  ok(tab.runTouched.peek().has("part/sampler"));
  following.take([
    { type: "node.succeeded", run, node: "part/sampler", seconds: 2 },
    {
      type: "run.succeeded",
      run,
      seconds: 2.5,
      outputs: { image: [{ asset: "image.png", sha256: "ab", type: "Image" }] },
    },
  ]);
  equal([tab.nodeRun("part").peek().state, tab.nodeRun("part").peek().seconds], ["ran", 2]);
  equal(tab.nodeRun("decode").peek().outputs?.image?.[0].url, "/api/assets/ab.png");
  equal([tab.run.peek()?.status, tab.active.peek(), app.tabs.peek()[1]?.run.peek()], ["succeeded", false, null]);
});

test("what an output of the workflow makes is seen at each use around its node", () => {
  const tab = new Tab("doc", TEXT_TO_IMAGE);
  tab.edit("Fold", (draft) => void extract(draft, "", ["decode"], "last", catalogue));
  equal(makersOf(tab.document.peek(), "image"), ["last", "last/decode"]);
  equal(makersOf(tab.document.peek(), "part/save"), ["part/save"]);
});

test("a result is seen where its output leads when the drawing has changed since", () => {
  const tab = new Tab("doc", TEXT_TO_IMAGE);
  tab.runs.together(() => tab.runs.show(tab.document.peek(), { image: [{ asset: "image.png", sha256: "ab" }] }));
  tab.edit("Fold", (draft) => void extract(draft, "", ["decode"], "last", catalogue));
  equal(tab.nodeRun("last").peek().outputs?.image?.[0].url, "/api/assets/ab.png");
  equal(tab.nodeRun("last/decode").peek().outputs?.image?.[0].url, "/api/assets/ab.png");
});

test("a refused run leaves its faults at the nodes and says the first", async () => {
  const fault = { code: "missing_input", node: "sampler", input: "model", message: "sampler needs a model" };
  const app = appWith({ submit: () => Promise.reject(new ApiError(422, "invalid_workflow", "no", [fault])) });
  const tab = new Tab("doc", TEXT_TO_IMAGE);
  equal(await submit(app, tab), null);
  equal(tab.faults.peek().get("sampler"), [fault]);
  equal([tab.run.peek(), app.said.peek()?.text], [null, "Not run: sampler needs a model"]);
});

test("a counting seed moves on once it has run, a random one before every run, and a fixed one never", async () => {
  /** @type {any[]} */
  const sent = [];
  const app = appWith({ submit: (job) => Promise.resolve({ id: `r${sent.push(job)}`, status: "queued" }) });
  const tab = new Tab("doc", TEXT_TO_IMAGE);
  const seedOf = (/** @type {any} */ job) => job.workflow.nodes.sampler.inputs.seed;
  for (const how of ["increment", "increment", "random", "fixed", "fixed"]) {
    tab.edit("Seed", (draft) => draft.level("").draw("sampler", { seed: { seed: how } }));
    await submit(app, tab);
  }
  const seeds = sent.map(seedOf);
  equal(seeds.slice(0, 2), [1, 2]);
  ok(seeds[2] !== 2);
  equal([seeds[3], seeds[4]], [seeds[2], seeds[2]]);
  equal(tab.lastSeed("sampler", "seed"), seeds[2]);
});

test("what is edited while a run is sent is not in it", async () => {
  /** @type {any} */
  let sent;
  const app = appWith({ submit: (job) => ((sent = job), Promise.resolve({ id: "r", status: "queued" })) });
  const tab = new Tab("doc", TEXT_TO_IMAGE);
  const run = submit(app, tab);
  tab.edit("Steps", (draft) => draft.level("").setInput("sampler", "steps", 99));
  await run;
  equal(sent.workflow.nodes.sampler.inputs.steps, 20);
});

test("the socket asks for what it missed, and hands on what came together", async () => {
  /** @type {string[]} */
  const urls = [];
  /** @type {any[]} */
  const handed = [];
  /** @type {EventTarget[]} */
  const sockets = [];
  const connect = (/** @type {string} */ url) => {
    urls.push(new URL(url).search);
    const target = new EventTarget();
    sockets.push(target);
    return /** @type {WebSocket} */ (/** @type {unknown} */ (Object.assign(target, { close: () => {} })));
  };
  await new Promise((done) => {
    const socket = new EventSocket({ message: (list) => handed.push(list), reset: () => {}, state: () => {} }, connect);
    socket.open();
    const [first] = /** @type {[EventTarget]} */ (/** @type {unknown} */ (sockets));
    for (const data of [
      { type: "hello", last: 4 },
      { type: "a", seq: 5 },
      { type: "passing" },
      { type: "b", seq: 6 },
    ]) {
      first.dispatchEvent(new MessageEvent("message", { data: JSON.stringify(data) }));
    }
    first.dispatchEvent(new Event("close"));
    const wait = setInterval(() => {
      if (sockets.length < 2 || handed.length === 0) return;
      clearInterval(wait);
      socket.close();
      done(null);
    }, 10);
  });
  equal(urls, ["", "?since=6"]);
  equal(
    handed.map((list) => list.map((/** @type {any} */ message) => message.type)),
    [["a", "passing", "b"]],
  );
});

test("what a run would cost, and what became of one, is said in a few words", () => {
  const tab = new Tab("doc", TEXT_TO_IMAGE);
  const plan = new Map(
    /** @type {const} */ ([
      ["a", { state: "stale", why: "", seconds: 3.2 }],
      ["b", { state: "cached", why: "" }],
    ]),
  );
  tab.checked.value = { faults: [], notices: [], plan };
  equal(runWords(tab, 0), "1 of 2 nodes would run, about 3.2 s");
  tab.checked.value = {
    faults: [],
    notices: [],
    plan: new Map(/** @type {const} */ ([["b", { state: "cached", why: "" }]])),
  };
  equal(runWords(tab, 0), "Nothing changed: 0 of 1 nodes would run");
  tab.run.value = {
    id: "r",
    status: "succeeded",
    targets: null,
    done: 0,
    total: 0,
    seconds: 4.2,
    began: 0,
    partial: false,
    faults: [],
  };
  tab.checked.value = {
    faults: [{ code: "x", node: "a", input: null, message: "wrong" }],
    notices: [],
    plan: new Map(),
  };
  equal(runWords(tab, 0), "1 fault");
  tab.checked.value = { faults: [], notices: [], plan: new Map() };
  equal(runWords(tab, 0), "Done in 4.2 s");
});

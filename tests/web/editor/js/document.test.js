import { levelOf, parseDocument, toJson } from "../../../../web/editor/model/document.js";
import { NOTHING_DONE, record, redo, undo } from "../../../../web/editor/model/history.js";
import { incoming, linksOf, upstream, downstream } from "../../../../web/editor/model/links.js";
import { applyDiff, mergeDiffs, reverse, transact } from "../../../../web/editor/model/transact.js";
import { equal, ok, test, throws } from "./harness.js";

const FILE = {
  format: "latentloom",
  version: 1,
  title: "Two",
  nodes: {
    a: { type: "Text", inputs: { value: "x" } },
    constructor: {
      type: "Join",
      version: 2,
      mode: "mute",
      inputs: { items: [{ link: "a.value" }, "y", { link: "a.value" }] },
    },
  },
  outputs: { text: { link: "constructor.value" } },
  ui: { nodes: { a: { x: 1, y: 2, mine: [1] }, gone: { x: 3, y: 4 } }, frames: [{ id: "f" }], other: { k: 1 } },
};

test("a file read and written again is the same file", () => {
  equal(toJson(parseDocument(FILE)), FILE);
});

test("a document and all in it is frozen", () => {
  const document = parseDocument(structuredClone(FILE));
  const node = levelOf(document, "").nodes.get("a");
  ok(node !== undefined && Object.isFrozen(node) && Object.isFrozen(node.ui.mine));
});

test("what is no workflow is refused with its place", () => {
  throws(() => parseDocument([]), /the file is not an object/);
  throws(() => parseDocument({ nodes: { a: { type: "T", color: 1 } } }), /node 'a' has 'color'/);
});

test("a change shares every record that it leaves alone", () => {
  const before = parseDocument(FILE);
  const { document: after, diff } = transact(before, (draft) => draft.level("").place("a", { x: 9, y: 2 }));
  equal(diff.length, 1);
  ok(levelOf(after, "").nodes.get("constructor") === levelOf(before, "").nodes.get("constructor"));
  ok(levelOf(after, "").outputs === levelOf(before, "").outputs);
});

test("a change that says what is there already is none", () => {
  const before = parseDocument(FILE);
  const { document, diff } = transact(before, (draft) => {
    draft.level("").setInput("a", "value", "x");
    draft.level("").place("a", { x: 1, y: 2 });
  });
  ok(document === before);
  equal(diff, []);
});

test("a diff reversed gives the document back, sub-workflows that came and went included", () => {
  const before = parseDocument(FILE);
  const { document: after, diff } = transact(before, (draft) => {
    draft.putLevel("new", levelOf(before, ""));
    draft.level("new").nodes.delete("a");
    draft.level("").nodes.delete("constructor");
    draft.head.set("title", "Other");
  });
  ok(levelOf(after, "new").nodes.size === 1);
  equal(toJson(applyDiff(after, reverse(diff))), toJson(before));
  equal(toJson(applyDiff(before, diff)), toJson(after));
});

test("a change that throws leaves no trace", () => {
  const before = parseDocument(FILE);
  throws(
    () =>
      transact(before, (draft) => {
        draft.level("").nodes.delete("a");
        draft.level("").node("a");
      }),
    /there is no node 'a'/,
  );
  ok(levelOf(before, "").nodes.has("a"));
});

test("typing within a second is one step, and a pause makes two", () => {
  let document = parseDocument(FILE);
  let history = NOTHING_DONE;
  for (const [value, time] of /** @type {[string, number][]} */ ([
    ["r", 0],
    ["re", 300],
    ["red", 1200],
    ["red!", 2300],
  ])) {
    const done = transact(document, (draft) => draft.level("").setInput("a", "value", value));
    document = done.document;
    history = record(history, { title: "Type", diff: done.diff, level: "", merge: "a.value", time });
  }
  equal(history.done.length, 2);
  const once = undo(history);
  ok(once !== null);
  document = applyDiff(document, reverse(once.step.diff));
  equal(levelOf(document, "").nodes.get("a")?.inputs.get("value"), "red");
  const again = redo(once.history);
  ok(again !== null);
  equal(levelOf(applyDiff(document, again.step.diff), "").nodes.get("a")?.inputs.get("value"), "red!");
});

test("two diffs in a row are one, without what the second takes back", () => {
  const before = parseDocument(FILE);
  const one = transact(before, (draft) => draft.level("").setInput("a", "value", "z"));
  const two = transact(one.document, (draft) => draft.level("").setInput("a", "value", "x"));
  equal(mergeDiffs(one.diff, two.diff), []);
});

test("wires are found by both ends, and so is what lies up and down the stream", () => {
  const level = levelOf(parseDocument(FILE), "");
  equal(
    linksOf(level).map((link) => link.to.index),
    [0, 2],
  );
  equal(incoming(level).get("constructor")?.length, 2);
  equal(upstream(level, ["constructor"]), new Set(["a", "constructor"]));
  equal(downstream(level, ["a"]), new Set(["a", "constructor"]));
});

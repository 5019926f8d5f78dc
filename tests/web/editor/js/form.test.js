import { copiedOf } from "../../../../web/editor/form/copied.js";
import { asCommand, asPython, python, shell } from "../../../../web/editor/form/copies.js";
import { heldBy, onlyFields, fieldsOf } from "../../../../web/editor/form/fields.js";
import { placeAt } from "../../../../web/editor/form/reorder.js";
import { subjectOf } from "../../../../web/editor/form/subject.js";
import { cutOut, putTogether } from "../../../../web/editor/help/example.js";
import { formOf } from "../../../../web/editor/model/edits/form.js";
import { addHeading, moveItem, nameItem, pin, removeItem, unpin } from "../../../../web/editor/model/edits/formitems.js";
import { inline } from "../../../../web/editor/model/edits/inline.js";
import { extract } from "../../../../web/editor/model/edits/extract.js";
import { renameNode } from "../../../../web/editor/model/edits/rename.js";
import { transact } from "../../../../web/editor/model/transact.js";
import { NEW_RUN, Tab } from "../../../../web/editor/session/tab.js";
import { followFinished, showFinished } from "../../../../web/editor/shell/finished.js";
import { signal } from "../../../../web/editor/vendor/signals-core/signals-core.mjs";
import { write } from "../../../../web/editor/widgets/subject.js";
import { equal, ok, property, test } from "./harness.js";
import { TEXT_TO_IMAGE, after, catalogue, documentOf, given, link } from "./sample.js";

/** @typedef {import("../../../../web/editor/model/document.js").Document} Document */

const app = /** @type {any} */ ({ catalogue: signal(catalogue) });
const WHERE = /** @type {any} */ ({ origin: "http://127.0.0.1:8765", hostname: "127.0.0.1" });
const inputsOf = (/** @type {Document} */ document) => formOf(document).map((item) => ("input" in item ? item.input : item.heading));

test("a file that says nothing of a form has one of all that it takes from outside", () => {
  const exposed = [...(TEXT_TO_IMAGE.levels.get("")?.inputs.values() ?? [])].map(({ to }) => to[0]);
  equal(inputsOf(TEXT_TO_IMAGE), exposed);
  const document = after(TEXT_TO_IMAGE, (draft) => pin(draft, "sampler.cfg"));
  equal(inputsOf(document), exposed.includes("sampler.cfg") ? exposed : [...exposed, "sampler.cfg"]);
});

test("items are moved like cards: none is lost, the others keep their order", () =>
  property(40, (random) => {
    let document = documentOf({ a: ["Integer", {}], b: ["Integer", {}] });
    document = after(document, (draft) => {
      for (const name of ["a.value", "b.value"]) pin(draft, name);
      for (const words of ["One", "Two", "Three"]) addHeading(draft, words);
    });
    const before = inputsOf(document);
    const [from, to] = [random.below(5), random.below(5)];
    const moved = inputsOf(after(document, (draft) => moveItem(draft, from, to)));
    equal(moved[to], before[from]);
    equal(
      moved.filter((item) => item !== before[from]),
      before.filter((item) => item !== before[from]),
    );
  }));

test("what is taken off the form is off, and the last one leaves an empty form", () => {
  let document = after(documentOf({ a: ["Integer", {}] }), (draft) => pin(draft, "a.value"));
  document = after(document, (draft) => nameItem(draft, 0, "How many"));
  equal(formOf(document), [{ input: "a.value", title: "How many" }]);
  equal(formOf(after(document, (draft) => nameItem(draft, 0, ""))), [{ input: "a.value" }]);
  equal(formOf(after(document, (draft) => unpin(draft, "a.value"))), []);
  equal(formOf(after(document, (draft) => removeItem(draft, 0))), []);
});

test("a node's new id is followed on the form, inside sub-workflows too", () => {
  const made = after(documentOf({ a: ["Integer", {}], b: ["Integer", { value: 4 }] }), (draft) => {
    extract(draft, "", ["b"], "inner", catalogue);
    pin(draft, "a.value");
  });
  const use = [...(made.levels.get("")?.nodes.keys() ?? [])].find((id) => id !== "a");
  const pinned = after(made, (draft) => pin(draft, `${use}/b.value`));
  const renamed = after(pinned, (draft) => {
    renameNode(draft, "", "a", "many");
    renameNode(draft, "inner", "b", "few");
  });
  equal(inputsOf(renamed), ["many.value", `${use}/few.value`]);
});

test("pins follow nodes into a sub-workflow and out of it", () => {
  const document = documentOf({ a: ["Integer", {}], b: ["Integer", {}] }, { ui: { form: [{ input: "a.value" }, { input: "b.value" }] } });
  const inside = after(document, (draft) => void extract(draft, "", ["b"], "inner", catalogue));
  const use = [...(inside.levels.get("")?.nodes.keys() ?? [])].find((id) => id !== "a") ?? "";
  equal(inputsOf(inside), ["a.value", `${use}/b.value`]);
  equal(inputsOf(after(inside, (draft) => void inline(draft, "", use))), ["a.value", "b.value"]);
});

test("a field inside a sub-workflow is that use's own word", () => {
  const made = after(documentOf({ a: ["Integer", { value: 4 }] }), (draft) => void extract(draft, "", ["a"], "inner", catalogue));
  const [use] = [...(made.levels.get("")?.nodes.keys() ?? [])];
  const tab = new Tab("t", after(made, (draft) => pin(draft, `${use}/a.value`)));
  const [field] = onlyFields(catalogue, tab.document.peek());
  ok(field !== undefined);
  equal(heldBy(field), 4);
  tab.enter([/** @type {string} */ (use)]);
  write(subjectOf(app, tab, field), 9);
  equal(given(tab.document.peek(), /** @type {string} */ (use), "a.value"), 9);
  equal(given(tab.document.peek(), "a", "value", "inner"), 4);
});

test("a field of several inputs of one name writes them all, and what no longer fits says why", () => {
  const document = documentOf(
    { a: ["Integer", { value: 1 }], b: ["Integer", { value: 1 }], c: ["Math", { a: link("a.value") }] },
    { inputs: { many: { to: ["a.value", "b.value"] } }, ui: { form: [{ input: "a.value" }, { input: "gone.x" }, { input: "c.a" }] } },
  );
  const tab = new Tab("t", document);
  const [field] = onlyFields(catalogue, document);
  write(subjectOf(app, tab, /** @type {any} */ (field)), 7);
  equal([given(tab.document.peek(), "a", "value"), given(tab.document.peek(), "b", "value")], [7, 7]);
  equal(
    fieldsOf(catalogue, document).map(({ kind }) => kind),
    ["field", "gone", "gone"],
  );
});

test("a word of the shell is read back as it was", () => {
  equal(shell("a=1"), "a=1");
  equal(shell("it's $HOME `x`"), "'it'\\''s $HOME `x`'");
  equal(python({ a: [true, null, 'say "ü"\n'] }), '{"a": [True, None, "say \\"ü\\"\\n"]}');
});

test("a saved workflow is named, an edited one is written out, and values go along either way", () => {
  const document = documentOf({ a: ["Text", { value: "old" }] }, { ui: { form: [{ input: "a.value" }] } });
  const tab = new Tab("t", document, { name: "my file" });
  tab.edit("Value", (draft) => draft.level("").setInput("a", "value", "@home"));
  const saved = asCommand(copiedOf(app, tab, WHERE));
  equal(saved, "curl -fsS http://127.0.0.1:8765/api/workflows/my%20file | loom run - \\\n  --set a.value=@@home\n");
  ok(asPython(copiedOf(app, tab, WHERE)).includes('"a.value": "@home"'));
  tab.edit("More", (draft) => void draft.level("").nodes.set("b", /** @type {any} */ (draft.level("").node("a"))));
  ok(asCommand(copiedOf(app, tab, WHERE)).includes('"b":{"type":"Text"'));
});

test("an item is dropped where its middle is", () => {
  const boxes = [0, 30, 60].map((top) => ({ top, bottom: top + 28 }));
  equal([-5, 20, 35, 61, 500].map((y) => placeAt(boxes, y)), [0, 0, 1, 2, 2]);
});

test("an example is the smallest part of a workflow that makes the node's inputs", () => {
  const found = cutOut([TEXT_TO_IMAGE], "TextEncode");
  equal([...(found?.levels.get("")?.nodes.values() ?? [])].map(({ type }) => type).sort(), ["LoadModel", "TextEncode"]);
  equal(cutOut([TEXT_TO_IMAGE], "Math"), null);
});

test("an example is put together where none is there, and only of what it needs", () => {
  const found = putTogether(catalogue, new Map([["LoadModel", "solids"]]), "VAEEncode");
  ok(found !== null);
  equal([...(found.levels.get("")?.nodes.values() ?? [])].map(({ type }) => type).sort(), ["LoadModel", "RenderScene", "VAEEncode"]);
  equal(putTogether(catalogue, new Map(), "VAEEncode"), null);
  ok(transact(found, () => {}).diff.length === 0);
});

test("a run that ends unseen shows in title and icon until somebody looks", () => {
  let seen = "hidden";
  Object.defineProperty(document, "visibilityState", { configurable: true, get: () => seen });
  const icon = document.createElement("link");
  icon.rel = "icon";
  document.head.append(icon);
  const tab = new Tab("t");
  let title = "";
  followFinished(/** @type {any} */ ({ tabs: signal([tab]) }), () => void (title = showFinished(tab)));
  tab.run.value = { ...NEW_RUN, id: "r", status: "running", done: 1, total: 4 };
  equal(title, "25 % ");
  const told = (/** @type {object} */ message) => tab.runs.together(() => tab.runs.take(/** @type {any} */ ({ run: "r", node: "a", ...message })));
  told({ type: "node.started" });
  equal(title, "25 % ");
  told({ type: "node.progress", step: 6, of: 8 });
  equal(title, "43 % "); // one node of four, and three quarters of the next
  told({ type: "node.succeeded", seconds: 1 });
  tab.run.value = { ...NEW_RUN, id: "r", status: "running", done: 2, total: 4 };
  equal(title, "50 % ");
  tab.run.value = { ...NEW_RUN, id: "r", status: "succeeded", seconds: 2 };
  equal(title, "✓ ");
  ok(icon.href.endsWith("mark-done.svg"));
  seen = "visible";
  document.dispatchEvent(new Event("visibilitychange"));
  equal(title, "");
  ok(icon.href.endsWith("mark.svg"));
  Reflect.deleteProperty(document, "visibilityState");
  icon.remove();
});

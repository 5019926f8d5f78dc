import { canonical } from "../../../../web/editor/model/canonical.js";
import { levelOf, parseDocument, toJson } from "../../../../web/editor/model/document.js";
import { deleteNodes } from "../../../../web/editor/model/edits/nodes.js";
import { exposeInput, renameInput, renameOutput, unexposeInput } from "../../../../web/editor/model/edits/expose.js";
import { extract } from "../../../../web/editor/model/edits/extract.js";
import { inline } from "../../../../web/editor/model/edits/inline.js";
import { copyText, paste, readClipboard } from "../../../../web/editor/model/edits/clipboard.js";
import { portsOf } from "../../../../web/editor/model/ports.js";
import { equal, ok, property, test, throws } from "./harness.js";
import { TEXT_TO_IMAGE, after, catalogue, documentOf, given, link } from "./sample.js";

test("a selection becomes a sub-workflow with its boundary exposed", () => {
  const document = after(TEXT_TO_IMAGE, (draft) => {
    equal(extract(draft, "", ["sampler", "decode"], "paint", catalogue), { id: "paint", name: "paint" });
  });
  const inner = levelOf(document, "paint");
  equal(new Set(inner.nodes.keys()), new Set(["sampler", "decode"]));
  equal(given(document, "paint", "positive"), link("prompt.conditioning"));
  equal(levelOf(document, "").outputs.get("image")?.link, "paint.image");
  equal(levelOf(document, "").inputs.get("seed")?.to, ["paint.seed"]);
  const ports = portsOf(catalogue, document, "", "paint");
  equal(ports.inputs.get("seed")?.type, "Int");
  equal(ports.outputs.get("image")?.type, "Image");
});

test("any selection of the example made a sub-workflow and back is the same bytes", () => {
  const ids = [...levelOf(TEXT_TO_IMAGE, "").nodes.keys()];
  property(40, (random) => {
    const chosen = random.some(ids, 0.6);
    if (chosen.length === 0) return;
    const folded = after(TEXT_TO_IMAGE, (draft) => void extract(draft, "", chosen, "part", catalogue));
    const back = after(folded, (draft) => void inline(draft, "", "part"));
    equal(canonical(back, catalogue), canonical(TEXT_TO_IMAGE, catalogue));
  });
});

test("what further uses say to inner nodes follows into a sub-workflow and back", () => {
  const document = parseDocument({
    format: "latentloom",
    version: 1,
    nodes: { u: { type: "workflow:w", inputs: { "t.value": "x" } } },
    workflows: { w: { nodes: { t: { type: "Text", inputs: {} } }, outputs: { value: { link: "t.value" } } } },
    ui: { nodes: { u: { x: 0, y: 0 } } },
  });
  const folded = after(document, (draft) => void extract(draft, "w", ["t"], "inner", catalogue));
  equal(given(folded, "u", "inner/t.value"), "x");
  const back = after(folded, (draft) => void inline(draft, "w", "inner"));
  equal(given(back, "u", "t.value"), "x");
});

test("a list that takes values from both sides is no boundary, said in words", () => {
  const document = documentOf({
    a: ["Text", {}],
    b: ["Text", {}],
    l: ["MakeList", { items: [link("a.value"), link("b.value")] }],
  });
  throws(
    () => after(document, (draft) => void extract(draft, "", ["b", "l"], "w", catalogue)),
    /l\.items takes values from inside and from outside/,
  );
});

test("a use that is bypassed is not opened", () => {
  const folded = after(TEXT_TO_IMAGE, (draft) => {
    const { id } = extract(draft, "", ["sampler"], "part", catalogue);
    draft.level("").patch(id, { mode: "mute" });
  });
  throws(() => after(folded, (draft) => void inline(draft, "", "part")), /part is muted/);
});

test("an input is exposed once, renamed with its uses, and taken back with what they gave", () => {
  let document = after(TEXT_TO_IMAGE, (draft) => void extract(draft, "", ["sampler"], "part", catalogue));
  document = after(document, (draft) => {
    equal(exposeInput(draft, "part", { node: "sampler", input: "denoise" }), "denoise");
    equal(exposeInput(draft, "part", { node: "sampler", input: "denoise" }), "denoise");
    draft.level("").setInput("part", "denoise", 0.5);
    equal(renameInput(draft, "part", "denoise", "strength"), "strength");
    equal(renameOutput(draft, "part", "latent", "result"), "result");
  });
  equal(given(document, "part", "strength"), 0.5);
  equal(given(document, "decode", "latent"), link("part.result"));
  document = after(document, (draft) => unexposeInput(draft, "part", { node: "sampler", input: "denoise" }));
  equal(given(document, "part", "strength"), undefined);
});

test("a node deleted inside takes back what uses gave it and the wires from its outputs", () => {
  let document = after(TEXT_TO_IMAGE, (draft) => void extract(draft, "", ["prompt", "sampler"], "part", catalogue));
  document = after(document, (draft) => draft.level("").setInput("part", "sampler.start", 2));
  document = after(document, (draft) => deleteNodes(draft, "part", ["sampler"]));
  equal(given(document, "part", "sampler.start"), undefined);
  equal(given(document, "decode", "latent"), undefined);
});

test("a copied use brings its sub-workflow along, under a free name where another bears it", () => {
  const folded = after(TEXT_TO_IMAGE, (draft) => void extract(draft, "", ["sampler"], "part", catalogue));
  const from = readClipboard(copyText(folded, "", ["part"]));
  ok(from !== null);
  const empty = documentOf({});
  const there = after(empty, (draft) => void paste(draft, "", from, { x: 0, y: 0 }));
  ok(levelOf(there, "part").nodes.has("sampler"));
  const changed = after(folded, (draft) => draft.level("part").setInput("sampler", "steps", 3));
  const both = after(changed, (draft) => void paste(draft, "", from, { x: 0, y: 0 }));
  equal(levelOf(both, "").nodes.get("part_2")?.type, "workflow:part_2");
});

test("a sub-workflow that contains itself is shown, not followed for ever", () => {
  const document = parseDocument({
    format: "latentloom",
    version: 1,
    nodes: { u: { type: "workflow:w" } },
    workflows: {
      w: { nodes: { u: { type: "workflow:w" } }, inputs: { a: { to: ["u.a"] } }, outputs: { b: { link: "u.b" } } },
    },
  });
  equal([...portsOf(catalogue, document, "", "u").inputs.keys()], ["a"]);
  equal(toJson(document).nodes, { u: { type: "workflow:w" } });
});

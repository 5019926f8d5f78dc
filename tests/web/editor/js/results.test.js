import { levelOf } from "../../../../web/editor/model/document.js";
import { sendTo } from "../../../../web/editor/model/edits/send.js";
import { setByAddress, takeValues } from "../../../../web/editor/model/edits/values.js";
import { portOf } from "../../../../web/editor/model/shapes.js";
import { linksOf } from "../../../../web/editor/model/links.js";
import { portsOf } from "../../../../web/editor/model/ports.js";
import { whyNot } from "../../../../web/editor/model/edits/wires.js";
import { fileName } from "../../../../web/editor/results/carry.js";
import { changeWords, editWords, namesOf } from "../../../../web/editor/results/words.js";
import { equal, ok, test } from "./harness.js";
import { TEXT_TO_IMAGE, after, catalogue, documentOf, given, link } from "./sample.js";

test("two pictures that one edit made are told apart by their files", () => {
  const changes = [{ node: "a", message: "a.seed: 1 → 2" }];
  equal(namesOf({ asset: "image.png", changes }, { asset: "scene.png", changes }), ["seed: 1 → 2 (image.png)", "seed: 1 → 2 (scene.png)"]);
  equal(namesOf({ asset: "image.png", changes }, { asset: "image.png", changes: [] }), ["seed: 1 → 2", "Nothing changed"]);
});

test("a node that came or went is told by its type first, for a caption has room for little", () => {
  const changes = ["node 'inpaint' (Inpaint) added", "node 'a/b' (pack:Half) removed"].map((message) => ({ node: "a", message }));
  equal(editWords(changes), "Inpaint added, and 1 more");
  equal(changeWords(/** @type {any} */ (changes[1])), "pack:Half removed");
});

test("a picture's file is named by its workflow and its content, with nothing that a file's name can't have", () => {
  const sha256 = "abcdef12".repeat(8);
  equal(fileName({ title: "Text to image", asset: "image.png", sha256 }), "Text to image abcdef.png");
  equal(fileName({ title: "a/b: c", asset: "scene.webp", sha256 }), "a_b_ c scene abcdef.webp");
  equal(fileName({ title: "", asset: "image.png", sha256 }), "image abcdef.png");
});

const CAT = { asset: "cat.png", sha256: "ab".repeat(32), width: 128, height: 64 };

/** Every wire of a document is one that a user could have drawn. @param {import("./sample.js").Document} document */
function wiresHold(document) {
  for (const { from, to } of linksOf(levelOf(document, ""))) {
    const output = portsOf(catalogue, document, "", from.node).outputs.get(from.output);
    ok(output !== undefined, `${from.node} has no output ${from.output}`);
    const cut = after(document, (draft) => draft.level("").setInput(to.node, to.input, undefined));
    equal(whyNot({ catalogue, document: cut, level: "" }, from, { node: to.node, input: to.input }), null);
  }
}

/** @param {"image" | "inpaint" | "upscale"} aim @param {string} title @param {import("./sample.js").Document} start */
function wired(aim, title, start) {
  const document = after(start, (draft) => void sendTo(draft, "", aim, CAT, { x: 0, y: 900 }, catalogue));
  const { nodes } = levelOf(document, "");
  const added = [...nodes].filter(([id]) => !levelOf(start, "").nodes.has(id));
  equal(added.filter(([, node]) => node.type === "LoadImage").length, 1, `${aim} into ${title}: LoadImage`);
  for (const [id, node] of added) {
    for (const [name, port] of portsOf(catalogue, document, "", id).inputs) {
      ok(node.inputs.has(name) || port.optional || port.default !== undefined, `${aim} into ${title}: ${id}.${name}`);
    }
  }
  wiresHold(document);
}

test("a picture that is sent on comes with every wire that its nodes need, and every wire fits", () => {
  for (const aim of /** @type {const} */ (["image", "inpaint", "upscale"])) {
    wired(aim, "a workflow", TEXT_TO_IMAGE);
    wired(aim, "an empty canvas", documentOf({}));
  }
});

test("what is sent to be changed is sampled as the workflow samples, from the picture", () => {
  const document = after(TEXT_TO_IMAGE, (draft) => void sendTo(draft, "", "image", CAT, { x: 0, y: 900 }, catalogue));
  const sampler = [...levelOf(document, "").nodes].filter(([, node]) => node.type === "KSampler")[1]?.[0] ?? "";
  const first = [...levelOf(document, "").nodes].find(([, node]) => node.type === "KSampler")?.[0] ?? "";
  for (const name of ["model", "positive", "negative", "steps", "cfg", "seed"]) {
    equal(given(document, sampler, name), given(document, first, name), name);
  }
  const latent = /** @type {{link: string}} */ (given(document, sampler, "latent"));
  const encode = portOf(latent.link).node;
  const load = portOf(/** @type {{link: string}} */ (given(document, encode, "image")).link).node;
  equal(given(document, load, "file"), { asset: CAT.asset, sha256: CAT.sha256 });
});

test("what is sent to be enlarged says how much, or takes the network that is there", () => {
  const sent = (/** @type {import("./sample.js").Document} */ start) => {
    const document = after(start, (draft) => void sendTo(draft, "", "upscale", CAT, { x: 0, y: 0 }, catalogue));
    return levelOf(document, "").nodes.get("upscale")?.inputs;
  };
  equal(sent(documentOf({}))?.get("scale"), 2);
  const [network] = [sent(documentOf({ net: ["LoadUpscaler", { model: "some" }] }))];
  equal(network?.get("upscaler"), link("net.upscaler"));
  ok(!network?.has("scale"), "as much as the network does");
});

test("values are taken over by id and type, else by a type that is there once; wires and nodes stay", () => {
  const ours = documentOf({
    m: ["Math", { a: 1, b: link("n.value") }],
    n: ["Number", { value: 2.5 }],
    text: ["Text", { value: "here" }],
    i: ["Integer", { value: 1 }],
  });
  const theirs = documentOf({
    m: ["Math", { a: 7, b: 9 }],
    number: ["Number", { value: 4.5 }],
    text: ["Integer", { value: 8 }],
    extra: ["Reroute", {}],
  });
  let told = null;
  const document = after(ours, (draft) => (told = takeValues(draft, theirs)));
  equal(told, { taken: 3, missing: ["extra"] });
  equal([given(document, "m", "a"), given(document, "m", "b")], [7, link("n.value")]);
  equal([given(document, "n", "value"), given(document, "text", "value")], [4.5, "here"]);
  equal(given(document, "i", "value"), 8);
});

test("the values of a sweep's cell reach nodes inside of sub-workflows, and what is linked is left alone", () => {
  const inner = { nodes: { n: { type: "Number", inputs: { value: 1 } } }, outputs: { value: { link: "n.value" } } };
  const start = documentOf({ use: ["workflow:part", {}], m: ["Math", { a: link("use.value") }] }, { workflows: { part: inner } });
  let lost = null;
  const document = after(start, (draft) => {
    lost = setByAddress(draft, { "use/n.value": 5, "m.b": 3, "m.a": 4, "gone.x": 1 });
  });
  equal(lost, ["m.a", "gone.x"]);
  equal(given(document, "n", "value", "part"), 5);
  equal(given(document, "m", "b"), 3);
});

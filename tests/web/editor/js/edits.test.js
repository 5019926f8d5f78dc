import { canonical } from "../../../../web/editor/model/canonical.js";
import { levelOf } from "../../../../web/editor/model/document.js";
import { copyText, paste, readClipboard } from "../../../../web/editor/model/edits/clipboard.js";
import { goOn } from "../../../../web/editor/model/edits/goon.js";
import { addNode, deleteNodes, healNodes } from "../../../../web/editor/model/edits/nodes.js";
import { insertOnWire, makeRoom } from "../../../../web/editor/model/edits/insert.js";
import { candidates, replaceNode } from "../../../../web/editor/model/edits/replace.js";
import { renameNode } from "../../../../web/editor/model/edits/rename.js";
import { connect, disconnect, firstFit, moveLinks, whyNot } from "../../../../web/editor/model/edits/wires.js";
import { incoming } from "../../../../web/editor/model/links.js";
import { portsOf, typeAt } from "../../../../web/editor/model/ports.js";
import { equal, ok, test } from "./harness.js";
import { TEXT_TO_IMAGE, after, catalogue, documentOf, given, link } from "./sample.js";

const place = (/** @type {import("./sample.js").Document} */ document) => ({ catalogue, document, level: "" });

/** Where nodes of one size stand. @param {import("./sample.js").Document} document */
function roomIn(document) {
  return (/** @type {string} */ id) => {
    const { x = 0, y = 0 } = levelOf(document, "").nodes.get(id)?.ui ?? {};
    return { x, y, width: 240, height: 300 };
  };
}

test("a wire is taken where the type fits, an integer into a number too, and refused in words elsewhere", () => {
  const document = documentOf({ i: ["Integer", {}], n: ["Number", {}], m: ["Math", {}], d: ["VAEDecode", {}] });
  equal(whyNot(place(document), { node: "i", output: "value" }, { node: "m", input: "a" }), null);
  equal(
    whyNot(place(document), { node: "n", output: "value" }, { node: "d", input: "latent" }),
    "latent takes Latent, not Number",
  );
  ok(whyNot(place(document), { node: "n", output: "value" }, { node: "i", input: "value" })?.includes("takes Integer"));
});

test("a circle is refused, and so is a node's own result", () => {
  const document = documentOf({ a: ["Math", { a: link("b.value") }], b: ["Math", {}] });
  ok(whyNot(place(document), { node: "a", output: "value" }, { node: "b", input: "a" })?.includes("circle"));
  ok(whyNot(place(document), { node: "a", output: "value" }, { node: "a", input: "b" })?.includes("own result"));
});

test("all inputs that share a variable have one type", () => {
  const document = documentOf({
    t: ["Text", {}],
    i: ["Integer", {}],
    s: ["Switch", { on: true, yes: link("t.value") }],
  });
  ok(whyNot(place(document), { node: "i", output: "value" }, { node: "s", input: "no" })?.includes("Text"));
  equal(typeAt(catalogue, document, "", { node: "s", output: "value" }), "Text");
});

test("a list takes one more wire and gives one back", () => {
  let document = documentOf({ a: ["Text", {}], b: ["Text", {}], l: ["MakeList", {}] });
  for (const node of ["a", "b", "a"]) {
    document = after(
      document,
      (draft) => void connect(draft, "", { node, output: "value" }, { node: "l", input: "items" }, catalogue),
    );
  }
  equal(given(document, "l", "items"), [link("a.value"), link("b.value"), link("a.value")]);
  document = after(document, (draft) => disconnect(draft, "", { node: "l", input: "items", index: 0 }));
  document = after(document, (draft) => disconnect(draft, "", { node: "l", input: "items", index: 0 }));
  equal(given(document, "l", "items"), link("a.value"));
  document = after(document, (draft) => disconnect(draft, "", { node: "l", input: "items", index: null }));
  equal(given(document, "l", "items"), undefined);
});

test("a wire dropped on a node takes its first free input that fits, choices last", () => {
  const document = documentOf({
    m: ["LoadModel", {}],
    p: ["TextEncode", {}],
    q: ["TextEncode", {}],
    t: ["Text", {}],
    k: ["KSampler", { positive: link("p.conditioning") }],
  });
  equal(firstFit(place(document), { node: "q", output: "conditioning" }, "k"), "negative");
  equal(firstFit(place(document), { node: "t", output: "value" }, "p"), "text");
  equal(firstFit(place(document), { node: "m", output: "vae" }, "k"), null);
});

test("all wires of an output move at once, and those that do not fit stay", () => {
  const document = after(TEXT_TO_IMAGE, (draft) => {
    const other = addNode(draft, "", "LoadModel", { x: 0, y: 0 }, catalogue);
    equal(moveLinks(draft, "", { node: "model", output: "model" }, { node: other, output: "model" }, catalogue), []);
    equal(
      moveLinks(draft, "", { node: "model", output: "vae" }, { node: other, output: "model" }, catalogue).length,
      1,
    );
  });
  equal(given(document, "sampler", "model"), link("load_model.model"));
  equal(given(document, "size", "model"), link("load_model.model"));
  equal(given(document, "decode", "vae"), link("model.vae"));
});

test("a deleted node takes its wires, exposed inputs and outputs along", () => {
  const document = after(TEXT_TO_IMAGE, (draft) => deleteNodes(draft, "", ["decode", "prompt"]));
  equal(given(document, "sampler", "positive"), undefined);
  equal(levelOf(document, "").outputs.size, 0);
  ok(!levelOf(document, "").inputs.has("prompt") && levelOf(document, "").inputs.has("seed"));
});

test("a healed wire leads on from what the node was given of that type, past several nodes", () => {
  const before = documentOf({
    a: ["LoadImage", {}],
    b: ["ImageResize", { image: link("a.image") }],
    c: ["ImageResize", { image: link("b.image") }],
    d: ["SaveImage", { image: link("c.image") }],
  });
  equal(
    given(
      after(before, (draft) => healNodes(draft, "", ["b", "c"], catalogue)),
      "d",
      "image",
    ),
    link("a.image"),
  );
});

test("a node dropped on a wire stands in between, and what follows makes room", () => {
  const before = documentOf({ a: ["LoadImage", {}], b: ["SaveImage", { image: link("a.image") }] });
  const [wire] = incoming(levelOf(before, "")).get("b") ?? [];
  ok(wire !== undefined);
  const document = after(before, (draft) => {
    const id = addNode(draft, "", "ImageResize", { x: 200, y: 0 }, catalogue);
    equal(insertOnWire(draft, "", id, wire, catalogue), null);
    makeRoom(draft, "", id, (each) => ({ x: each === "b" ? 300 : 200, y: 0, width: 220, height: 100 }));
  });
  equal(given(document, "b", "image"), link("image_resize.image"));
  equal(given(document, "image_resize", "image"), link("a.image"));
  equal(levelOf(document, "").nodes.get("b")?.ui.x, 460);
});

test("a generic node is led into a wire of any type", () => {
  const before = documentOf({ a: ["LoadImage", {}], b: ["SaveImage", { image: link("a.image") }] });
  const [wire] = incoming(levelOf(before, "")).get("b") ?? [];
  const document = after(before, (draft) => {
    const id = addNode(draft, "", "Switch", { x: 0, y: 0 }, catalogue);
    ok(wire !== undefined && insertOnWire(draft, "", id, wire, catalogue) === null);
  });
  equal(given(document, "b", "image"), link("switch.value"));
});

test("what is copied and pasted keeps its inner wires under new ids", () => {
  const text = copyText(TEXT_TO_IMAGE, "", ["prompt", "sampler"]);
  const from = readClipboard(text);
  ok(from !== null);
  const document = after(TEXT_TO_IMAGE, (draft) => {
    equal(paste(draft, "", from, { x: 0, y: 0 }), new Set(["prompt_2", "sampler_2"]));
  });
  equal(given(document, "sampler_2", "positive"), link("prompt_2.conditioning"));
  equal(given(document, "sampler_2", "model"), undefined);
});

test("pasted with incoming wires, nodes hang where the originals hang", () => {
  const from = readClipboard(copyText(TEXT_TO_IMAGE, "", ["sampler"]));
  const document = after(TEXT_TO_IMAGE, (draft) => {
    ok(from !== null);
    paste(draft, "", from, null, { incoming: true });
  });
  equal(given(document, "sampler_2", "model"), link("model.model"));
});

test("text that is no workflow is not pasted", () => {
  equal(readClipboard("a red cube"), null);
  equal(readClipboard('{"nodes": {}}'), null);
});

test("a replaced node keeps wires and values by name, then by type, and says what it lost", () => {
  const before = documentOf({
    a: ["LoadImage", {}],
    r: ["ImageResize", { image: link("a.image"), width: 64, fit: "pad" }],
    s: ["SaveImage", { image: link("r.image") }],
  });
  let lost = /** @type {string[]} */ ([]);
  const document = after(before, (draft) => void ({ lost } = replaceNode(draft, "", "r", "ImageBatch", catalogue)));
  equal(given(document, "r", "images"), link("a.image"));
  equal(given(document, "r", "fit"), "pad");
  equal(given(document, "s", "image"), link("r.image"));
  equal(lost, ["width: 64"]);
});

test("a placeholder is first offered the types that keep most of it", () => {
  const document = documentOf({
    v: ["LoadModel", {}],
    e: ["EmptyLatent", { model: link("v.model") }],
    old: ["other:Decode", { vae: link("v.vae"), samples: link("e.latent") }],
  });
  equal(candidates({ catalogue, document, level: "", id: "old" })[0], "VAEDecode");
});

test("a node of an unknown type shows the ports that the file speaks of", () => {
  const document = documentOf({
    x: ["other:Thing", { strength: 3, image: link("y.image") }],
    z: ["SaveImage", { image: link("x.picture") }],
  });
  const ports = portsOf(catalogue, document, "", "x");
  equal([ports.known, ports.title, ports.pack], [false, "Thing", "other"]);
  equal([...ports.inputs.keys()], ["strength", "image"]);
  equal([...ports.outputs.keys()], ["picture"]);
});

test("a renamed node is followed by wires, exposed inputs and outputs", () => {
  const document = after(TEXT_TO_IMAGE, (draft) => {
    equal(renameNode(draft, "", "sampler", "paint"), "paint");
    equal(renameNode(draft, "", "decode", "paint"), "paint_2");
  });
  equal(given(document, "paint_2", "latent"), link("paint.latent"));
  equal(levelOf(document, "").inputs.get("cfg")?.to, ["paint.cfg"]);
  equal(levelOf(document, "").outputs.get("image")?.link, "paint_2.image");
  equal(
    canonical(
      after(document, (draft) => {
        renameNode(draft, "", "paint", "sampler");
        renameNode(draft, "", "paint_2", "decode");
      }),
      catalogue,
    ),
    canonical(TEXT_TO_IMAGE, catalogue),
  );
});

test("a node goes on in a copy behind it, which gives what it gave and is set from outside as it is", () => {
  const document = TEXT_TO_IMAGE;
  const how = { input: "latent", output: "latent", values: { steps: 3 }, rectOf: roomIn(document) };
  let next = "";
  const gone = after(document, (draft) => (next = goOn(draft, "", "sampler", how, catalogue)));
  const { nodes } = levelOf(gone, "");
  equal(nodes.get(next)?.inputs.get("latent"), link("sampler.latent"));
  equal(nodes.get(next)?.inputs.get("steps"), 3);
  equal(nodes.get(next)?.inputs.get("model"), nodes.get("sampler")?.inputs.get("model"));
  equal(nodes.get("decode")?.inputs.get("latent"), link(`${next}.latent`));
  equal(nodes.get("sampler")?.inputs, levelOf(document, "").nodes.get("sampler")?.inputs);
  const again = after(gone, (draft) => equal(goOn(draft, "", "sampler", how, catalogue), next));
  ok(again === gone, "what it goes on in and is still to be made is made, and nothing is changed");
});

test("a node that goes on already does so behind the last of those, wherever that was asked, and what comes after makes room", () => {
  let document = TEXT_TO_IMAGE;
  const goesOn = (/** @type {string} */ from, made = (/** @type {string} */ _) => true) => {
    let next = "";
    const how = { input: "latent", output: "latent", values: { steps: 3 }, rectOf: roomIn(document), made };
    document = after(document, (draft) => (next = goOn(draft, "", from, how, catalogue)));
    return next;
  };
  equal(["sampler", "sampler", "sampler_2"].map((id) => goesOn(id)), ["sampler_2", "sampler_3", "sampler_4"]);
  const { nodes } = levelOf(document, "");
  equal(["_2", "_3", "_4"].map((id) => nodes.get(`sampler${id}`)?.inputs.get("latent")), ["", "_2", "_3"].map((id) => link(`sampler${id}.latent`)));
  equal(nodes.get("decode")?.inputs.get("latent"), link("sampler_4.latent"));
  const { x, width } = roomIn(document)("sampler_4");
  ok(roomIn(document)("decode").x >= x + width, "what comes after stands clear of the copy");
  equal(goesOn("sampler", (id) => id !== "sampler_4"), "sampler_4", "a last one that was not made is made");
});

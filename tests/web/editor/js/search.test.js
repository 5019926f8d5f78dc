import { ALIASES } from "../../../../web/editor/palette/aliases.js";
import { sorted } from "../../../../web/editor/palette/commandsearch.js";
import { match } from "../../../../web/editor/palette/fuzzy.js";
import { ranked } from "../../../../web/editor/palette/nodesearch.js";
import { searchEntries } from "../../../../web/editor/model/catalogue.js";
import { openMenu } from "../../../../web/editor/palette/menu.js";
import { equal, ok, test } from "./harness.js";
import { catalogue } from "./sample.js";

const never = () => 0;
/** @param {string} query @param {(type: string) => number} [uses] */
const found = (query, uses = never) => ranked(searchEntries(catalogue), query, uses).map(({ entry }) => entry.type);

test("people of other programs find the nodes by the names that they know", () => {
  const known = {
    ks: "KSampler",
    KSampler: "KSampler",
    "clip text": "TextEncode",
    CLIPTextEncode: "TextEncode",
    prompt: "TextEncode",
    CheckpointLoaderSimple: "LoadModel",
    "load checkpoint": "LoadModel",
    ckpt: "LoadModel",
    EmptyLatentImage: "EmptyLatent",
    l2i: "VAEDecode",
    "vae dec": "VAEDecode",
    "save image": "SaveImage",
    PreviewImage: "Preview",
    "x/y plot": "ImageGrid",
    boolean: "Flag",
  };
  for (const [query, type] of Object.entries(known)) equal(found(query)[0], type, `“${query}”`);
});

test("with nothing typed all nodes are there, the most used first", () => {
  equal(found("").length, catalogue.nodes.size);
  equal(found("", (type) => ({ VAEDecode: 3, Math: 9 })[type] ?? 0).slice(0, 2), ["Math", "VAEDecode"]);
});

test("what is used often does not push aside what was typed", () => {
  equal(found("KSampler", (type) => (type === "SeedList" ? 1000 : 0))[0], "KSampler");
});

test("a word of the help finds a node too, and nonsense finds none", () => {
  ok(found("greyhound qq").length === 0);
  ok(found("each with the workflow").includes("SaveImage"));
});

test("better fits score higher: whole, beginning, words, inside, letters", () => {
  const scores = ["VAE decode", "VAE decode tiled", "Tiled VAE decode", "xvae decodex", "v-a-e de-code"].map(
    (text) => match("vae decode", text)?.score ?? -1,
  );
  for (let i = 1; i < scores.length; i += 1) ok(scores[i] <= scores[i - 1], `${scores}`);
  equal([match("", "anything")?.score, match("zq", "anything")], [0, null]);
});

test("what fitted is marked within the title", () => {
  for (const [query, title] of [
    ["ksa", "KSampler"],
    ["vae d", "VAE decode"],
    ["vd", "VAE decode"],
    ["dec", "VAE decode"],
  ]) {
    const { marks } = match(query, title) ?? { marks: [] };
    equal(
      marks
        .map(([from, to]) => title.slice(from, to))
        .join("")
        .toLowerCase()
        .replace(" ", ""),
      query.replace(" ", ""),
      title,
    );
  }
});

test("every alias is of a node that ships", () => {
  for (const type of Object.keys(ALIASES)) ok(catalogue.nodes.has(type), type);
});

test("lists keep their order where nothing is typed, and look into details and hints", () => {
  const entries = [
    { id: "1", title: "Undo", hint: "Ctrl+Z" },
    { id: "2", title: "Fit", detail: "View" },
    { id: "3", title: "Find" },
  ];
  equal(
    sorted(entries, "").map(({ id }) => id),
    ["1", "2", "3"],
  );
  equal(
    sorted(entries, "view").map(({ id }) => id),
    ["2"],
  );
  equal(
    sorted(entries, "ctrl+z").map(({ id }) => id),
    ["1"],
  );
});

test("in a menu quick letters are a word, one again and again goes on, and after a while a word begins anew", () => {
  const titles = ["Save", "Send to image to image", "Send to Inpaint", "Compare", "Copy"];
  openMenu(titles.map((title) => ({ id: title, title, run: () => {} })), { x: 0, y: 0 }, "Test");
  let now = 1000;
  const type = (/** @type {string} */ letters, after = 0) => {
    now += after;
    for (const key of letters) {
      const event = new KeyboardEvent("keydown", { key, bubbles: true });
      Object.defineProperty(event, "timeStamp", { value: (now += 100) });
      document.activeElement?.dispatchEvent(event);
    }
    return document.activeElement?.textContent?.trim();
  };
  equal(type("se"), "Send to image to image");
  equal(type("cop", 5000), "Copy");
  equal(["s", "s", "s", "s"].map((letter) => type(letter, 1000)), ["Save", "Send to image to image", "Send to Inpaint", "Save"]);
  equal(type("ss", 5000), "Send to Inpaint");
  equal(type("x", 5000), "Send to Inpaint");
  document.activeElement?.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true }));
  equal(document.querySelectorAll(".menu").length, 0);
});

import { freeze, unfreeze } from "../../../../web/editor/model/edits/freeze.js";
import { deleteNodes, setMode } from "../../../../web/editor/model/edits/nodes.js";
import { renameNode } from "../../../../web/editor/model/edits/rename.js";
import { replaceNode } from "../../../../web/editor/model/edits/replace.js";
import { frozenIn, frozenOf, isFrozen } from "../../../../web/editor/model/frozen.js";
import { toJson } from "../../../../web/editor/model/document.js";
import { withUses } from "../../../../web/editor/session/checked.js";
import { statusOf } from "../../../../web/editor/view/status.js";
import { equal, test } from "./harness.js";
import { after, catalogue, documentOf } from "./sample.js";

const PLAIN = documentOf({ a: ["EmptyLatent", {}], b: ["EmptyLatent", {}] });
const TOKENS = { a: "1:Latent", "b/deep/c": "2:Image", "b/d": "3:Image" };
const FROZEN = after(PLAIN, (draft) => freeze(draft, { ...TOKENS, gone: "4:Latent" }));

test("marks are read back by address, and those of a node that is gone are not made", () => {
  equal(Object.fromEntries(frozenOf(FROZEN)), TOKENS);
  equal(frozenIn(PLAIN), {});
  equal(frozenIn(FROZEN), { frozen: TOKENS });
});

test("a mark lies in the drawing alone: the nodes of the file are as they were", () => {
  const { ui, ...file } = /** @type {any} */ (toJson(FROZEN));
  const { ui: before, ...plain } = /** @type {any} */ (toJson(PLAIN));
  equal(file, plain);
  equal([ui.nodes.a.frozen, before.nodes.a.frozen], [{ "": "1:Latent" }, undefined]);
});

test("to unfreeze takes the marks of an address and of all in it, and leaves nothing behind", () => {
  equal(Object.keys(frozenIn(after(FROZEN, (draft) => unfreeze(draft, ["b/deep"]))).frozen ?? {}), ["a", "b/d"]);
  equal(toJson(after(FROZEN, (draft) => unfreeze(draft, ["a", "b", "nowhere"]))), toJson(PLAIN));
});

test("a use is frozen where something in it is", () => {
  const marks = frozenOf(FROZEN);
  equal(["a", "b", "b/deep", "b/de", "c"].map((address) => isFrozen(marks, address)), [true, true, true, false, false]);
});

test("marks go where their node goes, and rest while it is muted", () => {
  equal([...frozenOf(after(FROZEN, (draft) => void renameNode(draft, "", "b", "z"))).keys()], ["a", "z/deep/c", "z/d"]);
  equal([...frozenOf(after(FROZEN, (draft) => deleteNodes(draft, "", ["b"]))).keys()], ["a"]);
  equal([...frozenOf(after(FROZEN, (draft) => setMode(draft, "", ["a"], "mute"))).keys()], ["b/deep/c", "b/d"]);
});

test("a node of another type in its place is not frozen at what the first one gave", () => {
  equal([...frozenOf(after(FROZEN, (draft) => void replaceNode(draft, "", "a", "LoadImage", catalogue))).keys()], ["b/deep/c", "b/d"]);
});

test("a node says that it is frozen, on what it rests, and that it is not needed", () => {
  const idle = /** @type {const} */ ({ state: "idle" });
  const frozen = statusOf(idle, { state: "cached", why: "frozen", frozen: ["a"] }, [], [], undefined, true);
  equal([frozen.words, frozen.tint, frozen.ice], ["❄ frozen", "frozen", "what it gave then is used, whatever its inputs are now"]);
  const same = statusOf(idle, { state: "cached", why: "" }, [], [], undefined, true);
  equal([same.words, same.tint, same.ice], ["❄ frozen", "frozen", ""]);
  const below = statusOf(idle, { state: "stale", why: "upstream: a", frozen: ["a", "b"] });
  equal([below.words, below.tint, below.ice], ["stale", "rests", "from what a, b gave when frozen"]);
  const spared = statusOf(idle, { state: "cached", why: "not needed while 'a' is frozen", needed: false });
  equal([spared.words, spared.tint, spared.ice], ["not needed", "", "not needed while 'a' is frozen"]);
  equal(statusOf(idle, { state: "cached", why: "" }).ice, "");
});

test("a use rests on what anything in it rests on", () => {
  const plan = withUses(
    new Map([
      ["u/x", /** @type {const} */ ({ state: "cached", why: "", frozen: ["a"] })],
      ["u/y", /** @type {const} */ ({ state: "stale", why: "seed", seconds: 1 })],
      ["u/z", /** @type {const} */ ({ state: "cached", why: "", frozen: ["u/z"] })],
    ]),
  );
  equal([plan.get("u")?.frozen, plan.get("u")?.state], [["a", "u/z"], "stale"]);
});

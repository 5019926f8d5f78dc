/** Two windows that type at once: nothing is lost without a word, and both end up alike. */

import { toJson } from "../../../../web/editor/model/document.js";
import { fitted, mergeTexts, movedPlace, replaced } from "../../../../web/editor/model/merge.js";
import { Api } from "../../../../web/editor/session/api.js";
import { App } from "../../../../web/editor/session/app.js";
import { Peers } from "../../../../web/editor/session/peers.js";
import { Settings } from "../../../../web/editor/session/settings.js";
import { Tab } from "../../../../web/editor/session/tab.js";
import { equal, ok, property, test } from "./harness.js";
import { TEXT_TO_IMAGE, given } from "./sample.js";

test("what both replaced in a text is replaced, whichever comes first", () => {
  equal(mergeTexts("a red cube", "a dark red cube", "a red cube, left", true), "a dark red cube, left");
  equal(mergeTexts("a red cube", "a red cube, left", "a dark red cube", false), "a dark red cube, left");
  equal(mergeTexts("a cube", "cube", "a cubes", true), "cubes");
});

test("where both typed at one place, both texts stand, in an order that both agree on", () => {
  equal(mergeTexts("a cube", "a red cube", "a big cube", true), mergeTexts("a cube", "a big cube", "a red cube", false));
  ok(mergeTexts("a cube", "a red cube", "a big cube", true).includes("red"));
});

test("a place in a text moves with what is typed before it", () => {
  const change = replaced("a red cube", "a dark red cube");
  equal([movedPlace(1, change), movedPlace(5, change), movedPlace(10, change)], [1, 10, 15]);
});

test("inputs of one node that two windows change both hold", () => {
  const [one, other] = [new Tab("k", TEXT_TO_IMAGE), new Tab("k", TEXT_TO_IMAGE)];
  const diff = one.edit("Steps", (draft) => draft.level("").setInput("sampler", "steps", 4));
  other.edit("Seed", (draft) => draft.level("").setInput("sampler", "seed", 9));
  equal(other.receive(diff), { merged: true, lost: [] });
  equal([given(other.document.peek(), "sampler", "steps"), given(other.document.peek(), "sampler", "seed")], [4, 9]);
});

test("undo takes back what was done here, and leaves what another window did to the same node", () => {
  const [one, other] = [new Tab("k", TEXT_TO_IMAGE), new Tab("k", TEXT_TO_IMAGE)];
  one.edit("Seed", (draft) => draft.level("").setInput("sampler", "seed", 9));
  one.receive(other.edit("Steps", (draft) => draft.level("").setInput("sampler", "steps", 4)));
  const seed = given(TEXT_TO_IMAGE, "sampler", "seed");
  one.undo();
  equal([given(one.document.peek(), "sampler", "steps"), given(one.document.peek(), "sampler", "seed")], [4, seed]);
});

test("of two values for one input one stands in both windows, and its place is told", () => {
  const [one, other] = [new Tab("k", TEXT_TO_IMAGE), new Tab("k", TEXT_TO_IMAGE)];
  const from = one.edit("Steps", (draft) => draft.level("").setInput("sampler", "steps", 4));
  const back = other.edit("Steps", (draft) => draft.level("").setInput("sampler", "steps", 5));
  equal(other.receive(from, true).lost, ["sampler.steps"]);
  equal(one.receive(back, false).lost, ["sampler.steps"]);
  equal([one, other].map((tab) => given(tab.document.peek(), "sampler", "steps")), [4, 4]);
});

test("a node that one window edits and another deletes stays", () => {
  const [one, other] = [new Tab("k", TEXT_TO_IMAGE), new Tab("k", TEXT_TO_IMAGE)];
  const gone = one.edit("Delete", (draft) => void draft.level("").nodes.delete("sampler"));
  const edited = other.edit("Steps", (draft) => draft.level("").setInput("sampler", "steps", 5));
  other.receive(gone);
  one.receive(edited, false);
  equal([one, other].map((tab) => given(tab.document.peek(), "sampler", "steps")), [5, 5]);
});

test("a diff that applies as it is is left as it is", () => {
  const tab = new Tab("k", TEXT_TO_IMAGE);
  const before = tab.document.peek();
  const diff = tab.edit("Steps", (draft) => draft.level("").setInput("sampler", "steps", 4));
  equal(fitted(before, diff, false), { diff, merged: false, lost: [] });
});

/** Windows whose words to each other wait until they are handed on. */
function windows() {
  /** @type {{to: (event: {data: any}) => void, word: any}[]} */
  const waiting = [];
  /** @type {Set<() => void>} */
  const quiet = new Set();
  /** @type {((event: {data: any}) => void)[]} */
  const ears = [];
  const made = ["a", "b"].map((name, i) => {
    const app = new App(new Api(), new Settings());
    const tab = new Tab("k", TEXT_TO_IMAGE);
    app.tabs.value = [tab];
    const channel = {
      addEventListener: (/** @type {string} */ _type, /** @type {any} */ ear) => (ears[i] = ear),
      postMessage: (/** @type {any} */ word) => void waiting.push({ to: (event) => ears[1 - i]?.(event), word: structuredClone(word) }),
    };
    const later = (/** @type {() => void} */ call) => {
      quiet.add(call);
      return () => quiet.delete(call);
    };
    new Peers(app, channel, name, later).follow(tab);
    return { app, tab };
  });
  const hand = (count = Infinity) => {
    for (let i = 0; i < count && waiting.length > 0; i += 1) {
      const { to, word } = /** @type {any} */ (waiting.shift());
      to({ data: word });
    }
  };
  /** All is said, and nobody types. */
  const rest = () => {
    for (hand(); quiet.size > 0; hand()) {
      const [call] = quiet;
      quiet.delete(call);
      call();
    }
  };
  return { made, hand, rest };
}

test("whatever two windows type at once, all of it stands in both when they rest", () => {
  property(60, (random) => {
    const { made, hand, rest } = windows();
    const typed = ["", ""];
    for (let step = 0; step < 30; step += 1) {
      const who = random.below(2);
      const { tab } = made[who];
      const letter = "xy"[who];
      const text = String(given(tab.document.peek(), "prompt", "text"));
      const at = random.below(text.length + 1);
      tab.edit("Type", (draft) => draft.level("").setInput("prompt", "text", text.slice(0, at) + letter + text.slice(at)));
      typed[who] += letter;
      hand(random.below(4));
    }
    rest();
    equal(toJson(made[0].tab.document.peek()), toJson(made[1].tab.document.peek()));
    const text = String(given(made[0].tab.document.peek(), "prompt", "text"));
    const before = String(given(TEXT_TO_IMAGE, "prompt", "text"));
    for (const [who, letter] of [..."xy"].entries())
      equal(text.split(letter).length - before.split(letter).length, typed[who].length, text);
  });
});

import { evaluated } from "../../../../web/editor/widgets/arithmetic.js";
import { bounded, rounded, shown, snapped, stepOf } from "../../../../web/editor/widgets/bounds.js";
import { weighted } from "../../../../web/editor/widgets/emphasis.js";
import { kindOf } from "../../../../web/editor/widgets/kinds.js";
import { readSeed, written } from "../../../../web/editor/widgets/seed.js";
import { portsOf } from "../../../../web/editor/model/ports.js";
import { equal, ok, property, test } from "./harness.js";
import { pieces, unknownWords } from "../../../../web/editor/widgets/unknown.js";
import { catalogue, documentOf } from "./sample.js";

const value = (/** @type {string} */ text) => {
  const result = evaluated(text);
  return "value" in result ? result.value : result.fault;
};

test("a number is calculated as it is written on paper", () => {
  equal(value("512*2"), 1024);
  equal(value(" (1024 + 64) / 8 "), 136);
  equal(value("2^3^2"), 512);
  equal(value("-2^2"), -4);
  equal(value("2**-1"), 0.5);
  equal(value("10%4+.5"), 2.5);
  equal(value("1e-4"), 0.0001);
  equal(value("3,5"), 3.5);
  equal(value("7 - 2 - 1"), 4);
});

test("what is no sum is told in words and never run", () => {
  for (const text of ["", "  ", "2+", "(1", "1)", "alert(1)", "x", "1 2", "()", "1/0", "window.close()"]) {
    ok("fault" in evaluated(text), text);
  }
  equal(value("2+"), "something is missing at the end");
  equal(value("(1"), "a bracket is not closed");
});

test("a sum agrees with the language's own arithmetic", () => {
  property(200, (random) => {
    const text = sum(random, 3);
    const wanted = Function(`return ${text}`)();
    if (Number.isFinite(wanted)) equal(value(text), wanted, text);
    else ok("fault" in evaluated(text), text);
  });
});

/** @param {import("./harness.js").Random} random @param {number} depth @returns {string} */
function sum(random, depth) {
  if (depth === 0) return String(random.below(20) / 4);
  const [a, b] = [sum(random, depth - 1), sum(random, depth - 1)];
  return `(${a} ${random.pick(["+", "-", "*", "/"])} ${b})`;
}

test("a number stays within its bounds and on its steps", () => {
  const steps = { type: "Float", min: 0, max: 1, step: 0.05 };
  equal(snapped(0.1 + 0.2, steps), 0.3);
  equal(snapped(7, steps), 1);
  equal(bounded(3.6, { type: "Int", min: 0, max: 3, step: null }), 3);
  equal(stepOf({ type: "Int", min: null, max: null, step: null }), 1);
  equal([rounded(0.1 + 0.2), shown(0.1 + 0.2), shown(null)], [0.3, "0.3", ""]);
});

test("a seed beyond what a number holds is written as text, and wraps at its end", () => {
  equal(written(2n ** 53n - 1n), Number.MAX_SAFE_INTEGER);
  equal(written(2n ** 53n), "9007199254740992");
  equal(written(2n ** 64n), 0);
  equal(written(-1n), "18446744073709551615");
  equal(
    [
      readSeed("18446744073709551615") === 2n ** 64n - 1n,
      readSeed("18446744073709551616"),
      readSeed("-1"),
      readSeed("1.5"),
    ],
    [true, null, null, null],
  );
});

test("a word is weighted, and at one its brackets go", () => {
  equal(weighted("a red cube", 3, 3, 0.1), { text: "a (red:1.1) cube", from: 3, to: 6 });
  equal(weighted("a (red:1.1) cube", 4, 4, 0.1).text, "a (red:1.2) cube");
  equal(weighted("a (red:1.1) cube", 4, 4, -0.1), { text: "a red cube", from: 2, to: 5 });
  equal(weighted("a red cube", 2, 10, -0.1).text, "a (red cube:0.9)");
  equal(weighted("a, red ,b", 2, 7, 0.1).text, "a, (red:1.1) ,b");
  equal(weighted("", 0, 0, 0.1).text, "");
});

test("weighting up and down again gives the text back", () => {
  property(100, (random) => {
    const words = random.some(["red", "cube", "blue-ish", "on", "sand,", "été"], 0.8).join(" ");
    const at = random.below(words.length + 1);
    const steps = 1 + random.below(5);
    let edited = { text: words, from: at, to: at };
    for (let i = 0; i < steps; i += 1) edited = weighted(edited.text, edited.from, edited.to, 0.1);
    for (let i = 0; i < steps; i += 1) edited = weighted(edited.text, edited.from, edited.to, -0.1);
    equal(edited.text, words);
  });
});

test("every literal input of the catalogue has a widget, and nothing else has", () => {
  for (const type of catalogue.nodes.keys()) {
    for (const port of portsOf(catalogue, documentOf({ n: [type, {}] }), "", "n").inputs.values()) {
      const wanted = port.literal && !port.list && port.type !== "Data";
      equal(kindOf(port) !== "none", wanted, `${type}.${port.name}`);
    }
  }
});

test("words that a model does not know are found where they stand, and no others", () => {
  const words = unknownWords(["model 'solids' does not know 'wooden', 'café'; it knows shapes: cube, 'desk'", "say 'cube'"]);
  equal([...words], ["wooden", "café"]);
  const text = "A Wooden cube (café:1.2), woodenly";
  const found = pieces(text, words);
  equal(found.map((piece) => piece.text).join(""), text);
  equal(found.filter((piece) => piece.marked).map((piece) => piece.text), ["Wooden", "café"]);
});

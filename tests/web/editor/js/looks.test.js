import { barsPath, partWords, rangeWords, strangeWords } from "../../../../web/editor/profile/looks.js";
import { Tab } from "../../../../web/editor/session/tab.js";
import { equal, ok, test } from "./harness.js";

const TENSOR = /** @type {const} */ ({ name: "samples", kind: "tensor", dtype: "float32", shape: [1, 8, 16, 16], min: -2.12345, max: 3, mean: 0.5, deviation: 0.987654, nan: 0, inf: 0, histogram: [1, 0, 4, 2] });

test("a tensor is told by its numbers, its shape and its range, another value as it is", () => {
  equal(partWords(TENSOR), "float32 1 × 8 × 16 × 16");
  equal(rangeWords(TENSOR), "−2.123 to 3, mean 0.5, deviation 0.9877");
  equal(rangeWords({ ...TENSOR, every: 3 }), "−2.123 to 3, mean 0.5, deviation 0.9877, of one element in 3");
  equal(partWords({ name: "", kind: "list", length: 1 }), "1 item");
  equal(partWords({ name: "", kind: "list", length: 6 }), "6 items");
  equal(partWords({ name: "", kind: "value", value: null }), "null");
  equal(partWords({ name: "", kind: "text", value: "a ca", length: 5, cut: true }), "a ca… (5 characters)");
});

test("what is not finite is counted, and a tensor of nothing else has no range", () => {
  equal(strangeWords(TENSOR), "");
  equal(strangeWords({ ...TENSOR, nan: 3, inf: 1 }), "3 NaN, 1 infinite");
  equal(rangeWords({ name: "", kind: "tensor", dtype: "float32", shape: [3], nan: 3 }), "");
});

test("of the bars the highest fills the box, and one that is not empty is seen", () => {
  equal(barsPath([1, 0, 4]), "M0 32V24H42.67V32H85.33V0H128V32Z");
  ok(barsPath([1, 10000]).startsWith("M0 32V31H64V0"), barsPath([1, 10000]));
});

test("what is watched is remembered with where somebody was, and older places know of none", () => {
  const tab = new Tab("a");
  tab.watches.value = ["a.value"];
  const other = new Tab("b");
  other.whereabouts = tab.whereabouts;
  equal(other.watches.peek(), ["a.value"]);
  other.whereabouts = { path: [], cameras: [] };
  equal(other.watches.peek(), []);
});

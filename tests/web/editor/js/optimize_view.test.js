import { Album, outcome } from "../../../../nodes/views/optimize/album.js";
import { curvesOf, points } from "../../../../nodes/views/optimize/curves.js";
import { gaugesOf, warning } from "../../../../nodes/views/optimize/health.js";
import { more } from "../../../../nodes/views/optimize/more.js";
import { bestBy, fallen, foreseen, keptPictures, ranked, shown, totalBy } from "../../../../nodes/views/optimize/trace.js";
import { equal, ok, property, test } from "./harness.js";

const WHITE = { norm: 64, kurtosis: 3, autocorrelation: 0 };
const TERMS = [
  { name: "red", weight: 1, held_out: false },
  { name: "blue", weight: 0.5, held_out: false },
  { name: "light", weight: 9, held_out: true },
];

/** @param {number[][]} scores  red, blue, light of each picture */
function traceOf(scores) {
  const rows = scores.map(([red, blue, light], picture) => ({
    ...WHITE,
    picture,
    total: red + 0.5 * blue,
    rewards: { red, blue },
    held_out: { light },
  }));
  const none = /** @type {number | null} */ (null);
  const best = rows.reduce((now, row) => (now === null || row.total > rows[now].total ? row.picture : now), none);
  return { method: "gradient", terms: TERMS, white: WHITE, best, rows };
}

const random3 = (/** @type {any} */ random) => Array.from({ length: 1 + random.below(9) }, () => [0, 0, 0].map(() => random.below(7) / 4));

test("by the run's own weights the pictures rank as the run found them, and what was held out never counts", () => {
  property(50, (random) => {
    const trace = traceOf(random3(random));
    const same = new Map(TERMS.filter((term) => !term.held_out).map(({ name, weight }) => [name, weight]));
    equal(bestBy(trace, same), trace.best);
    for (const row of trace.rows) equal(totalBy(trace, row, same), row.total);
    equal(ranked(trace, new Map([...same, ["light", -100]])), ranked(trace, same));
  });
});

test("other weights rank stored scores anew, and of equals the first stays first", () => {
  const trace = traceOf([[1, 0, 0], [0, 1, 0], [0.9, 0.9, 0], [0, 1, 5]]);
  equal(ranked(trace, new Map()), [2, 0, 1, 3]);
  equal(ranked(trace, new Map([["red", -1]])), [1, 3, 2, 0]);
  equal(bestBy(trace, new Map([["blue", 0], ["red", 1]])), 0);
  equal(bestBy(traceOf([]), new Map([["red", 2]])), null);
});

test("what was held out and fell is told with what it was", () => {
  const trace = traceOf([[0, 0, 0.5], [1, 0, 0.2], [2, 0, 0.7]]);
  equal(fallen(trace, 1), [{ name: "light", before: 0.5, after: 0.2 }]);
  equal(fallen(trace, 2), []);
  equal(fallen(traceOf([]), null), []);
});

test("white noise of any size is calm, and each way of leaving it has its own words", () => {
  for (const norm of [16, 45.25, 256]) equal(warning(gaugesOf({ norm: norm + 1, kurtosis: 3, autocorrelation: 0 }, { ...WHITE, norm })), null);
  const words = (/** @type {object} */ noise) => gaugesOf({ ...WHITE, ...noise }, WHITE).map(({ level, words }) => `${level}: ${words}`);
  ok(words({ norm: 80 })[0].startsWith("gone: longer"));
  ok(words({ norm: 60 })[0].startsWith("drifts: shorter"));
  ok(words({ kurtosis: 6 })[1].includes("spots"));
  ok(words({ autocorrelation: 0.06 })[2].startsWith("drifts: neighbours are alike"));
  const both = warning(gaugesOf({ norm: 80, kurtosis: 9, autocorrelation: 0 }, WHITE)) ?? "";
  ok(both.startsWith("Norm and kurtosis left") && both.includes("hacked"));
});

test("how far is normal follows the size of the noise: small noise varies more", () => {
  const off = (/** @type {number} */ norm) => gaugesOf({ norm, kurtosis: 3.4, autocorrelation: 0.05 }, { ...WHITE, norm });
  equal(off(16).map(({ level }) => level), ["calm", "calm", "calm"]);
  equal(off(256).map(({ level }) => level), ["calm", "gone", "gone"]);
});

test("curves stay in their chart, one a reward, dashed where it was held out, and a total where there are several", () => {
  const trace = traceOf([[1, 0, 3], [2, 0, 1], [-5, 0, 2]]);
  const curves = curvesOf(trace, new Map());
  equal(curves.map(({ name, style }) => `${name} ${style}`), ["red c0", "blue c1", "light held c2", "total total"]);
  const numbers = points(curves[0].values, 3).split(/[ ,]/).map(Number);
  ok(numbers.every((number, i) => number >= 0 && number <= (i % 2 ? 112 : 384)));
  ok(numbers[3] < numbers[1] && numbers[1] < numbers[5], "higher is better is higher");
  ok(!points([2, 2, 2], 3).includes("NaN"));
});

test("frames that the node keeps are known by their numbers, also where it went on from a state", () => {
  equal(keptPictures(0, 11, 5), [0, 5, 10]);
  equal(keptPictures(7, 11, 5), [10]);
  equal(keptPictures(0, 11, 0), []);
  const trace = traceOf([[0, 0, 0], [3, 0, 0], [1, 0, 0]]);
  const entry = (/** @type {string} */ url) => ({ url, width: 8, height: 8 });
  const facts = { state: "ran", stale: false, inputs: { keep_every: 2 }, outputs: { image: [entry("b")], frames: [entry("0"), entry("2")], scores: [{ value: {} }] } };
  equal([...outcome(facts, trace, 0)].map(([number, { url }]) => `${number} ${url}`).sort(), ["0 0", "1 b", "2 2"]);
  equal(outcome({ ...facts, stale: true }, trace, 0).size, 0);
  equal(outcome({ ...facts, inputs: { keep_every: 1 } }, trace, 0).size, 1, "frames that are not these are not shown as these");
});

test("20 more raises what bounds the run, by rounds where a round is several pictures", () => {
  const inputs = { iterations: 50, pictures: null, mode: "gradient", neighbours: 4, resume: null };
  equal(more({ inputs, linked: [] }, 20).writes, [["iterations", 70]]);
  equal(more({ inputs: { ...inputs, mode: "zero_order" }, linked: [] }, 20).writes, [["iterations", 55]]);
  equal(more({ inputs: { ...inputs, pictures: 30 }, linked: [] }, 20).writes, [["iterations", 70], ["pictures", 50]]);
  equal(more({ inputs, linked: ["iterations"] }, 20).writes, []);
  equal(more({ inputs: { ...inputs, iterations: 9_999 }, linked: [] }, 20).writes, []);
});

test("after a run that came to its end 20 more are made behind it, and only those", () => {
  const inputs = { iterations: 50, pictures: null, mode: "gradient", neighbours: 4, resume: null };
  const ended = { inputs, linked: [], state: "ran", partial: false, stale: false, data: { rows: Array(50).fill({}) } };
  equal([more(ended, 20).behind, more(ended, 20).writes], [true, [["iterations", 20]]]);
  equal(more({ ...ended, inputs: { ...inputs, mode: "zero_order", pictures: 90 } }, 20).writes, [["iterations", 5], ["pictures", 20]]);
  equal(more({ ...ended, linked: ["iterations"] }, 20).writes, [["iterations", 20]]);
  equal(more({ ...ended, linked: ["mode"] }, 20).writes, []);
  equal(more({ ...ended, state: "idle" }, 20).behind, true, "what the last run did not need is there still");
  for (const change of [{ stale: true }, { state: "failed" }, { data: null }]) equal(more({ ...ended, ...change }, 20).behind, false);
});

test("a run that was stopped is made again, and 20 more than it came to", () => {
  const inputs = { iterations: 50, pictures: null, mode: "gradient", neighbours: 4, resume: null };
  const stopped = { inputs, linked: [], state: "ran", partial: true, stale: false, seconds: 130, data: { rows: Array(9).fill({}) } };
  equal(more(stopped, 20).writes, [["iterations", 29]]);
  ok(more(stopped, 20).why.startsWith("It was stopped: the 9 are made again, which took 2 min"));
  equal(more({ ...stopped, inputs: { ...inputs, mode: "zero_order" } }, 20).writes, [["iterations", 8]], "1 + 7 rounds of 4 are 29");
});

test("numbers are shown with four digits, and a minus", () => {
  equal([0.123456, -2, 45.2548, 1e-7, Number.NaN].map(shown), ["0.1235", "−2", "45.25", "1e−7", "–"]);
});

test("a preview is kept as the picture that it is of, until another run has another one there", async () => {
  const album = new Album();
  const picture = URL.createObjectURL(new Blob(["jpeg"], { type: "image/jpeg" }));
  const facts = { state: "running", preview: picture, previewStep: 2, step: 2, data: traceOf([[0, 0, 0], [1, 0, 0]]), linked: [] };
  const came = new Promise((go) => (album.changed = () => go(null)));
  album.take(facts);
  await came;
  equal([album.get(0), album.get(1) === null], [null, false]);
  album.take({ ...facts, data: traceOf([[0, 0, 0], [5, 0, 0]]) });
  equal(album.get(1), null);
  album.take(facts);
  ok(album.get(1) !== null);
});

test("a preview that comes before its row waits for it", async () => {
  const album = new Album();
  const preview = URL.createObjectURL(new Blob(["jpeg"], { type: "image/jpeg" }));
  const came = new Promise((go) => (album.changed = () => go(null)));
  album.take({ state: "running", preview, previewStep: 1, step: 1, data: traceOf([]), linked: [] });
  await came;
  equal(album.get(0), null);
  album.take({ state: "running", preview, previewStep: 1, step: 1, data: traceOf([[1, 0, 0]]), linked: [] });
  ok(album.get(0) !== null);
});

test("before the first picture it is said what the run will cost, as far as it is known", () => {
  equal(foreseen({}), "No picture yet.");
  equal(foreseen({ forecast: { pictures: 8 } }), "No picture of 8 yet.");
  equal(foreseen({ forecast: { pictures: 50, bytes: 46_800_000 } }), "No picture of 50 yet; 47 MB for gradients.");
  equal(foreseen({ forecast: { pictures: 50, bytes: 1, seconds: 38.2 } }), "No picture of 50 yet; 1 MB for gradients, about 39 s.");
});

import { signal } from "../../../../web/editor/vendor/signals-core/signals-core.mjs";
import { openDevices } from "../../../../web/editor/profile/devices.js";
import { heldBy, useWords } from "../../../../web/editor/profile/held.js";
import { amountWords, largestOf, levelOf, limitsOf, profileOf, shownOf, weightOf, wholeOf, bytesWords } from "../../../../web/editor/profile/measure.js";
import { sortedRows } from "../../../../web/editor/profile/rows.js";
import { statusOf } from "../../../../web/editor/view/status.js";
import { tintColour } from "../../../../web/editor/view/tints.js";
import { equal, ok, property, test } from "./harness.js";
import { catalogue, documentOf } from "./sample.js";

const ran = (/** @type {number} */ seconds, /** @type {number | null} */ bytes = null) => ({ state: "ran", seconds, peak_bytes: bytes });
const CACHED = { state: "cached", seconds: 0, peak_bytes: null };
const RUN = { load: CACHED, draw: ran(8, 3e9), "use/a": ran(1, 5e8), "use/deep/b": ran(2, 1e9), "use/c": CACHED, other: { state: "skipped", seconds: 0 } };

test("a use takes the seconds of all that is in it, the most memory of one node, and counts what was cached", () => {
  const { at, nodes } = profileOf(RUN);
  equal(at.get("use"), { seconds: 3, bytes: 1e9, ran: 2, cached: 1, failed: 0 });
  equal(at.get("use/deep"), { seconds: 2, bytes: 1e9, ran: 1, cached: 0, failed: 0 });
  equal(wholeOf({ at, nodes }), { seconds: 11, bytes: 3e9, ran: 3, cached: 2, failed: 0 });
});

test("the seconds of a level's nodes and uses are those of the whole run, however it is nested", () => {
  property(60, (random) => {
    /** @type {{[address: string]: {state: string, seconds: number, peak_bytes: number | null}}} */
    const reports = {};
    for (let i = 0; i < 12; i += 1) {
      const inside = random.pick(["", "u/", "u/v/", "w/"]);
      reports[`${inside}n${i}`] = random.next() < 0.3 ? CACHED : ran(random.below(1000), random.next() < 0.5 ? null : random.below(1e9));
    }
    const profile = profileOf(reports);
    const top = [...profile.at].filter(([address]) => !address.includes("/")).map(([, measure]) => measure);
    const whole = wholeOf(profile);
    equal(top.reduce((sum, { seconds }) => sum + seconds, 0), whole.seconds);
    equal(top.reduce((sum, { ran, cached }) => sum + ran + cached, 0), 12);
    equal(Math.max(0, ...top.map(({ bytes }) => bytes ?? 0)), whole.bytes ?? 0);
  });
});

test("the more a node took of the largest, the warmer its tint; nothing has none, and the legend's limits are where tints change", () => {
  equal([0, 0.001, 0.01, 0.04, 0.2, 0.5, 1, 3].map((amount) => levelOf(amount, 1)), ["", "1", "2", "3", "4", "5", "5", "5"]);
  equal(levelOf(0, 0), "");
  for (const [i, limit] of limitsOf(7).entries()) {
    equal(levelOf(limit, 7), `${i + 2}`);
    equal(levelOf(limit * 0.999, 7), `${i + 1}`);
  }
});

test("what is shown says in words what the tint says", () => {
  const { at, nodes } = profileOf(RUN);
  const [seconds, memory] = [largestOf({ at, nodes }, "seconds"), largestOf({ at, nodes }, "memory")];
  equal([seconds, memory], [8, 3e9]);
  equal(shownOf(at.get("draw"), "seconds", seconds), { tint: "5", words: "8.0 s" });
  equal(shownOf(at.get("use"), "seconds", seconds), { tint: "4", words: "3.0 s" });
  equal([2e-7, 0.00004, 0.0009, 0.001, 0.2].map((amount) => amountWords(amount, "seconds")), ["1 µs", "40 µs", "900 µs", "1 ms", "0.2 s"]);
  equal(shownOf(at.get("load"), "seconds", seconds), { tint: "", words: "cached" });
  equal(shownOf(at.get("draw"), "memory", memory), { tint: "5", words: "3.0 GB" });
  equal(shownOf(profileOf({ a: ran(1) }).at.get("a"), "memory", 0), { tint: "", words: "not counted" });
  equal(shownOf(at.get("use"), "cache", seconds), { tint: "part", words: "1 of 3 cached" });
  equal(shownOf(at.get("load"), "cache", seconds), { tint: "cached", words: "cached" });
  equal(shownOf(at.get("draw"), "cache", seconds), { tint: "ran", words: "ran" });
  equal(shownOf(at.get("other"), "cache", seconds), { tint: "", words: "not run" });
  equal(shownOf(undefined, "seconds", seconds), { tint: "", words: "not in the run" });
  equal([0, 999, 1000, 12_345, 9.96e6, 139e9].map(bytesWords), ["0 B", "999 B", "1.0 kB", "12 kB", "10 MB", "139 GB"]);
});

test("a node that runs or is at fault says so, whatever the profile of the last run says", () => {
  const tinted = { tint: /** @type {const} */ ("3"), words: "1.0 s" };
  const { words, tint } = statusOf({ state: "idle" }, undefined, [], [], tinted);
  equal([words, tint], ["1.0 s", "3"]);
  equal(statusOf({ state: "running", step: 2, of: 5 }, undefined, [], [], tinted).words, "2 / 5");
  const fault = { code: "x", node: "a", input: null, message: "it broke" };
  equal(statusOf({ state: "failed", fault }, undefined, [], [], tinted).words, "failed");
});

test("the outline has what took most first, inside uses too, and a sub-workflow that contains itself ends", () => {
  const document = documentOf(
    { load: ["LoadImage", {}], use: ["workflow:outer", {}], draw: ["Upscale", {}], other: ["LoadImage", {}] },
    {
      workflows: {
        outer: { nodes: { a: { type: "LoadImage", inputs: {} }, deep: { type: "workflow:inner", inputs: {} }, c: { type: "LoadImage", inputs: {} } } },
        inner: { nodes: { b: { type: "LoadImage", inputs: {} }, again: { type: "workflow:outer", inputs: {} } } },
      },
    },
  );
  const { at } = profileOf(RUN);
  const shown = (/** @type {string} */ level, /** @type {string} */ prefix, /** @type {import("../../../../web/editor/profile/measure.js").By} */ by) =>
    sortedRows(document, catalogue, level, (id) => weightOf(at.get(prefix + id), by)).map(({ id, depth }) => `${depth} ${id}`);
  const inner = ["1 use/deep", "2 use/deep/b", "2 use/deep/again", "1 use/a", "1 use/c"];
  equal(shown("", "", "seconds"), ["0 draw", "0 use", ...inner, "0 load", "0 other"]);
  equal(shown("outer", "use/", "seconds"), ["0 deep", "1 deep/b", "1 deep/again", "0 a", "0 c"]);
  equal(shown("", "", "cache").filter((row) => row.startsWith("0")), ["0 draw", "0 use", "0 load", "0 other"]);
});

test("titles are legible on every tint, in light and in dark", () => {
  const light = (/** @type {string} */ colour) => {
    const [r, g, b] = [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16) / 255).map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  for (const tint of /** @type {const} */ (["1", "2", "3", "4", "5", "cached", "part", "ran"])) {
    for (const [dark, text] of /** @type {const} */ ([[false, "#1b2230"], [true, "#e8ebf1"]])) {
      const [a, b] = [light(tintColour(tint, dark)), light(text)];
      const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
      ok(contrast >= 4.5, `${tint}: ${contrast}`);
    }
  }
});

const part = (/** @type {string} */ model, /** @type {string} */ name, /** @type {string} */ place, /** @type {number} */ bytes, leases = 0, idle_seconds = 0) =>
  ({ fingerprint: `of ${model}`, part: name, place, bytes, leases, idle_seconds });
const SMALL = [part("small", "Denoiser", "cuda:0", 2e9, 0, 40), part("small", "Decoder", "ram", 5e8, 0, 600)];
const LARGE = [part("large", "Denoiser", "cuda:0", 7e9, 1)];
const BUSY = { device: "cuda:1", state: "busy", models: [part("small", "Denoiser", "cuda:1", 2e9)] };
const DEVICES = [{ device: "cuda:0", state: "ready", models: [...SMALL, ...LARGE], memory: { free: 3e9, total: 16e9 } }, BUSY];
const MODELS = ["small", "large", "asleep"].map((name) => ({ name, fingerprint: `of ${name}` }));

test("each device has what is loaded for it, the largest first, and what waits in RAM is counted apart", () => {
  const [first, second] = heldBy(DEVICES, MODELS);
  equal(first.parts.map(({ model, part, waits }) => `${model} ${part} ${waits}`), ["large Denoiser false", "small Denoiser false", "small Decoder true"]);
  equal([first.on, first.waiting, second.on, second.waiting, second.state], [9e9, 5e8, 2e9, 0, "busy"]);
  equal(heldBy([{ device: "cpu", state: "ready" }], MODELS), [{ device: "cpu", state: "ready", on: 0, waiting: 0, memory: null, parts: [] }]);
  ok(heldBy(DEVICES, [])[1].parts[0].model.includes("not in the folders"));
});

test("each part says when it was used last, and that it is in use while it is", () => {
  equal(heldBy(DEVICES, MODELS)[0].parts.map(({ use }) => use), ["in use", "used 40 s ago", "used 10 min ago"]);
  equal([useWords(2, 9), useWords(0, 0), useWords(0, 7200)], ["in use by 2", "used just now", "used 2 h ago"]);
});

test("a model is unloaded by its button, and one that is in use stays and says why", async () => {
  /** @type {string[]} */
  const said = [];
  const asked = /** @type {string[]} */ ([]);
  let devices = DEVICES;
  const api = {
    health: async () => ({ devices }),
    models: async () => MODELS,
    _json: async (/** @type {string} */ _, /** @type {string} */ path) => {
      asked.push(path);
      if (path.includes("large")) throw new Error("a run uses large");
      devices = [{ ...DEVICES[0], models: LARGE }, { ...BUSY, models: [] }];
      return { unloaded: true };
    },
  };
  await openDevices(/** @type {any} */ ({ api, active: signal({ run: signal(null) }), say: (/** @type {string} */ words) => said.push(words) }));
  const dialog = /** @type {HTMLDialogElement} */ (document.querySelector("dialog.sheet"));
  const press = async (/** @type {string} */ label) => {
    /** @type {HTMLElement} */ (dialog.querySelector(`[aria-label="${label}"]`)).click();
    for (let i = 0; i < 20; i += 1) await null;
  };
  ok(dialog.textContent?.includes("cuda:0: ready, 9.0 GB loaded, 500 MB waiting in RAM, 3.0 GB of 16 GB free"), dialog.textContent ?? "");
  await press("Unload large");
  equal(dialog.querySelectorAll('[aria-label="Unload large"]').length, 1);
  await press("Unload small");
  equal([dialog.querySelectorAll('[aria-label="Unload small"]').length, asked], [0, ["/models/large/unload", "/models/small/unload"]]);
  ok(dialog.textContent?.includes("cuda:1: busy, nothing loaded"), dialog.textContent ?? "");
  equal(said, ["a run uses large", "small is unloaded"]);
  dialog.close();
});

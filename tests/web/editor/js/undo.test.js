import { canonical } from "../../../../web/editor/model/canonical.js";
import { levelOf } from "../../../../web/editor/model/document.js";
import { become } from "../../../../web/editor/model/edits/become.js";
import { addDrawn, deleteDrawn, drawnOf, patchDrawn } from "../../../../web/editor/model/edits/drawing.js";
import { copyText, paste, readClipboard } from "../../../../web/editor/model/edits/clipboard.js";
import { addNode, deleteNodes, healNodes, moveNodes, setMode } from "../../../../web/editor/model/edits/nodes.js";
import { exposeInput } from "../../../../web/editor/model/edits/expose.js";
import { freeze, unfreeze } from "../../../../web/editor/model/edits/freeze.js";
import { extract } from "../../../../web/editor/model/edits/extract.js";
import { inline } from "../../../../web/editor/model/edits/inline.js";
import { renameNode } from "../../../../web/editor/model/edits/rename.js";
import { replaceNode } from "../../../../web/editor/model/edits/replace.js";
import { sendTo } from "../../../../web/editor/model/edits/send.js";
import { takeValues } from "../../../../web/editor/model/edits/values.js";
import { connect } from "../../../../web/editor/model/edits/wires.js";
import { NOTHING_DONE, record, redo, undo } from "../../../../web/editor/model/history.js";
import { applyDiff, reverse, transact } from "../../../../web/editor/model/transact.js";
import { equal, property, test } from "./harness.js";
import { TEXT_TO_IMAGE, catalogue } from "./sample.js";

/** @typedef {import("../../../../web/editor/model/draft.js").Draft} Draft */
/** @typedef {import("./harness.js").Random} Random */

const TYPES = [...catalogue.nodes.keys()];

/** Edits that a user can make, each with choices of its own. @type {((draft: Draft, level: string, random: Random) => void)[]} */
const EDITS = [
  (draft, level, random) => void addNode(draft, level, random.pick(TYPES), { x: random.below(900), y: 5 }, catalogue),
  (draft, level, random) => deleteNodes(draft, level, random.some(idsOf(draft, level), 0.2)),
  (draft, level, random) => healNodes(draft, level, random.some(idsOf(draft, level), 0.2), catalogue),
  (draft, level, random) => moveNodes(draft, level, random.some(idsOf(draft, level)), { x: random.below(50), y: 3 }),
  (draft, level, random) =>
    setMode(draft, level, random.some(idsOf(draft, level)), random.pick(["mute", "bypass", null])),
  (draft, level, random) => {
    const port = { node: random.pick(idsOf(draft, level)), output: random.pick(["image", "latent", "value", "model"]) };
    connect(
      draft,
      level,
      port,
      { node: random.pick(idsOf(draft, level)), input: random.pick(["image", "latent", "value", "items"]) },
      catalogue,
    );
  },
  (draft, level, random) =>
    draft.level(level).setInput(random.pick(idsOf(draft, level)), "text", `words ${random.below(9)}`),
  (draft, level, random) =>
    void extract(draft, level, [random.pick(idsOf(draft, level)), random.pick(idsOf(draft, level))], "part", catalogue),
  (draft, level, random) => void inline(draft, level, random.pick(idsOf(draft, level))),
  (draft, level, random) => void renameNode(draft, level, random.pick(idsOf(draft, level)), `node${random.below(20)}`),
  (draft, level, random) =>
    void replaceNode(draft, level, random.pick(idsOf(draft, level)), random.pick(TYPES), catalogue),
  (draft, level, random) => void exposeInput(draft, level, { node: random.pick(idsOf(draft, level)), input: "text" }),
  (draft, level) => void addDrawn(draft, level, "frames", { x: 0, y: 0, width: 100, height: 50 }, { title: "Frame" }),
  (draft, level) => patchDrawn(draft, level, "frames", "frame", { x: 7 }),
  (draft, level, random) =>
    deleteDrawn(draft, level, random.some(drawnOf(draft.level(level).level, "frames").map(({ id }) => `frame:${id}`))),
  (draft, level, random) => {
    const copied = readClipboard(copyText(draft.document, level, random.some(idsOf(draft, level))));
    if (copied !== null) paste(draft, level, copied, { x: random.below(400), y: 0 });
  },
  (draft, level, random) => {
    const picture = { asset: "cat.png", sha256: "0".repeat(64), width: 8, height: 8 };
    sendTo(draft, level, random.pick(["image", "inpaint", "upscale"]), picture, { x: 9, y: 9 }, catalogue);
  },
  (draft, _level, random) =>
    freeze(draft, { [`${random.pick(idsOf(draft, ""))}${random.pick(["", "/inner"])}`]: "0:Latent" }),
  (draft, _level, random) => unfreeze(draft, random.some(idsOf(draft, ""))),
  (draft) => void takeValues(draft, TEXT_TO_IMAGE),
  (draft) => become(draft, TEXT_TO_IMAGE),
];

/**
 * @param {Draft} draft
 * @param {string} level
 */
function idsOf(draft, level) {
  const ids = [...draft.level(level).nodes.entries.keys()];
  if (ids.length === 0) throw new Error("nothing is there to be edited");
  return ids;
}

test("undoing any edits gives the document back byte for byte, and redoing them gives the end back", () => {
  property(60, (random) => {
    let document = TEXT_TO_IMAGE;
    let history = NOTHING_DONE;
    const texts = [canonical(document, catalogue)];
    for (let number = 0; number < 14; number += 1) {
      const level = random.pick([...document.levels.keys()]);
      const done = attempt(document, (draft) => random.pick(EDITS)(draft, level, random));
      if (done === null || done.diff.length === 0) continue;
      document = done.document;
      history = record(history, { title: "Edit", diff: done.diff, level, merge: null, time: number });
      texts.push(canonical(document, catalogue));
    }
    for (let at = texts.length - 2; at >= 0; at -= 1) ({ document, history } = step(document, undo(history), true));
    equal(canonical(document, catalogue), texts[0]);
    for (let at = 1; at < texts.length; at += 1) ({ document, history } = step(document, redo(history), false));
    equal(canonical(document, catalogue), texts.at(-1));
  });
});

test("whatever became of a document, it becomes another one byte for byte", () => {
  property(40, (random) => {
    let document = TEXT_TO_IMAGE;
    for (let number = 0; number < 8; number += 1) {
      const level = random.pick([...document.levels.keys()]);
      document = attempt(document, (draft) => random.pick(EDITS)(draft, level, random))?.document ?? document;
    }
    for (const [from, to] of [[document, TEXT_TO_IMAGE], [TEXT_TO_IMAGE, document]]) {
      const became = transact(from, (draft) => become(draft, to)).document;
      equal(canonical(became, catalogue), canonical(to, catalogue));
    }
  });
});

test("after any edits no wire and no exposed port leads to a node that is not there", () => {
  property(60, (random) => {
    let document = TEXT_TO_IMAGE;
    for (let number = 0; number < 20; number += 1) {
      const level = random.pick([...document.levels.keys()]);
      document = attempt(document, (draft) => random.pick(EDITS)(draft, level, random))?.document ?? document;
    }
    for (const [name, level] of document.levels) {
      const body = levelOf(document, name);
      const ends = [
        ...[...level.inputs.values()].flatMap(({ to }) => to),
        ...[...level.outputs.values()].map((output) => output.link),
        ...JSON.stringify([...level.nodes.values()].map((node) => [...node.inputs.values()])).matchAll(
          /"link":"([^"]+)"/g,
        ),
      ].map((end) => (typeof end === "string" ? end : /** @type {string} */ (end[1])));
      for (const end of ends) equal([end, body.nodes.has(end.slice(0, end.lastIndexOf(".")))], [end, true]);
    }
  });
});

/**
 * An edit, or null where it was refused in words.
 *
 * @param {import("./sample.js").Document} document
 * @param {(draft: Draft) => void} change
 */
function attempt(document, change) {
  try {
    return transact(document, change);
  } catch (error) {
    if (error instanceof TypeError || error instanceof RangeError) throw error;
    return null;
  }
}

/**
 * @param {import("./sample.js").Document} document
 * @param {{step: import("../../../../web/editor/model/history.js").Step, history: import("../../../../web/editor/model/history.js").History} | null} taken
 * @param {boolean} back
 */
function step(document, taken, back) {
  if (taken === null) throw new Error("there is no step to take");
  const diff = back ? reverse(taken.step.diff) : taken.step.diff;
  return { document: applyDiff(document, diff), history: taken.history };
}

"""Hold the scorer against eyes: 200 of the model's pictures as numbered sheets, and their labels against what it reads.

    python -m models.training.labels sheets [--set held_out] [--model models/solids] [--to FOLDER]
    python -m models.training.labels compare [--set held_out] [--labels FILE] [--of FOLDER]

`sheets` draws a set's first 60 singles, 100 pairs and 40 threes, shuffles them, and writes sheets with a number under each
picture and nothing else: who labels them sees neither prompt nor score. It also writes an empty labels.json, which filled
in is models/evaluation/labels_SET.json; the scorer was made better on the development set's. A label says what is seen as
captions do, every solid with its colour and shape, sizes and places where they are sure ("a large red cube left of a blue
ball"), or "none" where nothing can be told.
"""

import argparse
import json
import random
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

from engine.store.fingerprint import Fingerprints
from models.training.common import EVALUATION, MODELS, WORK, log
from models.training.evaluate import draw, entries_of, load
from nodes.ops.grid import grid
from nodes.solids.comparing import phrase
from nodes.solids.prompts import Facts, parse, remarks
from nodes.solids.rates import head, row
from nodes.solids.scene import Solid
from nodes.solids.score import judge, read

SHEETS: Final = WORK / "labels"
OF_A_KIND: Final = {"single": 60, "pair": 100, "three": 40}
A_SHEET: Final = 20
COLUMNS: Final = 5
ENLARGED: Final = 2
NONE: Final = "none"
Pictures = NDArray[np.uint8]


def order(name: str, seed: int = 1) -> list[dict[str, Any]]:
    """A set's entries in the order of the numbers, kinds mixed."""
    entries = [entry for kind, some in entries_of(name).items() for entry in some[: OF_A_KIND[kind]]]
    random.Random(seed).shuffle(entries)
    return entries


def sheets(pictures: Pictures) -> Iterator[Image.Image]:
    """Sheets of twenty pictures, twice as large, each with its number under it."""
    for first in range(0, len(pictures), A_SHEET):
        some = pictures[first : first + A_SHEET].repeat(ENLARGED, 1).repeat(ENLARGED, 2)
        numbers = [str(first + index) for index in range(len(some))]
        made = grid(list(torch.from_numpy(some).float().div(255)[:, None]), COLUMNS, numbers)
        yield Image.fromarray((made[0] * 255).round().byte().numpy())


def write(name: str, model: Path, folder: Path, steps: int, cfg: float) -> None:
    """Draw the pictures of a set, and write them, their sheets and an empty labels file."""
    entries = order(name)
    pictures = draw(load(model), [e["prompt"] for e in entries], [e["seed"] for e in entries], steps, cfg)
    folder.mkdir(parents=True, exist_ok=True)
    np.save(folder / "pictures.npy", pictures)
    for number, image in enumerate(sheets(pictures)):
        image.save(folder / f"sheet_{number:02d}.png")
    empty = {
        "set": name,
        "model": model.name,
        "fingerprint": Fingerprints().model(model),
        "steps": steps,
        "cfg": cfg,
        "labels": {str(number): "" for number in range(len(pictures))},
    }
    (folder / "labels.json").write_text(json.dumps(empty, indent=1) + "\n")


def labelled(labels: Mapping[str, str]) -> dict[int, Facts]:
    """Labels as facts, by number; empty ones are left out. Raises ValueError for one that says what is no solid."""
    found = {}
    for number, text in labels.items():
        if not text.strip():
            continue
        facts = Facts(()) if text.strip().lower() == NONE else parse(text)
        wrong = remarks(text) if facts.things else ()
        if wrong or (not facts.things and text.strip().lower() != NONE):
            raise ValueError(f"label {number} is {text!r}: {'; '.join(wrong) or 'it names no solid'}")
        found[int(number)] = facts
    return found


def rows(labels: Mapping[int, Facts], solids: Mapping[int, tuple[Solid, ...]], asked: Mapping[int, Facts]) -> list[str]:
    """The table: how often the scorer reads what the eye saw, and how often both take the picture for right.

    `asked` is what the prompts ask for.
    """
    seen = {number: judge(facts, solids[number]) for number, facts in labels.items()}
    both = [
        judge(asked[number], solids[number]).right == _same(asked[number], facts) for number, facts in labels.items()
    ]
    return [
        row("colours and shapes as labelled", [verdict.right for verdict in seen.values()]),
        row("sizes as labelled, of these", [verdict.sizes for verdict in seen.values() if verdict.right]),
        row("places as labelled, of these", [verdict.places for verdict in seen.values() if verdict.right]),
        row("taken for right or wrong, as by the eye", both),
    ]


def differences(labels: Mapping[int, Facts], solids: Mapping[int, tuple[Solid, ...]]) -> Iterator[str]:
    """A line for each picture that the scorer reads otherwise than it is labelled."""
    for number, facts in labels.items():
        if not judge(facts, solids[number]).right:
            yield f"{number}: labelled {_listed(facts.things)}; read {_listed(solids[number])}"


def compare(path: Path, folder: Path) -> None:
    """Read the pictures, and print the table and the differences."""
    document = json.loads(path.read_text())
    drawn = json.loads((folder / "labels.json").read_text())
    if any(document[key] != drawn[key] for key in ("fingerprint", "set", "steps", "cfg")):
        raise SystemExit(f"{path} labels other pictures than those in {folder}; make the sheets again")
    labels = labelled(document["labels"])
    pictures = np.load(folder / "pictures.npy", allow_pickle=False)
    solids = {number: read(pictures[number]) for number in labels}
    asked = {number: parse(entry["prompt"]) for number, entry in enumerate(order(document["set"]))}
    print(head(f"the scorer on pictures of {document['model']}, against labels by eye"))
    print("\n".join(rows(labels, solids, asked)))
    for line in differences(labels, solids):
        log(line)


def _same(asked: Facts, seen: Facts) -> bool:
    def pairs(facts: Facts) -> list[tuple[str, str]]:
        return sorted((thing.colour, thing.shape) for thing in facts.things)

    return pairs(asked) == pairs(seen)


def _listed(things: Any) -> str:
    return ", ".join(phrase(thing) for thing in things) or NONE


def main() -> None:
    """Read the command line; write sheets, or compare."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("part", choices=("sheets", "compare"))
    parser.add_argument("--set", choices=("development", "held_out"), default="held_out")
    parser.add_argument("--model", type=Path, default=MODELS / "solids")
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--cfg", type=float, default=2.5)
    parser.add_argument("--to", "--of", dest="folder", type=Path, help="else .cache/training/labels/SET")
    parser.add_argument("--labels", type=Path, help="else models/evaluation/labels_SET.json")
    options = parser.parse_args()
    folder = options.folder or SHEETS / options.set
    if options.part == "sheets":
        write(options.set, options.model, folder, options.steps, options.cfg)
    else:
        compare(options.labels or EVALUATION / f"labels_{options.set}.json", folder)


if __name__ == "__main__":
    main()

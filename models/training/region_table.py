"""Count how many errors prompts in regions leave out: each solid asked for in a box, against the prompt as it is.

    python -m models.training.region_table [--set development] [--kinds pair,three] [--limit 10] [--base-share 0.2]

A prompt's boxes are where its solids stand in a scene that is laid out as the prompt's places say; what it leaves open is
drawn from its seed, some times, and the boxes that overlap least are taken. One picture is of the prompt as it is, one of
its regions together (`CombinePrompts`, by the same model from the same noise), and one of its regions painted one after
another on bare ground (`PaintRegions`, by a model for inpainting), what stands farthest away first. The scorer, which sees
neither prompt nor boxes, reads them. An error is a picture that is not right: not the exact multiset of (colour, shape).
The share of errors that is gone has a 95 % interval of paired bootstraps over prompts. Rows are kept, and a run that was
stopped goes on.
"""

import argparse
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from itertools import combinations
from pathlib import Path
from typing import Any, Final, TypeVar, cast

import numpy as np
import torch
from numpy.typing import NDArray

from engine.graph.node import Context
from engine.store.fingerprint import Fingerprints
from models.training.common import MODELS, log
from models.training.evaluate import SETS, entries_of
from models.training.rows import Rows, place_of, settings_of
from nodes.adherence import pairs
from nodes.families.load import PARTS, load_part
from nodes.families.protocol import TextEncoder
from nodes.ops.latents import decode
from nodes.ops.regions import box, combined, placed
from nodes.ops.sampling import sample
from nodes.ops.scenes import as_bytes
from nodes.paint_regions import PaintRegions
from nodes.prompts.encode import encode_text
from nodes.solids.asked import scene_for
from nodes.solids.camera import SIZE
from nodes.solids.comparing import phrase, with_article
from nodes.solids.counting import Shown, rows
from nodes.solids.prompts import Facts, parse
from nodes.solids.rates import head
from nodes.solids.scene import Scene, Solid, extent
from nodes.solids.score import read
from nodes.types import VAE, Conditioning, Latent, Model, ModelRef

T = TypeVar("T")

WAYS: Final = ("plain", "regions", "painted")
LAYOUTS: Final = 40
"""Scenes that a prompt's boxes are chosen from."""
Box = tuple[float, float, float, float]
"""Left, top, right and bottom in per cent of the picture."""


def boxes(facts: Facts, seed: int, margin: float) -> list[Box]:
    """Where the solids of a prompt are to stand, in its own order; `margin` pixels are added to each side.

    Of some scenes that the prompt tells of, the one whose boxes overlap least. Raises ValueError, in a sentence, where they
    cannot stand as they are said to.
    """
    found = [_boxes(scene_for(facts, seed * LAYOUTS + number), margin) for number in range(LAYOUTS)]
    return min(found, key=overlap)


def overlap(places: Sequence[Box]) -> float:
    """How much of the picture boxes share, pair by pair: in per cent of it, squared."""
    shared = 0.0
    for one, other in combinations(places, 2):
        wide, high = (min(one[side + 2], other[side + 2]) - max(one[side], other[side]) for side in (0, 1))
        shared += max(wide, 0) * max(high, 0)
    return shared


def _boxes(scene: Scene, margin: float) -> list[Box]:
    found = []
    for solid in scene.solids:
        low, high = (np.clip(corner, 0, SIZE) * 100 / SIZE for corner in _corners(solid, margin))
        found.append((float(low[0]), float(low[1]), float(high[0]), float(high[1])))
    return found


def _corners(solid: Solid, margin: float) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    low, high = extent(solid)
    return low - np.float32(margin), high + np.float32(margin)


def texts(facts: Facts) -> list[str]:
    """What the region of each solid is told, in the prompt's order: the solid alone, on the prompt's ground."""
    ground = f" on {facts.ground}" if facts.ground else ""
    return [with_article(phrase(thing)) + ground for thing in facts.things]


def in_regions(encoder: TextEncoder, facts: Facts, places: Sequence[Box], feather: float) -> list[Conditioning]:
    """The solids of a prompt, each in its box, in the prompt's order."""
    return [
        placed(encode_text(encoder, own), box(*place), feather=feather)
        for own, place in zip(texts(facts), places, strict=True)
    ]


class Studio:
    """Draws pictures of prompts with a model's own parts, and lends them to nodes."""

    def __init__(self, folder: Path, steps: int, cfg: float, feather: float) -> None:
        self.parts: dict[str, Any] = {part: load_part(folder, part) for part in PARTS}
        self.encoder: TextEncoder = self.parts["text_encoder"]
        self.steps, self.cfg, self.feather = steps, cfg, feather

    @contextmanager
    def lease(self, *references: ModelRef) -> Iterator[tuple[Any, ...]]:
        """The parts that are asked for, as a node's context lends them."""
        yield tuple(self.parts[reference.part] for reference in references)

    def notice(self, message: str, input: str | None = None) -> None:  # noqa: ARG002
        """A node's remark."""
        log(message)

    @torch.no_grad()
    def draw(self, positive: Conditioning, seed: int) -> NDArray[np.uint8]:
        """A picture (128, 128, 3)."""
        denoiser = self.parts["denoiser"]
        states = sample(
            denoiser,
            positive,
            encode_text(self.encoder, ""),
            Latent(denoiser.space, SIZE, SIZE),
            seed=seed,
            steps=self.steps,
            cfg=self.cfg,
            sampler="ddim",
            schedule="trailing",
        )
        picture: NDArray[np.uint8] = as_bytes(decode(self.parts["vae"], _end(states).latent).pixels)[0]
        return picture

    @torch.no_grad()
    def paint(self, facts: Facts, places: Sequence[Box], seed: int) -> NDArray[np.uint8]:
        """A picture (128, 128, 3): the solids of a prompt painted into their boxes, from the farthest to the nearest."""
        regions = in_regions(self.encoder, facts, places, self.feather)
        farthest_first = sorted(range(len(places)), key=lambda index: places[index][3])
        space = self.parts["denoiser"].space
        node = PaintRegions(
            model=Model("", "denoiser", "sd", space, width=SIZE, height=SIZE, inpaint=True),
            vae=VAE("", "vae", "sd", space),
            regions=[regions[index] for index in farthest_first],
            base=encode_text(self.encoder, f"on {facts.ground or scene_for(facts, seed).ground}"),
            negative=encode_text(self.encoder, ""),
            seed=seed,
            steps=self.steps,
            cfg=self.cfg,
            sampler="ddim",
            schedule="trailing",
        )
        picture: NDArray[np.uint8] = as_bytes(_end(node.run(cast(Context, self))).pixels)[0]
        return picture


def _end(work: Generator[Any, Any, T]) -> T:
    while True:
        try:
            next(work)
        except StopIteration as end:
            found: T = end.value
            return found


def measured(
    studio: Studio, painter: Studio, text: str, seed: int, options: argparse.Namespace
) -> dict[str, list[dict[str, Any]]]:
    """What is read in the pictures of a prompt, one a way."""
    facts = parse(text)
    places = boxes(facts, seed, options.margin)
    with torch.no_grad():
        plain = encode_text(studio.encoder, text)
        regions = combined(in_regions(studio.encoder, facts, places, options.feather), plain, options.base_share)
    pictures = {
        "plain": studio.draw(plain, seed),
        "regions": studio.draw(regions, seed),
        "painted": painter.paint(facts, places, seed),
    }
    return {way: [asdict(solid) for solid in read(picture)] for way, picture in pictures.items()}


def shown(row: dict[str, Any], way: str) -> Shown:
    """A row's picture of one way, as the tables count it."""
    return Shown(parse(row["prompt"]), tuple(Solid(**solid) for solid in row[way]))


def removed(before: Sequence[bool], after: Sequence[bool]) -> tuple[float, float, float]:
    """The share of errors that is gone and its 95 % interval, as `pairs.removed`; (0, 0, 0) where there was no error."""
    share, low, high = pairs.removed(np.array(before, np.float64), np.array(after, np.float64))
    return share or 0.0, low or 0.0, high or 0.0


def table(done: Sequence[dict[str, Any]]) -> Iterator[str]:
    """The lines of the table, by kind and for all kinds together."""
    kinds = {kind: [row for row in done if row["kind"] == kind] for kind in dict.fromkeys(row["kind"] for row in done)}
    for kind, own in [*kinds.items(), *([("all", list(done))] if len(kinds) > 1 else [])]:
        for way in WAYS:
            yield from rows(f"{kind}, {way}", [shown(row, way) for row in own])
        errors = {way: [not shown(row, way).verdict.right for row in own] for way in WAYS}
        for way in WAYS[1:]:
            share, low, high = removed(errors["plain"], errors[way])
            told = (
                f"{sum(errors['plain'])} → {sum(errors[way])} | {100 * share:.0f} % ({100 * low:.0f}–{100 * high:.0f})"
            )
            yield f"| {kind}, {way}: errors that are gone | {told} |"


def main() -> None:
    """Read the command line, measure what is not measured yet, print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, default=MODELS / "solids")
    parser.add_argument("--painter", type=Path, default=MODELS / "solids-inpaint", help="what paints one after another")
    parser.add_argument("--set", default="development", choices=SETS)
    parser.add_argument("--kinds", default="pair,three")
    parser.add_argument("--limit", type=int, help="only so many prompts of each kind")
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--cfg", type=float, default=2.5)
    parser.add_argument("--margin", type=float, default=4.0, help="pixels added around where a solid is to stand")
    parser.add_argument("--feather", type=float, default=3.0, help="how soft boxes are, in per cent of the picture")
    parser.add_argument("--base-share", type=float, default=0.2, help="how much the whole prompt counts within boxes")
    parser.add_argument("--rows", type=Path, help="the file in which rows are kept")
    options = parser.parse_args()
    settings = settings_of(vars(options), "rows", "limit", "kinds")
    settings["painter"] = Fingerprints().model(options.painter)
    results = Rows(options.rows or place_of("region", settings), settings)
    studio, painter = (
        Studio(folder, options.steps, options.cfg, options.feather) for folder in (options.model, options.painter)
    )
    entries, done = entries_of(options.set), []
    for kind in options.kinds.split(","):
        for entry in entries.get(kind, [])[: options.limit]:
            key, text, seed = f"{kind}/{entry['seed']}/{entry['prompt']}", entry["prompt"], entry["seed"]
            if key not in results:
                results.add(key, kind=kind, prompt=text, **measured(studio, painter, text, seed, options))
                log(key)
            done.append(results.rows[key])
    print(head(f"{options.model.name}, {options.set}, {options.steps} steps, guidance {options.cfg}"))
    print("\n".join(table(done)), flush=True)


if __name__ == "__main__":
    main()

"""Count how often a CLIP prefers a picture's caption to the caption's twins.

    python -m models.training.clip_table [--name solids-clip] [--scenes 1000]

For each held-out scene one caption is drawn, and one twin of each kind that there is; right is a caption that is nearer
to the picture than its twin. `swapped` counts one twin a scene, of exchanged facts where two can be exchanged, else of
a replaced one; the other rows count each kind apart. Rates have 95 % intervals (Wilson 1927).
"""

import argparse
import random
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from transformers import CLIPImageProcessorPil, CLIPModel, CLIPTokenizer

from models.training.clip_model import SHAPES, folder_of, size_of, to_clip
from models.training.common import withheld_pairs
from models.training.prompts import pairs_of
from models.training.render import HELD_OUT_SEED, training_scene
from models.training.softness import load_vae, round_trip
from models.training.tokenizer import short_tokens_of
from models.training.twins import EXCHANGED, KINDS, twins
from nodes.solids.prompts import caption
from nodes.solids.rates import head, row
from nodes.solids.render import render
from nodes.solids.scene import Scene, sample_scene

DEVELOPMENT_SEED: Final = 16_000_000
"""Scenes from here on choose checkpoints."""
DEVELOPMENT_SCENES: Final = 120
WITHHELD_SEED: Final = 17_000_000
Pictures = NDArray[np.uint8]


@dataclass(frozen=True)
class Case:
    """A scene's caption and its twins by kind."""

    scene: Scene
    caption: str
    twins: dict[str, str]

    def main_kind(self) -> str:
        """The kind that counts as `swapped`: the caption's length draws among exchanged facts, so that all occur."""
        exchanged: list[str] = [kind for kind in EXCHANGED if kind in self.twins]
        kinds = exchanged or list(self.twins)
        return kinds[len(self.caption) % len(kinds)]


def case(scene: Scene, seed: int) -> Case:
    """The case of a scene; wording and twins are drawn from `seed`."""
    draw = random.Random(seed)
    text = caption(scene, draw)
    return Case(scene, text, twins(text, scene, draw))


def cases(first: int, count: int) -> list[Case]:
    """Cases of scenes from seed `first` on."""
    return [case(training_scene(first + index), first + index) for index in range(count)]


def withheld_cases(count: int) -> list[Case]:
    """Cases of scenes with a combination that no training scene shows."""
    found: list[Case] = []
    seed = WITHHELD_SEED
    while len(found) < count:
        scene = sample_scene(seed)
        if set(pairs_of(scene)) & withheld_pairs():
            found.append(case(scene, seed))
        seed += 1
    return found


@lru_cache(maxsize=1)
def development() -> tuple[tuple[Case, ...], Pictures]:
    """The cases that choose checkpoints, with their pictures, half of them after a VAE's round trip."""
    chosen = cases(DEVELOPMENT_SEED, DEVELOPMENT_SCENES)
    pictures = np.stack([render(one.scene) for one in chosen])
    half = len(chosen) // 2
    return tuple(chosen), np.concatenate([pictures[:half], round_trip(load_vae(), pictures[half:])])


@torch.no_grad()
def verdicts(clip: CLIPModel, chosen: tuple[Case, ...] | list[Case], seen: torch.Tensor) -> list[dict[str, bool]]:
    """For each case, by kind, whether the caption is nearer to its picture than the twin; `seen` (N, 3, size, size) is
    what the vision tower takes."""
    texts = [text for one in chosen for text in (one.caption, *one.twins.values())]
    tokens = short_tokens_of(texts)
    pictures = nn.functional.normalize(clip.get_image_features(seen).pooler_output, dim=-1)
    read = nn.functional.normalize(clip.get_text_features(tokens).pooler_output, dim=-1)
    out, place = [], 0
    for one, picture in zip(chosen, pictures, strict=True):
        alike = (read[place : place + 1 + len(one.twins)] @ picture).tolist()
        place += len(alike)
        out.append({kind: alike[0] > other for kind, other in zip(one.twins, alike[1:], strict=True)})
    return out


def share_right(clip: CLIPModel, chosen: tuple[tuple[Case, ...], Pictures]) -> float:
    """The part of all twins of all cases that are told from the caption; half a case's weight is its main twin's."""
    seen = to_clip(torch.from_numpy(chosen[1]).permute(0, 3, 1, 2).float() / 255, size_of(clip))
    found = verdicts(clip, chosen[0], seen)
    main = np.mean([right[one.main_kind()] for one, right in zip(chosen[0], found, strict=True)])
    return float(0.5 * main + 0.5 * np.mean([right for one in found for right in one.values()]))


def table(chosen: list[Case], found: list[dict[str, bool]]) -> list[str]:
    """The lines of a table."""
    lines = [row("swapped", [right[one.main_kind()] for one, right in zip(chosen, found, strict=True)])]
    return [*lines, *(row(kind, [right.get(kind) for right in found]) for kind in KINDS)]


def measured(folder: Path, chosen: list[Case], soft: bool = False) -> list[dict[str, bool]]:
    """Verdicts of a folder's CLIP, loaded and fed by the stock classes."""
    clip = CLIPModel.from_pretrained(folder, dtype=torch.float32).eval()
    assert isinstance(CLIPTokenizer.from_pretrained(folder), CLIPTokenizer)
    processor = CLIPImageProcessorPil.from_pretrained(folder)
    found: list[dict[str, bool]] = []
    for first in range(0, len(chosen), 50):
        part = chosen[first : first + 50]
        pictures = np.stack([render(one.scene) for one in part])
        pictures = round_trip(load_vae(), pictures) if soft else pictures
        found += verdicts(clip, part, processor(list(pictures), return_tensors="pt")["pixel_values"])
    return found


def main() -> None:
    """Read the command line and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--name", choices=tuple(SHAPES), default="solids-clip")
    parser.add_argument("--scenes", type=int, default=1000)
    options = parser.parse_args()
    folder, held_out = folder_of(options.name), cases(HELD_OUT_SEED, options.scenes)
    print("\n".join([head("held-out scenes"), *table(held_out, measured(folder, held_out))]), flush=True)
    soft = held_out[: options.scenes // 3]
    print("\n".join([head("after the VAE's round trip"), *table(soft, measured(folder, soft, soft=True))]), flush=True)
    apart = withheld_cases(options.scenes // 5)
    print("\n".join([head("withheld combinations"), *table(apart, measured(folder, apart))]), flush=True)


if __name__ == "__main__":
    main()

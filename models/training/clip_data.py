"""Pictures with captions and their twins, batch by batch."""

import random
from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from models.training import facts
from models.training.common import WORK, log, withheld_pairs, write_whole
from models.training.prompts import held_out_pairs, pairs_of
from models.training.render import chunk_path, training_scene
from models.training.softness import load_vae, round_trip
from models.training.tokenizer import short_tokens_of
from models.training.twins import EXCHANGED, shows, twins
from models.training.wear import wear
from nodes.solids.prompts import Facts, caption, parse
from nodes.solids.scene import Pair, Scene

Pictures = NDArray[np.uint8]

TWINS: Final = 3
"""Twins a caption gets; those of exchanged facts come first."""
SOFTENED: Final = WORK / "softened.npy"
SOFT_SCENES: Final = 2500
"""The first so many scenes are there after a VAE's round trip too."""
SOFT_SHARE: Final = 0.2
LATENT_NOISE: Final = 0.25
PATCHES_CACHE: Final = 40_000


@dataclass
class Batch:
    """B pictures and T texts, the first C of them captions of the first C pictures; `owner` (T,) says whose twin a text
    is.

    `barred` (C, T) marks texts that are neither a picture's own caption nor false of it. `kept` (B, K) are the patches
    that the vision tower looks at, in order; None is all. `patches` (B, 3, P) is what they show.
    """

    pictures: Tensor
    tokens: Tensor
    owner: Tensor
    barred: Tensor
    scene_facts: Tensor
    text_facts: Tensor
    patches: Tensor
    kept: Tensor | None = None


class Data:
    """The training pictures, without scenes whose pair of solids a held-out prompt asks for.

    Picture i of `chunks`, counted through, is of training scene i; `soft` are the first of them after a VAE's round
    trip.
    """

    def __init__(self, seed: int, patch: int, size: int, chunks: list[Pictures], soft: Pictures) -> None:
        self.draw, self.noise = random.Random(seed), torch.Generator().manual_seed(seed)
        self.chunks, self.soft = chunks, soft
        each = len(chunks[0])
        scenes = {index: training_scene(index) for index in range(each * len(chunks))}
        self.scenes = {i: scene for i, scene in scenes.items() if pairs_of(scene) not in held_out_pairs()}
        self.kept = list(self.scenes)
        self.kept_soft = [index for index in self.kept if index < len(self.soft)]
        self.patch, self.size, self.each = patch, size, each
        self.known = lru_cache(PATCHES_CACHE)(self._known)

    def batch(self, size: int, captioned: int, keep: int | None = None) -> Batch:
        """`size` pictures, worn; fresh captions and twins for `captioned` of them; `keep` patches of each, or all."""
        drawn = [self._draw_one() for _ in range(size)]
        scenes = [self.scenes[index] for index, _ in drawn[:captioned]]
        texts, owner = with_twins(scenes, self.draw, TWINS)
        said = [parse(text) for text in texts]
        raw = np.stack([picture for _, picture in drawn])
        pictures = wear(torch.from_numpy(raw).permute(0, 3, 1, 2).float().div_(255), self.noise)
        known = [self.known(index) for index, _ in drawn]
        patches = torch.from_numpy(np.stack([one for _, one in known]))
        return Batch(
            pictures,
            short_tokens_of(texts),
            torch.tensor(owner),
            barred(scenes, said, owner),
            torch.from_numpy(np.stack([vector for vector, _ in known])),
            torch.from_numpy(np.stack([facts.of_caption(one) for one in said])),
            patches,
            None if keep is None else kept_patches(patches, keep, self.noise),
        )

    def _draw_one(self) -> tuple[int, Pictures]:
        if self.kept_soft and self.draw.random() < SOFT_SHARE:
            index = self.draw.choice(self.kept_soft)
            return index, self.soft[index]
        index = self.draw.choice(self.kept)
        return index, self.chunks[index // self.each][index % self.each]

    def _known(self, index: int) -> tuple[facts.Vector, facts.Patches]:
        return facts.of_scene(self.scenes[index]), facts.of_patches(self.scenes[index], self.patch, self.size)


def with_twins(scenes: list[Scene], draw: random.Random, most: int) -> tuple[list[str], list[int]]:
    """A caption of each scene, then up to `most` twins of each caption, and whose of the captions each text is."""
    texts = [caption(scene, draw) for scene in scenes]
    owner = list(range(len(scenes)))
    for index, scene in enumerate(scenes):
        twins_of = training_twins(texts[index], scene, draw, most)
        texts += twins_of
        owner += [index] * len(twins_of)
    return texts, owner


def training_twins(text: str, scene: Scene, draw: random.Random, most: int) -> list[str]:
    """Up to `most` twins, exchanged facts first. None names a withheld combination: to be false of every picture
    is not what a network should learn of those."""
    made = twins(text, scene, draw)
    order = sorted(made, key=lambda kind: (kind not in EXCHANGED, draw.random()))
    allowed = [made[kind] for kind in order if not _pairs(parse(made[kind])) & withheld_pairs()]
    return allowed[:most]


def kept_patches(patches: Tensor, keep: int, draw: torch.Generator) -> Tensor:
    """Which patches are looked at, (B, keep): all that show solids, if they fit, and some of the ground.

    A tower that sees half of the patches learns almost twice as fast (Li et al. 2023, FLIP, arXiv 2212.00794).
    """
    worth = torch.rand(patches[:, 0].shape, generator=draw) + (patches[:, 0] > 0)
    return worth.topk(keep, dim=1).indices.sort(dim=1).values


def barred(scenes: list[Scene], said: list[Facts], owner: list[int]) -> Tensor:
    """Which texts are true of which other pictures, (B, T): they count neither for nor against these."""
    by_things: dict[tuple[Pair, ...], list[int]] = defaultdict(list)
    for column, one in enumerate(said):
        by_things[tuple(sorted((thing.colour, thing.shape) for thing in one.things))].append(column)
    out = torch.zeros(len(scenes), len(said), dtype=torch.bool)
    for row, scene in enumerate(scenes):
        for column in by_things[pairs_of(scene)]:
            out[row, column] = column != row and owner[column] != row and shows(scene, said[column])
    return out


def training_chunks(limit: int | None = None) -> list[Pictures]:
    """The rendered training pictures, chunk by chunk, read as they are needed."""
    chunks: list[Pictures] = []
    while chunk_path(len(chunks)).exists() and (limit is None or len(chunks) < limit):
        chunks.append(np.load(chunk_path(len(chunks)), mmap_mode="r", allow_pickle=False))
    if not chunks:
        raise SystemExit("no pictures; run python -m models.training.render first")
    return chunks


def softened(chunks: list[Pictures]) -> Pictures:
    """The first scenes' pictures after the round trip of the VAE that ships, with a little noise on the latents;
    made on first use, then kept."""
    if not SOFTENED.exists():
        vae, first = load_vae(), np.concatenate(chunks[: -(-SOFT_SCENES // len(chunks[0]))])[:SOFT_SCENES]
        made = np.concatenate([round_trip(vae, first[i : i + 25], LATENT_NOISE) for i in range(0, len(first), 25)])
        write_whole(SOFTENED, partial(np.save, arr=made))
        log(f"{len(made)} pictures made the VAE's round trip")
    out: Pictures = np.load(SOFTENED, mmap_mode="r", allow_pickle=False)
    return out


def _pairs(said: Facts) -> set[Pair]:
    return {(thing.colour, thing.shape) for thing in said.things}

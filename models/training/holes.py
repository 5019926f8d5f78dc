"""Pictures with a hole, and what belongs into it: what a network that paints over parts of pictures learns from.

What is to be there afterwards is a training scene. Before, one of its solids was of another colour or shape, or was not
there, or stood beside one more; the hole is where that solid was seen, grown. Some holes are boxes anywhere, and some are
the whole picture, which is then drawn from its caption alone. Around the hole both pictures are the one before.
"""

import os
import random
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from models.training.altered import another, one_more
from models.training.common import WORK, log, write_whole
from models.training.denoiser import EMPTY
from models.training.latents import encode
from models.training.prompts import held_out_pairs, pairs_of
from models.training.render import CHUNK, chunk_path, training_scene
from models.training.softness import load_vae
from models.training.tokenizer import tokens_of
from nodes.ops.masks import grown
from nodes.solids.camera import SIZE
from nodes.solids.comparing import phrase, with_article
from nodes.solids.prompts import Thing, caption
from nodes.solids.render import render, silhouettes
from nodes.solids.scene import Scene

Pixels = NDArray[np.uint8]

FOLDER: Final = WORK / "holes"
CELL: Final = 8
KINDS: Final = {
    "colour": 3,
    "shape": 3,
    "both": 3,
    "add": 2,
    "into a box": 8,
    "remove": 2,
    "box": 2,
    "whole": 1,
    "bare": 1,
}
"""What is done in the hole, and how often."""
GROWN: Final = (2, 10)
"""Pixels by which a solid's outline, or the box around it, grows, from and to."""
SEEN: Final = 6
"""Bytes by which a pixel differs that a solid or its shadow changes."""
OVER_OTHERS: Final = 0.2
"""How often the hole also covers what is seen of other solids there."""
ALONE: Final = 0.35
"""How often the caption says nothing but what belongs into the hole."""
BARE: Final = -2
"""Stands for a target where no solid is to be seen in the picture."""


@dataclass(frozen=True)
class Job:
    """A picture before, what changes in it, and afterwards; `mask` (128, 128) is True in the hole, `target` the solid that
    is new there, by its place in the scene afterwards, None for no one solid, BARE for none at all."""

    before: Pixels
    after: Pixels
    mask: NDArray[np.bool_]
    target: int | None

    @property
    def changed(self) -> Pixels:
        """The picture afterwards: as before, but in the hole."""
        return np.where(self.mask[..., None], self.after, self.before)

    @property
    def holed(self) -> Pixels:
        """The picture with the hole, which is mid-grey."""
        return np.where(self.mask[..., None], np.uint8(128), self.before)


def job(scene: Scene, after: Pixels, draw: random.Random) -> Job:
    """A job whose picture afterwards is that of a scene, drawn as KINDS say."""
    kind = draw.choices(list(KINDS), list(KINDS.values()))[0]
    everywhere = np.ones((SIZE, SIZE), bool)
    match kind:
        case "box":
            return Job(after, after, box(draw), None)
        case "whole":
            return Job(after, after, everywhere, None)
        case "bare":
            return Job(after, render(replace(scene, solids=())), everywhere, BARE)
        case "into a box":
            return _into_box(scene, after, draw)
        case _:
            return _outlined(scene, after, kind, draw)


def _into_box(scene: Scene, after: Pixels, draw: random.Random) -> Job:
    """A solid that was not there is put into a box, which its shadow keeps to as well."""
    target = draw.randrange(len(scene.solids))
    before = render(replace(scene, solids=scene.solids[:target] + scene.solids[target + 1 :]))
    changed = np.abs(after.astype(np.int16) - before).max(-1) > SEEN
    return Job(before, after, boxed(changed, [draw.randint(*GROWN) for _ in range(4)]), target)


def _outlined(scene: Scene, after: Pixels, kind: str, draw: random.Random) -> Job:
    """A solid was another before, or was not there, or was there; the hole is its outline, grown."""
    before, outlined, place = _before(scene, kind, draw)
    seen = silhouettes(outlined)
    hole = grown(torch.from_numpy(seen == place).float()[None], draw.randint(*GROWN))[0].numpy() > 0
    if draw.random() > OVER_OTHERS:
        hole &= (seen == place) | (seen < 0)
    return Job(render(before), after, hole, None if kind == "remove" else place)


def _before(scene: Scene, kind: str, draw: random.Random) -> tuple[Scene, Scene, int]:
    """The scene before, and the solid whose outline the hole has: in which of the scenes, before or afterwards, and its
    place there."""
    if kind == "remove":
        before = one_more(scene, draw)
        return before, before, len(scene.solids)
    target, solids = draw.randrange(len(scene.solids)), list(scene.solids)
    if kind == "add":
        del solids[target]
        return replace(scene, solids=tuple(solids)), scene, target
    if kind in ("colour", "both"):
        solids[target] = another(solids[target], "colour", draw)
    if kind in ("shape", "both"):
        solids[target] = another(solids[target], "shape", draw)
    before = replace(scene, solids=tuple(solids))
    return before, before, target


def boxed(mask: NDArray[np.bool_], margins: Sequence[int]) -> NDArray[np.bool_]:
    """The box (128, 128) around a mask, with so many pixels more above, below, left and right; nothing around nothing."""
    found = np.zeros_like(mask)
    if mask.any():
        down, across = (np.flatnonzero(mask.any(axis)) for axis in (1, 0))
        above, below, left, right = margins
        rows = slice(max(down[0] - above, 0), down[-1] + 1 + below)
        found[rows, max(across[0] - left, 0) : across[-1] + 1 + right] = True
    return found


def box(draw: random.Random) -> NDArray[np.bool_]:
    """A mask (128, 128) of a box anywhere."""
    mask = np.zeros((SIZE, SIZE), bool)
    wide, high = draw.randint(16, 80), draw.randint(16, 80)
    left, top = draw.randint(0, SIZE - wide), draw.randint(0, SIZE - high)
    mask[top : top + high, left : left + wide] = True
    return mask


def to_cells(masks: NDArray[np.bool_]) -> Tensor:
    """Masks (N, 128, 128) => (N, 1, 16, 16): 1 where a cell is touched."""
    return nn.functional.max_pool2d(torch.from_numpy(masks)[:, None].float(), CELL)


def path_of(index: int) -> Path:
    """Where the holes of chunk `index` of the training pictures lie."""
    return FOLDER / f"chunk_{index:03d}.npz"


def make_chunk(index: int) -> None:
    """Make the holes of a chunk unless they are there: latents of the changed and of the holed pictures, masks, targets."""
    if path_of(index).exists():
        return
    torch.set_num_threads(1)
    pictures, draw = np.load(chunk_path(index), mmap_mode="r", allow_pickle=False), random.Random(f"holes/{index}")
    jobs = [job(training_scene(index * CHUNK + place), picture, draw) for place, picture in enumerate(pictures)]
    found = {
        "changed": encode(load_vae(), np.stack([one.changed for one in jobs])).half().numpy(),
        "holed": encode(load_vae(), np.stack([one.holed for one in jobs])).half().numpy(),
        "masks": to_cells(np.stack([one.mask for one in jobs])).half().numpy(),
        "targets": np.array([-1 if one.target is None else one.target for one in jobs]),
    }
    write_whole(path_of(index), lambda path: np.savez(path, allow_pickle=False, **found))
    log(f"holes of chunk {index}")


def make(chunks: int, workers: int | None = None) -> None:
    """Make the holes of so many chunks, on every core."""
    with ProcessPoolExecutor(workers or os.cpu_count(), mp_context=get_context("spawn")) as pool:
        list(pool.map(make_chunk, range(chunks)))


class Holes:
    """The holes there are, without scenes whose pair of solids a held-out prompt asks for; gives batches of them."""

    def __init__(self, seed: int) -> None:
        chunks: list[dict[str, NDArray[Any]]] = []
        while path_of(len(chunks)).exists():
            chunks.append(dict(np.load(path_of(len(chunks)), allow_pickle=False)))
        if not chunks:
            raise SystemExit("no pictures with holes; run python -m models.training.inpainter holes first")
        parts = {name: np.concatenate([chunk[name] for chunk in chunks]) for name in chunks[0]}
        self.scenes = [training_scene(index) for index in range(len(parts["targets"]))]
        self.kept = [i for i, scene in enumerate(self.scenes) if pairs_of(scene) not in held_out_pairs()]
        self.changed, self.holed, self.masks = (torch.from_numpy(parts[name]) for name in ("changed", "holed", "masks"))
        self.targets: list[int] = parts["targets"].tolist()
        self.draw = random.Random(seed)

    def batch(self, size: int) -> tuple[Tensor, Tensor, Tensor]:
        """Latents of changed pictures (B, C, 16, 16), masks and holed pictures' latents (B, 1 + C, 16, 16), and tokens
        (B, 32)."""
        chosen = self.draw.choices(self.kept, k=size)
        beside = torch.cat([self.masks[chosen], self.holed[chosen]], 1).float()
        return (
            self.changed[chosen].float(),
            beside,
            tokens_of([said(self.scenes[index], self.targets[index], self.draw) for index in chosen]),
        )


def said(scene: Scene, target: int, draw: random.Random) -> str:
    """What a picture with a hole is called: nothing at times, or what belongs into the hole, or the whole scene."""
    chance = draw.random()
    if chance < EMPTY:
        return ""
    if target == BARE:
        return f"on {scene.ground}"
    if chance < EMPTY + ALONE and target >= 0:
        return alone(scene, target, draw)
    return caption(scene, draw)


def alone(scene: Scene, target: int, draw: random.Random) -> str:
    """What says one solid of a scene and nothing else; its size and the ground as often as not."""
    solid = scene.solids[target]
    thing = Thing(solid.colour, solid.shape, solid.size if draw.random() < 0.5 else None)
    return with_article(phrase(thing)) + (f" on {scene.ground}" if draw.random() < 0.5 else "")

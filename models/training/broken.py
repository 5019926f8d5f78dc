"""Pictures that no scene shows: a few-step model's own mistakes, made on purpose, as negatives that are pictures.

    python -m models.training.broken --scenes 4000

Each is half a scene and half the same scene with one thing altered: a solid of another shape or colour, moved, gone, or
one more. They are mixed as latents, part by part, and so solids come out between two shapes, of two colours, half there or
flowing together. Others are whole, with a solid too many or too few, or bent until no shape can be told. Beside them goes
the scene itself through the same VAE, so that softness tells nothing. A CLIP that has seen only sound pictures minds none
of these.
"""

import argparse
import os
import random
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import partial
from typing import Final

import numpy as np
import torch
from diffusers import AutoencoderKL
from numpy.typing import NDArray
from torch import Tensor, nn

from models.training.common import WORK, log, withheld_pairs, write_whole
from models.training.prompts import held_out_pairs, pairs_of
from models.training.softness import load_vae
from models.training.vae import to_model
from nodes.solids.render import render
from nodes.solids.scene import Pair, Scene, Solid, sample_scene
from nodes.solids.vocabulary import COLOURS, SHAPES, SIZES

Pictures = NDArray[np.uint8]

CHUNK: Final = 50
FOLDER: Final = WORK / "broken"
FIRST_SEED: Final = 5_000_000
"""Of the scenes that are broken for training; others are for measuring."""
COUNTS: Final = (3, 2, 3, 2, 1, 3, 2, 3)
"""How many solids the scenes have, in turn: a model breaks those of three the most."""
EACH: Final = 3
"""Broken pictures a scene."""
KINDS: Final = {"shape": 4, "colour": 3, "moved": 2, "fading": 2, "rising": 1, "fewer": 1, "more": 2, "bent": 3}
"""What is broken, and how often."""
WHOLE: Final = ("fewer", "more")
"""Kinds that are not mixed: no caption of the scene is true of them."""
FAINT: Final = 1.0
STRONG: Final = 3.0
"""Pixels, the deviation of how far a sound and a bent picture is bent."""
LATENT_NOISE: Final = 0.25
"""At most, as a part of the latents' deviation."""


def broken_scene(seed: int) -> Scene:
    """The scene of a seed, with one to three solids in turn; no withheld combination."""
    return sample_scene(seed, COUNTS[seed % len(COUNTS)], withheld_pairs())


def altered(scene: Scene, kind: str, draw: random.Random, withheld: frozenset[Pair] = frozenset()) -> Scene:
    """The scene with one solid of another shape or colour, moved by up to its width, gone, or with one more.

    A solid takes another's shape or colour in half of the cases. Nothing is of a withheld combination.
    """
    solids, place = list(scene.solids), draw.randrange(len(scene.solids))
    one, others = solids[place], [solid for solid in solids if solid is not solids[place]]
    if kind == "bent":
        return scene
    if kind in ("fading", "fewer"):
        return replace(scene, solids=tuple(others))
    if kind in ("rising", "more"):
        return replace(scene, solids=(*solids, _another(scene, draw, withheld)))
    if kind == "moved":
        far, angle = draw.uniform(0.35, 0.9) * one.scale, draw.uniform(0, 2 * np.pi)
        solids[place] = replace(one, x=one.x + far * float(np.cos(angle)), z=one.z + far * float(np.sin(angle)))
    else:
        solids[place] = _turned_into(one, kind, others, draw, withheld)
    return replace(scene, solids=tuple(solids))


def _turned_into(one: Solid, kind: str, others: list[Solid], draw: random.Random, withheld: frozenset[Pair]) -> Solid:
    """The solid in another colour or shape, drawn from those of the others or from all."""
    table: list[str] = [getattr(solid, kind) for solid in others] if draw.random() < 0.5 else []
    everything = list(COLOURS if kind == "colour" else SHAPES)
    for names in (table, everything):
        made = [_named(one, kind, name) for name in names if name != getattr(one, kind)]
        allowed = [solid for solid in made if (solid.colour, solid.shape) not in withheld]
        if allowed:
            return draw.choice(allowed)
    return one


def _named(one: Solid, kind: str, name: str) -> Solid:
    return replace(one, colour=name) if kind == "colour" else replace(one, shape=name)


def _another(scene: Scene, draw: random.Random, withheld: frozenset[Pair]) -> Solid:
    """One solid more, half of the time a copy of one that is there, clear of the others if a few tries find a place."""
    while True:
        model = draw.choice(scene.solids)
        if draw.random() < 0.5:
            model = replace(model, colour=draw.choice(list(COLOURS)), shape=draw.choice(list(SHAPES)))
        if (model.colour, model.shape) not in withheld:
            break
    model = replace(model, size=draw.choice(list(SIZES)))
    places = [(draw.uniform(-0.95, 0.95), draw.uniform(-1.1, 1.2)) for _ in range(12)]

    def clear(place: tuple[float, float]) -> float:
        return min(float(np.hypot(place[0] - solid.x, place[1] - solid.z)) for solid in scene.solids)

    x, z = max(places, key=clear)
    return replace(model, x=x, z=z)


def smooth_noise(shape: tuple[int, int, int], across: int, draw: torch.Generator) -> Tensor:
    """Noise of deviation about 1 that changes over some `across` cells: `shape` (N, H, W)."""
    count, high, wide = shape
    coarse = torch.randn(count, 1, max(high // across, 2) + 1, max(wide // across, 2) + 1, generator=draw)
    fine = nn.functional.interpolate(coarse, (high, wide), mode="bicubic", align_corners=True)
    return fine[:, 0] * 1.3


def mixed(latents: Tensor, others: Tensor, draw: torch.Generator) -> Tensor:
    """Latents (N, C, H, W) between two scenes: about half of what differs is of the one, half of the other; in some
    pictures everywhere by halves, in others part by part."""
    apart = (latents - others).square().mean(1)
    field = smooth_noise((len(latents), *latents.shape[2:]), 5, draw)
    where = apart >= 0.25 * apart.amax((1, 2), keepdim=True)
    # Around the middle of the field over what differs, so that neither scene is left as it was.
    middle = torch.stack([one[mask].median() for one, mask in zip(field, where, strict=True)])[:, None, None]
    sharp = 6 * torch.rand(len(latents), 1, 1, generator=draw) * (torch.rand(len(latents), 1, 1, generator=draw) < 0.7)
    tilt = 0.4 * (2 * torch.rand(len(latents), 1, 1, generator=draw) - 1)
    share = torch.sigmoid(sharp * (field - middle) + tilt)[:, None]
    return share * others + (1 - share) * latents


def bent(pictures: Tensor, far: float, draw: torch.Generator) -> Tensor:
    """Pictures (N, 3, H, W) whose pixels have moved by some `far` pixels, neighbours alike."""
    count, _, high, wide = pictures.shape
    moves = torch.stack([smooth_noise((count, high, wide), 18, draw) for _ in range(2)], -1)
    scale = far * (0.7 + 0.6 * torch.rand(count, 1, 1, 1, generator=draw)) * 2 / torch.tensor([wide, high])
    still = nn.functional.affine_grid(torch.eye(2, 3).expand(count, 2, 3), [count, 3, high, wide], align_corners=False)
    return nn.functional.grid_sample(pictures, still + moves * scale, padding_mode="border", align_corners=False)


@torch.no_grad()
def versions(scenes: list[Scene], seed: int) -> Pictures:
    """Each scene's sound picture and EACH broken ones: (N, 1 + EACH, 128, 128, 3)."""
    choose, draw = random.Random(f"broken/{seed}"), torch.Generator().manual_seed(seed)
    coder = load_vae()
    first = _encoded(coder, scenes)
    scale = LATENT_NOISE * torch.rand(len(scenes), 1, 1, 1, generator=draw) * first.std()
    noise = scale * torch.randn(first.shape, generator=draw)
    made = [bent(_decoded(coder, first + noise), FAINT, draw)]
    for _ in range(EACH):
        kinds = choose.choices(list(KINDS), list(KINDS.values()), k=len(scenes))
        other = _encoded(coder, [_not_held_out(s, k, choose) for s, k in zip(scenes, kinds, strict=True)])
        whole = torch.tensor([kind in WHOLE for kind in kinds])[:, None, None, None]
        seen = _decoded(coder, torch.where(whole, other, mixed(first, other, draw)) + noise)
        far = torch.tensor([kind == "bent" for kind in kinds])[:, None, None, None]
        made.append(torch.where(far, bent(seen, STRONG, draw), bent(seen, FAINT, draw)))
    out: Pictures = torch.stack(made, 1).mul(255).round().byte().permute(0, 1, 3, 4, 2).contiguous().numpy()
    return out


def _not_held_out(scene: Scene, kind: str, draw: random.Random) -> Scene:
    """The scene altered, such that a whole one does not show what a held-out prompt asks for."""
    for _ in range(20):
        made = altered(scene, kind, draw, withheld_pairs())
        if kind not in WHOLE or pairs_of(made) not in held_out_pairs():
            break
    return made


def _encoded(vae: AutoencoderKL, scenes: list[Scene]) -> Tensor:
    latents: Tensor = vae.encode(to_model(np.stack([render(scene) for scene in scenes]))).latent_dist.mean
    return latents


def _decoded(vae: AutoencoderKL, latents: Tensor) -> Tensor:
    """Pictures in 0–1."""
    pictures: Tensor = vae.decode(latents).sample
    return pictures.add(1).div(2).clamp(0, 1)


def make_chunk(index: int) -> int:
    """Make the chunk unless it is there; gives back its index."""
    path = FOLDER / f"chunk_{index:03d}.npy"
    if not path.exists():
        torch.set_num_threads(1)
        scenes = [broken_scene(FIRST_SEED + place) for place in range(index * CHUNK, (index + 1) * CHUNK)]
        write_whole(path, partial(np.save, arr=versions(scenes, index)))
    return index


def broken_chunks() -> list[Pictures]:
    """The chunks there are, without a gap from the first on; picture [i, 0] is of scene FIRST_SEED + i, [i, 1:] are
    broken."""
    chunks: list[Pictures] = []
    while (path := FOLDER / f"chunk_{len(chunks):03d}.npy").exists():
        chunks.append(np.load(path, mmap_mode="r", allow_pickle=False))
    return chunks


def main() -> None:
    """Read the command line and make the pictures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scenes", type=int, default=4000)
    parser.add_argument("--workers", type=int, default=os.cpu_count())
    options = parser.parse_args()
    with ProcessPoolExecutor(options.workers) as pool:
        for done in pool.map(make_chunk, range(-(-options.scenes // CHUNK))):
            log(f"chunk {done}")


if __name__ == "__main__":
    main()

"""Count how well the scorer reads: true pictures, pictures that a VAE made again, blurred ones, and pictures of nothing.

    python -m models.training.score_table [--scenes 500] [--first 0] [--rows exact,round_trip,none,blur] [--misses]

A scene is read exactly when its solids come back with colour, shape and size, none is missing or too many, and every
place that a caption could tell of it is met. Scenes are drawn from seeds that nothing else uses and hold withheld
combinations too.
"""

import argparse
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from models.training.common import log
from models.training.prompts import KINDS
from models.training.softness import SHIPPED, load_vae, round_trip
from nodes.solids.comparing import stands
from nodes.solids.rates import head, row
from nodes.solids.render import render
from nodes.solids.scene import Scene, Solid, relation, sample_scene
from nodes.solids.score import read

FIRST_SEED: Final = 50_000_000
Picture = NDArray[np.uint8]
Case = tuple[str, Scene | None, Picture]
"""What it is, the scene that is to be read (None: nothing), the picture."""


def exact(scene: Scene, solids: Iterable[Solid]) -> bool:
    """Whether the solids that were read are the scene's: colour, shape, size, and the places that captions name."""
    found = list(solids)
    if _named(scene.solids) != _named(found):
        return False
    order = []
    for solid in scene.solids:
        same = [other for other in found if _name(other) == _name(solid)]
        order.append(min(same, key=lambda other: abs(other.x - solid.x) + abs(other.z - solid.z)))
        found.remove(order[-1])
    told = [(i, j, relation(a, b)) for i, a in enumerate(scene.solids) for j, b in enumerate(scene.solids) if i != j]
    return all(stands(order[i], where, order[j]) for i, j, where in told if where is not None)


def scenes(kind: str | None = None) -> Iterator[tuple[str, Scene]]:
    """Scenes without end, named by their seeds: of one kind, or mixed as the world mixes them."""
    number = KINDS[kind] if kind else None
    seed = FIRST_SEED + 1_000_000 * (number or 0)
    while True:
        yield str(seed), sample_scene(seed, number)
        seed += 1


def true_pictures(kind: str | None, change: Callable[[Picture], Picture]) -> Iterator[Case]:
    """Scenes of a kind with their pictures, changed."""
    for name, scene in scenes(kind):
        yield name, scene, change(render(scene))


def blur(picture: Picture, sigma: float) -> Picture:
    """A Gaussian blur, `sigma` in pixels."""
    return np.asarray(Image.fromarray(picture).filter(ImageFilter.GaussianBlur(sigma)))


def softened(picture: Picture, folder: Path) -> Picture:
    """The picture as the VAE in a folder decodes it from the mean of its own encoding."""
    made: Picture = round_trip(load_vae(folder), picture[None])[0]
    return made


def noise() -> Iterator[Case]:
    """Uniform noise, every channel of every pixel by itself."""
    draw = np.random.default_rng(FIRST_SEED)
    while True:
        yield "noise", None, draw.integers(0, 256, (128, 128, 3), np.uint8)


def blends() -> Iterator[Case]:
    """The mean of two scenes' pictures."""
    several = scenes()
    for (first, one), (second, other) in zip(several, several, strict=False):
        mean = (render(one).astype(np.uint16) + render(other)) // 2
        yield f"{first}+{second}", None, mean.astype(np.uint8)


def blurred_away(sigma: float) -> Iterator[Case]:
    """Scenes too blurred to be told."""
    for name, _, picture in true_pictures(None, partial(blur, sigma=sigma)):
        yield name, None, picture


def tables(vae: Path) -> dict[str, dict[str, Iterator[Case]]]:
    """Rows of cases by table; round trips are through the VAE in a folder."""
    again = partial(softened, folder=vae)
    return {
        "exact": {f"{kind}: read exactly": true_pictures(kind, np.asarray) for kind in KINDS},
        "round_trip": {f"{kind}: after a VAE round trip": true_pictures(kind, again) for kind in KINDS},
        "none": {
            "noise: read as none": noise(),
            "50:50 blend: read as none": blends(),
            **{f"blur σ = {sigma} px: read as none": blurred_away(sigma) for sigma in (8, 16)},
        },
        "blur": {
            f"blur σ = {sigma} px: read exactly": true_pictures(None, partial(blur, sigma=sigma)) for sigma in (0.5, 1)
        },
    }


def hit(case: Case) -> bool:
    """Whether the scorer reads what is to be read."""
    _, scene, picture = case
    solids = read(picture)
    return not solids if scene is None else exact(scene, solids)


def _name(solid: Solid) -> tuple[str, str, str]:
    return solid.colour, solid.shape, solid.size


def _named(solids: Iterable[Solid]) -> Counter[tuple[str, str, str]]:
    return Counter(_name(solid) for solid in solids)


def main() -> None:
    """Read the command line and print the tables, row by row."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scenes", type=int, default=500, help="how many pictures a row counts")
    parser.add_argument("--first", type=int, default=0, help="how many of a row's pictures are passed over first")
    parser.add_argument("--rows", default="exact,round_trip,none,blur", help="which tables, with commas")
    parser.add_argument("--vae", type=Path, default=SHIPPED, help="what makes the round trip")
    parser.add_argument("--misses", action="store_true", help="name the scenes that were missed, by their seeds")
    options = parser.parse_args()
    torch.set_num_threads(1)
    print(head("the scorer"))
    for table in options.rows.split(","):
        for name, cases in tables(options.vae)[table].items():
            counted = [(case[0], hit(case)) for case in islice(cases, options.first, options.first + options.scenes)]
            print(row(name, (right for _, right in counted)), flush=True)
            if options.misses:
                log(f"missed: {', '.join(which for which, right in counted if not right) or 'none'}")


if __name__ == "__main__":
    main()

"""Pairs of a scene at 512 pixels and the ways in which it comes at 128: what the upscaler learns from.

    python -m models.training.enlarged --scenes 300

The small pictures are the renderer's own, three filters' (area, bicubic, Lanczos), and the renderer's after the VAE's
round trip. Chunks that are there are kept, so a stopped run goes on where it was.
"""

import argparse
import io
from dataclasses import dataclass
from functools import partial
from typing import Final

import numpy as np
from diffusers import AutoencoderKL
from numpy.typing import NDArray
from PIL import Image

from models.training.common import WORK, log, write_whole
from models.training.render import HELD_OUT_SEED, training_scene
from models.training.softness import load_vae, round_trip
from nodes.solids.render import render

Pictures = NDArray[np.uint8]

SCALE: Final = 4
CHUNK: Final = 25
FOLDER: Final = WORK / "enlarged"
DEVELOPMENT_SEED: Final = 15_000_000
"""Scenes from here on choose checkpoints; no network learns from them."""
FILTERS: Final = {
    "area": Image.Resampling.BOX,
    "bicubic": Image.Resampling.BICUBIC,
    "lanczos": Image.Resampling.LANCZOS,
}
WAYS: Final = ("rendered", *FILTERS, "vae")
WEIGHTS: Final = (0.44, 0.12, 0.12, 0.12, 0.2)
"""How often each way is drawn."""
STEEP: Final = 10.0
"""From how many levels a pixel on a change of light is an edge."""
CLEAN: Final = 0.85
"""The part of the crops that gets neither noise nor JPEG."""


@dataclass
class Pairs:
    """Large pictures (N, 512, 512, 3); small ones by way, (5, N, 128, 128, 3)."""

    large: Pictures
    small: Pictures

    def __post_init__(self) -> None:
        self.edges = [edges(picture) for picture in self.small[0]]

    def batch(self, draw: np.random.Generator, size: int, crop: int) -> tuple[Pictures, Pictures]:
        """Crops, most about an edge, where there is something to learn: small (size, crop, crop, 3) and large (size,
        4 crop, 4 crop, 3)."""
        drawn = [self._crop(draw, crop) for _ in range(size)]
        return np.stack([small for small, _ in drawn]), np.stack([large for _, large in drawn])

    def _crop(self, draw: np.random.Generator, crop: int) -> tuple[Pictures, Pictures]:
        index, way = int(draw.integers(len(self.large))), int(draw.choice(len(WAYS), p=WEIGHTS))
        middle = draw.uniform(0, 128, 2)
        if draw.random() < 0.8:
            middle = draw.choice(self.edges[index]) + draw.uniform(-crop / 4, crop / 4, 2)
        x, y = np.clip(middle - crop / 2, 0, 128 - crop).astype(int)
        small = self.small[way, index, y : y + crop, x : x + crop]
        large = self.large[index, SCALE * y : SCALE * (y + crop), SCALE * x : SCALE * (x + crop)]
        if draw.random() < 0.5:
            small, large = small[:, ::-1], large[:, ::-1]
        if draw.random() < 0.3:
            small, large = small.transpose(1, 0, 2), large.transpose(1, 0, 2)
        return (small if draw.random() < CLEAN else worn(small, draw)), large


def edges(picture: Pictures) -> NDArray[np.int64]:
    """Where the light changes clearly from a pixel to the next, (N, 2) as (x, y); the middle where it does nowhere."""
    light = picture.astype(np.float32).mean(-1)
    steep = np.hypot(*np.gradient(light)) > STEEP
    found = np.argwhere(steep)[:, ::-1]
    return found if len(found) else np.array([[picture.shape[1] // 2, picture.shape[0] // 2]])


def worn(picture: Pictures, draw: np.random.Generator) -> Pictures:
    """A picture (H, W, 3) with a little noise and, half the time, JPEG's traces."""
    noisy = picture + draw.normal(0, draw.uniform(0, 4), picture.shape)
    out = np.asarray(np.clip(noisy + 0.5, 0, 255), np.uint8)
    if draw.random() < 0.5:
        file = io.BytesIO()
        Image.fromarray(out).save(file, "JPEG", quality=int(draw.integers(65, 98)))
        out = np.asarray(Image.open(file))
    return out


def ways_down(large: Pictures, rendered: Pictures, vae: AutoencoderKL) -> Pictures:
    """The small pictures of large ones, by way: (5, N, 128, 128, 3)."""
    size = (large.shape[2] // SCALE, large.shape[1] // SCALE)
    filtered = [
        np.stack([np.asarray(Image.fromarray(one).resize(size, kind)) for one in large]) for kind in FILTERS.values()
    ]
    return np.stack([rendered, *filtered, round_trip(vae, rendered)])


def make_chunk(first: int, count: int, vae: AutoencoderKL) -> dict[str, Pictures]:
    """Large and small pictures of the scenes from seed `first` on."""
    scenes = [training_scene(first + index) for index in range(count)]
    large = np.stack([render(scene, SCALE) for scene in scenes])
    return {"large": large, "small": ways_down(large, np.stack([render(scene) for scene in scenes]), vae)}


def pairs_from(first: int, count: int) -> Pairs:
    """The pairs of `count` scenes from seed `first` on, made where they are not there yet."""
    vae, parts = load_vae(), []
    for start in range(first, first + count, CHUNK):
        path = FOLDER / f"chunk_{start:08d}.npz"
        if not path.exists():
            write_whole(path, partial(_save, arrays=make_chunk(start, min(CHUNK, first + count - start), vae)))
            log(f"made {path.name}")
        with np.load(path, allow_pickle=False) as file:
            parts.append({"large": file["large"], "small": file["small"]})
    large = np.concatenate([part["large"] for part in parts])
    return Pairs(large, np.concatenate([part["small"] for part in parts], 1))


def _save(path: object, arrays: dict[str, Pictures]) -> None:
    np.savez(str(path), large=arrays["large"], small=arrays["small"])


def training_pairs(count: int = 300) -> Pairs:
    """What the upscaler learns from."""
    return pairs_from(0, count)


def development_pairs() -> Pairs:
    """What its checkpoints are chosen by."""
    return pairs_from(DEVELOPMENT_SEED, 6)


def held_out_pairs(count: int = 50) -> Pairs:
    """What its table is made of."""
    return pairs_from(HELD_OUT_SEED, count)


def main() -> None:
    """Read the command line and make the pairs."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scenes", type=int, default=300)
    options = parser.parse_args()
    training_pairs(options.scenes)
    development_pairs()


if __name__ == "__main__":
    main()

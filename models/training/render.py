"""Render the training scenes: chunks of pictures under work/scenes, on every core.

    python -m models.training.render --scenes 30000

Scene i is drawn from seed i; chunks that are there are kept, so a stopped run goes on where it was.
"""

import argparse
import os
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from models.training.common import WORK, log, withheld_pairs, write_whole
from nodes.solids.render import render
from nodes.solids.scene import Scene, sample_scene

CHUNK: Final = 500
SCENES: Final = WORK / "scenes"
HELD_OUT_SEED: Final = 10_000_000
"""Seeds from here on are for measuring only."""


def training_scene(seed: int) -> Scene:
    """The training scene of a seed: no withheld combination."""
    return sample_scene(seed, withheld=withheld_pairs())


def chunk_path(index: int) -> Path:
    """Where chunk `index` lies."""
    return SCENES / f"chunk_{index:03d}.npy"


def render_chunk(index: int) -> int:
    """Render the chunk unless it is there; gives back its index."""
    if not chunk_path(index).exists():
        pictures = np.stack([render(training_scene(seed)) for seed in range(index * CHUNK, (index + 1) * CHUNK)])
        write_whole(chunk_path(index), partial(np.save, arr=pictures))
    return index


def load_pictures(limit: int | None = None) -> NDArray[np.uint8]:
    """All chunks there are, without a gap from the first on: (N, 128, 128, 3); picture i is of scene i."""
    chunks: list[NDArray[np.uint8]] = []
    while chunk_path(len(chunks)).exists() and (limit is None or len(chunks) * CHUNK < limit):
        chunks.append(np.load(chunk_path(len(chunks)), allow_pickle=False))
    if not chunks:
        raise SystemExit(f"no pictures in {SCENES}; run python -m models.training.render first")
    return np.concatenate(chunks)[:limit]


def main() -> None:
    """Read the command line and render."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scenes", type=int, default=30_000)
    parser.add_argument("--workers", type=int, default=os.cpu_count())
    options = parser.parse_args()
    with ProcessPoolExecutor(options.workers) as pool:
        for done in pool.map(render_chunk, range(-(-options.scenes // CHUNK))):
            log(f"chunk {done}")


if __name__ == "__main__":
    main()

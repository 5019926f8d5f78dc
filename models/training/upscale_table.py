"""Hold the upscaler against Lanczos on held-out scenes.

    python -m models.training.upscale_table [--scenes 50] [--sheet models/solids-upscale/samples.png]

PSNR in dB against the scene rendered at 512 pixels, a picture at a time; the gain is the mean of the pictures' gains
with its 95 % interval (normal, so for 30 pictures or more).
"""

import argparse
import math
from pathlib import Path
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

from models.training.enlarged import SCALE, WAYS, Pairs, held_out_pairs
from models.training.upscaler import SHIPPED, load, psnrs, to_model
from nodes.upscalers.compact import Compact

Pictures = NDArray[np.uint8]
TILE: Final = 40
"""Width of a sheet's cut-outs in pixels of the small picture."""


def lanczos(small: Pictures) -> Pictures:
    """Small pictures (N, H, W, 3) => (N, 4H, 4W, 3), as Pillow's Lanczos filter enlarges them."""
    size = (SCALE * small.shape[2], SCALE * small.shape[1])
    return np.stack([np.asarray(Image.fromarray(one).resize(size, Image.Resampling.LANCZOS)) for one in small])


def psnr(made: Pictures, wanted: Pictures) -> NDArray[np.float64]:
    """Peak signal-to-noise ratio in dB of each picture (N, H, W, 3)."""
    errors = ((made.astype(np.float64) - wanted) ** 2).mean((1, 2, 3))
    return np.asarray(-10 * np.log10(errors / 255**2))


def interval(gains: NDArray[np.float64]) -> tuple[float, float]:
    """The 95 % interval of the mean."""
    half = 1.959964 * float(gains.std(ddof=1)) / math.sqrt(len(gains))
    return float(gains.mean()) - half, float(gains.mean()) + half


def rows(network: Compact, pairs: Pairs) -> list[str]:
    """The table's lines, a way down each."""
    lines = []
    for way, small in zip(WAYS, pairs.small, strict=True):
        before, after = psnr(lanczos(small), pairs.large), psnrs(network, small, pairs.large)
        low, high = interval(after - before)
        gain = f"{(after - before).mean():+.2f} ({low:+.2f} … {high:+.2f})"
        lines.append(f"| {way} | {before.mean():.2f} | {after.mean():.2f} | {gain} |")
    return lines


@torch.no_grad()
def sheet(network: Compact, pairs: Pairs, path: Path, count: int = 4) -> None:
    """Write cut-outs about the solids: nearest, Lanczos, the network, the truth; the rendered way, then the VAE's."""
    lines = []
    for index in range(count):
        for way in (WAYS.index("rendered"), WAYS.index("vae")):
            small = pairs.small[way, index]
            made = network(to_model(small[None])).clamp(0, 1).mul(255).round().byte()[0].permute(1, 2, 0).numpy()
            near = small.repeat(SCALE, 0).repeat(SCALE, 1)
            x, y = np.clip(pairs.edges[index].mean(0) - TILE / 2, 0, 128 - TILE).astype(int) * SCALE
            views = (near, lanczos(small[None])[0], made, pairs.large[index])
            lines.append(np.concatenate([one[y : y + SCALE * TILE, x : x + SCALE * TILE] for one in views], 1))
    halves = [np.concatenate(lines[side::2]) for side in (0, 1)]
    Image.fromarray(np.concatenate(halves, 1)).save(path, optimize=True)


def main() -> None:
    """Read the command line, print the table, write the sheet if asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, default=SHIPPED)
    parser.add_argument("--scenes", type=int, default=50)
    parser.add_argument("--sheet", type=Path)
    options = parser.parse_args()
    network, pairs = load(options.model), held_out_pairs(options.scenes)
    print("\n".join(["| small picture | Lanczos | network | gain |", "|---|---|---|---|", *rows(network, pairs)]))
    if options.sheet:
        sheet(network, pairs, options.sheet)


if __name__ == "__main__":
    main()

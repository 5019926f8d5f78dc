"""Measure how near a VAE comes to the pictures that it is given: PSNR in dB over held-out scenes.

    python -m models.training.vae_table [--vae models/solids/vae] [--scenes 200]

The peak signal-to-noise ratio of the mean squared error over all scenes, in 8-bit sRGB values as fractions of 1, decoded
from the posterior's mean; its interval is that of the mean error over scenes (normal, 95 %).
"""

import argparse
import math
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import numpy as np
import torch

from models.training.render import HELD_OUT_SEED, training_scene
from models.training.score_table import Picture, softened
from models.training.softness import SHIPPED
from nodes.solids.render import render

SCENES: Final = 200


def squared_error(picture: Picture, made: Picture) -> float:
    """The mean squared difference of two pictures, values as fractions of 1."""
    off = (picture.astype(np.float64) - made.astype(np.float64)) / 255
    return float(np.mean(off * off))


def decibels(error: float) -> float:
    """A mean squared error as a peak signal-to-noise ratio."""
    return -10 * math.log10(max(error, 1e-12))


def line(errors: Iterable[float]) -> str:
    """The row of the table: the ratio of the mean error, and of the ends of the mean's interval."""
    each = np.array(list(errors))
    half = 1.959964 * each.std(ddof=1) / math.sqrt(len(each))
    low, high = (decibels(float(each.mean() + sign * half)) for sign in (1, -1))
    return f"| {len(each)} held-out scenes | {decibels(float(each.mean())):.2f} dB ({low:.2f}–{high:.2f}) |"


def main() -> None:
    """Read the command line and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--vae", type=Path, default=SHIPPED)
    parser.add_argument("--scenes", type=int, default=SCENES)
    options = parser.parse_args()
    torch.set_num_threads(1)
    pictures = (render(training_scene(HELD_OUT_SEED + index)) for index in range(options.scenes))
    print("| the VAE | PSNR (95 %) |\n|---|---|")
    print(line(squared_error(picture, softened(picture, options.vae)) for picture in pictures))


if __name__ == "__main__":
    main()

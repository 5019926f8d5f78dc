"""Count how often a model's pictures show what the prompts ask for.

    python -m models.training.evaluate [--model models/solids] [--set development] [--kinds single,pair] [--steps 20]

Pictures come from the stock StableDiffusionPipeline with the prompt's own seed, and are read by the scorer, which never
sees the prompt. Rates have 95 % intervals (Wilson 1927).
"""

import argparse
import json
import math
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from diffusers import StableDiffusionPipeline
from numpy.typing import NDArray
from PIL import Image

from models.training.common import EVALUATION, MODELS, log
from nodes.solids.prompts import parse
from nodes.solids.score import Verdict, judge, read

BATCH: Final = 10
Pictures = NDArray[np.uint8]


def load(folder: Path) -> StableDiffusionPipeline:
    """The stock pipeline of a folder, in single precision, without a progress bar."""
    pipe: StableDiffusionPipeline = StableDiffusionPipeline.from_pretrained(
        folder, safety_checker=None, dtype=torch.float32
    )
    pipe.set_progress_bar_config(disable=True)
    return pipe


def draw(pipe: Any, prompts: list[str], seeds: list[int], steps: int, cfg: float) -> Pictures:
    """Pictures for prompts, each from its own seed: (N, 128, 128, 3) bytes."""
    made = []
    for first in range(0, len(prompts), BATCH):
        noise = [torch.Generator().manual_seed(seed) for seed in seeds[first : first + BATCH]]
        images = pipe(
            prompts[first : first + BATCH],
            generator=noise,
            num_inference_steps=steps,
            guidance_scale=cfg,
            output_type="np",
        ).images
        made.append(np.asarray(images * 255 + 0.5, np.uint8))
    return np.concatenate(made)


def interval(hits: int, of: int) -> tuple[float, float]:
    """The 95 % interval of a rate (Wilson 1927), as two fractions; (0, 1) where nothing was counted."""
    if of == 0:
        return 0.0, 1.0
    z, rate = 1.959964, hits / of
    middle = (rate + z * z / (2 * of)) / (1 + z * z / of)
    half = z / (1 + z * z / of) * math.sqrt(rate * (1 - rate) / of + z * z / (4 * of * of))
    return max(middle - half, 0.0), min(middle + half, 1.0)


def row(name: str, counted: list[bool | None]) -> str:
    """One line of a table: name, hits of those counted, the rate and its interval."""
    known = [value for value in counted if value is not None]
    low, high = interval(sum(known), len(known))
    rate = 100 * sum(known) / max(len(known), 1)
    return f"| {name} | {sum(known)} of {len(known)} | {rate:.0f} % ({100 * low:.0f}–{100 * high:.0f}) |"


def sheet(pictures: Pictures, path: Path, columns: int = 8) -> None:
    """Write pictures as one, row by row."""
    rows = [pictures[i : i + columns] for i in range(0, len(pictures) // columns * columns, columns)]
    Image.fromarray(np.concatenate([np.concatenate(list(line), 1) for line in rows])).save(path)


def measure(pipe: Any, entries: list[dict[str, Any]], steps: int, cfg: float) -> tuple[Pictures, list[Verdict]]:
    """Draw and judge the entries of one kind."""
    prompts = [entry["prompt"] for entry in entries]
    pictures = draw(pipe, prompts, [entry["seed"] for entry in entries], steps, cfg)
    return pictures, [judge(parse(text), read(image)) for text, image in zip(prompts, pictures, strict=True)]


def main() -> None:
    """Read the command line, print the table, write a sheet if asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, default=MODELS / "solids")
    parser.add_argument("--set", default="development", choices=("development", "held_out", "withheld_prompts"))
    parser.add_argument("--kinds", default="single,pair,three")
    parser.add_argument("--limit", type=int, help="only so many prompts of each kind")
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--cfg", type=float, default=2.5)
    parser.add_argument("--sheets", type=Path, help="folder for a sheet of each kind")
    options = parser.parse_args()
    pipe = load(options.model)
    sets = json.loads((EVALUATION / f"{options.set}.json").read_text())
    for kind in options.kinds.split(","):
        if kind not in sets:
            continue
        pictures, verdicts = measure(pipe, sets[kind][: options.limit], options.steps, options.cfg)
        for part in ("right", "sizes", "places"):
            print(row(f"{kind}: {part}", [getattr(verdict, part) for verdict in verdicts]), flush=True)
        if options.sheets:
            sheet(pictures, options.sheets / f"{options.set}_{kind}.png")
    log("done")


if __name__ == "__main__":
    main()

"""Count how often a model's pictures show what the prompts ask for, and how the others are wrong.

    python -m models.training.evaluate [--model models/solids] [--set development] [--kinds single,pair] [--steps 20]

Pictures come from the stock StableDiffusionPipeline with the prompt's own seed, and are read by the scorer, which never
sees the prompt. What the rows count stands in `nodes.solids.counting`; rates have 95 % intervals (Wilson 1927). `loom bench
adherence` counts the same over any workflow.
"""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from diffusers import StableDiffusionPipeline
from numpy.typing import NDArray
from PIL import Image

from models.training.common import EVALUATION, MODELS, log
from nodes.solids.counting import Shown, rows
from nodes.solids.prompts import parse
from nodes.solids.rates import head
from nodes.solids.score import read

BATCH: Final = 10
SETS: Final = ("development", "held_out", "withheld_prompts")
Pictures = NDArray[np.uint8]


def load(folder: Path) -> StableDiffusionPipeline:
    """The stock pipeline of a folder, in single precision, without a progress bar."""
    pipe: StableDiffusionPipeline = StableDiffusionPipeline.from_pretrained(
        folder, safety_checker=None, dtype=torch.float32
    )
    pipe.set_progress_bar_config(disable=True)
    return pipe


def draw(pipe: Any, prompts: Sequence[str], seeds: Sequence[int], steps: int, cfg: float) -> Pictures:
    """Pictures for prompts, each from its own seed: (N, 128, 128, 3) bytes."""
    made = []
    for first in range(0, len(prompts), BATCH):
        noise = [torch.Generator().manual_seed(seed) for seed in seeds[first : first + BATCH]]
        images = pipe(
            list(prompts[first : first + BATCH]),
            generator=noise,
            num_inference_steps=steps,
            guidance_scale=cfg,
            output_type="np",
        ).images
        made.append(np.asarray(images * 255 + 0.5, np.uint8))
    return np.concatenate(made)


def sheet(pictures: Pictures, path: Path, columns: int = 8) -> None:
    """Write pictures as one, row by row."""
    rows = [pictures[i : i + columns] for i in range(0, len(pictures) // columns * columns, columns)]
    Image.fromarray(np.concatenate([np.concatenate(list(line), 1) for line in rows])).save(path)


def entries_of(name: str) -> dict[str, list[dict[str, Any]]]:
    """The entries of a committed set of prompts, by kind."""
    found: dict[str, list[dict[str, Any]]] = json.loads((EVALUATION / f"{name}.json").read_text())
    return found


def measure(pipe: Any, entries: list[dict[str, Any]], steps: int, cfg: float) -> tuple[Pictures, list[Shown]]:
    """Draw and read the entries of one kind."""
    prompts = [entry["prompt"] for entry in entries]
    pictures = draw(pipe, prompts, [entry["seed"] for entry in entries], steps, cfg)
    return pictures, [Shown(parse(text), read(image)) for text, image in zip(prompts, pictures, strict=True)]


def main() -> None:
    """Read the command line, print the table, write a sheet if asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, default=MODELS / "solids")
    parser.add_argument("--set", default="development", choices=SETS)
    parser.add_argument("--kinds", default="single,pair,three")
    parser.add_argument("--limit", type=int, help="only so many prompts of each kind")
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--cfg", type=float, default=2.5)
    parser.add_argument("--sheets", type=Path, help="folder for a sheet of each kind")
    options = parser.parse_args()
    pipe, entries = load(options.model), entries_of(options.set)
    print(head(f"{options.model.name}, {options.set}, {options.steps} steps, guidance {options.cfg}"))
    for kind in options.kinds.split(","):
        if kind not in entries:
            continue
        pictures, shown = measure(pipe, entries[kind][: options.limit], options.steps, options.cfg)
        for line in rows(kind, shown):
            print(line, flush=True)
        if options.sheets:
            sheet(pictures, options.sheets / f"{options.set}_{kind}.png")
    log("done")


if __name__ == "__main__":
    main()

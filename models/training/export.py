"""Write the trained weights as a folder in diffusers' layout, half precision, with the numbers of the run.

python -m models.training.export [--to models/solids] [--last]
"""

import argparse
import json
from pathlib import Path
from typing import Any, Final

import torch
from diffusers import StableDiffusionPipeline, UNet2DConditionModel

from models.training import checkpoint
from models.training.checkpoint import write_numbers
from models.training.denoiser import PATH, SHIPPED, Denoiser, new_scheduler
from models.training.latents import frozen_vae
from models.training.previews import write_preview
from models.training.tokenizer import new_tokenizer
from nodes.prompts.vocabulary import FILE as VOCABULARY_FILE
from nodes.solids.prompts import VOCABULARY

ORIGIN: Final = "_name_or_path"


def pipeline(averaged: bool = True) -> tuple[StableDiffusionPipeline, dict[str, Any]]:
    """The stock pipeline around the last checkpoint's averaged or last weights, and the run's numbers."""
    denoiser = Denoiser()
    state = checkpoint.load(PATH, {"mean" if averaged else "model": denoiser})
    pipe = StableDiffusionPipeline(
        vae=frozen_vae(),
        text_encoder=denoiser.text_encoder,
        tokenizer=new_tokenizer(),
        unet=denoiser.unet,
        scheduler=new_scheduler(),
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    )
    return pipe, state


def main() -> None:
    """Read the command line and write the folder."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--to", type=Path, default=SHIPPED)
    parser.add_argument("--last", action="store_true", help="the last weights instead of their average")
    options = parser.parse_args()
    pipe, state = pipeline(averaged=not options.last)
    write_model(pipe, options.to, state)


def write_model(pipe: StableDiffusionPipeline, folder: Path, state: dict[str, Any]) -> None:
    """Write a pipeline in half precision as a folder that ships: with its run's numbers, the words that it knows and the
    map of its latents to colours."""
    pipe.to(dtype=torch.float16)
    pipe.save_pretrained(folder, safe_serialization=True)
    forget_origin(folder)
    write_numbers(folder, state)
    write_vocabulary(folder)
    write_preview(folder)


def fill_from(folder: Path, *unets: UNet2DConditionModel) -> dict[str, Any]:
    """Fill UNets with the one in a folder that ships; gives back the numbers of its run."""
    shipped = UNet2DConditionModel.from_pretrained(folder / "unet", torch_dtype=torch.float32).state_dict()
    for unet in unets:
        unet.load_state_dict(shipped)
    return checkpoint.read_numbers(folder / "state.json")


def forget_origin(folder: Path) -> None:
    """Leave out of a folder's configurations where its parts were loaded from: that is a path of this machine."""
    for path in folder.rglob("*.json"):
        text = path.read_text()
        if ORIGIN in text:
            path.write_text(json.dumps({k: v for k, v in json.loads(text).items() if k != ORIGIN}, indent=2) + "\n")


def write_vocabulary(folder: Path) -> None:
    """Put the words of the world beside a model of it, so that prompts can be told which ones it doesn't know."""
    (folder / VOCABULARY_FILE).write_text(json.dumps(VOCABULARY.to_json(), indent=1) + "\n")


if __name__ == "__main__":
    main()

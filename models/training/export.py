"""Write the averaged weights as a folder in diffusers' layout, half precision, with the numbers of the run.

python -m models.training.export [--to models/solids]
"""

import argparse
import json
from pathlib import Path
from typing import Any

import torch
from diffusers import StableDiffusionPipeline

from models.training import checkpoint
from models.training.denoiser import PATH, SHIPPED, Denoiser, new_scheduler
from models.training.latents import frozen_vae
from models.training.tokenizer import new_tokenizer

KEPT = ("step", "samples", "seconds", "seed", "rate", "curve")


def pipeline() -> tuple[StableDiffusionPipeline, dict[str, Any]]:
    """The stock pipeline around the last checkpoint's averaged weights, and the run's numbers."""
    model, mean = Denoiser(), Denoiser()
    state = checkpoint.load(PATH, {"model": model, "mean": mean})
    pipe = StableDiffusionPipeline(
        vae=frozen_vae(),
        text_encoder=mean.text_encoder,
        tokenizer=new_tokenizer(),
        unet=mean.unet,
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
    options = parser.parse_args()
    pipe, state = pipeline()
    pipe.to(dtype=torch.float16)
    pipe.save_pretrained(options.to, safe_serialization=True)
    numbers = {key: state[key] for key in KEPT if key in state}
    (options.to / "state.json").write_text(json.dumps(numbers) + "\n")


if __name__ == "__main__":
    main()

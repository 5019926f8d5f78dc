"""Find the colours of a model's latents, for small pictures while it samples, and put them beside its VAE.

python -m models.training.previews [--of models/solids]
"""

import argparse
import json
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch

from models.training.common import MODELS, log
from models.training.render import HELD_OUT_SEED, training_scene
from nodes.families.load import load_part
from nodes.ops.previews import FILE, fit
from nodes.solids.render import render

SCENES: Final = 32


@torch.no_grad()
def write_preview(folder: Path, scenes: int = SCENES) -> float:
    """Fit them on that many scenes, write them into the model's `vae` folder, and give back the error that is left:
    root mean square over cells and channels, of colours in 0…1."""
    vae: Any = load_part(folder, "vae")
    pictures = np.stack([render(training_scene(HELD_OUT_SEED + seed)) for seed in range(scenes)])
    samples = vae.encode(torch.from_numpy(pictures).movedim(-1, 1).float() / 255)
    pixels = vae.decode(samples).clamp(0, 1)
    preview = fit(samples, pixels)
    (folder / "vae" / FILE).write_text(json.dumps(preview.to_json(vae.space)) + "\n")
    return preview.error(samples, pixels)


def main() -> None:
    """Read the command line and write the file."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--of", type=Path, default=MODELS / "solids")
    folder = parser.parse_args().of
    log(f"{folder / 'vae' / FILE}: error {write_preview(folder):.4f}")


if __name__ == "__main__":
    main()

from typing import Any

import torch

from models.training.common import MODELS
from models.training.render import training_scene
from nodes.families.load import load_part
from nodes.ops.previews import unfitted
from nodes.solids.render import render


@torch.no_grad()
def test_previews_of_the_shipped_model_have_about_the_colours_of_its_pictures() -> None:
    denoiser: Any = load_part(MODELS / "solids", "denoiser")
    vae: Any = load_part(MODELS / "solids", "vae")
    picture = torch.from_numpy(render(training_scene(5))).movedim(-1, 0)[None].float() / 255
    samples = vae.encode(picture)

    assert denoiser.preview is not None, "run python -m models.training.previews: it was found for another VAE"
    error = denoiser.preview.error(samples, picture)
    assert error < 0.12
    assert error < unfitted(vae.space).error(samples, picture) / 2

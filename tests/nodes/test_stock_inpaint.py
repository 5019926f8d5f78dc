"""Our masked sampling against diffusers' `StableDiffusionInpaintPipeline` over a model of four channels.

Same weights, noise, picture and mask, before decoding. Both keep what is not covered: stock after each step, ours before
each call of the model and in what it takes for clean. A cell that cannot match has its reason, and is held to it.
"""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import torch
from torch import Tensor

from nodes.ops.sampling import sample
from nodes.prompts.encode import encode_text
from nodes.types import Latent, Mask

TOLERANCE = 1e-4
STEPS, SEEDS = 8, (3, 4)
PROMPT, NEGATIVE, CFG = "a red cube, (left)", "blue", 4.0
LINSPACE, TRAILING = {"timestep_spacing": "linspace"}, {"timestep_spacing": "trailing"}

FIRST_CALL = "stock shows its model noise alone at first, ours the noised picture where it is kept"


class Cell(NamedTuple):
    """Our sampler and schedule, stock's class and spacing, and how much of the way is gone."""

    sampler: str
    schedule: str
    stock: str
    spacing: dict[str, str]
    strength: float
    zero_snr: bool = False
    reason: str = ""


TABLE = [
    Cell("euler", "trailing", "EulerDiscreteScheduler", TRAILING, 0.5),
    Cell("euler", "normal", "EulerDiscreteScheduler", LINSPACE, 0.75),
    Cell("euler_ancestral", "trailing", "EulerAncestralDiscreteScheduler", TRAILING, 0.5),
    Cell("ddim", "trailing", "DDIMScheduler", TRAILING, 0.75),
    Cell("ddim", "trailing", "DDIMScheduler", TRAILING, 0.5, zero_snr=True),
    Cell("ddim", "trailing", "DDIMScheduler", TRAILING, 1.0, zero_snr=True),
    Cell("ddim", "trailing", "DDIMScheduler", TRAILING, 1.0, reason=FIRST_CALL),
    Cell("dpmpp_2m", "trailing", "DPMSolverMultistepScheduler", TRAILING, 0.5),
]


@cache
def _pipeline(path: Path) -> tuple[Any, Any]:
    from diffusers import StableDiffusionInpaintPipeline

    pipeline = StableDiffusionInpaintPipeline.from_pretrained(path, safety_checker=None)
    pipeline.set_progress_bar_config(disable=True)
    return pipeline, pipeline.scheduler.config


def _stock(path: Path, cell: Cell, source: Tensor, mask: Tensor) -> Tensor:
    import diffusers

    pipeline, trained = _pipeline(path)
    pipeline.scheduler = getattr(diffusers, cell.stock).from_config(trained, **cell.spacing)
    found: Tensor = pipeline(
        [PROMPT] * 2,
        negative_prompt=[NEGATIVE] * 2,
        image=source,
        mask_image=mask[:, None],
        masked_image_latents=source,  # only a model of nine channels looks at it
        height=16,
        width=16,
        strength=cell.strength,
        num_inference_steps=STEPS,
        guidance_scale=CFG,
        generator=[torch.Generator().manual_seed(seed) for seed in SEEDS],
        output_type="latent",
    ).images
    return found


def _ours(parts: dict[str, Any], cell: Cell, source: Tensor, mask: Tensor, run: Callable[..., Any]) -> Tensor:
    denoiser, encoder = parts["denoiser"], parts["text_encoder"]
    with torch.no_grad():
        positive, negative = (encode_text(encoder, text, emphasis="off") for text in (PROMPT, NEGATIVE))
    latent = Latent(denoiser.space, 16, 16, 2, source, Mask(mask))
    work = sample(
        denoiser,
        positive,
        negative,
        latent,
        seed=SEEDS[0],
        steps=round(STEPS * cell.strength),
        cfg=CFG,
        sampler=cell.sampler,
        schedule=cell.schedule,
        denoise=cell.strength,
        fresh=True,
    )
    samples: Tensor = run(work)[1].latent.samples
    return samples


@pytest.mark.parametrize("cell", TABLE, ids=lambda cell: f"{cell.sampler}-{cell.stock}-{cell.strength}-{cell.zero_snr}")
def test_a_masked_run_equals_the_stock_pipelines(
    tiny_model: Callable[..., Path], tiny_parts: Callable[..., dict[str, Any]], run: Callable[..., Any], cell: Cell
) -> None:
    prediction = ("v_prediction", cell.zero_snr)
    parts = dict(tiny_parts(*prediction))
    source = torch.randn(2, 4, 8, 8, generator=torch.Generator().manual_seed(9))
    mask = torch.zeros(1, 16, 16)  # of whole cells, since stock takes one pixel of each
    mask[:, 4:12, 2:14] = 1
    ours = _ours(parts, cell, source, mask, run)
    difference = float((ours - _stock(tiny_model(*prediction), cell, source, mask)).abs().max())
    assert torch.equal(ours[..., :2, :], source[..., :2, :])
    if cell.reason:
        assert difference > TOLERANCE, f"this cell matches now; it was said that {cell.reason}"
    else:
        assert difference <= TOLERANCE

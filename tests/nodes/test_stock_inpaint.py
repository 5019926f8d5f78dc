"""Our masked sampling against diffusers' `StableDiffusionInpaintPipeline`, over a model of four channels and one of nine.

Same weights, noise, picture and mask, before decoding. Over four channels both keep what is not covered: stock after each
step, ours before each call of the model and in what it takes for clean. Over nine the network is shown the mask and the
masked picture, and nothing is kept. A cell that cannot match has its reason, and is held to it.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import torch
from torch import Tensor

from nodes.ops.inpaint import begin, painted, prepare, used_mask
from nodes.ops.sampling import sample
from nodes.prompts.encode import encode_text
from nodes.samplers.contract import Unscaled
from nodes.types import Conditioning, Latent, Mask

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


def _stock(path: Path, cell: Cell, source: Tensor, mask: Tensor, masked: Tensor | None = None) -> Tensor:
    import diffusers

    pipeline, trained = _pipeline(path)
    pipeline.scheduler = getattr(diffusers, cell.stock).from_config(trained, **cell.spacing)
    found: Tensor = pipeline(
        [PROMPT] * 2,
        negative_prompt=[NEGATIVE] * 2,
        image=source,
        mask_image=mask[:, None],
        masked_image_latents=source if masked is None else masked,  # only a model of nine channels looks at it
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
    return _sampled(denoiser, positive, negative, latent, cell, run, "blend")


def _sampled(
    denoiser: Any,
    positive: Conditioning,
    negative: Conditioning,
    latent: Latent,
    cell: Cell,
    run: Callable[..., Any],
    masking: str | None,
) -> Tensor:
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
        masking=masking,
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


class Shown(NamedTuple):
    """A cell of the table for nine channels; how noise begins, where the whole way is gone, is as stock's class has it."""

    cell: Cell
    unit_start: bool = True


NINE = [
    Shown(Cell("euler", "trailing", "EulerDiscreteScheduler", TRAILING, 0.5)),
    Shown(Cell("euler", "normal", "EulerDiscreteScheduler", LINSPACE, 1.0), unit_start=False),
    Shown(Cell("euler_ancestral", "trailing", "EulerAncestralDiscreteScheduler", TRAILING, 1.0), unit_start=False),
    Shown(Cell("ddim", "trailing", "DDIMScheduler", TRAILING, 0.75)),
    Shown(Cell("ddim", "trailing", "DDIMScheduler", TRAILING, 1.0)),
    Shown(Cell("ddim", "trailing", "DDIMScheduler", TRAILING, 1.0, zero_snr=True)),
    Shown(Cell("dpmpp_2m", "trailing", "DPMSolverMultistepScheduler", TRAILING, 0.5)),
    Shown(Cell("dpmpp_2m", "trailing", "DPMSolverMultistepScheduler", TRAILING, 1.0)),
]


def _encoded(path: Path, pixels: Tensor) -> Tensor:
    """As stock encodes pictures (B, H, W, 3) in −1…1, but the mean instead of a draw."""
    vae = _pipeline(path)[0].vae
    with torch.no_grad():
        latents: Tensor = vae.encode(pixels.movedim(-1, 1)).latent_dist.mean * vae.config.scaling_factor
    return latents


def _painted(parts: dict[str, Any], cell: Cell, image: Tensor, mask: Tensor, run: Callable[..., Any]) -> Tensor:
    """What Inpaint's own strokes sample."""
    denoiser, vae = parts["denoiser"], parts["vae"]
    job = prepare(image, used_mask(image, mask, 0, 0.0), None, size=(16, 16), cell=denoiser.space.factor)
    with torch.no_grad():
        positive, negative = (encode_text(parts["text_encoder"], text, emphasis="off") for text in (PROMPT, NEGATIVE))
        latent, beside = begin(vae, job, "original"), painted(vae, job)
    positive, negative = (job.within(one, beside) for one in (positive, negative))
    return _sampled(denoiser, positive, negative, latent, cell, run, job.masking)


@pytest.mark.parametrize("row", NINE, ids=lambda row: f"{row.cell.sampler}-{row.cell.strength}-{row.cell.zero_snr}")
def test_a_network_for_inpainting_paints_as_in_the_stock_pipeline(
    tiny_model: Callable[..., Path], tiny_parts: Callable[..., dict[str, Any]], run: Callable[..., Any], row: Shown
) -> None:
    named = ("v_prediction", row.cell.zero_snr, True)
    path, parts = tiny_model(*named), tiny_parts(*named)
    parts["denoiser"].schedule = replace(parts["denoiser"].schedule, process=Unscaled(row.unit_start))
    image = torch.rand(2, 16, 16, 3, generator=torch.Generator().manual_seed(9))
    mask = torch.zeros(1, 16, 16)  # of whole cells, since stock takes one pixel of each
    mask[:, 4:12, 2:14] = 1
    signed = 2 * image - 1
    stock = _stock(path, row.cell, _encoded(path, signed), mask, _encoded(path, signed * (mask < 0.5)[..., None]))
    ours = _painted(parts, row.cell, image, mask, run)
    assert float((ours - stock).abs().max()) <= TOLERANCE
    other = _painted(parts, row.cell, 1 - image, mask, run)
    assert float((ours - other).abs().max()) > 100 * TOLERANCE

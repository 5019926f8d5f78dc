"""What a sampling run costs beyond its model calls.

Runs the same steps twice, turn by turn: as `nodes.ops.sampling.sample`, and as a bare loop over
diffusers' scheduler that makes the same UNet calls. Prints the medians, the middle of the pairwise
ratios, and the machine's load.

    python benchmarks/sampling_overhead.py [MODEL FOLDER] [--steps 20] [--pairs 20] [--threads N]

Without a folder it takes the shipped model where it is there, else a small one of random weights.
"""

from __future__ import annotations

import argparse
import os
import statistics
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from nodes.families import stable_diffusion as sd
from nodes.families.folder import DiffusersFolder
from nodes.families.load import load_part
from nodes.ops.sampling import sample
from nodes.types import Conditioning, ConditioningEntry, Latent, LatentSpace

SHIPPED = Path(__file__).parent.parent / "models" / "solids"
ZERO_SNR = {
    "beta_start": 0.00085,
    "beta_end": 0.012,
    "beta_schedule": "scaled_linear",
    "prediction_type": "v_prediction",
    "rescale_betas_zero_snr": True,
}
CFG = 5.0


def random_denoiser() -> sd.Denoiser:
    """A UNet about as large as the shipped model's, of random weights."""
    from diffusers import UNet2DConditionModel

    unet = UNet2DConditionModel(
        sample_size=16,
        block_out_channels=(64, 128),
        layers_per_block=1,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"),
        cross_attention_dim=64,
    )
    schedule = sd.noise_schedule(ZERO_SNR)
    return sd.Denoiser(unet.requires_grad_(False).eval(), schedule, "v_prediction", LatentSpace("x", 4, 8))


def load(folder: Path | None) -> tuple[str, sd.Denoiser, Mapping[str, Any]]:
    """The model to run, what to call it, and its scheduler's configuration."""
    if folder is None:
        return "random weights", random_denoiser(), ZERO_SNR
    denoiser = load_part(folder, "denoiser")
    assert isinstance(denoiser, sd.Denoiser)
    return str(folder), denoiser, DiffusersFolder(folder).scheduler


def bare_loop(denoiser: sd.Denoiser, config: Mapping[str, Any], contexts: Tensor, noise: Tensor, steps: int) -> Tensor:
    """The run as one writes it by hand: DDIM with trailing timesteps and classifier-free guidance."""
    from diffusers import DDIMScheduler

    others = {"timestep_spacing": "trailing", "clip_sample": False, "set_alpha_to_one": True}
    scheduler = DDIMScheduler.from_config({**config, **others})
    scheduler.set_timesteps(steps)
    x = noise
    for timestep in scheduler.timesteps:
        answer = denoiser.unet(torch.cat([x, x]), timestep, encoder_hidden_states=contexts, return_dict=False)[0]
        negative, positive = answer.chunk(2)
        guided = negative + CFG * (positive - negative)
        x = scheduler.step(guided, timestep, x, return_dict=False)[0]
    return x


def our_run(denoiser: sd.Denoiser, contexts: Tensor, noise: Tensor, steps: int) -> Tensor:
    """The same run through the library."""
    negative, positive = (
        Conditioning("sd", (ConditioningEntry({"context": context}),)) for context in contexts.split(1)
    )
    factor = denoiser.space.factor
    latent = Latent(denoiser.space, noise.shape[-1] * factor, noise.shape[-2] * factor)
    settings: dict[str, Any] = {"sampler": "ddim", "schedule": "trailing", "cfg": CFG, "noise": lambda like: noise}
    *_, last = sample(denoiser, positive, negative, latent, steps=steps, **settings)
    return last.x


def timed(work: Callable[[], Tensor]) -> tuple[float, float]:
    """Seconds of wall time and of CPU time that `work` takes; the second means more on a machine that is busy."""
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - wall, time.process_time() - cpu


def report(bare: list[tuple[float, float]], ours: list[tuple[float, float]]) -> None:
    """Print a table of medians; ratios are the median of those of each pair."""
    print(f"| {'':20} | {'wall':>10} | {'CPU':>10} |")
    for name, runs in (("bare diffusers loop", bare), ("sample()", ours)):
        cells = (f"{1000 * statistics.median(column):7.1f} ms" for column in zip(*runs, strict=True))
        print(f"| {name:20} | {' | '.join(cells)} |")
    ratios = [[b / a for a, b in zip(one, two, strict=True)] for one, two in zip(bare, ours, strict=True)]
    cells = (f"{statistics.median(column):10.3f}" for column in zip(*ratios, strict=True))
    print(f"| {'ratio':20} | {' | '.join(cells)} |")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path, default=SHIPPED if SHIPPED.is_dir() else None)
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--pairs", type=int, default=20)
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    name, denoiser, config = load(options.folder)
    size = denoiser.unet.config.sample_size
    generator = torch.Generator().manual_seed(0)
    noise = torch.randn(1, denoiser.space.channels, size, size, generator=generator)
    contexts = torch.randn(2, 24, denoiser.unet.config.cross_attention_dim, generator=generator)
    with torch.no_grad():
        bare = partial(bare_loop, denoiser, config, contexts, noise, options.steps)
        ours = partial(our_run, denoiser, contexts, noise, options.steps)
        difference = float((ours() - bare()).abs().max())  # also warms up
        pairs = [(timed(bare), timed(ours)) for _ in range(options.pairs)]
    print(f"{options.steps} steps, {options.pairs} interleaved pairs, {options.threads} threads, model: {name}")
    print(f"load average {os.getloadavg()[0]:.2f}; largest difference of the latents {difference:.1e}\n")
    report([pair[0] for pair in pairs], [pair[1] for pair in pairs])


if __name__ == "__main__":
    main()

"""Fix the VAE's latent space and encode the training pictures once.

The trained VAE's latents get mean 0 in each channel and deviation 1 over all of them by folding the change into its
1×1 convolutions, so that the scaling factor is 1 and stock pipelines need to know nothing of it. One deviation for all:
a channel that says little stays small, and the denoiser spends little on it.
"""

import os
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Final

import numpy as np
import torch
from diffusers import AutoencoderKL
from torch import Tensor

from models.training import checkpoint
from models.training.common import MODELS, WORK, log, write_whole
from models.training.render import CHUNK, chunk_path, load_pictures
from models.training.vae import PATH as VAE_PATH
from models.training.vae import new_vae, to_model

NORMALISED: Final = WORK / "vae_normalised.safetensors"


@torch.no_grad()
def normalise(vae: AutoencoderKL, mean: Tensor, deviation: Tensor) -> None:
    """Change the VAE so that its latent z becomes (z − mean) / deviation, a channel each (C,), and decodes as before."""
    bias, weight, count = vae.quant_conv.bias, vae.quant_conv.weight, len(mean)
    bias[:count].sub_(mean).div_(deviation)
    weight[:count].div_(deviation[:, None, None, None])
    bias[count:].sub_(2 * deviation.log())
    after = vae.post_quant_conv
    after.bias.add_(after.weight[:, :, 0, 0] @ mean)
    after.weight.mul_(deviation[None, :, None, None])
    vae.register_to_config(scaling_factor=1.0)


@torch.no_grad()
def encode(vae: AutoencoderKL, pictures: np.ndarray[tuple[int, ...], np.dtype[np.uint8]]) -> Tensor:
    """Pictures (N, 128, 128, 3) => the means of their latents, (N, 8, 16, 16)."""
    parts = [vae.encode(to_model(pictures[i : i + 32])).latent_dist.mean for i in range(0, len(pictures), 32)]
    return torch.cat(parts)


def frozen_vae() -> AutoencoderKL:
    """The VAE that the denoiser lives in: normalised on first use, then kept; else the one that ships."""
    vae = new_vae()
    vae.register_to_config(scaling_factor=1.0)
    if NORMALISED.exists():
        checkpoint.load(NORMALISED, {"vae": vae})
    elif VAE_PATH.exists():
        checkpoint.load(VAE_PATH, {"vae": vae})
        sample = encode(vae, load_pictures(CHUNK))
        mean = sample.mean((0, 2, 3))
        normalise(vae, mean, (sample - mean[:, None, None]).square().mean().sqrt().expand(len(mean)))
        checkpoint.save(NORMALISED, {"vae": vae}, torch.optim.Adam(vae.parameters()), {"step": 0})
    else:
        vae = AutoencoderKL.from_pretrained(MODELS / "solids" / "vae", torch_dtype=torch.float32)
    return vae


def latent_path(index: int) -> Path:
    """Where the latents of chunk `index` lie."""
    return WORK / "latents" / f"chunk_{index:03d}.npy"


def encode_chunk(index: int) -> None:
    """Encode the pictures of a chunk unless that is done."""
    if not latent_path(index).exists():
        torch.set_num_threads(1)
        pictures = np.load(chunk_path(index), allow_pickle=False)
        write_whole(latent_path(index), partial(np.save, arr=encode(frozen_vae(), pictures).numpy()))
        log(f"encoded chunk {index}")


def latents(least: int) -> Tensor:
    """The latents of the training pictures from the first on, (N, 8, 16, 16): at least so many, and all that are encoded."""
    frozen_vae()
    missing = [index for index in range(-(-least // CHUNK)) if not latent_path(index).exists()]
    if missing:
        with ProcessPoolExecutor(os.cpu_count(), mp_context=get_context("spawn")) as pool:
            list(pool.map(encode_chunk, missing))
    parts: list[Tensor] = []
    while latent_path(len(parts)).exists():
        parts.append(torch.from_numpy(np.load(latent_path(len(parts)), allow_pickle=False)))
    return torch.cat(parts)

"""The softness that a VAE gives to pictures: networks that judge or enlarge generated pictures should know it."""

from functools import lru_cache
from pathlib import Path
from typing import Final

import numpy as np
import torch
from diffusers import AutoencoderKL
from numpy.typing import NDArray

from models.training.common import MODELS
from models.training.vae import to_model

SHIPPED: Final = MODELS / "solids" / "vae"
Pictures = NDArray[np.uint8]


@lru_cache(maxsize=1)
def load_vae(folder: Path = SHIPPED) -> AutoencoderKL:
    """The VAE in a folder, by default that of the model that ships; frozen, in single precision."""
    vae: AutoencoderKL = AutoencoderKL.from_pretrained(folder, torch_dtype=torch.float32)
    return vae.eval().requires_grad_(False)


@torch.no_grad()
def round_trip(vae: AutoencoderKL, pictures: Pictures, noise: float = 0.0) -> Pictures:
    """Pictures (N, H, W, 3) encoded and decoded again; `noise` is how much is added to the latents at most, as a part
    of their deviation."""
    latents = vae.encode(to_model(pictures)).latent_dist.mean
    share = noise * torch.rand(len(latents), 1, 1, 1) * latents.std()
    made = vae.decode(latents + share * torch.randn_like(latents)).sample
    out: Pictures = made.add(1).mul(127.5).round().clamp(0, 255).byte().permute(0, 2, 3, 1).numpy()
    return out

"""The softness that a VAE gives to pictures: networks that judge or enlarge generated pictures should know it."""

import numpy as np
import torch
from diffusers import AutoencoderKL
from numpy.typing import NDArray

from models.training.common import MODELS

Pictures = NDArray[np.uint8]


def shipped_vae() -> AutoencoderKL:
    """The VAE of the model that ships, in single precision."""
    vae: AutoencoderKL = AutoencoderKL.from_pretrained(MODELS / "solids" / "vae", torch_dtype=torch.float32)
    return vae.eval().requires_grad_(False)


@torch.no_grad()
def round_trip(vae: AutoencoderKL, pictures: Pictures, noise: float = 0.0) -> Pictures:
    """Pictures (N, H, W, 3) encoded and decoded again; `noise` is how much is added to the latents at most, as a part
    of their deviation."""
    inside = torch.from_numpy(np.ascontiguousarray(pictures)).permute(0, 3, 1, 2).float().div(127.5).sub(1)
    latents = vae.encode(inside).latent_dist.mean
    share = noise * torch.rand(len(latents), 1, 1, 1) * latents.std()
    made = vae.decode(latents + share * torch.randn_like(latents)).sample
    out: Pictures = made.add(1).mul(127.5).round().clamp(0, 255).byte().permute(0, 2, 3, 1).numpy()
    return out

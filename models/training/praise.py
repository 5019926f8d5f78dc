"""What a reward CLIP says of a student's one-step pictures, as a loss: the student learns from noises nobody sampled.

Reward-guided distillation (Li et al. 2024, arXiv 2403.11027): beside the teacher's pairs the student makes pictures of
fresh noises and captions, and the gradient of a reward goes through the decoder into its weights. The reward is not the
plain cosine, which any picture can be pushed to please, but how surely the caption is told from its own twins and from
the other captions of the batch: what is told surely pulls no more. The pictures are worn first, so that no pattern of a
pixel's width can please. solids-clip-b and the scorer, which judge the student in the end, have no part in it.
"""

import random
from dataclasses import dataclass
from typing import Final

import torch
from diffusers import AutoencoderKL
from torch import Tensor, nn
from transformers import CLIPModel

from models.training.clip import against_twins, contrast
from models.training.clip_data import barred, with_twins
from models.training.clip_model import folder_of, size_of, to_clip
from models.training.teaching import JUDGE, noise, scene_of
from models.training.tokenizer import short_tokens_of, tokens_of
from models.training.wear import wear
from nodes.solids.prompts import parse

FIRST_SEED: Final = 70_000_000
TWINS: Final = 5
SCALE: Final = 25.0
"""Of the cosines; the CLIP's own, 77, lets a few pictures that it is wrongly sure of outweigh all others."""
WEIGHT: Final = 0.004
"""Against the pseudo-Huber loss of the pairs."""
PULL: Final = 1e-3
"""The largest gradient of a picture's latents, in norm: that of a pair which is far off has 1.4e-3."""


@dataclass(frozen=True)
class Asked:
    """C noises (C, CHANNELS, 16, 16) of C seeds, their captions' tokens (C, LENGTH); T texts for the CLIP, captions first."""

    seeds: tuple[int, ...]
    noise: Tensor
    tokens: Tensor
    texts: Tensor
    owner: Tensor
    barred: Tensor


class Praise:
    """Draws noises and captions, and says how far pictures are from what was asked for."""

    def __init__(self, seed: int, vae: AutoencoderKL, name: str = JUDGE) -> None:
        self.vae = vae.eval().requires_grad_(False)
        self.clip = CLIPModel.from_pretrained(folder_of(name), dtype=torch.float32).eval().requires_grad_(False)
        self.draw, self.noise = random.Random(seed), torch.Generator().manual_seed(seed)

    def ask(self, count: int) -> Asked:
        """`count` fresh noises and captions; nothing withheld, no pair that is held out."""
        seeds = [FIRST_SEED + self.draw.randrange(1_000_000_000) for _ in range(count)]
        scenes = [scene_of(seed) for seed in seeds]
        texts, owner = with_twins(scenes, self.draw, TWINS)
        unfair = barred(scenes, [parse(text) for text in texts], owner)
        noises = torch.stack([noise(seed) for seed in seeds])
        return Asked(
            tuple(seeds), noises, tokens_of(texts[:count]), short_tokens_of(texts), torch.tensor(owner), unfair
        )

    def loss(self, latents: Tensor, asked: Asked) -> Tensor:
        """Weighted cross-entropy of each caption against its twins and against the batch, for latents (K, CHANNELS, 16,
        16) of the first K ≤ C noises; no picture's gradient is larger than PULL."""
        if latents.requires_grad:
            latents.register_hook(tamed)
        pictures = self.vae.decode(latents / self.vae.config.scaling_factor).sample / 2 + 0.5
        worn = wear(pictures, self.noise)
        seen = self.clip.get_image_features(to_clip(worn, size_of(self.clip))).pooler_output
        with torch.no_grad():
            read = self.clip.get_text_features(asked.texts).pooler_output
        unit = nn.functional.normalize
        alike = SCALE * unit(seen, dim=-1) @ unit(read, dim=-1).T
        return torch.as_tensor(
            WEIGHT * (contrast(alike, asked.barred[: len(latents)]) + against_twins(alike, asked.owner))
        )


def tamed(gradient: Tensor) -> Tensor:
    """The gradient (C, …) with each row's norm at most PULL."""
    norms = gradient.flatten(1).norm(dim=1).clamp(min=1e-12)
    return torch.as_tensor(gradient * (PULL / norms).clamp(max=1.0).view(-1, *[1] * (gradient.ndim - 1)))

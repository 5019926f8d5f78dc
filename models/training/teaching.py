"""What the teacher makes of noises and captions, and which of it is good enough to be learnt from.

The teacher is not always right. What is not nearer to its own caption than to the caption's twins, as solids-clip sees
them, is left out, so that the student is asked to hit the teacher's better pictures only (a filter as in Dong et al.
2023, "RAFT"). The scorer, which judges the student in the end, has no part in that.
"""

import copy
import random
import time
from collections.abc import Iterator
from functools import lru_cache, partial
from pathlib import Path
from typing import Final

import numpy as np
import torch
from diffusers import AutoencoderKL, StableDiffusionPipeline, UNet2DConditionModel
from numpy.typing import NDArray
from torch import Tensor, nn
from transformers import CLIPModel

from models.training.clip_data import with_twins
from models.training.clip_model import folder_of, size_of, to_clip
from models.training.common import WORK, log, withheld_pairs, write_whole
from models.training.denoiser import SHIPPED, new_scheduler
from models.training.prompts import held_out_pairs, pairs_of
from models.training.team import Team
from models.training.tokenizer import short_tokens_of, tokens_of
from models.training.vae import CHANNELS
from nodes.solids.prompts import caption
from nodes.solids.scene import Scene, sample_scene

PAIRS: Final = WORK / "turbo_pairs"
CHUNK: Final = 64
STEPS: Final = 8
CFG: Final = 2.0
FIRST_SEED: Final = 50_000_000
SOLIDS: Final = (0.35, 0.5, 0.15)
"""How often one, two and three solids are asked for."""
TWINS: Final = 8
JUDGE: Final = "solids-clip"


def scene_of(seed: int) -> Scene:
    """A scene that may be trained on: nothing withheld, no pair that is held out."""
    while True:
        scene = sample_scene(seed, withheld=withheld_pairs(), weights=SOLIDS)
        if pairs_of(scene) not in held_out_pairs():
            return scene
        seed += 1_000_000_000


def words(seed: int) -> str:
    """The caption that the teacher is given with the noise of this seed."""
    return caption(scene_of(seed), random.Random(seed))


def noise(seed: int) -> Tensor:
    """The start noise of a seed, (CHANNELS, 16, 16)."""
    return torch.randn((CHANNELS, 16, 16), generator=torch.Generator().manual_seed(seed))


def seeds_of(index: int) -> range:
    """The seeds of chunk `index`."""
    return range(FIRST_SEED + index * CHUNK, FIRST_SEED + (index + 1) * CHUNK)


def chunk_path(index: int) -> Path:
    """Where chunk `index` of what the teacher made lies: x0 (CHUNK, CHANNELS, 16, 16) in half precision."""
    return PAIRS / f"chunk_{index:04d}.npy"


def margins_path(index: int) -> Path:
    """Where it lies how much nearer each picture of a chunk is to its caption than to the nearest twin, (CHUNK,)."""
    return PAIRS / f"margins_{index:04d}.npy"


def chunks() -> list[int]:
    """The chunks that are there."""
    return sorted(int(path.stem.removeprefix("chunk_")) for path in PAIRS.glob("chunk_*.npy"))


@torch.no_grad()
def teach(pipe: StableDiffusionPipeline, seeds: range) -> Tensor:
    """What the teacher makes of the seeds' noises and captions: x0, (N, CHANNELS, 16, 16)."""
    scheduler = new_scheduler()
    scheduler.set_timesteps(STEPS)
    states = pipe.text_encoder(tokens_of([words(s) for s in seeds] + [""] * len(seeds))).last_hidden_state
    x = torch.stack([noise(s) for s in seeds])
    for step in scheduler.timesteps:
        asked, empty = pipe.unet(torch.cat([x, x]), step, states, return_dict=False)[0].chunk(2)
        x = scheduler.step(empty + CFG * (asked - empty), step, x).prev_sample
    return torch.as_tensor(x)


def make_pairs(team: Team, end: float) -> None:
    """Ask the teacher until `end`; each member of a team makes every so-manieth chunk of those that are missing."""
    pipe = teacher()
    for index in _missing(team):
        if time.time() > end:
            return
        begin = time.time()
        made = teach(pipe, seeds_of(index)).numpy()
        write_whole(chunk_path(index), partial(np.save, arr=made.astype(np.float16)))
        log(f"chunk {index}, {CHUNK / (time.time() - begin):.1f}/s")


def _missing(team: Team) -> Iterator[int]:
    index = team.rank
    while True:
        if not chunk_path(index).exists():
            yield index
        index += team.size


def judge_pairs(team: Team) -> None:
    """Measure the margins of every chunk that has none."""
    vae, judge = teacher().vae, Judge()
    for index in chunks():
        if index % team.size == team.rank and not margins_path(index).exists():
            pictures = decoded(vae, torch.from_numpy(np.load(chunk_path(index), allow_pickle=False)).float())
            made = np.concatenate(
                [judge.margin(seed, one) for seed, one in zip(seeds_of(index), pictures, strict=True)]
            )
            write_whole(margins_path(index), partial(np.save, arr=made))
            log(f"chunk {index}: {np.mean(made > 0):.0%} are nearest to their own caption")


class Judge:
    """A reward CLIP that compares a picture with its caption and the caption's twins."""

    def __init__(self, name: str = JUDGE) -> None:
        self.clip = CLIPModel.from_pretrained(folder_of(name), dtype=torch.float32).eval()

    @torch.no_grad()
    def margin(self, seed: int, picture: Tensor) -> NDArray[np.float32]:
        """Cosine with the caption of a seed less the largest with one of its twins, (1,); picture (3, 128, 128), 0–1."""
        texts, _ = with_twins([scene_of(seed)], random.Random(seed), TWINS)
        read = self.clip.get_text_features(short_tokens_of(texts)).pooler_output
        seen = self.clip.get_image_features(to_clip(picture[None], size_of(self.clip))).pooler_output
        alike = torch.nn.functional.cosine_similarity(seen, read)
        nearest = alike[1:].max() if len(texts) > 1 else 0.0  # every twin of a few captions is withheld
        return np.asarray([alike[0] - nearest], np.float32)


@torch.no_grad()
def decoded(vae: AutoencoderKL, latents: Tensor) -> Tensor:
    """Latents (N, CHANNELS, 16, 16) => pictures (N, 3, 128, 128), 0–1."""
    parts = [vae.decode(part / vae.config.scaling_factor).sample for part in latents.split(16)]
    return (torch.cat(parts) / 2 + 0.5).clamp(0, 1)


@lru_cache(maxsize=1)
def teacher() -> StableDiffusionPipeline:
    """The model that is taught from, in single precision."""
    pipe: StableDiffusionPipeline = StableDiffusionPipeline.from_pretrained(
        SHIPPED, safety_checker=None, dtype=torch.float32
    )
    return pipe


class Painter(nn.Module):
    """A UNet that is to learn, behind the teacher's text encoder, which stays as it is."""

    def __init__(self, unet: UNet2DConditionModel) -> None:
        super().__init__()
        self.unet = unet.train().requires_grad_(True).to(memory_format=torch.channels_last)
        self.text_encoder = copy.deepcopy(teacher().text_encoder).eval().requires_grad_(False)

    def answer(self, seen: Tensor, step: Tensor, tokens: Tensor) -> Tensor:
        """What the UNet sees (B, channels, 16, 16), steps (B,) and tokens (B, 32) => v, as large as the latents."""
        with torch.no_grad():
            states = self.text_encoder(tokens).last_hidden_state
        return torch.as_tensor(self.unet(seen, step, states, return_dict=False)[0])


class Pairs:
    """Noises, captions' tokens and what the teacher made of them, where that is good enough."""

    def __init__(self, seed: int, least_margin: float = 0.0) -> None:
        there = [index for index in chunks() if margins_path(index).exists()]
        if not there:
            raise SystemExit(f"no pairs in {PAIRS}; run python -m models.training.turbo pairs first")
        good = np.concatenate([np.load(margins_path(index), allow_pickle=False) > least_margin for index in there])
        made = np.concatenate([np.load(chunk_path(index), allow_pickle=False) for index in there])
        seeds = [seed for index in there for seed in seeds_of(index)]
        chosen = [seed for seed, kept in zip(seeds, good, strict=True) if kept]
        self.asked = len(seeds)
        self.made = torch.from_numpy(made[good]).float()
        self.noise = torch.stack([noise(s) for s in chosen])
        self.tokens = tokens_of([words(s) for s in chosen])
        self.draw = torch.Generator().manual_seed(seed)

    def batch(self, size: int) -> tuple[Tensor, Tensor, Tensor]:
        """Noise and x0 (size, CHANNELS, 16, 16), tokens (size, LENGTH)."""
        chosen = torch.randint(len(self.made), (size,), generator=self.draw)
        return self.noise[chosen], self.made[chosen], self.tokens[chosen]

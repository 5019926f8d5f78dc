"""Distil a student that needs one to four steps: it learns where the teacher ends from the same noise.

    python -m models.training.turbo pairs --until 16:10      what the teacher makes of noises and captions
    python -m models.training.turbo train --until 17:00      the student, from the teacher's weights
    python -m models.training.turbo export                   models/solids-turbo

Knowledge distillation of the sampler's whole map (Luhman & Luhman 2021): noise e → x0 of the teacher, eight DDIM steps
with guidance, which the student thereby takes in. It learns x0 at the last step, where the state is e, and at the states
α·x0 + σ·e that a perfect student's own DDIM would pass next, so that one, two and four trailing steps all work. At the
schedule's end (zero terminal SNR) v = −x0. Loss: pseudo-Huber (Song & Dhariwal 2023, eq. 7) on x0.
"""

import argparse
import copy
import random
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from diffusers import StableDiffusionPipeline
from torch import Tensor, nn

from models.training import checkpoint
from models.training.common import MODELS, WORK, Decay, ending, log, withheld_pairs, write_whole
from models.training.denoiser import SHIPPED, keep_at, new_scheduler
from models.training.export import write_model
from models.training.loop import average
from models.training.prompts import held_out_pairs, pairs_of
from models.training.tokenizer import LENGTH, new_tokenizer
from models.training.vae import CHANNELS, descend
from nodes.solids.prompts import caption
from nodes.solids.scene import sample_scene

PAIRS: Final = WORK / "turbo_pairs"
PATH: Final = WORK / "turbo.safetensors"
TO: Final = MODELS / "solids-turbo"
CHUNK: Final = 64
TEACHER_STEPS: Final = 8
TEACHER_CFG: Final = 2.0
FIRST_SEED: Final = 50_000_000
PEAK: Final = 5e-4
BATCH: Final = 48
STUDENT_STEPS: Final = ((999, 0.64), (749, 0.14), (499, 0.14), (249, 0.08))
"""Where the student is asked, and how often: what trailing schedules of one, two and four steps visit."""
HUBER: Final = 0.03
"""The pseudo-Huber constant c, for latents of deviation 1; c = 0.00054·√d of the source is 0.017 for d = 1,024."""


def words(seed: int) -> str:
    """A caption of a scene that may be trained on: nothing withheld, no pair that is held out."""
    while True:
        scene = sample_scene(seed, withheld=withheld_pairs(), weights=(0.3, 0.45, 0.25))
        if pairs_of(scene) not in held_out_pairs():
            return caption(scene, random.Random(seed))
        seed += 1_000_000_000


def noise(seed: int) -> Tensor:
    """The start noise of a seed, (CHANNELS, 16, 16)."""
    return torch.randn((CHANNELS, 16, 16), generator=torch.Generator().manual_seed(seed))


@torch.no_grad()
def teach(pipe: StableDiffusionPipeline, seeds: range) -> Tensor:
    """What the teacher makes of the seeds' noises and captions: x0, (N, CHANNELS, 16, 16)."""
    scheduler = new_scheduler()
    scheduler.set_timesteps(TEACHER_STEPS)
    states = pipe.text_encoder(tokens_of([words(s) for s in seeds] + [""] * len(seeds))).last_hidden_state
    x = torch.stack([noise(s) for s in seeds])
    for step in scheduler.timesteps:
        asked, empty = pipe.unet(torch.cat([x, x]), step, states, return_dict=False)[0].chunk(2)
        x = scheduler.step(empty + TEACHER_CFG * (asked - empty), step, x).prev_sample
    return torch.as_tensor(x)


def tokens_of(texts: list[str]) -> Tensor:
    """Token ids (N, LENGTH)."""
    rows = new_tokenizer()(texts, padding="max_length", truncation=True, max_length=LENGTH)["input_ids"]
    return torch.tensor(rows)


def chunk_path(index: int) -> Path:
    """Where chunk `index` of what the teacher made lies."""
    return PAIRS / f"chunk_{index:04d}.npy"


def make_pairs(end: float) -> None:
    """Ask the teacher until `end`, chunk by chunk after those that are there."""
    pipe = StableDiffusionPipeline.from_pretrained(SHIPPED, safety_checker=None, dtype=torch.float32)
    index = sum(1 for _ in _chunks())
    while time.time() < end:
        begin = time.time()
        made = teach(pipe, range(FIRST_SEED + index * CHUNK, FIRST_SEED + (index + 1) * CHUNK)).numpy()
        write_whole(chunk_path(index), partial(np.save, arr=made.astype(np.float16)))
        log(f"chunk {index}, {CHUNK / (time.time() - begin):.1f}/s")
        index += 1


def _chunks() -> Iterator[Path]:
    index = 0
    while chunk_path(index).exists():
        yield chunk_path(index)
        index += 1


class Pairs:
    """Noises, captions' tokens and what the teacher made of them; batches at the student's steps."""

    def __init__(self, seed: int) -> None:
        parts = [np.load(path, allow_pickle=False) for path in _chunks()]
        if not parts:
            raise SystemExit(f"no pairs in {PAIRS}; run python -m models.training.turbo pairs first")
        self.made = torch.from_numpy(np.concatenate(parts)).float()
        seeds = range(FIRST_SEED, FIRST_SEED + len(self.made))
        self.noise = torch.stack([noise(s) for s in seeds])
        self.tokens = tokens_of([words(s) for s in seeds])
        self.draw = torch.Generator().manual_seed(seed)

    def batch(self, size: int) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Noise, x0 (size, CHANNELS, 16, 16), tokens (size, LENGTH) and steps (size,)."""
        chosen = torch.randint(len(self.made), (size,), generator=self.draw)
        weights = torch.tensor([weight for _, weight in STUDENT_STEPS])
        which = torch.multinomial(weights, size, replacement=True, generator=self.draw)
        steps = torch.tensor([step for step, _ in STUDENT_STEPS])[which]
        return self.noise[chosen], self.made[chosen], self.tokens[chosen], steps


def loss_of(unet: nn.Module, text: nn.Module, batch: tuple[Tensor, ...], alphas: Tensor) -> Tensor:
    """Pseudo-Huber loss of the student's x0 (Song & Dhariwal 2023, eq. 7); alphas (1000,) are cumulative products."""
    start, target, tokens, steps = batch
    with torch.no_grad():
        states = text(tokens).last_hidden_state
    signal, sigma = alphas[steps].sqrt()[:, None, None, None], (1 - alphas[steps]).sqrt()[:, None, None, None]
    state = signal * target + sigma * start
    made = signal * state - sigma * unet(state, steps, states, return_dict=False)[0]
    return torch.as_tensor((((made - target) ** 2 + HUBER**2).sqrt() - HUBER).mean())


def train(end: float) -> None:
    """Train the student until `end`, from its checkpoint, else from the teacher's weights."""
    torch.manual_seed(int(time.time()))
    pipe = StableDiffusionPipeline.from_pretrained(SHIPPED, safety_checker=None, dtype=torch.float32)
    student = pipe.unet.train().requires_grad_(True).to(memory_format=torch.channels_last)
    mean = copy.deepcopy(student).requires_grad_(False)
    optimizer = torch.optim.AdamW(student.parameters(), lr=PEAK, betas=(0.9, 0.99), weight_decay=0.01, fused=True)
    state: dict[str, Any] = {"step": 0, "samples": 0, "seconds": 0.0, "begin": time.time(), "seed": 3, "curve": []}
    if PATH.exists():
        state = checkpoint.load(PATH, {"student": student, "mean": mean}, optimizer)
    pairs, alphas = Pairs(seed=int(state["step"])), new_scheduler().alphas_cumprod
    log(f"from step {state['step']}, {len(pairs.made)} pairs")
    decay, saved, mark = Decay(PEAK, state["begin"], end, 0.5), time.time(), time.time()
    recent: list[float] = []
    while time.time() < end:
        state["rate"] = decay.rate(time.time()) * min(1.0, (state["step"] + 1) / 50)
        loss = loss_of(student, pipe.text_encoder, pairs.batch(BATCH), alphas)
        recent.append(descend(optimizer, loss, state["rate"]))
        average(mean, student, keep_at(state["step"]))
        state["step"] += 1
        state["samples"] += BATCH
        if len(recent) == 50:
            log(f"step {state['step']} loss {np.mean(recent):.4f} {50 * BATCH / (time.time() - mark):.0f}/s")
            state["curve"].append([state["samples"], round(float(np.mean(recent)), 5)])
            state["seconds"] += time.time() - mark
            recent, mark = [], time.time()
        if time.time() - saved > 150:
            checkpoint.save(PATH, {"student": student, "mean": mean}, optimizer, state)
            saved = time.time()
    checkpoint.save(PATH, {"student": student, "mean": mean}, optimizer, state)
    log("done")


def main() -> None:
    """Read the command line and do the part that it names."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("part", choices=("pairs", "train", "export"))
    parser.add_argument("--until", help="clock time HH:MM at which to end")
    parser.add_argument("--hours", type=float, help="or how long")
    options = parser.parse_args()
    if options.part == "export":
        export()
    else:
        {"pairs": make_pairs, "train": train}[options.part](ending(options.until, options.hours))


def export() -> None:
    """Write the student's averaged weights beside the teacher's other parts, in half precision."""
    pipe = StableDiffusionPipeline.from_pretrained(SHIPPED, safety_checker=None, dtype=torch.float32)
    state = checkpoint.load(PATH, {"mean": pipe.unet})
    write_model(pipe, TO, state)


if __name__ == "__main__":
    main()
